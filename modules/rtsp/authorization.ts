/**
 * The Authorization header (RFC 2617 sections 2 and 3.2.2, RFC 7616 section 3.4), as clients write it: some quote everything, some
 * quote little.
 */

import { splitList, unquote } from "./text";

export interface Authorization {
	/** In lower case: `digest`, `basic`. */
	readonly scheme: string;
	/** What follows it. */
	readonly text: string;
}

export interface DigestCredentials {
	readonly username: string;
	readonly nonce: string;
	/** URI that the client has hashed. */
	readonly uri: string;
	/** Hexadecimal digits, in lower case. */
	readonly response: string;
	/** As written: MD5 when the client does not say. */
	readonly algorithm: string;
	/** undefined without quality of protection (RFC 2069). */
	readonly qop: string | undefined;
	readonly nonceCount: string;
	readonly clientNonce: string;
}

export function parseAuthorization(header: string): Authorization {
	const space = header.indexOf(" ");
	return space < 0
		? { scheme: header.toLowerCase(), text: "" }
		: { scheme: header.slice(0, space).toLowerCase(), text: header.slice(space + 1).trim() };
}

/** @param text as `Authorization.text`
 *  @returns undefined when it is malformed, or something that must be there is not */
export function parseDigest(text: string): DigestCredentials | undefined {
	const parts = splitList(text, ",");
	if (parts === undefined)
		return undefined;
	const names: string[] = [], values: string[] = [];
	for (const part of parts) {
		const equals = part.indexOf("=");
		const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
		// what is said twice may mean one thing here and another elsewhere
		if (name === "" || names.includes(name))
			return undefined;
		names.push(name);
		values.push(unquote(part.slice(equals + 1).trim()));
	}
	const value = (name: string): string | undefined => values[names.indexOf(name)];
	const username = value("username"), nonce = value("nonce"), uri = value("uri"), response = value("response");
	const qop = value("qop"), nonceCount = value("nc"), clientNonce = value("cnonce");
	if (username === undefined || nonce === undefined || uri === undefined || response === undefined)
		return undefined;
	if (qop !== undefined && (nonceCount === undefined || clientNonce === undefined))
		return undefined;
	return {
		username, nonce, uri, qop,
		response: response.toLowerCase(),
		algorithm: value("algorithm") ?? "MD5",
		nonceCount: nonceCount ?? "",
		clientNonce: clientNonce ?? "",
	};
}
