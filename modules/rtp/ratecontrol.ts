// SPDX-License-Identifier: MIT
/**
 * Chooses JPEG quality and frame rate, once a second, to fill a link or a given bit rate without exceeding it.
 *
 * The controlled value is the number of octets per second that may be sent. Congestion cuts it to a share of what the
 * link took (multiplicative decrease); without congestion it grows by a fixed step (additive increase). The controller
 * remembers the rate at which congestion occurred, the limit. It waits below the limit and tries higher rates at
 * growing intervals, so that it settles instead of oscillating.
 *
 * Quality is reduced first, then the frame rate. On the way up, the frame rate is restored first. The frame rate also
 * makes up for what whole quality numbers cannot express.
 *
 * The image size at another quality number is a guess, which later measurements correct.
 */

export interface RateControlOptions {
	/** Bit rate of RTP payload to keep where the link allows it, kbit/s; Infinity for as much as the link takes. */
	readonly bitrate: number;
	/** Best and worst JPEG quality numbers that may be chosen, on the OV2640's scale: 0 (best) to 63. */
	readonly quality: number;
	readonly worstQuality: number;
	/** Highest and lowest frame rates that may be chosen, frames per second. */
	readonly frameRate: number;
	readonly minFrameRate: number;
}

/** Share of the rate taken by the link that is kept after congestion. */
const DECREASE = 0.85;
/** Share of the full rate that is added per second, and the largest share added at once. */
const INCREASE = 1 / 40;
const LARGEST_INCREASE = 1 / 10;
/** Seconds without a change after a decrease: queues drain, and late reports still describe the time before it. */
const HOLD = 4;
/** Shares of the limit: the rate waits at the lower one, and has passed the limit at the upper one. */
const BELOW_LIMIT = 0.9;
const ABOVE_LIMIT = 1.05;
/** Seconds of waiting below the limit: the first time, and the most to which they double. */
const PATIENCE = 10;
const LONGEST_PATIENCE = 120;
/** Seconds above the limit without congestion after which the rate rises further. It stays below `FAR_ABOVE_LIMIT` for
 *  twice as long: a deep queue takes that long to fill. */
const PROOF = 10;
/** Share of the limit above which it is forgotten: congestion recurs only if the link changes again. */
const FAR_ABOVE_LIMIT = 1.25;
/** The quality changes when an image is this much larger or smaller than the full frame rate allows. The band is wider
 *  than a step of one quality number; otherwise the quality would oscillate. */
const LARGE = 1.15;
const SMALL = 0.95;
/** Largest improvement at once, in quality numbers: the sizes beyond are too uncertain. */
const LARGEST_STEP = 4;
/** Steps after a change of quality until the smoothed size is that of the new quality. */
const SETTLED = 4;
/** Smallest relative change of the frame rate that is applied. */
const FRAME_RATE_STEP = 0.03;

export class RateControl {
	/** Quality and frame rate to use now. */
	quality: number;
	frameRate: number;
	/** Number of times that congestion lowered the rate. */
	decreaseCount = 0;
	readonly #bounds: { quality: number; worstQuality: number; frameRate: number; minFrameRate: number };
	readonly #options: RateControlOptions;
	/** Octets per second, from `bitrate`. */
	readonly #ceiling: number;
	/** Octets per second that may be sent. */
	#rate: number;
	/** Octets per second at which congestion last occurred. */
	#limit = Infinity;
	#patience = PATIENCE;
	#waited = 0;
	#proven = 0;
	#hold = 0;
	/** Seconds since the last increase. */
	#idle = 0;
	/** Octets of an image at the present quality, smoothed; 0 before the first image. */
	#size = 0;
	/** The quality number last given up because its images were too large, and their size: a measured size is better
	 *  than a guess. */
	#leftQuality = -1;
	#leftSize = 0;
	/** Steps since the quality changed. */
	#settled = 0;
	/** Share of the requested frames that arrive, smoothed: sensors are slower than requested. */
	#share = 1;

	constructor(options: RateControlOptions) {
		const { bitrate, quality, worstQuality, frameRate, minFrameRate } = options;
		if (!(bitrate > 0 && quality >= 0 && worstQuality >= quality && minFrameRate > 0 && frameRate >= minFrameRate))
			throw new RangeError("rate control: inconsistent bounds");
		this.#options = options;
		this.#bounds = { quality, worstQuality, frameRate, minFrameRate };
		this.#ceiling = bitrate * 125;
		this.#rate = this.#ceiling;
		this.quality = quality;
		this.frameRate = frameRate;
	}

	/** Octets per second that may be sent; Infinity while no limit is known. */
	get rate(): number {
		return this.#rate;
	}

	get bestQuality(): number {
		return this.#bounds.quality;
	}

	/** Sets the best quality and the highest frame rate that may be chosen from now on. If they are worse than the
	 *  opposite bounds, those move with them. */
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

	/** Starts again for a new client: another client's link says nothing about its own. For a given bit rate, the
	 *  quality and frame rate found so far stay. */
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

	/** Takes the measurements of one step, and chooses quality and frame rate.
	 *  @param seconds since the last step
	 *  @param frames captured in that time and sent to all clients that could take them
	 *  @param octets payload of these frames
	 *  @param congested whether the link is too slow
	 *  @param informed whether there was news of the link since the last step with this flag set. Without news the rate
	 *  does not rise
	 *  @param delivered octets per second that the link took
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
		// the scene has changed, which affects the size at every quality
		if (this.#settled > SETTLED)
			this.#leftSize *= this.#size / before;
	}

	#decrease(actual: number, delivered: number): void {
		let seen = delivered > 0 && delivered < actual ? delivered : actual;
		if (seen > this.#rate)
			seen = this.#rate;
		// congestion at about the same rate as before: the link has not changed
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

	/** @param budget octets that an image may have at the full frame rate */
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

	/** Estimates the octets of an image at another quality number: sizes fall roughly with the square root of the
	 *  number. (The simulated camera's VGA card: 38,180 bytes at 2, 21,540 at 12, 14,490 at 40.) */
	#sizeAt(quality: number): number {
		const guess = this.#size * Math.sqrt((this.quality + 4) / (quality + 4));
		if (quality > this.#leftQuality)
			return guess;
		const known = this.#leftSize * Math.sqrt((this.#leftQuality + 4) / (quality + 4));
		return known > guess ? known : guess;
	}
}
