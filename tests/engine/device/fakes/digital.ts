// SPDX-License-Identifier: MIT
export default class Digital {
	static readonly Output = 8;
	/** Levels written, by pin. */
	static readonly written = new Map<number, number[]>();
	/** When, milliseconds. */
	static readonly times = new Map<number, number[]>();
	readonly #pin: number;

	constructor({ pin, initialValue }: { pin: number; initialValue: number }) {
		if (pin === 5)
			throw new Error("in use");
		this.#pin = pin;
		Digital.written.set(pin, [initialValue]);
		Digital.times.set(pin, [Date.now()]);
	}

	write(level: number): void {
		Digital.written.get(this.#pin)!.push(level);
		Digital.times.get(this.#pin)!.push(Date.now());
	}
}
