// SPDX-License-Identifier: MIT
/**
 * The Authorization header (RFC 2617 sections 2 and 3.2.2, RFC 7616 section 3.4). Values may be quoted or not: some
 * clients quote all of them, some few.
 */

import { HIGH, bytesOf, classesOf, find, text as textOf } from "../octets/octets";
import { splitParameters } from "./text";

const SPACE = 0x20;

export interface Authorization {
	/** In lower case: `digest`, `basic`. Empty if it is longer than any known scheme. */
	readonly scheme: string;
	/** The rest of the header, after the scheme. */
	readonly text: string;
}

export interface DigestCredentials {
	readonly username: string;
	readonly nonce: string;
	/** URI that the client hashed. */
	readonly uri: string;
	/** Hexadecimal digits, in lower case. */
	readonly response: string;
	/** As written. Default: MD5. */
	readonly algorithm: string;
	/** undefined without quality of protection (RFC 2069). */
	readonly qop: string | undefined;
	readonly nonceCount: string;
	readonly clientNonce: string;
}

/** Longest scheme name, characters. */
const LONGEST_SCHEME = 16;
/** Longest URI (as a request's URL) and longest other value, characters. Our own: nonce 45, response 64. */
const LONGEST_URI = 1024, LONGEST_VALUE = 256;

export function parseAuthorization(header: string): Authorization {
	const bytes = bytesOf(header), end = bytes.byteLength, space = find(bytes, SPACE, 0, end);
	return { scheme: space > LONGEST_SCHEME ? "" : textOf(bytes, 0, space).toLowerCase(),
		text: textOf(bytes, space, end) };
}

/** @param text `Authorization.text`
 *  @returns undefined if the text is malformed, lacks a required parameter, or has a repeated or oversized one */
export function parseDigest(text: string): DigestCredentials | undefined {
	let username: string | undefined, nonce: string | undefined, uri: string | undefined, response: string | undefined;
	let algorithm: string | undefined, qop: string | undefined, nonceCount: string | undefined,
		clientNonce: string | undefined;
	const names: string[] = [];
	for (const { name, value } of splitParameters(text, ",") ?? []) {
		// a repeated parameter is ambiguous: another parser may take the other value
		if (value === undefined || (name !== "" && names.includes(name)))
			return undefined;
		names.push(name);
		if (value.length > (name === "uri" ? LONGEST_URI : LONGEST_VALUE))
			return undefined;
		switch (name) {
			case "username":
				username = value;
				break;
			case "nonce":
				nonce = value;
				break;
			case "uri":
				uri = value;
				break;
			case "response":
				response = value.toLowerCase();
				break;
			case "algorithm":
				algorithm = value;
				break;
			case "qop":
				qop = value;
				break;
			case "nc":
				nonceCount = value;
				break;
			case "cnonce":
				clientNonce = value;
				break;
		}
	}
	if (username === undefined || nonce === undefined || uri === undefined || response === undefined
		|| classesOf(uri) & HIGH)
		return undefined;
	if (qop !== undefined && (nonceCount === undefined || clientNonce === undefined))
		return undefined;
	return { username, nonce, uri, qop, response, algorithm: algorithm ?? "MD5", nonceCount: nonceCount ?? "",
		clientNonce: clientNonce ?? "" };
}
