/** A chip that can be reset, and its clock. RTC memory stays. */
export class Chip {
	/** Reasons as the fake esp_system.h counts them. */
	static reset(reason: number): void { native("xs_chip_reset").call(this, reason); }
	/** How often native code has restarted it. */
	static restarts(): number { return native("xs_chip_restarts").call(this) as number; }
	/** Time goes by, seconds. */
	static run(seconds: number): void { native("xs_chip_run").call(this, seconds); }
}
