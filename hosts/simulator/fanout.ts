// SPDX-License-Identifier: MIT
/**
 * Native code cannot access the sockets of the Moddable simulator, so each frame is offered to each subscriber in
 * JavaScript. The contract is that of hosts/sockets/fanout.ts.
 */

import type Fragmenter from "../../modules/jpeg/fragmenter";
import type Picture from "./pictureburst";
import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

export const IDLE = 0;
export const DIRECT = 1;
export const ASIDE = 2;

export const KEEP = 0x10000;
export const FREED = 0x20000;

export class Route {
	mode = IDLE;
	held = false;
	offset = 0;
	readonly interrupted = false;
	/** The simulator's kernel takes whole frames: none waits for a burst. */
	readonly waits = false;
	readonly waiting = false;
	readonly frameCount = 0;
	readonly missedCount = 0;

	constructor(
		_source: Fragmenter | Picture,
		_packetSize: number,
		_socket: TCPStream | UDPStream,
		_target?: { readonly address: string; readonly port: number },
	) {
		// the subscriber sends by itself
	}
	takeFailure(): boolean {
		return false;
	}
}

export class Fanout {
	asideCount = 0;
	frameCount = 0;
	readonly sentCount = 0;
	readonly skippedCount = 0;
	readonly abandonedCount = 0;
	readonly #routes: Route[] = [];
	#cursor = 0;

	constructor(_burst: number) {
		// no limit
	}
	add(route: Route): void {
		this.#routes.push(route);
	}
	remove(index: number): void {
		this.#routes.splice(index, 1);
		if (this.#cursor > index)
			this.#cursor -= 1;
	}
	send(frame: Frame, scan: Scan, _captureTime: number, whole: boolean, _index: number): number {
		this.frameCount += 1;
		this.#cursor = 0;
		const problem = scan.parse(frame, whole);
		if (problem !== 0)
			return problem;
		let left = this.asideCount;
		for (let i = 0; i < this.#routes.length; i++)
			left += this.#routes[i]!.mode === IDLE ? 0 : 1;
		return left;
	}
	take(_route: Route, _frame: Frame, _scan: Scan, _index: number): number {
		return 0;
	}
	skip(): number {
		return 0;
	}
	refill(): boolean {
		return false;
	}
	revoke(_index: number): void {
		// nothing waits
	}
	takeFreed(): number {
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
