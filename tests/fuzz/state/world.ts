// SPDX-License-Identifier: MIT
/**
 * The simulated environment of a server: a clock that only the test advances, wires to clients, UDP sockets, a camera.
 * Faults of the server are recorded, not thrown, because the server would take an exception for a broken socket.
 */

import type { FakeCamera } from "./fakecamera";
import type Listener from "./fakelistener";
import type UDP from "./fakeudp";
import { Streams } from "./streams";
import type { Wire } from "./wire";

declare global {
	/** The world of this run. A global, because preloaded modules cannot hold state. */
	var world: World;
}

/** A timer. */
export interface Alarm {
	readonly callback: (id: Alarm) => void;
	due: number;
	interval: number;
}

/** Number of timer callbacks in one advance that counts as an endless loop. */
const ENDLESS = 20_000;

export class World {
	/** Simulated clock in milliseconds. */
	time = 1000;
	/** The server's first fault. */
	failure: string | undefined;
	readonly streams: Streams = new Streams(this);
	/** Wires of present clients. */
	readonly wires: Wire[] = [];
	/** Wires that wait to be accepted. */
	readonly arrivals: Wire[] = [];
	/** Number of bytes that clients have sent and the server has not read. */
	unread = 0;
	/** Number of wires whose server end is open. */
	openSockets = 0;
	readonly udp: UDP[] = [];
	listener: Listener | undefined;
	camera: FakeCamera | undefined;
	/** Number of UDP packets that the system takes before it refuses them for a while. */
	takes = Infinity;
	readonly alarms: Alarm[] = [];
	#random = 1;

	fail(message: string): void {
		this.failure ??= message;
	}

	nextRandom(): number {
		// visits all 32-bit numbers in large steps
		this.#random = (this.#random + 0x9e3779b9) >>> 0;
		return this.#random;
	}

	isRefusing(): boolean {
		this.takes -= 1;
		return this.takes < 0;
	}

	setAlarm(callback: (id: Alarm) => void, delay: number, interval: number): Alarm {
		const alarm = { callback, due: this.time + delay, interval };
		this.alarms.push(alarm);
		return alarm;
	}

	clearAlarm(alarm: Alarm): void {
		const index = this.alarms.indexOf(alarm);
		if (index >= 0)
			this.alarms.splice(index, 1);
	}

	/** Advances the clock and runs the server's timers. */
	advance(milliseconds: number): void {
		const end = this.time + milliseconds;
		for (let count = 0;; count++) {
			let next: Alarm | undefined;
			for (let i = 0; i < this.alarms.length; i++) {
				const alarm = this.alarms[i]!;
				if (alarm.due <= end && (next === undefined || alarm.due < next.due))
					next = alarm;
			}
			if (next === undefined)
				break;
			if (count === ENDLESS) {
				this.fail("endless loop of timers");
				break;
			}
			this.time = Math.max(this.time, next.due);
			if (next.interval > 0)
				next.due = this.time + next.interval;
			else
				this.clearAlarm(next);
			next.callback(next);
		}
		this.time = end;
	}

	/** Advances the clock in steps; after each, the camera captures and clients read. */
	pass(milliseconds: number, step: number): void {
		for (let left = milliseconds; left > 0; left -= step) {
			this.advance(Math.min(step, left));
			this.camera?.capture();
			for (let i = this.wires.length - 1; i >= 0; i--)
				this.wires[i]?.drain();
		}
	}
}
