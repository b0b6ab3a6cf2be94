// SPDX-License-Identifier: MIT
/**
 * Sets the wall clock by SNTP, for RTCP sender reports. RTP uses a different clock, which is never set.
 *
 * Workaround for the SDK's `sntp` (8.2.3). It closes itself after a response, and after an error unless the callback
 * returns another host. It would query that host immediately, without a pause if there is no name server.
 * So retries are scheduled here.
 */

import SNTP from "sntp";
import Time from "time";

/** Seconds until the next attempt: after a success, after a failure. */
const DAY = 86_400, RETRY = 60;

export class WallClock {
	readonly #host: string;
	#asking = false;
	/** Seconds until the next attempt. */
	#wait = 0;

	/** @param host empty: does not set the clock */
	constructor(host: string) {
		this.#host = host;
	}

	/** To be called every second while there is an address. */
	tick(): void {
		if (this.#host === "" || this.#asking || (this.#wait -= 1) > 0)
			return;
		this.#wait = RETRY;
		try {
			this.#asking = true;
			new SNTP({ host: this.#host }, (message, value) => this.#answer(message, value));
		}
		catch {
			this.#asking = false;
		}
	}

	#answer(message: number, value: unknown): undefined {
		if (message === SNTP.retry)
			return;
		this.#asking = false;
		if (message !== SNTP.time || typeof value !== "number")
			return;
		try {
			Time.set(value);
			this.#wait = DAY;
		}
		catch {
			// the system rejected the time; the next one may be valid
		}
	}
}
