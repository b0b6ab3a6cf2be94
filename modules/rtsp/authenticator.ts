// SPDX-License-Identifier: MIT
/**
 * Who may: HTTP authentication as RTSP uses it (RFC 2326 section 18 and appendix D, RFC 2617, RFC 7616), for one user.
 *
 * `digest` offers one challenge, MD5 without quality of protection: go2rtc reads one WWW-Authenticate header and knows
 * no qop, and ffmpeg stops at an algorithm that it does not know. Its hashes are replayable while their nonce lasts, by
 * who shares the client's address: TLS is what would help, not another hash.
 */

import { base64FromBytes } from "../hash/encoding";
import { equalInConstantTime, md5, sha256, type Hash } from "../hash/hash";
import { bytesOf } from "../octets/octets";
import { parseAuthorization, parseDigest, type DigestCredentials } from "./authorization";
import { Lockout } from "./lockout";
import { NonceMint } from "./nonce";
import { parseURL } from "./url";

export type Scheme = "digest" | "digest-sha256" | "basic";

export interface AuthenticatorOptions {
	/** Neither empty nor with `"`, `\` or `:`, which the headers cannot carry safely. */
	readonly user: string;
	readonly password: string;
	/** What is asked for; `digest` unless told. */
	readonly scheme?: Scheme | undefined;
	/** What the password is for, shown by clients: visible ASCII. */
	readonly realm: string;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Unsigned 32-bit random number, good enough for a secret. */
	readonly random32: () => number;
	/** Seconds that a nonce is good; 300 unless told. */
	readonly nonceTimeout?: number | undefined;
	/** Wrong guesses that lock an address, 0 for none; 10 unless told. */
	readonly failureLimit?: number | undefined;
	/** Seconds that it stays locked; 60 unless told. */
	readonly lockTime?: number | undefined;
	/** An address has been locked. Never throws. */
	readonly onLock?: ((address: string) => void) | undefined;
}

/** What one connection has shown so far; the connection keeps it. */
export interface Standing {
	/** It has been granted once: a lock of its address does not touch it. */
	granted: boolean;
	/** The nonce of that: it does not expire here. ffmpeg looks at no reply to its keep-alives, so that it would miss a
	 *  new one. */
	nonce: string | undefined;
}

/** `challenge`: nothing fit to judge was sent. `failed`: a wrong guess. `stale`: right, with a nonce of before.
 *  `mismatch`: right, for another URL than the request's. */
export type Verdict = "granted" | "challenge" | "failed" | "stale" | "locked" | "malformed" | "mismatch";

export interface Claim {
	readonly method: string;
	/** Of the request line. */
	readonly url: string;
	/** The Authorization header. */
	readonly authorization: string | undefined;
	/** Of the client: IP literal. */
	readonly address: string;
}

export class Authenticator {
	readonly #scheme: Scheme;
	readonly #realm: string;
	readonly #now: () => number;
	readonly #user: string;
	/** What the client must know: H(user:realm:password), or the credentials in base64. The password itself is not
	 *  kept. */
	readonly #secret: string;
	readonly #hash: Hash;
	readonly #nonces: NonceMint;
	readonly #lockout: Lockout;
	readonly #onLock: ((address: string) => void) | undefined;

	/** @throws RangeError the user's name is none */
	constructor(
		{ user, password, scheme = "digest", realm, now, random32, nonceTimeout = 300, failureLimit = 10, lockTime = 60,
			onLock }: AuthenticatorOptions,
	) {
		if (user === "" || user.includes("\"") || user.includes("\\") || user.includes(":"))
			throw new RangeError("user must be a name without '\"', '\\' and ':'");
		this.#scheme = scheme;
		this.#realm = realm;
		this.#now = now;
		this.#user = user;
		this.#hash = scheme === "digest-sha256" ? sha256 : md5;
		this.#secret = scheme === "basic"
			? base64FromBytes(new Uint8Array(bytesOf(`${user}:${password}`)))
			: this.#hash(`${user}:${realm}:${password}`);
		this.#nonces = new NonceMint({ random32, lifetime: nonceTimeout * 1000 });
		this.#lockout = new Lockout({ limit: failureLimit, lockTime: lockTime * 1000 });
		this.#onLock = onLock;
	}

