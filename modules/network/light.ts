// SPDX-License-Identifier: MIT
/** What a board's one light says. A problem is a number of short flashes, then a pause, over and over. */

import type { Status } from "./link";

const FLASH = 150, DARK = 300, PAUSE = 1500;

/** Milliseconds lit, dark, lit, dark and so on, over and over; one number: lit for good. */
export function patternOf(status: Status): readonly number[] {
	switch (status) {
		case "streaming":
			return [1000];
		case "ready":
			return [50, 4950];
		case "joining":
			return [250, 250];
		case "setup":
			return [1000, 1000];
		case "not found":
			return flashes(2);
		case "password":
			return flashes(3);
		case "no address":
			return flashes(4);
		case "refused":
			return flashes(5);
		case "no camera":
			return flashes(6);
		case "no PSRAM":
			return flashes(7);
		case "setting":
			return flashes(8);
		case "failed":
			return flashes(9);
	}
}

/** Of a failure to start.
 *  @param error text is about a setting; of an Error the `code` tells, which a camera that cannot be opened gives */
export function statusOfFailure(error: string | (Error & { readonly code?: unknown })): Status {
	if (typeof error === "string")
		return "setting";
	return error.code === "no camera" || error.code === "no PSRAM" ? error.code : "failed";
}

function flashes(count: number): number[] {
	const pattern: number[] = [];
	for (let i = 1; i <= count; i++)
		pattern.push(FLASH, i < count ? DARK : PAUSE);
	return pattern;
}

export class Light {
	readonly #write: (lit: boolean) => void;
	#status: Status = "joining";
	#pattern = patternOf("joining");
	#next = 0;

	constructor(write: (lit: boolean) => void) {
		this.#write = write;
	}

	get status(): Status {
		return this.#status;
	}

	/** From the next step on. @returns whether it is something new */
	show(status: Status): boolean {
		if (status === this.#status)
			return false;
		this.#status = status;
		this.#pattern = patternOf(status);
		this.#next = 0;
		return true;
	}

	/** Switches the light. @returns milliseconds until the next step */
	step(): number {
		const index = this.#next;
		this.#next = (index + 1) % this.#pattern.length;
		this.#write((index & 1) === 0);
		return this.#pattern[index]!;
	}
}
