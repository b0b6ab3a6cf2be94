// SPDX-License-Identifier: MIT
/**
 * What is around a server that has no sockets and no clock of its own in this test: a clock that stands still unless it
 * is told, wires to clients, UDP sockets, a camera. What the server does wrong is kept, not thrown: it would be taken
 * for a socket that breaks.
 */

import type { FakeCamera } from "./fakecamera";
import type Listener from "./fakelistener";
import type UDP from "./fakeudp";
import { Streams } from "./streams";
import type { Wire } from "./wire";

declare global {
	/** The one of this run: what is preloaded cannot keep it. */
	var world: World;
}

/** A timer. */
export interface Alarm {
	readonly callback: (id: Alarm) => void;
	due: number;
	interval: number;
}

/** Callbacks of one instant that are taken for an endless loop. */
const ENDLESS = 20_000;

export class World {
	/** Milliseconds. */
	time = 1000;
	/** What the server has done wrong first. */
	failure: string | undefined;
	readonly streams: Streams = new Streams(this);
	/** Of clients that have not gone. */
	readonly wires: Wire[] = [];
	/** Of them, those that wait to be accepted. */
	readonly arrivals: Wire[] = [];
	/** Bytes that clients have sent and the server has not read. */
	unread = 0;
	/** Wires whose server end is open. */
	openSockets = 0;
	readonly udp: UDP[] = [];
	listener: Listener | undefined;
	camera: FakeCamera | undefined;
	/** UDP packets that are taken until the system refuses one; then it refuses them for a while. */
	takes = Infinity;
	readonly alarms: Alarm[] = [];
	#random = 1;

	fail(message: string): void {
		this.failure ??= message;
	}

	nextRandom(): number {
		// all 32-bit numbers in turn, far apart
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

	/** Lets time pass for the server's timers. */
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
				this.fail("timers without end");
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

	/** The same, and clients read what they were sent. */
	pass(milliseconds: number, step: number): void {
		for (let left = milliseconds; left > 0; left -= step) {
			this.advance(Math.min(step, left));
			this.camera?.capture();
			for (let i = this.wires.length - 1; i >= 0; i--)
				this.wires[i]?.drain();
		}
	}
}
