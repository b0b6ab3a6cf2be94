// SPDX-License-Identifier: MIT
/**
 * Native code cannot access the sockets of the Moddable simulator, so each frame is offered to each subscriber in
 * JavaScript. The contract is that of hosts/sockets/fanout.ts.
 */

import type Fragmenter from "../../modules/jpeg/fragmenter";
import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

export const IDLE = 0;
export const DIRECT = 1;
export const ASIDE = 2;

export class Route {
	mode = IDLE;
	held = false;
	offset = 0;
	readonly interrupted = false;
	readonly frameCount = 0;

	constructor(
		_fragmenter: Fragmenter,
		_packetSize: number,
		_socket: TCPStream | UDPStream,
		_target?: { readonly address: string; readonly port: number },
	) {
		// the subscriber sends by itself
	}
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
	send(_frame: Frame, _scan: Scan, _captureTime: number): number {
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
