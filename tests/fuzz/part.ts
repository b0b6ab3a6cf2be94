// SPDX-License-Identifier: MIT
/**
 * Plays the inputs of a fuzzer inside the engine, checks that memory does not grow, and reports.
 *
 *   arguments: seed, first input, number of inputs, milliseconds of each input with a collection at every allocation
 */

import Process from "process";
import { stress } from "../engine/stress";
import { Random } from "./app/generator";

const SLOTS = 0;

const seed = Number(Process.argument(0) ?? 1), from = Number(Process.argument(1) ?? 0),
	count = Number(Process.argument(2) ?? 1000);

/** Milliseconds of an input with a collection at every allocation. */
export const stressTime = Number(Process.argument(3) ?? 0);

export interface Part {
	/** What the inputs have reached, for the report. */
	readonly counts: { inputs: number };
	/** Slots by which the heap may grow while nothing is open. */
	readonly tolerance: number;
	/** Number of inputs after which all permanent memory is allocated. */
	readonly warm: number;
	/** Plays an input, which depends on `random` only. It counts it, and throws if a promise is broken. */
	play(random: Random, number: number): void;
	/** The last input, as a failure shows it. */
	shown(): string;
	/** Called before memory is read: lets what is open end. */
	settle?(): void;
}

/** Plays all inputs and ends the program. */
export function fuzz(part: Part): void {
	const { counts, tolerance, warm } = part;
	let number = from, slots = 0;
	try {
		for (; number < from + count; number++) {
			part.play(new Random(seed * 1_000_003 + number), number);
			if (number - from !== warm && number !== from + count - 1)
				continue;
			part.settle?.();
			Process.collect();
			const now = Process.memory(SLOTS);
			if (slots !== 0 && now > slots + tolerance)
				fail(`memory has grown from ${slots} to ${now} slots`);
			slots ||= now;
		}
		trace(`${JSON.stringify(counts)}\n`);
		Process.abort(0);
	}
	catch (error) {
		stress(0);
		trace(`not ok: seed ${seed}, input ${number}: `
			+ `${String((error as Error).stack ?? error)}\n${part.shown()}\n`);
		Process.abort(1);
	}
}

export function fail(message: string): never {
	throw new Error(message);
}
