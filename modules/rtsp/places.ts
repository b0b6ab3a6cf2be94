// SPDX-License-Identifier: MIT
/**
 * The places for connections. All servers of the camera share them, so that one limit bounds what clients can make the
 * program hold.
 *
 * When all places are taken, a connection that was not granted gives way, so a few open sockets cannot keep everybody
 * out, whatever they send.
 */

import { removeAt, removeKey } from "../common/list";

/** A connection in its place. Methods never throw. */
export interface PlaceHolder {
	/** Client's address, an IP literal. */
	readonly address: string;
	/** Whether the client has shown the right password, or is being sent the stream. */
	readonly granted: boolean;
	/** Whether the connection is a stream itself, which counts among its address's streams. RTSP's are its sessions. */
	readonly isStream: boolean;
	/** Bytes kept of unfinished requests. */
	readonly kept: number;
	/** Milliseconds since the client connected. */
	age(now: number): number;
	/** Milliseconds that the connection has been idle; 0 while it is in use. */
	silence(now: number): number;
	/** Ends the connection because it is idle. */
	expire(): void;
	/** Ends the connection because memory is short. */
	refuseBusy(): void;
}

/** Longest silence of a client between two requests, and time to show its password before it gives way to a newcomer,
 *  milliseconds. The latter is short: strangers that connect again and again at the user's own address must not be too
 *  young to give way to the user. */
const BETWEEN_REQUESTS = 2000, TIME_TO_ASK = 500;

export class Places {
	readonly #limit: number;
	readonly #keptBytes: number;
	/** In the order of arrival. */
	readonly #holders: PlaceHolder[] = [];
	/** Number of connections per address. */
	readonly #perAddress = new Map<string, number>();

	/** @param limit maximum number of connections
	 *  @param keptBytes most that all of them together may keep of unfinished requests, bytes */
	constructor(limit: number, keptBytes: number) {
		this.#limit = limit;
		this.#keptBytes = keptBytes;
	}

	get count(): number {
		return this.#holders.length;
	}

	/** Makes room for a new connection. The first to give way is the oldest stranger of the address with the most
	 *  connections, if these are more than the newcomer's address would have. The second is the oldest stranger that
	 *  has had time to send a request. If there is neither, the longest idle connection gives way.
	 *  @param address of the newcomer
	 *  @param now milliseconds, monotonic
	 *  @returns whether there is a place */
	makeRoom(address: string, now: number): boolean {
		if (this.#holders.length < this.#limit)
			return true;
		const victim = this.#strangerOfCrowd(this.#countOf(address) + 1) ?? this.#oldStranger(now) ?? this.#idlest(now);
		victim?.expire();
		return victim !== undefined;
	}

	/** @throws without memory; the holder then has no place */
	add(holder: PlaceHolder): void {
		const { address } = holder;
		this.#holders.push(holder);
		try {
			this.#perAddress.set(address, this.#countOf(address) + 1);
		}
		catch (error) {
			this.#holders.pop();
			throw error;
		}
	}

	/** No effect if the holder has no place. */
	remove(holder: PlaceHolder): void {
		const index = this.#holders.indexOf(holder);
		if (index < 0)
			return;
		removeAt(this.#holders, index);
		const { address } = holder, count = this.#countOf(address) - 1;
		if (count > 0)
			this.#perAddress.set(address, count);
		else
			removeKey(this.#perAddress, address);
	}

	/** Number of streams to an address that are connections themselves. */
	streamsOf(address: string): number {
		let count = 0;
		for (let i = 0; i < this.#holders.length; i++) {
			const holder = this.#holders[i]!;
			if (holder.isStream && holder.address === address)
				count += 1;
		}
		return count;
	}

	/** Bounds what all connections together keep of unfinished requests: each may have begun the largest request, and a
	 *  device has no memory for eight of those. The connection that keeps the most is refused, so clients that send
	 *  little are not kept out. */
	limitKept(): void {
		for (;;) {
			let total = 0, most = 0, largest: PlaceHolder | undefined;
			for (let i = 0; i < this.#holders.length; i++) {
				const holder = this.#holders[i]!, { kept } = holder;
				total += kept;
				if (kept > most) {
					most = kept;
					largest = holder;
				}
			}
			if (largest === undefined || total <= this.#keptBytes)
				return;
			largest.refuseBusy();
		}
	}

	/** @param least number of connections that is not yet a crowd */
	#strangerOfCrowd(least: number): PlaceHolder | undefined {
		let victim: PlaceHolder | undefined, most = least;
		for (let i = 0; i < this.#holders.length; i++) {
			const holder = this.#holders[i]!, count = this.#countOf(holder.address);
			if (count > most && !holder.granted) {
				most = count;
				victim = holder;
			}
		}
		return victim;
	}

	#oldStranger(now: number): PlaceHolder | undefined {
		for (let i = 0; i < this.#holders.length; i++) {
			const holder = this.#holders[i]!;
			if (!holder.granted && holder.age(now) > TIME_TO_ASK)
				return holder;
		}
		return undefined;
	}

	#idlest(now: number): PlaceHolder | undefined {
		let victim: PlaceHolder | undefined, longest = BETWEEN_REQUESTS;
		for (let i = 0; i < this.#holders.length; i++) {
			const holder = this.#holders[i]!, silence = holder.silence(now);
			if (silence > longest && holder.granted) {
				longest = silence;
				victim = holder;
			}
		}
		return victim;
	}

	#countOf(address: string): number {
		return this.#perAddress.get(address) ?? 0;
	}
}
