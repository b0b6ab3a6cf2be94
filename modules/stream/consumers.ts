// SPDX-License-Identifier: MIT
/** The hub's consumers: the order in which they are offered a frame, and what is counted for each. */

import type { Fanout } from "fanout";
import { remove, removeAt } from "../common/list";
import type { ClientKind, FrameConsumer, Lease } from "./consumer";

export class Consumers {
	// the engine searches members in order: those that frames need come first
	readonly #fanout: Fanout;
	/** Consumers with a route, in the order of the fan-out, and the others. */
	readonly #routed: FrameConsumer[] = [];
	readonly #offered: FrameConsumer[] = [];
	readonly #all: FrameConsumer[] = [];
	/** Octets sent to consumers that have left. */
	#octetsGone = 0;
	/** Number given to the last client. */
	#number = 0;
	/** When the meters were stepped, microseconds. */
	#stepTime = 0;

	/** @param fanout sends frames by the consumers' routes */
	constructor(fanout: Fanout) {
		this.#fanout = fanout;
	}

	/** Offers the frame to consumers without a route, and to those whose route did not take it whole.
	 *  @returns number of consumers that skip it */
	offer(lease: Lease): number {
		const fanout = this.#fanout, offered = this.#offered;
		let skipped = 0;
		for (let i = fanout.next(); i >= 0; i = fanout.next()) {
			if (!this.#routed[i]!.offer(lease))
				skipped += 1;
		}
		// backwards: one that has what it needs leaves the list, and others may leave with it
		for (let i = offered.length - 1; i >= 0; i--) {
			if (offered[i]?.offer(lease) === false)
				skipped += 1;
		}
		return skipped;
	}

	/** Tells all that still work on a frame that they skip one.
	 *  @returns their number without those of routes where frames wait, which the fan-out counts */
	skip(): number {
		const all = this.#all;
		let skipped = 0;
		this.#fanout.skip();
		for (let i = 0; i < all.length; i++) {
			const consumer = all[i]!;
			if (!consumer.playing || !consumer.busy || consumer.route?.waiting)
				continue;
			consumer.skip();
			skipped += 1;
		}
		return skipped;
	}

	/** Whether a playing consumer would take a new frame. */
	get hasFree(): boolean {
		for (let i = 0; i < this.#all.length; i++) {
			const { playing, busy } = this.#all[i]!;
			if (playing && !busy)
				return true;
		}
		return false;
	}

	get all(): readonly FrameConsumer[] {
		return this.#all;
	}

	/** Number of playing consumers of a kind. */
	countOf(kind: ClientKind): number {
		let count = 0;
		for (let i = 0; i < this.#all.length; i++) {
			const { playing, client } = this.#all[i]!;
			count += playing && client.kind === kind ? 1 : 0;
		}
		return count;
	}

	/** Payload octets sent to all since the start. */
	get octetCount(): number {
		let count = this.#octetsGone;
		for (let i = 0; i < this.#all.length; i++) {
			const { meter, octetCount } = this.#all[i]!;
			count += meter.octets(octetCount);
		}
		return count;
	}

	/** @returns a number for a client that is no consumer */
	nextNumber(): number {
		return this.#number += 1;
	}

	/** @param now microseconds
	 *  @throws RangeError memory is short; the consumer is not there then */
	add(consumer: FrameConsumer, now: number): void {
		const { route } = consumer, list = route ? this.#routed : this.#offered;
		try {
			this.#all.push(consumer);
			list.push(consumer);
			if (route)
				this.#fanout.add(route);
		}
		catch (error) {
			remove(list, consumer);
			remove(this.#all, consumer);
			throw error;
		}
		this.#fanout.asideCount = this.#offered.length;
		consumer.meter.id = this.nextNumber();
		consumer.meter.since = now;
	}

	/** No effect if it is not there. Frames of its route that waited in the fan-out are then free. */
	remove(consumer: FrameConsumer): void {
		if (!remove(this.#all, consumer))
			return;
		this.#octetsGone += consumer.meter.octets(consumer.octetCount);
		const index = this.#routed.indexOf(consumer);
		if (index >= 0) {
			this.#fanout.remove(index);
			removeAt(this.#routed, index);
		}
		else {
			remove(this.#offered, consumer);
			this.#fanout.asideCount = this.#offered.length;
		}
	}

	/** To be called once a second.
	 *  @param now microseconds
	 *  @param limit capture time before which frames are given back */
	tick(now: number, limit: number): void {
		// backwards: the tick of a stalled consumer removes it, and the others of its connection with it
		for (let i = this.#all.length - 1; i >= 0; i--) {
			const consumer = this.#all[i];
			consumer?.expire(limit);
			consumer?.tick(now);
		}
	}

	/** Steps the meters. */
	measure(now: number): void {
		const all = this.#all, seconds = (now - this.#stepTime) / 1_000_000;
		if (!(seconds > 0))
			return;
		this.#stepTime = now;
		for (let i = 0; i < all.length; i++) {
			const { meter, octetCount, sentCount, skippedCount, waitCount } = all[i]!;
			meter.octets(octetCount);
			meter.step(seconds, sentCount, skippedCount, waitCount);
		}
	}

	// the loops below run backwards: a consumer may leave the list at once, and others of its connection with it

	/** Takes frames back that were captured before `limit`, microseconds. */
	expire(limit: number): void {
		for (let i = this.#all.length - 1; i >= 0; i--)
			this.#all[i]?.expire(limit);
	}

	/** Takes a frame back, or every frame. */
	abandon(lease?: Lease): void {
		for (let i = this.#all.length - 1; i >= 0; i--) {
			const consumer = this.#all[i];
			if (!lease || consumer?.lease === lease)
				consumer?.abandon();
		}
	}

	/** Closes all. */
	close(): void {
		for (let i = this.#all.length - 1; i >= 0; i--)
			this.#all[i]?.close();
	}
}
