// SPDX-License-Identifier: MIT
/** What a busy machine costs a test. A client that gets no processor reads nothing, and the camera rightly skips frames
 *  for it. A camera that gets none captures late. Neither is a fault of the program. */
import { readFileSync } from "node:fs";

/** Interval of the watch, milliseconds. */
const TICK = 5;
/** Lateness of a tick that costs no frame, milliseconds: half of a usual frame interval. */
const USUAL = 20;

/** Measures how long this process, which reads, and a camera were kept waiting for a processor. On an idle machine that
 *  is next to nothing, so that what is allowed for it hides no fault. */
export class Waiting {
	#late = 0;
	#stalls = 0;
	#last = performance.now();
	#timer;
	#pid;
	#begin;

	/** @param {number} [pid] of the camera. Its system may not tell its waiting: then only this process's counts */
	constructor(pid) {
		this.#pid = pid;
		this.#begin = queued(pid);
		this.#timer = setInterval(() => this.#tick(), TICK);
	}

	#tick() {
		const now = performance.now(), late = now - this.#last - TICK;
		this.#last = now;
		if (late > USUAL) {
			this.#late += late;
			this.#stalls += 1;
		}
	}

	/** Milliseconds so far in which one of the two processes waited. */
	get milliseconds() {
		this.#tick();
		return this.#late + queued(this.#pid) - this.#begin;
	}

	/** Ends the measurement.
	 *  @param {number} [interval] of frames, milliseconds
	 *  @returns {{milliseconds: number, frames: number}} frames: number that may be missing because of it: those of the
	 *  time, and the one under way at each of the reader's stalls */
	end(interval = 40) {
		const { milliseconds } = this;
		clearInterval(this.#timer);
		return { milliseconds, frames: this.#stalls + Math.floor(milliseconds / interval) };
	}
}

/** @returns milliseconds that a process has waited in the scheduler's queue */
function queued(pid) {
	try {
		return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
	}
	catch {
		return 0;
	}
}
