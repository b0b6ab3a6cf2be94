// SPDX-License-Identifier: MIT
/**
 * HTTP authentication as RTSP uses it (RFC 2326 section 18 and appendix D, RFC 2617, RFC 7616), for one user.
 *
 * The scheme `digest` offers one challenge, MD5 without quality of protection: go2rtc reads only one WWW-Authenticate
 * header and does not support qop, and ffmpeg stops at an algorithm that it does not know. While a nonce is valid,
 * anybody at the client's address can replay a hash made with it. Only TLS would prevent that; a stronger hash would
 * not.
 */

import { base64FromBytes } from "../hash/encoding";
import { equalInConstantTime, md5, sha256, type Hash } from "../hash/hash";
import { bytesOf } from "../octets/octets";
import { parseAuthorization, parseDigest, textOfBasic, type Authorization,
	type DigestCredentials } from "./authorization";
import { Lockout } from "./lockout";
import { AUTHORIZATION, type Request } from "./message";
import { NonceMint } from "./nonce";
import { parseURL } from "./url";

export type Scheme = "digest" | "digest-sha256" | "basic";

export interface AuthenticatorOptions {
	/** Not empty, and without `"`, `\` and `:`, which the headers cannot carry safely. */
	readonly user: string;
	readonly password: string;
	/** Scheme of the challenge. Default: `digest`. */
	readonly scheme?: Scheme | undefined;
	/** Tells users what the password is for. Clients show it. Visible ASCII. */
	readonly realm: string;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Unsigned 32-bit random number, good enough for a secret. */
	readonly random32: () => number;
	/** Lifetime of a nonce, seconds. Default: 300. */
	readonly nonceTimeout?: number | undefined;
	/** Wrong guesses after which an address is locked, 0 for never. Default: 10. */
	readonly failureLimit?: number | undefined;
	/** Seconds that an address stays locked. Default: 60. */
	readonly lockTime?: number | undefined;
	/** An address has been locked. It must not throw. */
	readonly onLock?: ((address: string) => void) | undefined;
}

/** Authentication state of one connection. The connection keeps it. */
export interface Standing {
	/** A request has been granted, and none has failed since: a lock of the address does not affect this connection. */
	granted: boolean;
	/** Nonce of the last granted request. Over RTSP it does not expire on this connection: ffmpeg ignores the replies
	 *  to its keep-alives, so it would miss a new one. */
	nonce: string | undefined;
}

/** `challenge`: the request has no credentials to judge. `failed`: wrong user or hash. `stale`: right, but the nonce is
 *  no longer valid. `mismatch`: right, but for another URL than the request's. */
type Verdict = "granted" | "challenge" | "failed" | "stale" | "locked" | "malformed" | "mismatch";

/** A granted request. */
interface Proof {
	readonly method: string;
	readonly url: string;
	readonly authorization: string;
	readonly nonce: string;
}

/** Number of proofs kept, and longest URL and credentials among them, characters: at most 2 KB. */
const PROOFS = 4, LONGEST_PROOF = 512;

/** Defaults: seconds that a nonce is valid, wrong passwords until an address is locked out, and seconds for which. */
export const NONCE_TIMEOUT = 300, FAILURE_LIMIT = 10, LOCK_TIME = 60;

export interface Claim {
	readonly method: string;
	/** URL of the request line. */
	readonly url: string;
	/** Value of the Authorization header. */
	readonly authorization: string | undefined;
	/** Client's address, an IP literal. */
	readonly address: string;
	/** The hashed URI must be the request's, letter by letter. HTTP's clients do so, and its queries have effects. */
	readonly exact?: boolean | undefined;
}

export class Authenticator {
	readonly #scheme: Scheme;
	readonly #realm: string;
	readonly #now: () => number;
	readonly #user: string;
	/** H(user:realm:password), or for Basic the credentials in base64. The password itself is not kept. */
	readonly #secret: string;
	readonly #hash: Hash;
	readonly #nonces: NonceMint;
	readonly #lockout: Lockout;
	readonly #onLock: ((address: string) => void) | undefined;
	/** The last granted requests of all connections. */
	readonly #proofs: Proof[] = [];
	#nextProof = 0;

