// SPDX-License-Identifier: MIT
/** Asynchronous tests on the engine. They run in sequence, each with a deadline, and close the items they opened. */

import Process from "process";
import Timer from "timer";

/** Time limit of a test, milliseconds. Generous, for a sanitized build on a busy machine. */
const DEADLINE = 30_000;

/** Thrown by a test that cannot run here. */
export class Skip extends Error {}

/** The argument of a running test. */
export class Test {
	readonly #cleanups: (() => void)[] = [];

	/** Registers an item to be closed when the test ends, even if it fails. @returns the item */
	close<T extends { close(): void }>(item: T): T {
		this.#cleanups.push(() => item.close());
		return item;
	}

	end(): void {
		while (this.#cleanups.length)
			this.#cleanups.pop()!();
	}
}

export class AsyncSuite {
	readonly #tests: { readonly name: string; readonly body: (test: Test) => void | Promise<void> }[] = [];

	/** @param name the behaviour under test: `timers-run-in-order-of-due-time` */
	test(name: string, body: (test: Test) => void | Promise<void>): void {
		this.#tests.push({ name, body });
	}

	/** Runs all tests, printing one line each, and ends the program. */
	run(): void {
		void this.#run().then(failed => Process.exit(failed ? 1 : 0));
	}

	async #run(): Promise<number> {
		let failed = 0;
		for (const { name, body } of this.#tests) {
			const test = new Test();
			let timer: Timer | undefined;
			try {
				const deadline = new Promise<never>((_resolve, reject) => {
					timer = Timer.set(() => reject(new Error(`not finished in ${DEADLINE} ms`)), DEADLINE);
				});
				await Promise.race([body(test), deadline]);
				trace(`ok ${name}\n`);
			}
			catch (error) {
				if (error instanceof Skip)
					trace(`skip ${name}: ${error.message}\n`);
				else {
					failed += 1;
					trace(
						`not ok ${name}: `
							+ `${error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error)}\n`,
					);
				}
			}
			Timer.clear(timer);
			test.end();
		}
		return failed;
	}
}

export function delay(milliseconds: number): Promise<void> {
	return new Promise(resolve => Timer.set(() => resolve(), milliseconds));
}

/** Waits until the condition is true, checking every millisecond. The test's deadline bounds the wait. */
export function until(condition: () => boolean): Promise<void> {
	return new Promise(resolve => {
		if (condition())
			return resolve();
		Timer.repeat(timer => {
			if (!condition())
				return;
			Timer.clear(timer);
			resolve();
		}, 1);
	});
}

/** The error that `body` throws, of exactly this type. */
export function thrown(body: () => unknown, type: new (...args: never[]) => Error): Error {
	try {
		body();
	}
	catch (error) {
		if (error instanceof type && error.constructor === type)
			return error;
		throw new Error(`threw ${String(error)}, expected ${type.name}`);
	}
	throw new Error(`did not throw, expected ${type.name}`);
}

/** Counts the machine's allocations since `begin`: exact between two collections. Allocates nothing itself. */
export class Allocations {
	#slots = 0;
	#chunkBytes = 0;
	slots = 0;
	chunkBytes = 0;

	begin(): void {
		this.#slots = Process.memory(0);
		this.#chunkBytes = Process.memory(2);
	}

	end(): void {
		this.slots = Process.memory(0) - this.#slots;
		this.chunkBytes = Process.memory(2) - this.#chunkBytes;
	}

	/** @throws Error if anything was allocated between `begin` and `end` */
	expectNone(what: string): void {
		if (this.slots || this.chunkBytes)
			throw new Error(`${what}: ${this.slots} slots and ${this.chunkBytes} chunk bytes allocated`);
	}
}
