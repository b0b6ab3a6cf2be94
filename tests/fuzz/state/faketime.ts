// SPDX-License-Identifier: MIT
/** The module `time`, on the world's clock. */
export default class Time {
	static get ticks(): number {
		return globalThis.world.time;
	}
	static get microseconds(): number {
		return globalThis.world.time * 1000;
	}
	static delta(start: number, end = globalThis.world.time): number {
		return end - start;
	}
}
