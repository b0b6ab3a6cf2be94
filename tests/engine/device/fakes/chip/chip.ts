// SPDX-License-Identifier: MIT
/** A fake chip that can be reset, with its clock. RTC memory survives the reset. */
export class Chip {
	/** @param reason as numbered in the fake esp_system.h */
	static reset(reason: number): void {
		native("xs_chip_reset").call(this, reason);
	}
	/** Number of restarts by native code. */
	static restarts(): number {
		return native("xs_chip_restarts").call(this) as number;
	}
	/** @param bytes free, twice as many as in the largest block; 0: there is none */
	static setPSRAM(bytes: number): void {
		native("xs_chip_setPSRAM").call(this, bytes);
	}
	/** How often the blocks of a memory were visited. */
	static visits(): number {
		return native("xs_chip_visits").call(this) as number;
	}
	/** Advances the clock. @param seconds */
	static run(seconds: number): void {
		native("xs_chip_run").call(this, seconds);
	}
}