	/** Judges one request. */
	judge(claim: Claim, standing: Standing): Verdict {
		const { address, authorization } = claim;
		if (!standing.granted && this.#lockout.remaining(address, this.#now()) > 0)
			return "locked";
		if (authorization === undefined)
			return "challenge";
		const { scheme, text } = parseAuthorization(authorization);
		if (scheme !== (this.#scheme === "basic" ? "basic" : "digest"))
			return "challenge";
		const verdict = scheme === "basic" ? this.#judgeBasic(text) : this.#judgeDigest(text, claim, standing);
		if (verdict === "granted") {
			standing.granted = true;
			this.#lockout.succeed(address, this.#now());
		}
		else if (verdict === "failed" && this.#lockout.fail(address, this.#now()))
			this.#onLock?.(address);
		return verdict;
	}

	/** Value of WWW-Authenticate. */
	challenge(address: string, stale: boolean): string {
		if (this.#scheme === "basic")
			return `Basic realm="${this.#realm}"`;
		const nonce = this.#nonces.make(this.#now(), address);
		return `Digest realm="${this.#realm}", nonce="${nonce}", algorithm=${this.#algorithm}`
			+ (this.#scheme === "digest-sha256" ? ", qop=\"auth\"" : "") + (stale ? ", stale=true" : "");
	}

	/** Seconds after which an address that is locked may come again, at least 1. */
	retryAfter(address: string): number {
		return Math.max(1, Math.ceil(this.#lockout.remaining(address, this.#now()) / 1000));
	}

	get #algorithm(): string {
		return this.#scheme === "digest-sha256" ? "SHA-256" : "MD5";
	}

	#judgeBasic(text: string): Verdict {
		return equalInConstantTime(text, this.#secret) ? "granted" : "failed";
	}

	/** The hash first: who does not know the password learns nothing of nonces and URLs. */
	#judgeDigest(text: string, claim: Claim, standing: Standing): Verdict {
		const credentials = parseDigest(text);
		if (credentials === undefined)
			return "malformed";
		const { username, nonce, uri, response, algorithm, qop } = credentials;
		if (algorithm.toUpperCase() !== this.#algorithm || (qop !== undefined && qop !== "auth"))
			return "challenge";
		const rightUser = equalInConstantTime(username, this.#user);
		const rightResponse = equalInConstantTime(response, this.#responseTo(credentials, claim.method));
		if (!rightUser || !rightResponse)
			return "failed";
		if (!isSameResource(uri, claim.url))
			return "mismatch";
		if (nonce !== standing.nonce && !this.#nonces.isFresh(nonce, this.#now(), claim.address))
			return "stale";
		standing.nonce = nonce;
		return "granted";
	}

	/** RFC 2617 section 3.2.2.1. The nonce count is not checked: nonces are not remembered. */
	#responseTo({ nonce, uri, qop, nonceCount, clientNonce }: DigestCredentials, method: string): string {
		const middle = qop === undefined ? nonce : `${nonce}:${nonceCount}:${clientNonce}:${qop}`;
		return this.#hash(`${this.#secret}:${middle}:${this.#hash(`${method}:${uri}`)}`);
	}
}

/** Whether the URI that a client has hashed stands for the URL it asks for. Both may name the stream and be written
 *  differently: live555 hashes the base URL for every track; others leave out host, port, query or the final slash. */
function isSameResource(uri: string, url: string): boolean {
	if (uri === url)
		return true;
	const a = parseURL(uri), b = parseURL(url);
	return a !== undefined && b !== undefined && a.path === b.path;
}
