// SPDX-License-Identifier: MIT
/**
 * The Authorization header (RFC 2617 sections 2 and 3.2.2, RFC 7616 section 3.4). Values may be quoted or not: some
 * clients quote all of them, some few.
 */

import { BARE, HIGH, REPEATED, bytesOf, classesOf, find, findParameters, listOf, parameterOf,
	text as textOf } from "../octets/octets";

const SPACE = 0x20;

export interface Authorization {
	/** In lower case: `digest`, `basic`. Empty if it is longer than any known scheme. */
	readonly scheme: string;
	/** The header; the credentials begin at `begin`. */
	readonly bytes: ArrayBuffer;
	readonly begin: number;
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

/** The parameters that are read, and their names. */
const USERNAME = 0, NONCE = 1, URI = 2, RESPONSE = 3, ALGORITHM = 4, QOP = 5, NC = 6, CNONCE = 7;
const NAMES = listOf(["username", "nonce", "uri", "response", "algorithm", "qop", "nc", "cnonce"]);
const REQUIRED = 1 << USERNAME | 1 << NONCE | 1 << URI | 1 << RESPONSE;
const REQUIRED_WITH_QOP = 1 << NC | 1 << CNONCE;
const TABLE_BYTES = 8 * 8;

const COMMA = 0x2c;

export function parseAuthorization(header: string): Authorization {
	const bytes = bytesOf(header), end = bytes.byteLength, space = find(bytes, SPACE, 0, end);
	return { scheme: space > LONGEST_SCHEME ? "" : textOf(bytes, 0, space).toLowerCase(), bytes, begin: space };
}

/** @returns undefined if the parameters are malformed, lack a required one, or one is repeated or oversized: another
 *  parser may take the other value of two */
export function parseDigest({ bytes, begin }: Authorization): DigestCredentials | undefined {
	const table = new ArrayBuffer(TABLE_BYTES);
	const flags = findParameters(bytes, begin, bytes.byteLength, COMMA, NAMES, table);
	if (flags < 0 || flags & (REPEATED | BARE) || (flags & REQUIRED) !== REQUIRED
		|| (flags & 1 << QOP && (flags & REQUIRED_WITH_QOP) !== REQUIRED_WITH_QOP))
		return undefined;
	const value = (name: number): string => flags & 1 << name ? parameterOf(bytes, begin, table, name) : "";
	const credentials = { username: value(USERNAME), nonce: value(NONCE), uri: value(URI),
		response: value(RESPONSE).toLowerCase(), algorithm: flags & 1 << ALGORITHM ? value(ALGORITHM) : "MD5",
		qop: flags & 1 << QOP ? value(QOP) : undefined, nonceCount: value(NC), clientNonce: value(CNONCE) };
	return isTooLong(credentials) || classesOf(credentials.uri) & HIGH ? undefined : credentials;
}

function isTooLong(
	{ username, nonce, uri, response, algorithm, qop, nonceCount, clientNonce }: DigestCredentials,
): boolean {
	return uri.length > LONGEST_URI || username.length > LONGEST_VALUE || nonce.length > LONGEST_VALUE
		|| response.length > LONGEST_VALUE || algorithm.length > LONGEST_VALUE || (qop ?? "").length > LONGEST_VALUE
		|| nonceCount.length > LONGEST_VALUE || clientNonce.length > LONGEST_VALUE;
}

/** The credentials of the scheme `basic`. */
export function textOfBasic({ bytes, begin }: Authorization): string {
	return textOf(bytes, begin, bytes.byteLength);
}
