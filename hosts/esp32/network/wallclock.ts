/**
 * The wall clock by SNTP, for RTCP's sender reports; RTP's clock is another and never set.
 *
 * Of the SDK's `sntp` (8.2.3): it closes itself after a time, and after an error unless the callback returns a host to ask next.
 * That would be asked at once, so that without a name server it would ask without a pause: the next attempt is made here.
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

	/** @param host empty: the clock is left alone */
	constructor(host: string) {
		this.#host = host;
	}

	/** A second has passed with an address. */
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
			// a time that the system does not take: the next may be better
		}
	}
}
