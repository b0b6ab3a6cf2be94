// SPDX-License-Identifier: MIT
/** Rates of camera and stream, measured once a second. A tick allocates nothing. */

import type { FrameLosses } from "../camera/source";
import { findBottleneck, type Bottleneck, type CameraFigures, type ClientFigures } from "./bottleneck";
import type { FrameHub } from "./hub";

/** Seconds after the camera has started in which rates say nothing. */
const SETTLE = 3;

export class Health implements CameraFigures {
	/** Frames received from the camera and kilobits of payload sent to all clients, per second, in the last tick. */
	frameRate = 0;
	bitrate = 0;
	captured = 0;
	late = 0;
	unbuffered = 0;
	unusable = 0;
	lateness = 0;
	readonly #hub: FrameHub;
	/** Milliseconds, monotonic. */
	readonly #uptime: () => number;
	/** Counts at the last tick. */
	#frames = 0;
	#octets = 0;
	readonly #before: FrameLosses = { late: 0, unbuffered: 0, unusable: 0 };
	readonly #losses: FrameLosses = { late: 0, unbuffered: 0, unusable: 0 };
	#time: number;
	/** Ticks since the camera was started or changed. */
	#ticks = 0;
	#requested = 0;

	constructor(hub: FrameHub, uptime: () => number) {
		this.#hub = hub;
		this.#uptime = uptime;
		this.#time = uptime();
	}

	/** What the open camera has lost since it was opened, as of the last tick. */
	get losses(): Readonly<FrameLosses> {
		return this.#losses;
	}

	get open(): boolean {
		return this.#hub.source.isOpen;
	}

	get silence(): number {
		return this.#hub.source.silence;
	}

	get requested(): number {
		return this.#hub.frameRate;
	}

	/** To be called once a second, after the hub's tick. */
	tick(): void {
		const hub = this.#hub, now = this.#uptime(), milliseconds = now - this.#time, losses = this.#losses;
		if (!(milliseconds > 0))
			return;
		const before = this.#before, seconds = milliseconds / 1000, frames = hub.frameCount,
			octets = hub.consumers.octetCount;
		hub.source.readLosses(losses);
		this.frameRate = (frames - this.#frames) / seconds;
		this.bitrate = ((octets - this.#octets) * 8) / milliseconds;
		if (hub.playing === 0 || hub.frameRate !== this.#requested)
			this.begin();
		else
			this.#ticks += 1;
		// the first tick does not cover a whole second
		if (this.#ticks > 1) {
			this.captured = this.#ticks === 2 ? this.frameRate : smooth(this.captured, this.frameRate);
			this.late = smooth(this.late, lost(losses.late, before.late, seconds));
			this.unbuffered = smooth(this.unbuffered, lost(losses.unbuffered, before.unbuffered, seconds));
			this.unusable = smooth(this.unusable, lost(losses.unusable, before.unusable, seconds));
		}
		this.lateness = smooth(this.lateness, Math.max(0, milliseconds - 1000));
		this.#time = now;
		this.#frames = frames;
		this.#octets = octets;
		before.late = losses.late;
		before.unbuffered = losses.unbuffered;
		before.unusable = losses.unusable;
	}

	/** Judges what was measured. Allocates. */
	get bottleneck(): Bottleneck {
		const clients: ClientFigures[] = [];
		for (const { playing, meter, client, reception } of this.#hub.consumers.all) {
			// a snapshot is no stream
			if (!playing || client.kind === "snapshot")
				continue;
			const { id, sentRate: sent, skippedRate: skipped, waitRate: waits } = meter, { address } = client;
			clients.push({ id, address, sent, skipped, waits,
				lost: reception && reception.reports > 0 ? reception.fractionLost / 256 : undefined,
				roundTrip: reception?.roundTrip });
		}
		if (clients.length > 0 && this.#ticks < SETTLE && this.open && this.silence < SETTLE * 1000)
			return { where: "none", text: "Just started: measuring." };
		return findBottleneck(this, clients);
	}

	private begin(): void {
		this.#ticks = 0;
		this.#requested = this.#hub.frameRate;
		this.captured =
			this.late =
			this.unbuffered =
			this.unusable =
				0;
	}
}

/** Moves an average towards a new value. */
function smooth(average: number, value: number): number {
	return average + (value - average) / 3;
}

/** @returns losses per second; 0 after the camera was reopened, which begins its counts anew */
function lost(count: number, before: number, seconds: number): number {
	return count > before ? (count - before) / seconds : 0;
}
