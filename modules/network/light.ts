// SPDX-License-Identifier: MIT
/** Blink patterns of a board's light. A problem is a number of short flashes and a pause, repeated. */

import type { Status } from "./link";

const FLASH = 150, DARK = 300, PAUSE = 1500;

/** The pattern of a status.
 *  @returns milliseconds lit, dark, lit, dark and so on, repeated; a single number: always lit */
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

/** The status for a failure to start.
 *  @param error a text is about a setting. An Error from a camera that cannot be opened has a `code` */
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

	/** Shows a status from the next step on.
	 *  @returns whether it differs from the previous one */
	show(status: Status): boolean {
		if (status === this.#status)
			return false;
		this.#status = status;
		this.#pattern = patternOf(status);
		this.#next = 0;
		return true;
	}

	/** Switches the light.
	 *  @returns milliseconds until the next step */
	step(): number {
		const index = this.#next;
		this.#next = (index + 1) % this.#pattern.length;
		this.#write((index & 1) === 0);
		return this.#pattern[index]!;
	}
}
