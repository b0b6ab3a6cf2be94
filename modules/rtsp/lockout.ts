/**
 * Who has guessed wrong too often waits. Counted by remote address, so that nobody is locked out by another's guesses; a TCP
 * connection's address cannot be forged. The table is bounded: many addresses displace each other in it, which helps nobody
 * who has only one.
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
	/** Instant of the last failure, milliseconds. */
	last: number;
	locked: boolean;
}

const CAPACITY = 64;

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
		return entry?.locked ? entry.last + this.#lockTime - now : 0;
	}

	/** A wrong guess.
	 *  @returns whether it was the one that locks */
	fail(address: string, now: number): boolean {
		if (this.#limit === 0)
			return false;
		const entry = this.#find(address, now) ?? this.#add(address);
		entry.failures += 1;
		entry.last = now;
		const locks = !entry.locked && entry.failures >= this.#limit;
		entry.locked ||= locks;
		return locks;
	}

	/** A right one: what was before was a slip. */
	succeed(address: string): void {
		this.#remove(this.#indexOf(address));
	}

	/** The entry of an address; one whose time is over is dropped. */
	#find(address: string, now: number): Entry | undefined {
		const index = this.#indexOf(address);
		const entry = this.#entries[index];
		if (entry !== undefined && now - entry.last >= this.#lockTime) {
			this.#remove(index);
			return undefined;
		}
		return entry;
	}

	#add(address: string): Entry {
		if (this.#entries.length >= CAPACITY)
			this.#remove(this.#oldest());
		const entry = { address, failures: 0, last: 0, locked: false };
		this.#entries.push(entry);
		return entry;
	}

	/** The one whose last failure is longest ago; who is locked stays as long as anybody else can go. */
	#oldest(): number {
		const entries = this.#entries;
		let oldest = 0;
		for (let i = 1; i < entries.length; i++) {
			const entry = entries[i]!, best = entries[oldest]!;
			if (entry.locked === best.locked ? entry.last < best.last : best.locked)
				oldest = i;
		}
		return oldest;
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
