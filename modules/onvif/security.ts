// SPDX-License-Identifier: MIT
/**
 * Proofs of the password in the header of a message (WS-Security UsernameToken Profile 1.0): the password itself, or
 *
 *    Base64(SHA-1(nonce + created + password))
 *
 * A digest is valid for 5 minutes around the time that the client wrote into it, and for one address: the same digest
 * from another one is a replay. Its first 32 bits stand for it in a table of the last 128, with those of the address.
 *
 * A board has no clock until SNTP answers. It then takes a time within 5 minutes of the one that it tells, or of the
 * latest one that a client with the password has used. A digest from before the restart can be used again until a
 * client with a newer one comes.
 */

import { isClockSet } from "../common/clockset";
import { base64FromBytes } from "../hash/encoding";
import { equalInConstantTime, sha1, sha256 } from "../hash/hash";
import { bytesOf, copy, decodeBase64 } from "../octets/octets";
import type { Authenticator } from "../rtsp/authenticator";
import { parseDecimal } from "../rtsp/text";
import type { UsernameToken } from "../soap/envelope";

export interface TokenJudgeOptions {
	readonly user: string;
	readonly password: string;
	/** Counts wrong passwords and locks addresses out, for all protocols together. */
	readonly authenticator: Authenticator;
	/** Wall clock, milliseconds since 1970. */
	readonly unixTime: () => number;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
}

/** `differing`: right, but the clocks differ. `used`: right, but from another address than before. */
export type TokenVerdict = "granted" | "failed" | "locked" | "differing" | "used";

/** Milliseconds by which the clocks may differ. */
const WINDOW = 300_000;
/** Tokens that are remembered. */
const REMEMBERED = 128;
/** Longest nonce in base64, and longest time, characters. */
const LONGEST_NONCE = 128, LONGEST_TIME = 40;
/** Bit of a decoder's state: the input was not base64. */
const NOT_BASE64 = 1 << 9;

export class TokenJudge {
	readonly #options: TokenJudgeOptions;
	/** For each remembered token its own and its address's first 32 bits; the next one replaces the oldest. */
	readonly #used = new Uint32Array(2 * REMEMBERED);
	#count = 0;
	/** The clients' clock minus ours of `now`, milliseconds, while the wall clock is not set. */
	#ahead = -Infinity;

	constructor(options: TokenJudgeOptions) {
		this.#options = options;
	}

	/** Judges a token, and counts wrong ones.
	 *  @param address client's IP literal */
	judge({ username, password, isDigest, nonce, created }: UsernameToken, address: string): TokenVerdict {
		const { user, password: secret, authenticator } = this.#options;
		if (authenticator.isLocked(address))
			return "locked";
		const digest = isDigest ? digestOf(nonce, created, secret) : undefined;
		const proof = isDigest ? digest && base64FromBytes(octetsOf(digest)) : secret;
		const isUser = equalInConstantTime(username, user);
		// an absent proof equals nothing, not even an empty password
		if (!proof || !equalInConstantTime(password, proof) || !isUser) {
			authenticator.count(address, false);
			return "failed";
		}
		if (digest && !this.#isTimely(parseTime(created)))
			return "differing";
		if (digest && !this.#isOwn(digest, address))
			return "used";
		authenticator.count(address, true);
		return "granted";
	}

	#isTimely(created: number | undefined): boolean {
		if (created === undefined)
			return false;
		const { unixTime, now } = this.#options, time = unixTime();
		if (Math.abs(created - time) <= WINDOW)
			return true;
		if (isClockSet(time))
			return false;
		const ahead = created - now();
		if (ahead > this.#ahead)
			this.#ahead = ahead;
		return this.#ahead - ahead <= WINDOW;
	}

	/** Whether no other address has used it. */
	#isOwn(digest: string, address: string): boolean {
		const used = this.#used, token = first32(digest), sender = first32(sha256(address));
		for (let i = 0; i < Math.min(this.#count, REMEMBERED); i++) {
			if (used[2 * i] === token)
				return used[2 * i + 1] === sender;
		}
		const next = this.#count++ % REMEMBERED;
		used[2 * next] = token;
		used[2 * next + 1] = sender;
		return true;
	}
}

/** @returns SHA-1 in hexadecimal; undefined if the nonce is no base64, or it or the time is too long */
function digestOf(nonce: string, created: string, password: string): string | undefined {
	if (nonce.length > LONGEST_NONCE || created.length > LONGEST_TIME)
		return undefined;
	const encoded = bytesOf(nonce), time = bytesOf(created), secret = bytesOf(password);
	const octets = new Uint8Array(Math.ceil(encoded.byteLength / 4) * 3 + time.byteLength + secret.byteLength);
	const decoded = decodeBase64(new Uint8Array(encoded), octets, 0), length = decoded >> 10;
	if (decoded & NOT_BASE64)
		return undefined;
	copy(time, 0, time.byteLength, octets, length);
	copy(secret, 0, secret.byteLength, octets, length + time.byteLength);
	return sha1(octets.slice(0, length + time.byteLength + secret.byteLength));
}

function octetsOf(hexadecimal: string): Uint8Array {
	const octets = new Uint8Array(hexadecimal.length >> 1);
	for (let i = 0; i < octets.length; i++)
		octets[i] = parseInt(hexadecimal.slice(2 * i, 2 * i + 2), 16);
	return octets;
}

function first32(hexadecimal: string): number {
	return parseInt(hexadecimal.slice(0, 8), 16);
}

/** Parses an xs:dateTime (XML Schema part 2, section 3.2.7). Without a zone, it is UTC.
 *
 *    2026-03-10T13:18:28.123Z        2026-03-10T14:18:28+01:00
 *
 *  @returns milliseconds since 1970; undefined if it is none */
export function parseTime(text: string): number | undefined {
	if (text.length > LONGEST_TIME || text.slice(4, 5) + text.slice(7, 8) + text.slice(10, 11) + text.slice(13, 14)
					+ text.slice(16, 17) !== "--T::")
		return undefined;
	const year = parseDecimal(text.slice(0, 4)), month = parseDecimal(text.slice(5, 7)),
		day = parseDecimal(text.slice(8, 10)), hour = parseDecimal(text.slice(11, 13)),
		minute = parseDecimal(text.slice(14, 16)), second = parseDecimal(text.slice(17, 19));
	const shift = zoneOf(text.slice(19));
	if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined
		|| second === undefined || shift === undefined)
		return undefined;
	return Date.UTC(year, month - 1, day, hour, minute, second) - shift * 60_000;
}

/** @param text after the seconds
 *  @returns minutes east of UTC; undefined if it is no zone */
function zoneOf(text: string): number | undefined {
	const sign = Math.max(text.indexOf("+"), text.indexOf("-")),
		fraction = sign < 0 ? text.replace("Z", "") : text.slice(0, sign);
	if (fraction !== "" && (!fraction.startsWith(".") || parseDecimal(fraction.slice(1, 11)) === undefined))
		return undefined;
	if (sign < 0)
		return 0;
	const hours = parseDecimal(text.slice(sign + 1, sign + 3)), minutes = parseDecimal(text.slice(sign + 4));
	if (hours === undefined || minutes === undefined || text.slice(sign + 3, sign + 4) !== ":")
		return undefined;
	return (hours * 60 + minutes) * (text.slice(sign, sign + 1) === "-" ? -1 : 1);
}
