// SPDX-License-Identifier: MIT
/**
 * Native code cannot access the sockets of the Moddable simulator, so each frame is offered to each subscriber in
 * JavaScript. The contract is that of hosts/sockets/fanout.ts.
 */

export const IDLE = 0;
export const DIRECT = 1;
export const ASIDE = 2;

export class Route {
	mode = IDLE;
	held = false;
	offset = 0;
	readonly interrupted = false;
	readonly frameCount = 0;
}

export class Fanout {
	readonly #routes: Route[] = [];
	#cursor = 0;

	add(route: Route): void {
		this.#routes.push(route);
	}
	remove(index: number): void {
		this.#routes.splice(index, 1);
		if (this.#cursor > index)
			this.#cursor -= 1;
	}
	send(): number {
		this.#cursor = 0;
		return 0;
	}
	next(): number {
		const routes = this.#routes;
		while (this.#cursor < routes.length) {
			if (routes[this.#cursor++]!.mode !== IDLE)
				return this.#cursor - 1;
		}
		return -1;
	}
}
