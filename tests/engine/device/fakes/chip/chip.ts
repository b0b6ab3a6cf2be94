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
	/** Advances the clock. @param seconds */
	static run(seconds: number): void {
		native("xs_chip_run").call(this, seconds);
	}
}
