// SPDX-License-Identifier: MIT
/** Milliseconds since construction, monotonic. Does not wrap as `Time.ticks` does, if it is read more often than that
 *  wraps (24 days). */

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
