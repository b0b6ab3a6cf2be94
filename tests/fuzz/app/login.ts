// SPDX-License-Identifier: MIT
/**
 * The client's side of authentication, for fuzzing: valid headers, and headers that are each invalid for one reason. It
 * remembers its proofs, so that granted requests can be checked against them.
 */

import { base64FromBytes } from "hash/encoding";
import { md5, sha256 } from "hash/hash";
import { bytesOf } from "octets/octets";
import type { Scheme } from "rtsp/authenticator";
import type { Random } from "./generator";

export const USER = "admin", PASSWORD = "s3cret";

/** Challenges of the server, to this address and to others. */
export interface Challenges {
	readonly realm: string;
	/** A valid nonce. */
	readonly fresh: string;
	/** An expired nonce for this address. */
	readonly expired: string;
	/** A new nonce for another address. */
	readonly foreign: string;
}

interface Parts {
	readonly user?: string;
	readonly password?: string;
	readonly nonce?: string;
	readonly uri?: string;
	readonly method?: string;
	readonly qop?: string;
	/** Replaces the right response. */
	readonly response?: string;
}

export class Login {
	readonly #scheme: Scheme;
	readonly #challenges: Challenges;
	/** Valid responses by method. With Basic, all are equal. */
	readonly #proofs = new Map<string, Set<string>>();
	#count = 0;

	constructor(scheme: Scheme, challenges: Challenges) {
		this.#scheme = scheme;
		this.#challenges = challenges;
	}

	/** @returns a valid header line in one of the styles of real clients */
	right(method: string, uri: string, random: Random): string {
		if (this.#scheme === "basic") {
			const proof = basic(USER, PASSWORD);
			this.#remember(method, proof);
			return `Authorization: ${["Basic", "basic", "BASIC "][random.below(3)]!} ${proof}`;
		}
		const parts = this.#digest(method, { uri });
		this.#remember(method, parts.get("response")!);
		return format(parts, random);
	}

	/** @returns an invalid Authorization header, but a well-formed header line: no control characters, less than 3
	 *  KB */
	wrong(method: string, uri: string, random: Random): string {
		if (random.below(12) === 0)
			return "Authorization: "
				+ (["", "Digest", "Basic", "Bearer abc", "Digest ,,,,", "Basic ====", "NTLM TlRMTVNTUAAB", "\"",
					"Digest ="][random.below(9)]!);
		return this.#scheme === "basic" ? wrongBasic(random) : this.#wrongDigest(method, uri, random);
	}

	/** Counts the proofs for a method in `text`: the highest number of requests that may be granted.
	 *  @param text everything that was sent, whether or not it arrived unchanged */
	proofs(method: string, text: string): number {
		const plain = this.#scheme === "basic" ? text : text.toLowerCase();
		let count = 0;
		for (const proof of this.#proofs.get(method) ?? []) {
			for (let at = plain.indexOf(proof); at >= 0; at = plain.indexOf(proof, at + 1))
				count += 1;
		}
		return count;
	}

	provesAnything(text: string): boolean {
		for (const method of this.#proofs.keys()) {
			if (this.proofs(method, text) !== 0)
				return true;
		}
		return false;
	}

