// SPDX-License-Identifier: MIT
/**
 * Adapts quality and frame rate to the links, once a second.
 *
 * One encoder serves all clients. The rate falls while more than half of the playing clients have too slow a link, so
 * it settles at what the median link can carry. Slower clients skip whole frames and do not affect the others.
 */

import { RateControl, type RateControlOptions } from "../rtp/ratecontrol";
import type { FrameConsumer } from "./consumer";

export class Adaptation {
	readonly #control: RateControl;
	#frames = 0;
	#octets = 0;
	/** When the last step was, microseconds; negative before the first. */
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

	/** Sets the best quality and the highest frame rate that may be chosen from now on. */
	limit(quality: number, frameRate: number): void {
		this.#control.limit(quality, frameRate);
	}

	/** Forgets what previous clients' links took: the camera starts for a new client. */
	begin(): void {
		this.#control.reset();
		this.#time = -1;
	}

	/** Counts a frame that was offered to all consumers.
	 *  @param octets octets of its payload */
	frame(octets: number): void {
		this.#frames += 1;
		this.#octets += octets;
	}

	/** Evaluates all links and chooses quality and frame rate.
	 *  @param now microseconds on the camera's clock
	 *  @returns whether quality or frame rate has changed */
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
				// use the fastest congested link: the next step checks whether too many are still congested
				if (link.delivered > delivered)
					delivered = link.delivered;
			}
		}
		const frames = this.#frames, octets = this.#octets;
		this.#frames = this.#octets = 0;
		this.#time = now;
		// the first step does not cover a whole second
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
