/** The SDK's `time` module on the desktop host: monotonic clocks. */
export default class Time {
	/** Milliseconds, wrapping in 32 bits: compare with `delta`. */
	static get ticks(): number { return native("xs_time_ticks").call(this) as number; }
	/** Microseconds since some fixed instant. */
	static get microseconds(): number { return native("xs_time_microseconds").call(this) as number; }
	/** Milliseconds from `start` to `end` (or now), right across the wrap of `ticks`. */
	static delta(start: number, end?: number): number { return native("xs_time_delta").call(this, start, end) as number; }
}
