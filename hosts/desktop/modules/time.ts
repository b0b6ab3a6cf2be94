// SPDX-License-Identifier: MIT
/** The SDK's `time` module on the desktop host: monotonic clocks. */
export default class Time {
	/** Milliseconds, signed 32-bit, wrapping. Compare with `delta`. */
	static get ticks(): number {
		return native("xs_time_ticks").call(this) as number;
	}
	/** Microseconds since an arbitrary fixed instant. */
	static get microseconds(): number {
		return native("xs_time_microseconds").call(this) as number;
	}
	/** Milliseconds from `start` to `end` (default: now), correct even if `ticks` wrapped in between. */
	static delta(start: number, end?: number): number {
		return native("xs_time_delta").call(this, start, end) as number;
	}
}
