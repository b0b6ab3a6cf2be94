// SPDX-License-Identifier: MIT
/**
 * Fits quality and frame rate to the links, once a second.
 *
 * One encoder serves everybody, so somebody has to give way. The rate goes down while more than half of those that play
 * have too slow a link: it settles where the median one can follow. Who is slower than that skips frames, whole, and
 * spoils nobody's picture.
 */

import { RateControl, type RateControlOptions } from "../rtp/ratecontrol";
import type { FrameConsumer } from "./consumer";

export class Adaptation {
	readonly #control: RateControl;
	#frames = 0;
	#octets = 0;
	/** When the last step was, microseconds; negative: a new beginning. */
	#time = -1;

	constructor(options: RateControlOptions) {
		this.#control = new RateControl(options);
	}

	get quality(): number {
		return this.#control.quality;
	}

	get frameRate(): number {
		return this.#control.frameRate;
	}

	get bestQuality(): number {
		return this.#control.bestQuality;
	}

	/** The best that may be chosen from now on. */
	limit(quality: number, frameRate: number): void {
		this.#control.limit(quality, frameRate);
	}

	/** The camera starts, for somebody new. */
	begin(): void {
		this.#control.reset();
		this.#time = -1;
	}

	/** A frame that was offered to everybody.
	 *  @param octets of its payload */
	frame(octets: number): void {
		this.#frames += 1;
		this.#octets += octets;
	}

	/** @param now microseconds, on the camera's clock
	 *  @returns whether quality or frame rate have changed */
	step(now: number, consumers: readonly FrameConsumer[]): boolean {
		const elapsed = (now - this.#time) / 1_000_000, beginning = this.#time < 0;
		if (!beginning && !(elapsed > 0))
			return false;
		let playing = 0, congested = 0, informed = 0, delivered = 0;
		for (let i = 0; i < consumers.length; i++) {
			const consumer = consumers[i]!;
			const { link } = consumer;
			link?.step(beginning ? 1 : elapsed, consumer.octetCount);
			if (!link || !consumer.playing)
				continue;
			playing += 1;
			if (link.informed)
				informed += 1;
			if (link.congested) {
				congested += 1;
				// the fastest of them: the next step sees whether there are still too many
				if (link.delivered > delivered)
					delivered = link.delivered;
			}
		}
		const frames = this.#frames, octets = this.#octets;
		this.#frames = this.#octets = 0;
		this.#time = now;
		// the first step has no whole second behind it
		if (beginning)
			return false;
		const less = congested * 2 > playing, known = informed * 2 > playing, before = this.#control.decreaseCount;
		const changed = this.#control.step(elapsed, frames, octets, less, known, delivered);
		for (let i = 0; i < consumers.length; i++) {
			const { link } = consumers[i]!;
			if (this.#control.decreaseCount !== before)
				link?.forgive();
			else if (known)
				link?.heard();
		}
		return changed;
	}
}
