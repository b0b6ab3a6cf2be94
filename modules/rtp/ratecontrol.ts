// SPDX-License-Identifier: MIT
/**
 * Decides JPEG quality and frame rate, once a second, so that a link or a given bit rate is filled and not overfilled.
 *
 * One number is controlled: the octets a second that may be sent. Congestion cuts it to a share of what the link was
 * seen to take (multiplicative); without congestion it grows by a fixed step (additive). The rate at which congestion
 * came is remembered: below it the controller waits, and tries what lies above at growing distances, so that it settles
 * instead of swinging.
 *
 * Quality gives way first, then the frame rate; on the way up the frame rate comes back first. The frame rate also
 * takes up what whole quality numbers cannot express.
 *
 * How large an image of another quality number would be is only guessed; what is measured then corrects the guess.
 */

export interface RateControlOptions {
	/** kbit/s of RTP payload that are to be kept where the link allows; Infinity: as much as the link takes. */
	readonly bitrate: number;
	/** JPEG quality numbers as the OV2640 counts, 0 (best) to 63: the best and the worst that may be chosen. */
	readonly quality: number;
	readonly worstQuality: number;
	/** Frames a second: the most and the least that may be chosen. */
	readonly frameRate: number;
	readonly minFrameRate: number;
}

/** What congestion leaves of the rate that the link was seen to take. */
const DECREASE = 0.85;
/** How much of the full rate is added for a second, and at most at once. */
const INCREASE = 1 / 40;
const LARGEST_INCREASE = 1 / 10;
/** Seconds after a decrease in which nothing changes: queues drain, and late reports still speak of before. */
const HOLD = 4;
/** Where the rate waits below that at which congestion came, and where it has got past it. */
const BELOW_LIMIT = 0.9;
const ABOVE_LIMIT = 1.05;
/** Seconds of that waiting: the first time, and where they stop doubling. */
const PATIENCE = 10;
const LONGEST_PATIENCE = 120;
/** Seconds above the limit without congestion after which the rate rises on, and twice that: a deep queue takes that
 *  long to fill. */
const PROOF = 10;
/** Where the limit is forgotten: congestion comes again only if the link changes again. */
const FAR_ABOVE_LIMIT = 1.25;
/** An image may be this much larger or smaller than what the full frame rate allows before the quality changes. A step
 *  of one quality number is less than the band, or it would swing. */
const LARGE = 1.15;
const SMALL = 0.95;
/** Quality numbers that it gets better by at once: more would be a jump into the unknown. */
const LARGEST_STEP = 4;
/** Steps after which the smoothed size is that of the present quality. */
const SETTLED = 4;
/** Changes of the frame rate below this share are not worth it. */
const FRAME_RATE_STEP = 0.03;

export class RateControl {
	/** What is to be used now. */
	quality: number;
	frameRate: number;
	/** How often congestion lowered the rate. */
	decreaseCount = 0;
	readonly #bounds: { quality: number; worstQuality: number; frameRate: number; minFrameRate: number };
	readonly #options: RateControlOptions;
	/** Octets a second, from `bitrate`. */
	readonly #ceiling: number;
	/** Octets a second that may be sent. */
	#rate: number;
	/** Octets a second at which congestion came last. */
	#limit = Infinity;
	#patience = PATIENCE;
	#waited = 0;
	#proven = 0;
	#hold = 0;
	/** Seconds since the last increase. */
	#idle = 0;
	/** Octets of an image at this quality, smoothed; 0 before the first is known. */
	#size = 0;
	/** The quality that was left as too large, and how large it was: measured, so better than a guess. */
	#leftQuality = -1;
	#leftSize = 0;
	/** Steps since the quality changed. */
	#settled = 0;
	/** Frames that come of those that are asked for, smoothed: sensors are slower than they are told. */
	#share = 1;

	constructor(options: RateControlOptions) {
		const { bitrate, quality, worstQuality, frameRate, minFrameRate } = options;
		if (!(bitrate > 0 && quality >= 0 && worstQuality >= quality && minFrameRate > 0 && frameRate >= minFrameRate))
			throw new RangeError("rate control: bounds contradict each other");
		this.#options = options;
		this.#bounds = { quality, worstQuality, frameRate, minFrameRate };
		this.#ceiling = bitrate * 125;
		this.#rate = this.#ceiling;
		this.quality = quality;
		this.frameRate = frameRate;
	}

	/** Octets a second that may be sent; Infinity before anything is known against it. */
	get rate(): number {
		return this.#rate;
	}

	get bestQuality(): number {
		return this.#bounds.quality;
	}

	/** The best that may be chosen from now on; what is worse than the worst widens that, too. */
	limit(quality: number, frameRate: number): void {
		const { worstQuality, minFrameRate } = this.#options, bounds = this.#bounds;
		bounds.quality = quality;
		bounds.worstQuality = worstQuality > quality ? worstQuality : quality;
		bounds.frameRate = frameRate;
		bounds.minFrameRate = minFrameRate < frameRate ? minFrameRate : frameRate;
		if (this.quality < quality) {
			this.#size = this.#sizeAt(quality);
			this.quality = quality;
			this.#settled = 0;
		}
		if (this.frameRate > frameRate)
			this.frameRate = frameRate;
	}

	/** Somebody new begins: what another's link took says nothing. What was found out to keep a given bit rate
	 *  stays. */
	reset(): void {
		this.#rate = this.#ceiling;
		this.#limit = Infinity;
		this.#patience = PATIENCE;
		this.#waited = 0;
		this.#proven = 0;
		this.#hold = 0;
		this.#idle = 0;
		if (this.#ceiling === Infinity) {
			const { quality, frameRate } = this.#bounds;
			this.#size = this.#sizeAt(quality);
			this.#settled = 0;
			this.quality = quality;
			this.frameRate = frameRate;
		}
	}

