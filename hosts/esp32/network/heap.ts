// SPDX-License-Identifier: MIT
/** Free memory of the board (heap.c). */

import type { HeapFigures, MemoryFigures } from "http/api/context";

interface Clock {
	/** Milliseconds, monotonic. */
	now(): number;
}

/** Milliseconds for which the figures are kept: clients may ask as often as they like. */
const KEPT = 1000;

const INTERNAL = 0, PSRAM = 1;

function free(this: void, memory: number): number {
	return native("xs_device_heapFree").call(this, memory) as number;
}
function largest(this: void, memory: number): number {
	return native("xs_device_heapLargest").call(this, memory) as number;
}

function figuresOf(memory: number): MemoryFigures {
	return { free: free(memory), largest: largest(memory) };
}

export class Heap {
	readonly #clock: Clock;
	#figures: HeapFigures | undefined;
	#read = -Infinity;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get figures(): HeapFigures {
		const now = this.#clock.now();
		if (this.#figures === undefined || now - this.#read >= KEPT) {
			const internal = figuresOf(INTERNAL), psram = figuresOf(PSRAM);
			this.#figures = psram.free > 0 ? { ...internal, psram } : internal;
			this.#read = now;
		}
		return this.#figures;
	}
}
