// SPDX-License-Identifier: MIT
/**
 * Simulates a stream over a link in steps of 10 ms. A RateControl sets the encoder's quality and frame rate, a queue
 * drains at the link's speed, and a LinkMeter sees the same events as on a server. Clock and random numbers are
 * simulated, so that runs repeat.
 */

import { LinkMeter } from "rtp/linkmeter";
import { RateControl } from "rtp/ratecontrol";

export interface LinkOptions {
	readonly transport: "tcp" | "udp";
	/** Capacity of the queue in front of the link, in octets: a socket's buffer, or a router's. */
	readonly queue?: number;
	/** Size of an image in octets. */
	readonly sizeOf?: (quality: number) => number;
	/** Configured bit rate in kbit/s. Default: none. */
	readonly bitrate?: number;
	readonly minFrameRate?: number;
	/** Highest frame rate of the sensor, whatever the controller asks for. */
	readonly sensorRate?: number;
}

const STEP = 0.01;
const PACKET = 1400;
/** Seconds between receiver reports. */
const REPORT = 5;

export class SimulatedLink {
	readonly control: RateControl;
	readonly meter: LinkMeter;
	/** Quality in each second. */
	readonly qualities: number[] = [];
	/** Frame rate, octets offered and octets delivered, in each second. */
	readonly frameRates: number[] = [];
	readonly offered: number[] = [];
	readonly delivered: number[] = [];
	/** Complete frames, and incomplete or skipped frames, in each second. */
	readonly whole: number[] = [];
	readonly broken: number[] = [];
	/** Seconds in which the controller lowered its rate. */
	readonly decreases: number[] = [];
	/** Speed of the link in kbit/s. */
	capacity = Infinity;
	/** Probability of random packet loss, 0 to 1. */
	loss = 0;
	readonly #options: Required<LinkOptions>;
	#time = 0;
	#due = 0;
	#queue = 0;
	#unsent = 0;
	#sent = 0;
	#seed = 1;
	/** Counts of the present second, then of the present report interval. */
	#frames = 0;
	#octets = 0;
	#out = 0;
	#good = 0;
	#bad = 0;
	#packets = 0;
	#lost = 0;
	#jitter = 0;
	#transit = 0;
	#frameLost = false;

	constructor(
		{ transport, queue = 65536, sizeOf = quality => 26000 * ((12 + 3) / (quality + 3)) ** 0.6, bitrate = Infinity,
			minFrameRate = 5, sensorRate = 25 }: LinkOptions,
	) {
		this.meter = new LinkMeter(transport === "udp");
		this.#options = { transport, queue, sizeOf, bitrate, minFrameRate, sensorRate };
		this.control = new RateControl({ bitrate, quality: 12, worstQuality: 40, frameRate: 25, minFrameRate });
	}

	run(seconds: number): this {
		for (let i = 0; i < seconds; i++)
			this.#second();
		return this;
	}

	/** Mean over the seconds from `from` to before `to`. */
	static mean(values: readonly number[], from: number, to = values.length): number {
		return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
	}

	/** @returns one line per ten seconds */
	trace(): string {
		const lines: string[] = [];
		for (let i = 0; i + 10 <= this.qualities.length; i += 10)
			lines.push(
				`${i}..${i + 9} s: quality ${this.qualities.slice(i, i + 10).join(" ")}, `
					+ `${SimulatedLink.mean(this.frameRates, i, i + 10).toFixed(1)} frames/s, `
					+ `${Math.round(SimulatedLink.mean(this.offered, i, i + 10) / 125)} kbit/s, `
					+ `${Math.round(SimulatedLink.mean(this.broken, i, i + 10) * 10)} frames missed`,
			);
		return lines.join("\n");
	}

	#second(): void {
		this.#frames = 0;
		this.#octets = 0;
		this.#out = 0;
		this.#good = 0;
		this.#bad = 0;
		for (let i = 0; i < 100; i++)
			this.#step();
		this.meter.step(1, this.#sent >>> 0);
		const { congested, informed, delivered } = this.meter;
		const before = this.control.decreaseCount;
		this.control.step(1, this.#frames, this.#octets, congested, informed, delivered);
		if (this.control.decreaseCount !== before) {
			this.meter.forgive();
			this.decreases.push(this.qualities.length);
		}
		else if (informed)
			this.meter.heard();
		this.qualities.push(this.control.quality);
		this.frameRates.push(this.#frames);
		this.offered.push(this.#octets);
		this.delivered.push(this.#out);
		this.whole.push(this.#good);
		this.broken.push(this.#bad);
		if (this.#options.transport === "udp" && this.#time % REPORT < STEP) {
			this.meter.reported(this.#packets ? Math.floor((this.#lost * 256) / this.#packets) : 0, this.#jitter);
			this.#packets = this.#lost = 0;
		}
	}

	#step(): void {
		this.#time = Math.round((this.#time + STEP) * 100) / 100;
		const drained = Math.min(this.#queue, this.capacity * 125 * STEP);
		this.#queue -= drained;
		this.#out += drained;
		const { transport, queue, sizeOf, sensorRate } = this.#options;
		if (this.#unsent > 0)
			this.#fill(queue);
		if (this.#time < this.#due)
			return;
		this.#due = Math.max(this.#due, this.#time - STEP) + 1 / Math.min(this.control.frameRate, sensorRate);
		const size = sizeOf(this.control.quality) * (0.97 + this.#random() * 0.06);
		this.#frames += 1;
		this.#octets += size;
		this.meter.offeredCount += 1;
		if (transport === "udp")
			this.#packetize(size, queue);
		else if (this.#unsent > 0) {
			this.meter.missed();
			this.#bad += 1;
		}
		else {
			this.#unsent = size;
			this.#good += 1;
			this.#fill(queue);
		}
	}

	#fill(queue: number): void {
		const taken = Math.min(this.#unsent, queue - this.#queue);
		this.#unsent -= taken;
		this.#queue += taken;
		this.#sent += taken;
	}

	#packetize(size: number, queue: number): void {
		this.#frameLost = false;
		for (let left = size; left > 0; left -= PACKET) {
			const length = Math.min(left, PACKET);
			this.#sent += length;
			this.#packets += 1;
			if (this.#queue + length > queue || this.#random() < this.loss) {
				this.#lost += 1;
				this.#frameLost = true;
				continue;
			}
			this.#queue += length;
			// RFC 3550 appendix A.8; the packet arrives after the queue before it has drained
			const transit = (this.#queue / (this.capacity * 125)) * 90_000;
			this.#jitter += (Math.abs(transit - this.#transit) - this.#jitter) / 16;
			this.#transit = transit;
		}
		if (this.#frameLost)
			this.#bad += 1;
		else
			this.#good += 1;
	}

	#random(): number {
		this.#seed = (this.#seed * 1103515245 + 12345) % 2147483648;
		return this.#seed / 2147483648;
	}
}