	#wrongDigest(method: string, uri: string, random: Random): string {
		const { fresh, expired, foreign } = this.#challenges;
		switch (random.below(14)) {
			case 0:
				return format(this.#digest(method, { uri, password: "guess" }), random);
			case 1:
				return format(this.#digest(method, { uri, user: "root" }), random);
			case 2:
				return format(this.#digest(method, { uri, nonce: expired }), random);
			case 3:
				return format(this.#digest(method, { uri, nonce: foreign }), random);
			// a wrong time or a wrong MAC
			case 4:
				return format(this.#digest(method, { uri, nonce: `f${fresh}` }), random);
			case 5:
				return format(this.#digest(method, { uri, nonce: fresh.slice(0, -1 - random.below(fresh.length)) }),
					random);
			case 6:
				return format(this.#digest(method, { uri: "rtsp://h/elsewhere/" }), random);
			case 7:
				return format(this.#digest(`${method}x`, { uri }), random);
			case 8:
				return format(this.#digest(method, { uri, qop: "auth-int" }), random);
			case 9:
				return format(this.#digest(method, { uri, response: "" }), random);
			case 10:
				return format(this.#digest(method, { uri, response: "0".repeat(1 + random.below(1500)) }), random);
			// up to as many parts as fit a field
			case 11:
				return `Authorization: Digest ${
					["a,", "a=b,", ",", "\"\","][random.below(4)]!.repeat(random.below(400))
				}`;
			case 12: {
				const line = format(this.#digest(method, { uri, password: "guess" }), random);
				return line.slice(0, 22 + random.below(line.length - 22));
			}
			default: {
				// a repeated or missing part; contains no valid proof
				const parts = this.#digest(method, { uri, password: "guess" });
				if (random.below(2))
					return `${format(parts, random)}, response="${parts.get("response")!}"`;
				parts.delete(["username", "realm", "nonce", "uri", "response"][random.below(5)]!);
				return format(parts, random);
			}
		}
	}

	#digest(
		method: string,
		{ user = USER, password = PASSWORD, nonce = this.#challenges.fresh, uri = "", qop, response }: Parts,
	): Map<string, string> {
		const sha = this.#scheme === "digest-sha256";
		const hash = sha ? sha256 : md5;
		const { realm } = this.#challenges;
		const parts = new Map([["username", user], ["realm", realm], ["nonce", nonce], ["uri", uri]]);
		const quality = qop ?? (sha ? "auth" : undefined);
		let middle = nonce;
		if (quality !== undefined) {
			const nc = (0x100000000 + ++this.#count).toString(16).slice(1), cnonce = `c${this.#count}`;
			parts.set("qop", quality).set("nc", nc).set("cnonce", cnonce);
			middle = `${nonce}:${nc}:${cnonce}:${quality}`;
		}
		if (sha)
			parts.set("algorithm", "SHA-256");
		return parts.set("response",
			response ?? hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`));
	}

	#remember(method: string, proof: string): void {
		const known = this.#proofs.get(method);
		if (known)
			known.add(proof);
		else
			this.#proofs.set(method, new Set([proof]));
	}
}

function basic(user: string, password: string): string {
	return base64FromBytes(new Uint8Array(bytesOf(`${user}:${password}`)));
}

function wrongBasic(random: Random): string {
	const right = basic(USER, PASSWORD);
	switch (random.below(6)) {
		case 0:
			return `Authorization: Basic ${basic(USER, "guess")}`;
		case 1:
			return `Authorization: Basic ${right.slice(0, random.below(right.length))}`;
		case 2:
			return `Authorization: Basic ${USER}:${PASSWORD}`;
		case 3:
			return `Authorization: Basic ${basic(USER, PASSWORD.slice(0, random.below(PASSWORD.length)))}`;
		case 4:
			return `Authorization: Basic ${"QQ=".repeat(1 + random.below(600))}`;
		default:
			return `Authorization: Basic ${right.slice(0, 4)}!${right.slice(5)}`;
	}
}

/** Formats the header in one of several styles, which differ in quotes, capitals and spaces. */
function format(parts: ReadonlyMap<string, string>, random: Random): string {
	const style = random.below(5), comma = style === 1 ? "," : style === 2 ? " ,\t" : ", ";
	let text = style === 3 ? "Authorization: DIGEST " : "Authorization: Digest ", between = "";
	for (const [name, value] of parts) {
		const bare = style === 4 || name === "algorithm" || name === "nc" || name === "qop";
		const content = style === 3 && name === "response" ? value.toUpperCase() : value;
		text += `${between}${style === 2 ? name.toUpperCase() : name}=${bare ? content : `"${content}"`}`;
		between = comma;
	}
	return text;
}
