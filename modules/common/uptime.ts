// SPDX-License-Identifier: MIT
/** Milliseconds since construction, monotonic. Does not wrap as `Time.ticks` does, if something reads it at least every
 *  24 days: share one that is read every second. */

import Time from "time";

export class Uptime {
	#elapsed = 0;
	#ticks = Time.ticks;

	now(): number {
		const ticks = Time.ticks;
		this.#elapsed += Time.delta(this.#ticks, ticks);
		this.#ticks = ticks;
		return this.#elapsed;
	}
}
