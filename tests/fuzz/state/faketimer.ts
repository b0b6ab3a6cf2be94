// SPDX-License-Identifier: MIT
import type { Alarm } from "./world";

/** The module `timer`, on the world's clock. */
export default class Timer {
	static set(callback: (id: Alarm) => void, delay = 0, repeat = 0): Alarm {
		return globalThis.world.setAlarm(callback, delay, repeat);
	}
	static repeat(callback: (id: Alarm) => void, interval: number): Alarm {
		return globalThis.world.setAlarm(callback, interval, interval);
	}
	static schedule(id: Alarm, delay = Infinity, repeat = 0): void {
		id.due = globalThis.world.time + delay;
		id.interval = repeat;
	}
	static clear(id: Alarm | undefined): void {
		if (id)
			globalThis.world.clearAlarm(id);
	}
}
