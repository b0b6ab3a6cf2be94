// SPDX-License-Identifier: MIT
/**
 * A test harness small enough for every engine: Node runs the pure modules, XS runs all of them.
 */

interface Test {
	readonly name: string;
	readonly body: () => void;
}

/** Collects the tests of the files that import it, in order. */
export class Suite {
	readonly #tests: Test[] = [];

	/** @param name the behaviour under test: `setup-rejects-odd-interleaved-channel` */
	test(name: string, body: () => void): void {
		this.#tests.push({ name, body });
	}

	/** Runs every test and writes one line per test to `log`.
	 *  @returns the number of passed and failed tests */
	run(log: (line: string) => void): { passed: number; failed: number } {
		let passed = 0, failed = 0;
		for (const { name, body } of this.#tests) {
			try {
				body();
				passed += 1;
				log(`ok ${name}`);
			}
			catch (error) {
				failed += 1;
				log(`not ok ${name}: `
					+ (error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error)));
			}
		}
		return { passed, failed };
	}
}

export class AssertionError extends Error {}

export function assert(condition: unknown, message = "assertion failed"): asserts condition {
	if (!condition)
		throw new AssertionError(message);
}

/** Asserts deep equality of primitives, arrays, typed arrays and plain objects by comparing their JSON text. */
export function equal(actual: unknown, expected: unknown, message = ""): void {
	const a = show(actual), b = show(expected);
	if (a !== b)
		throw new AssertionError(`${message ? message + ": " : ""}got ${a}, expected ${b}`);
}

export function throws(body: () => void, type: new (...args: never[]) => Error, message = ""): void {
	try {
		body();
	}
	catch (error) {
		if (error instanceof type)
			return;
		throw new AssertionError(`${message} threw ${String(error)}, expected ${type.name}`);
	}
	throw new AssertionError(`${message} did not throw, expected ${type.name}`);
}

/** Converts annotated hexadecimal text to bytes. White space and everything after `//` on a line are ignored. */
export function hex(text: string): Uint8Array {
	const digits = text.replace(/\/\/[^\n]*/g, "").replace(/\s+/g, "");
	const bytes = new Uint8Array(digits.length >> 1);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = parseInt(digits.slice(i * 2, i * 2 + 2), 16);
	return bytes;
}

function show(value: unknown): string {
	if (value instanceof Uint8Array) {
		let text = "";
		for (let i = 0; i < value.length; i++)
			text += (0x100 + value[i]!).toString(16).slice(1);
		return `<${text}>`;
	}
	return JSON.stringify(value, (_key, item) => (item === undefined ? "<undefined>" : item)) ?? "<undefined>";
}
