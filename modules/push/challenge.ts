// SPDX-License-Identifier: MIT
/**
 * A server's challenges (RFC 2617, RFC 7616) and a client's answers. Of several challenges the strongest known one is
 * answered: Digest with SHA-256, Digest with MD5, Basic.
 */

import { base64FromBytes } from "../hash/encoding";
import { md5, sha256, type Hash } from "../hash/hash";
import { bytesOf } from "../octets/octets";
import { splitList, toHex32, unquote } from "../rtsp/text";

export interface Challenge {
	/** undefined: Basic. */
	readonly algorithm: "MD5" | "SHA-256" | undefined;
	/** As written, without the quotes. */
	readonly realm: string;
	readonly nonce: string;
	readonly opaque: string | undefined;
	/** Quality of protection `auth` is offered. */
	readonly qop: boolean;
	/** The last answer was right, but its nonce is no longer valid. */
	readonly stale: boolean;
}

/** Parameters of a challenge, by name in lower case. */
interface Parameters {
	readonly scheme: string;
	readonly values: Map<string, string>;
}

/** @param header value of WWW-Authenticate, all its lines joined
 *  @returns the challenge to answer; undefined if none can be answered */
export function chooseChallenge(header: string): Challenge | undefined {
	let best: Challenge | undefined, bestRank = 0;
	for (const item of splitChallenges(header)) {
		const challenge = readChallenge(item), rank = challenge ? rankOf(challenge) : 0;
		if (rank > bestRank) {
			best = challenge;
			bestRank = rank;
		}
	}
	return best;
}

function rankOf({ algorithm }: Challenge): number {
	return algorithm === "SHA-256" ? 3 : algorithm === "MD5" ? 2 : 1;
}

/** A comma separates parameters as well as challenges: a challenge begins with a word and a blank. */
function splitChallenges(header: string): Parameters[] {
	const challenges: Parameters[] = [];
	for (const part of splitList(header, ",") ?? []) {
		const equals = part.indexOf("="), name = (equals < 0 ? part : part.slice(0, equals)).trim();
		const space = name.indexOf(" ");
		if (space >= 0 || equals < 0)
			challenges.push({ scheme: (space < 0 ? name : name.slice(0, space)).toLowerCase(), values: new Map() });
		if (equals >= 0)
			challenges.at(-1)?.values.set(name.slice(space + 1).trim().toLowerCase(),
				unquote(part.slice(equals + 1).trim()));
	}
	return challenges;
}

function readChallenge({ scheme, values }: Parameters): Challenge | undefined {
	const realm = values.get("realm") ?? "", nonce = values.get("nonce");
	if (scheme === "basic")
		return { algorithm: undefined, realm, nonce: "", opaque: undefined, qop: false, stale: false };
	if (scheme !== "digest" || nonce === undefined)
		return undefined;
	const name = (values.get("algorithm") ?? "MD5").toUpperCase();
	const algorithm = name === "MD5" || name === "SHA-256" ? name : undefined, offered = values.get("qop");
	const qop = (offered ?? "").split(",").some(word => word.trim().toLowerCase() === "auth");
	if (!algorithm || (offered !== undefined && !qop))
		return undefined;
	return { algorithm, realm, nonce, opaque: values.get("opaque"), qop,
		stale: values.get("stale")?.toLowerCase() === "true" };
}

export interface AnswerOptions {
	readonly user: string;
	readonly password: string;
	/** Unsigned 32-bit random number. */
	readonly random32: () => number;
}

/** Answers one challenge, for any number of requests. */
export class ChallengeAnswer {
	readonly #options: AnswerOptions;
	readonly #challenge: Challenge;
	/** Requests answered with this nonce. */
	#count = 0;

	constructor(challenge: Challenge, options: AnswerOptions) {
		this.#challenge = challenge;
		this.#options = options;
	}

	/** @returns the value of the request's Authorization header */
	format(method: string, url: string): string {
		const { user, password } = this.#options, { algorithm, realm, nonce, opaque, qop } = this.#challenge;
		if (!algorithm)
			return `Basic ${base64FromBytes(new Uint8Array(bytesOf(`${user}:${password}`)))}`;
		const hash: Hash = algorithm === "MD5" ? md5 : sha256;
		const secret = hash(`${user}:${realm}:${password}`), request = hash(`${method}:${url}`);
		let text = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${url}"`;
		if (qop) {
			const count = toHex32(this.#count += 1), own = toHex32(this.#options.random32());
			text += `, qop=auth, nc=${count}, cnonce="${own}", `
				+ `response="${hash(`${secret}:${nonce}:${count}:${own}:auth:${request}`)}"`;
		}
		else
			text += `, response="${hash(`${secret}:${nonce}:${request}`)}"`;
		// several servers know only MD5, and not its name
		if (algorithm !== "MD5" || qop)
			text += `, algorithm=${algorithm}`;
		return opaque === undefined ? text : `${text}, opaque="${opaque}"`;
	}
}