	/** @param seconds since the last step
	 *  @param frames captured in them, and sent to whoever could take them
	 *  @param octets that these frames have, as payload
	 *  @param congested the link is too slow
	 *  @param informed something was heard since the last step in which this was true: without news the rate does not
	 *  rise
	 *  @param delivered octets a second that the link took
	 *  @returns whether `quality` or `frameRate` changed */
	step(
		seconds: number,
		frames: number,
		octets: number,
		congested: boolean,
		informed: boolean,
		delivered: number,
	): boolean {
		if (!(seconds > 0) || frames === 0)
			return false;
		this.#measure(frames / seconds, octets / frames);
		this.#hold -= seconds;
		this.#idle += seconds;
		if (this.#hold <= 0) {
			if (congested)
				this.#decrease(octets / seconds, delivered);
			else if (informed)
				this.#increase(this.#idle);
		}
		return this.#apply();
	}

	#measure(frameRate: number, size: number): void {
		const share = frameRate < this.frameRate ? frameRate / this.frameRate : 1;
		this.#share += (share - this.#share) / 4;
		const before = this.#size;
		this.#size = before === 0 ? size : (before + size) / 2;
		this.#settled += 1;
		// the scene has changed, for images of every quality
		if (this.#settled > SETTLED)
			this.#leftSize *= this.#size / before;
	}

	#decrease(actual: number, delivered: number): void {
		let seen = delivered > 0 && delivered < actual ? delivered : actual;
		if (seen > this.#rate)
			seen = this.#rate;
		// again where it was the last time: the link has not changed
		const again = this.#rate > this.#limit * 0.8;
		this.#patience = !again
			? PATIENCE
			: this.#patience * 2 < LONGEST_PATIENCE
			? this.#patience * 2
			: LONGEST_PATIENCE;
		this.#waited = this.#proven = 0;
		this.#limit = seen;
		this.decreaseCount += 1;
		this.#hold = HOLD;
		this.#idle = 0;
		const floor = this.#sizeAt(this.#bounds.worstQuality) * this.#bounds.minFrameRate;
		this.#rate = seen * DECREASE > floor ? seen * DECREASE : floor;
	}

	#increase(seconds: number): void {
		this.#idle = 0;
		const full = this.#sizeAt(this.#bounds.quality) * this.#bounds.frameRate * this.#share;
		const step = INCREASE * seconds;
		let rate = this.#rate + full * (step < LARGEST_INCREASE ? step : LARGEST_INCREASE);
		const wait = this.#limit * BELOW_LIMIT, past = this.#limit * ABOVE_LIMIT;
		if (this.#rate >= past) {
			this.#proven += seconds;
			const far = this.#limit * FAR_ABOVE_LIMIT;
			if (this.#proven < PROOF)
				rate = this.#rate;
			else if (rate > far && this.#proven < PROOF * 2)
				rate = far;
			else if (rate > far) {
				this.#limit = Infinity;
				this.#patience = PATIENCE;
				this.#waited = this.#proven = 0;
			}
		}
		else if (rate > wait && this.#waited < this.#patience) {
			this.#waited += seconds;
			rate = this.#rate > wait ? this.#rate : wait;
		}
		else if (rate > past)
			rate = past;
		this.#rate = rate < this.#ceiling ? rate : this.#ceiling;
	}

	#apply(): boolean {
		const { frameRate: most, minFrameRate: least } = this.#bounds;
		const before = this.quality;
		const quality = this.#chooseQuality(this.#rate / (most * this.#share));
		if (quality !== before) {
			const size = this.#sizeAt(quality);
			if (quality > before) {
				this.#leftQuality = before;
				this.#leftSize = this.#size;
			}
			this.quality = quality;
			this.#size = size;
			this.#settled = 0;
		}
		let frameRate = this.#size === 0 ? most : this.#rate / (this.#size * this.#share);
		frameRate = frameRate > most ? most : frameRate < least ? least : frameRate;
		const difference = frameRate - this.frameRate, step = this.frameRate * FRAME_RATE_STEP;
		const changed = difference > step || difference < -step
			|| (difference !== 0 && (frameRate === most || frameRate === least));
		if (changed)
			this.frameRate = frameRate;
		return changed || quality !== before;
	}

	/** @param budget octets of an image at the full frame rate */
	#chooseQuality(budget: number): number {
		const { quality: configured, worstQuality: worst } = this.#bounds;
		let quality = this.quality;
		const best = quality - LARGEST_STEP > configured ? quality - LARGEST_STEP : configured;
		if (this.#size > budget * LARGE) {
			while (quality < worst && this.#sizeAt(quality) > budget)
				quality += 1;
		}
		else if (this.#size < budget * SMALL) {
			while (quality > best && this.#sizeAt(quality) < budget * SMALL
				&& this.#sizeAt(quality - 1) <= budget * LARGE)
				quality -= 1;
		}
		return quality;
	}

	/** Octets that an image of another quality number would have, guessed: sizes fall about as the square root of the
	 *  number rises. (The simulated camera's VGA card: 38,180 bytes at 2, 21,540 at 12, 14,490 at 40.) */
	#sizeAt(quality: number): number {
		const guess = this.#size * Math.sqrt((this.quality + 4) / (quality + 4));
		if (quality > this.#leftQuality)
			return guess;
		const known = this.#leftSize * Math.sqrt((this.#leftQuality + 4) / (quality + 4));
		return known > guess ? known : guess;
	}
}
