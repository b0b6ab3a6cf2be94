// SPDX-License-Identifier: MIT
/** lwIP's resources and their limits, by the names in tests/device/lwip/stack.c. */
export class Numbers {
	static get(name: string): number {
		return native("xs_numbers_get").call(this, name) as number;
	}
	static set(name: string, value: number): void {
		native("xs_numbers_set").call(this, name, value);
	}
}
