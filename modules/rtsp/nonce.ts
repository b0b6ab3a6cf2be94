// SPDX-License-Identifier: MIT
/**
 * Nonces that need no memory: the instant of creation, and a MAC over it that only this server can make (RFC 2617
 * section 3.2.1).
 *
 *    1a2b3c-000102030405060708090a0b0c0d0e0f
 *    ^^^^^^ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 *    ms, hex   HMAC-SHA-256(secret, "1a2b3c " + client's address), the first 128 bits
 *
 * The MAC includes the client's address, so a nonce overheard from one client is useless to another.
 */

import { equalInConstantTime, hmac } from "../hash/hash";
import { toHex32 } from "./text";

export interface NonceMintOptions {
	/** Unsigned 32-bit random number, good enough for a secret. */
	readonly random32: () => number;
	/** Lifetime of a nonce, milliseconds. */
	readonly lifetime: number;
}

const MAC_DIGITS = 32;

export class NonceMint {
	readonly #secret: string;
	readonly #lifetime: number;

	constructor({ random32, lifetime }: NonceMintOptions) {
		let text = "";
		for (let i = 0; i < 8; i++)
			text += toHex32(random32() >>> 0);
		this.#secret = text;
		this.#lifetime = lifetime;
	}

	/** @param now milliseconds, monotonic
	 *  @param address client's IP literal */
	make(now: number, address: string): string {
		const time = Math.floor(now).toString(16);
		return `${time}-${hmac(this.#secret, `${time} ${address}`).slice(0, MAC_DIGITS)}`;
	}

	/** Whether this server made the nonce for that client, and within its lifetime. */
	isFresh(nonce: string, now: number, address: string): boolean {
		const time = parseInt(nonce.slice(0, Math.max(nonce.length - MAC_DIGITS - 1, 0)), 16);
		return time <= now && now - time <= this.#lifetime && equalInConstantTime(nonce, this.make(time, address));
	}
}
