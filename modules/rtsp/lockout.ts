// SPDX-License-Identifier: MIT
/**
 * Locks addresses that guess wrong too often. Failures are counted by remote address, so one client's guesses lock out
 * nobody else; the address of a TCP connection cannot be forged. The table is bounded: many addresses displace each
 * other in it, which does not help an attacker who has only one.
 *
 * Behind a NAT, many clients share one address. An address that has shown the right password within a day is therefore
 * not locked for the whole lock time: its failures are forgiven one by one, `limit` of them per lock time. Guessing is
 * as slow there as elsewhere, and the owner can log in between the guesses.
 */

export interface LockoutOptions {
	/** Failures that lock an address, 0 for never. */
	readonly limit: number;
	/** Duration of a lock, and how long a failure is remembered, milliseconds. */
	readonly lockTime: number;
}

interface Entry {
	readonly address: string;
	failures: number;
	/** Instant of the last failure, or of the last one forgiven, milliseconds. */
	last: number;
	locked: boolean;
	/** Instant of the last success, milliseconds; undefined if there was none. */
	success: number | undefined;
}

const CAPACITY = 64;
/** How long an address is known after its last success, milliseconds. */
const KNOWN_TIME = 24 * 3600 * 1000;

export class Lockout {
	readonly #limit: number;
	readonly #lockTime: number;
	readonly #entries: Entry[] = [];

	constructor({ limit, lockTime }: LockoutOptions) {
		this.#limit = limit;
		this.#lockTime = lockTime;
	}

	/** @param now milliseconds, monotonic
	 *  @returns milliseconds until the address is unlocked; 0 if it is not locked */
	remaining(address: string, now: number): number {
		const entry = this.#find(address, now);
		return entry?.locked ? entry.last + this.#distance(entry) - now : 0;
	}

	/** Counts a wrong guess.
	 *  @returns whether this guess locks the address */
	fail(address: string, now: number): boolean {
		if (this.#limit === 0)
			return false;
		const entry = this.#find(address, now) ?? this.#add(address);
		// a known address: the wait for the next forgiveness continues
		if (entry.success === undefined || entry.failures === 0)
			entry.last = now;
		entry.failures += 1;
		const locks = !entry.locked && entry.failures >= this.#limit;
		entry.locked ||= locks;
		return locks;
	}

	/** Counts a right guess. The first one of an address clears its failures. */
	succeed(address: string, now: number): void {
		if (this.#limit === 0)
			return;
		const entry = this.#find(address, now) ?? this.#add(address);
		if (entry.success === undefined) {
			entry.failures = 0;
			entry.locked = false;
			entry.last = now;
		}
		entry.success = now;
	}

	/** Finds an address's entry and brings it up to date. An expired entry is removed. */
	#find(address: string, now: number): Entry | undefined {
		const index = this.#indexOf(address);
		const entry = this.#entries[index];
		if (entry === undefined)
			return undefined;
		if (entry.success !== undefined && now - entry.success >= KNOWN_TIME)
			entry.success = undefined;
		if (entry.success === undefined) {
			if (now - entry.last < this.#lockTime)
				return entry;
			this.#remove(index);
			return undefined;
		}
		const distance = this.#distance(entry),
			forgiven = Math.min(Math.floor((now - entry.last) / distance), entry.failures);
		entry.failures -= forgiven;
		entry.last += forgiven * distance;
		entry.locked &&= entry.failures >= this.#limit;
		return entry;
	}

	/** Milliseconds until a failure, or one more failure, is forgiven. */
	#distance({ success }: Entry): number {
		return success === undefined ? this.#lockTime : this.#lockTime / this.#limit;
	}

	#add(address: string): Entry {
		if (this.#entries.length >= CAPACITY)
			this.#remove(this.#least());
		const entry = { address, failures: 0, last: 0, locked: false, success: undefined };
		this.#entries.push(entry);
		return entry;
	}

	/** Index of the entry to drop: one that is neither locked nor known, if there is any; of several, the one whose
	 *  last event is the oldest. */
	#least(): number {
		const entries = this.#entries;
		let least = 0;
		for (let i = 1; i < entries.length; i++) {
			const entry = entries[i]!, best = entries[least]!;
			const stays = entry.locked || entry.success !== undefined,
				bestStays = best.locked || best.success !== undefined;
			if (stays === bestStays ? lastEvent(entry) < lastEvent(best) : bestStays)
				least = i;
		}
		return least;
	}

	#indexOf(address: string): number {
		for (let i = 0; i < this.#entries.length; i++) {
			if (this.#entries[i]!.address === address)
				return i;
		}
		return -1;
	}

	#remove(index: number): void {
		if (index >= 0)
			this.#entries.splice(index, 1);
	}
}

function lastEvent({ last, success = last }: Entry): number {
	return Math.max(last, success);
}