	/** @throws RangeError if `user` is not valid */
	constructor(
		{ user, password, scheme = "digest", realm, now, random32, nonceTimeout = NONCE_TIMEOUT,
			failureLimit = FAILURE_LIMIT, lockTime = LOCK_TIME, onLock }: AuthenticatorOptions,
	) {
		if (user === "" || user.includes("\"") || user.includes("\\") || user.includes(":"))
			throw new RangeError("user must not be empty or contain '\"', '\\' or ':'");
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

	/** Judges one request, and counts wrong guesses. */
	judge(claim: Claim, standing: Standing): Verdict {
		const { address, authorization } = claim;
		if (!standing.granted && this.isLocked(address))
			return "locked";
		if (authorization === undefined)
			return "challenge";
		const given = parseAuthorization(authorization), { scheme } = given;
		if (scheme !== (this.#scheme === "basic" ? "basic" : "digest"))
			return "challenge";
		const verdict = scheme === "basic" ? this.#judgeBasic(given) : this.#judgeDigest(given, claim, standing);
		if (verdict === "granted") {
			standing.granted = true;
			this.count(address, true);
		}
		else if (verdict === "failed") {
			this.count(address, false);
			// a connection that has shown the password, perhaps a stolen proof of it, must not guess without end
			standing.granted = false;
		}
		return verdict;
	}

	/** Whether an address is locked out. The proof of such a client must not be looked at. */
	isLocked(address: string): boolean {
		return this.#lockout.remaining(address, this.#now()) > 0;
	}

	/** Counts a proof of the password that another protocol has checked: it locks out and is forgiven as those here. */
	count(address: string, isRight: boolean): void {
		if (isRight)
			this.#lockout.succeed(address, this.#now());
		else if (this.#lockout.fail(address, this.#now()))
			this.#onLock?.(address);
	}

	/** Whether this connection was granted the same request before: same credentials, same nonce. Clients repeat their
	 *  keepalives. Allocates nothing. Comparing takes a time that tells how much is the same, but only to a client that
	 *  has shown the password.
	 *  @param address client's IP literal */
	recognizes(request: Request, standing: Standing, address: string): boolean {
		if (!standing.granted)
			return false;
		const proofs = this.#proofs;
		for (let i = 0; i < proofs.length; i++) {
			const proof = proofs[i]!;
			if (proof.nonce === standing.nonce && proof.method === request.method && request.hasURL(proof.url)
				&& request.isHeader(AUTHORIZATION, proof.authorization))
			{
				this.#lockout.succeed(address, this.#now());
				return true;
			}
		}
		return false;
	}

	#keepProof({ method, url, authorization = "" }: Claim, nonce: string): void {
		if (url.length + authorization.length > LONGEST_PROOF)
			return;
		this.#proofs[this.#nextProof] = { method, url, authorization, nonce };
		this.#nextProof = (this.#nextProof + 1) % PROOFS;
	}

	/** Name of the user. */
	get user(): string {
		return this.#user;
	}

	/** Value of the WWW-Authenticate header.
	 *  @param qop offers quality of protection also where RTSP's clients do not know it */
	challenge(address: string, stale: boolean, qop = false): string {
		if (this.#scheme === "basic")
			return `Basic realm="${this.#realm}"`;
		const nonce = this.#nonces.make(this.#now(), address);
		return `Digest realm="${this.#realm}", nonce="${nonce}", algorithm=${this.#algorithm}`
			+ (qop || this.#scheme === "digest-sha256" ? ", qop=\"auth\"" : "") + (stale ? ", stale=true" : "");
	}

	/** Seconds until a locked address may try again, at least 1. */
	retryAfter(address: string): number {
		return Math.max(1, Math.ceil(this.#lockout.remaining(address, this.#now()) / 1000));
	}

	get #algorithm(): string {
		return this.#scheme === "digest-sha256" ? "SHA-256" : "MD5";
	}

	#judgeBasic(given: Authorization): Verdict {
		return equalInConstantTime(textOfBasic(given), this.#secret) ? "granted" : "failed";
	}

	/** Checks the hash first: a client without the password learns nothing about nonces and URLs. */
	#judgeDigest(given: Authorization, claim: Claim, standing: Standing): Verdict {
		const credentials = parseDigest(given);
		if (credentials === undefined)
			return "malformed";
		const { username, nonce, uri, response, algorithm, qop } = credentials;
		if ((algorithm !== this.#algorithm && algorithm.toUpperCase() !== this.#algorithm)
			|| (qop !== undefined && qop !== "auth"))
			return "challenge";
		const rightUser = equalInConstantTime(username, this.#user);
		const rightResponse = equalInConstantTime(response, this.#responseTo(credentials, claim.method));
		if (!rightUser || !rightResponse)
			return "failed";
		if (claim.exact ? uri !== claim.url : !isSameResource(uri, claim.url))
			return "mismatch";
		// clients of RTSP do not answer a stale nonce in the middle of a session; those of HTTP do
		if ((claim.exact || nonce !== standing.nonce) && !this.#nonces.isFresh(nonce, this.#now(), claim.address))
			return "stale";
		standing.nonce = nonce;
		this.#keepProof(claim, nonce);
		return "granted";
	}

	/** Expected hash (RFC 2617 section 3.2.2.1). The nonce count is not checked, because nonces are not remembered. */
	#responseTo({ nonce, uri, qop, nonceCount, clientNonce }: DigestCredentials, method: string): string {
		const middle = qop === undefined ? nonce : `${nonce}:${nonceCount}:${clientNonce}:${qop}`;
		return this.#hash(`${this.#secret}:${middle}:${this.#hash(`${method}:${uri}`)}`);
	}
}

/** Whether the hashed URI names the same stream as the request's URL. Clients write it differently: live555 hashes the
 *  base URL for every track; others leave out host, port, query or the final slash. */
function isSameResource(uri: string, url: string): boolean {
	if (uri === url)
		return true;
	const a = parseURL(uri), b = parseURL(url);
	return a !== undefined && b !== undefined && a.path === b.path;
}
