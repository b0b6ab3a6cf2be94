// SPDX-License-Identifier: MIT
/**
 * Measures how well one subscriber's link keeps up, from two sources: frames that it could not take (the TCP window was
 * full, the UDP socket refused them) and receiver reports (RFC 3550 section 6.4.1). Allocates nothing.
 */

/** Share of missed frames, smoothed, above which the link is too slow, and the least number of them per second: one
 *  skipped frame says nothing. */
const MISSING = 0.06;
const MISSED = 0.75;
/** Shares of packets lost, beyond the usual loss, that mean congestion: on their own, and when packets are also
 *  late. */
const LOSS = 0.02;
const LATE_LOSS = 0.005;
/** If more than this share of the loss remains after less is sent, the loss is the link's own (radio) and counts as
 *  usual from then on. */
const HELPED = 0.7;
/** Jitter is high above twice the usual plus 5 ms: RTP clock units. */
const JITTER_MARGIN = 450;
/** Seconds without a report after which none is expected: receivers that report at all do so every 5 (RFC 3550 section
 *  6.2). */
const REPORTS_END = 15;

export class LinkMeter {
	/** Frames offered (counted by the caller), and those of them not sent completely, since the start. */
	offeredCount = 0;
	missedCount = 0;
	/** Payload octets per second that the link took in the last step. */
	delivered = 0;
	/** Whether less should be sent, judging by what is known. */
	congested = false;
	/** Whether there was news of the link since `heard`: more may be sent only then. */
	informed = false;
	/** Packets can be lost on the way. What was sent says little, so the meter waits for receiver reports. */
	readonly #lossy: boolean;
	#offered = 0;
	#missed = 0;
	#octets = 0;
	#missing = 0;
	#missedLately = 0;
	#reported = false;
	/** Seconds since the last report. */
	#silence = 0;
	/** The next report also covers time before the rate was changed. */
	#stale = false;
	#lost = false;
	#loss = 0;
	/** Loss that does not depend on the rate. */
	#usualLoss = 0;
	/** Loss that caused the last decrease; 0 once the effect of the decrease is known. */
	#lossBefore = 0;
	#jitter = 0;
	/** Jitter while loss is no more than usual; negative before the first report. */
	#usualJitter = -1;

	/** @param lossy whether the stream goes over UDP */
	constructor(lossy: boolean) {
		this.#lossy = lossy;
	}

	/** Counts an offered frame that was not sent completely. */
	missed(): void {
		this.missedCount += 1;
	}

	/** Takes a receiver report.
	 *  @param fractionLost since the previous report, in 1/256
	 *  @param jitter interarrival jitter, RTP clock units */
	reported(fractionLost: number, jitter: number): void {
		this.#reported = true;
		this.#loss = fractionLost / 256;
		this.#jitter = jitter;
	}

	/** Evaluates the time since the last step.
	 *  @param seconds since the last step, above 0
	 *  @param octetCount payload octets sent since the start, modulo 2^32 */
	step(seconds: number, octetCount: number): void {
		const offered = this.offeredCount - this.#offered, missed = this.missedCount - this.#missed;
		const octets = (octetCount - this.#octets) >>> 0;
		this.#offered = this.offeredCount;
		this.#missed = this.missedCount;
		this.#octets = octetCount;
		if (offered > 0) {
			this.#missing += ((missed < offered ? missed / offered : 1) - this.#missing) / 2;
			this.#missedLately += (missed / seconds - this.#missedLately) / 2;
		}
		this.#silence += seconds;
		if (this.#reported) {
			this.#reported = false;
			this.#silence = 0;
			if (this.#stale)
				this.#stale = false;
			else {
				this.#lost = this.isLoss();
				this.informed = true;
			}
		}
		else if (this.#lossy ? this.#silence > REPORTS_END : offered > 0)
			this.informed = true;
		this.congested = this.#lost || (this.#missing > MISSING && this.#missedLately >= MISSED);
		this.delivered = (octets * (1 - this.#loss)) / seconds;
	}

	/** Marks the news as used: the next increase waits for more. */
	heard(): void {
		this.informed = false;
	}

	/** To be called when less is sent from now on: earlier misses and losses no longer count. */
	forgive(): void {
		this.#missing = this.#missedLately = 0;
		this.#lossBefore = this.#lost ? this.#loss : 0;
		this.#reported = false;
		this.#lost = false;
		this.informed = false;
		this.congested = false;
		this.#stale = this.#lossy;
	}

	private isLoss(): boolean {
		const loss = this.#loss, jitter = this.#jitter;
		if (this.#lossBefore > 0 && loss > this.#lossBefore * HELPED)
			this.#usualLoss = loss;
		this.#lossBefore = 0;
		const late = this.#usualJitter >= 0 && jitter > this.#usualJitter * 2 + JITTER_MARGIN;
		const excess = loss - this.#usualLoss;
		if (excess > LOSS || (excess > LATE_LOSS && late))
			return true;
		this.#usualLoss += excess / 4;
		if (!late)
			this.#usualJitter = this.#usualJitter < 0 ? jitter : this.#usualJitter + (jitter - this.#usualJitter) / 4;
		return false;
	}
}
