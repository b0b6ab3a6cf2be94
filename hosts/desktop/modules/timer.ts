// SPDX-License-Identifier: MIT
/** The SDK's `timer` module on the desktop host. Intervals are milliseconds. */
export default class Timer {
	static set(callback: TimerCallback, delay?: number, repeat?: number): Timer {
		return native("xs_timer_set").call(this, callback, delay, repeat) as Timer;
	}
	static repeat(callback: TimerCallback, interval: number): Timer {
		return native("xs_timer_repeat").call(this, callback, interval) as Timer;
	}
	static schedule(id: Timer, delay?: number, repeat?: number): void {
		native("xs_timer_schedule").call(this, id, delay, repeat);
	}
	static clear(id: Timer | undefined): void {
		native("xs_timer_clear").call(this, id);
	}
}

export type TimerCallback = (id: Timer) => void;
