// SPDX-License-Identifier: MIT
/**
 * Addresses that guess wrong too often wait. Counted by remote address, so that nobody is locked out by another's
 * guesses; a TCP connection's address cannot be forged. The table is bounded: many addresses displace each other in it,
 * which does not help a guesser who has only one.
 *
 * Behind a translator many have one address. So an address that has shown the right password within a day is not locked
 * whole: its wrong guesses are forgiven one by one, as many in a lock's time as would have locked it. Guessing there is
 * as slow as elsewhere, and the owner gets in between the guesses.
 */

export interface LockoutOptions {
	/** Failures that lock an address; 0: never. */
	readonly limit: number;
	/** How long it stays locked, and how long a failure is remembered, milliseconds. */
	readonly lockTime: number;
}

interface Entry {
	readonly address: string;
	failures: number;
	/** Instant of the last failure, or of the last one that was forgiven, milliseconds. */
	last: number;
	locked: boolean;
	/** Instant of the last success, milliseconds; undefined: none so far. */
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
	 *  @returns milliseconds that the address must still wait; 0 when it is not locked */
	remaining(address: string, now: number): number {
		const entry = this.#find(address, now);
		return entry?.locked ? entry.last + this.#distance(entry) - now : 0;
	}

	/** A wrong guess.
	 *  @returns whether it was the one that locks */
	fail(address: string, now: number): boolean {
		if (this.#limit === 0)
			return false;
		const entry = this.#find(address, now) ?? this.#add(address);
		// the time until the next one is forgiven goes on
		if (entry.success === undefined || entry.failures === 0)
			entry.last = now;
		entry.failures += 1;
		const locks = !entry.locked && entry.failures >= this.#limit;
		entry.locked ||= locks;
		return locks;
	}

	/** A right one: what was before the first was a slip. */
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

	/** The entry of an address as it is now: one whose time is over is dropped. */
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

	/** Milliseconds from a failure until it, or one more, is forgiven. */
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

	/** The one that is dropped first: those that are locked or known stay as long as any other can go; then the one
	 *  whose last event is longest ago. */
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
