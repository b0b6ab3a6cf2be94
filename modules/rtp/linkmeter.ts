// SPDX-License-Identifier: MIT
/**
 * How well one subscriber gets its stream: frames that it could not take (its TCP window was full, its UDP socket
 * refused), and what its receiver reports say (RFC 3550 section 6.4.1). Numbers in, numbers out; allocates nothing.
 */

/** Share of frames missed, smoothed, above which the link is too slow, and how many they have to be in a second: one
 *  skipped frame says nothing. */
const MISSING = 0.06;
const MISSED = 0.75;
/** Share of packets lost, beyond what is usual, that is congestion; and that which is when packets come late, too. */
const LOSS = 0.02;
const LATE_LOSS = 0.005;
/** What of the loss has to go when less is sent: otherwise it is the link's own (radio), usual from then on. */
const HELPED = 0.7;
/** Jitter is up when it is twice the usual and 5 ms: RTP clock units. */
const JITTER_MARGIN = 450;
/** Seconds without a report after which none is waited for: receivers that report at all do so every 5 (RFC 3550
 *  section 6.2). */
const REPORTS_END = 15;

export class LinkMeter {
	/** Frames offered (who offers counts), and those of them that did not go out whole: since the start. */
	offeredCount = 0;
	missedCount = 0;
	/** Payload octets a second that the link took in the last step. */
	delivered = 0;
	/** Whether less should be sent, as far as is known. */
	congested = false;
	/** Whether something was heard of the link since `heard`: only then more may be sent. */
	informed = false;
	/** Packets can be lost: what was sent says little, the receiver's reports are waited for. */
	readonly #lossy: boolean;
	#offered = 0;
	#missed = 0;
	#octets = 0;
	#missing = 0;
	#missedLately = 0;
	#reported = false;
	/** Seconds since the last report. */
	#silence = 0;
	/** The next report speaks of the time before the rate was changed, too. */
	#stale = false;
	#lost = false;
	#loss = 0;
	/** Loss that has nothing to do with what is sent. */
	#usualLoss = 0;
	/** Loss for which less was sent; 0 when that is settled. */
	#lossBefore = 0;
	#jitter = 0;
	/** Jitter while nothing more than usual is lost; negative before anything is known. */
	#usualJitter = -1;

	/** @param lossy the stream goes over UDP */
	constructor(lossy: boolean) {
		this.#lossy = lossy;
	}

	missed(): void {
		this.missedCount += 1;
	}

	/** @param fractionLost since the report before, in 1/256
	 *  @param jitter interarrival jitter, RTP clock units */
	reported(fractionLost: number, jitter: number): void {
		this.#reported = true;
		this.#loss = fractionLost / 256;
		this.#jitter = jitter;
	}

	/** Takes stock.
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

	/** What is known has been used: the next increase waits for news. */
	heard(): void {
		this.informed = false;
	}

	/** Less is sent from now on: what was missed before says nothing any more. */
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
