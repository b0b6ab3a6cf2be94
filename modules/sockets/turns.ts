// SPDX-License-Identifier: MIT
/**
 * Turns: connections with received data are read one message at a time, in a ring. No client holds up the others, and a
 * crowd of them does not hold up the frames.
 *
 * A turn lasts a few milliseconds. Then timers, frames and sockets are served. Granted clients (they have shown the
 * password, or have a session) get every second message. Strangers get the rest; after a turn they pause for as long as
 * it took, unless a granted client is waiting.
 */

import Timer from "timer";
import { ReceiveBuffer } from "./receivebuffer";

/** A connection, as `Turns` sees it. Methods never throw. */
export interface Reader {
	/** Whether the client has shown the password or has a session. */
	readonly granted: boolean;
	/** The reader behind this one. For `Turns`: a link in the reader itself takes no memory, so a reader can always be
	 *  queued. */
	nextReader: Reader | undefined;
	/** For `Turns`: whether it is queued. */
	isQueued: boolean;
	/** Reads one message, or the next piece of one.
	 *  @returns whether more is waiting */
	readNext(): boolean;
}

/** Length of a turn, milliseconds: at most a tenth of the frame interval up to 25 frames per second. A message in
 *  progress is finished. */
const TURN = 4;
/** Milliseconds between turns while granted clients wait. */
const SHORT_REST = 1;

export class Turns {
	readonly #now: () => number;
	readonly #timer: Timer;
	/** Waiting readers, in order of arrival. */
	readonly #granted = new Queue();
	readonly #strangers = new Queue();
	#scheduled = false;
	/** For the readers: each uses it in its turn. */
	readonly received = new ReceiveBuffer();

	/** @param now milliseconds, monotonic */
	constructor(now: () => number) {
		this.#now = now;
		// one timer is rescheduled: a new one for every request would be garbage
		this.#timer = Timer.repeat(() => this.run(), TURN);
		Timer.schedule(this.#timer);
	}

	/** Queues a reader for one turn. No effect if it is queued. */
	add(reader: Reader): void {
		(reader.granted ? this.#granted : this.#strangers).push(reader);
		if (!this.#scheduled)
			this.schedule(0);
	}

	remove(reader: Reader): void {
		this.#granted.remove(reader);
		this.#strangers.remove(reader);
	}

	close(): void {
		Timer.clear(this.#timer);
	}

	private run(): void {
		const begin = this.#now();
		let elapsed;
		do {
			this.take(this.#granted);
			this.take(this.#strangers);
			elapsed = this.#now() - begin;
		}
		while (elapsed < TURN && (this.#granted.first || this.#strangers.first));
		if (this.#granted.first)
			this.schedule(SHORT_REST);
		else if (this.#strangers.first)
			this.schedule(Math.max(elapsed, SHORT_REST));
		else {
			this.#scheduled = false;
			Timer.schedule(this.#timer);
		}
	}

	/** Lets the first reader read. If it has more, it goes to the end of the queue to which it now belongs. */
	private take(readers: Queue): void {
		const reader = readers.shift();
		if (reader?.readNext())
			(reader.granted ? this.#granted : this.#strangers).push(reader);
	}

	private schedule(delay: number): void {
		this.#scheduled = true;
		Timer.schedule(this.#timer, delay, TURN);
	}
}

/** Readers in order of arrival. Methods allocate nothing. */
class Queue {
	first: Reader | undefined;
	#last: Reader | undefined;

	/** A reader that was queued twice would cut off those behind it. */
	push(reader: Reader): void {
		if (reader.isQueued)
			return;
		reader.isQueued = true;
		reader.nextReader = undefined;
		if (this.#last)
			this.#last.nextReader = reader;
		else
			this.first = reader;
		this.#last = reader;
	}

	shift(): Reader | undefined {
		const reader = this.first;
		if (reader)
			this.#unlink(undefined, reader);
		return reader;
	}

	remove(reader: Reader): void {
		let before: Reader | undefined;
		for (let item = this.first; item; item = item.nextReader) {
			if (item === reader) {
				this.#unlink(before, reader);
				return;
			}
			before = item;
		}
	}

	#unlink(before: Reader | undefined, reader: Reader): void {
		const { nextReader } = reader;
		if (before)
			before.nextReader = nextReader;
		else
			this.first = nextReader;
		if (this.#last === reader)
			this.#last = before;
		reader.nextReader = undefined;
		reader.isQueued = false;
	}
}
