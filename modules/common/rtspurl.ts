// SPDX-License-Identifier: MIT
/** The URL of a stream on another server: `rtsp://user:password@host:554/path`. */

/** Where a stream goes. */
export interface RTSPTarget {
	/** Name or IPv4 address. */
	readonly host: string;
	readonly port: number;
	/** Decoded; both empty without credentials. */
	readonly user: string;
	readonly password: string;
	/** The URL without credentials, for requests and people. It has a path, at least `/`. */
	readonly url: string;
}

/** Port of RTSP (RFC 2326 section 3.2). */
export const RTSP_PORT = 554;
/** Longest URL, characters: a server's limit for that of a request, less the track's part. */
const LONGEST = 1000;
/** Longest name of a host, characters (RFC 1035 section 2.3.4). */
const LONGEST_HOST = 253;

const SCHEME_END = "://";

/** @returns what is wrong with the text, for people, if it is not such a URL. It names no part of the text, which may
 *  hold a password */
export function parseRTSPURL(text: string): RTSPTarget | string {
	if (text.length > LONGEST)
		return `the URL has more than ${LONGEST} characters`;
	if (!isVisible(text))
		return "the URL has characters other than visible ASCII: percent-encode them";
	const schemeEnd = text.indexOf(SCHEME_END), scheme = text.slice(0, Math.max(schemeEnd, 0)).toLowerCase();
	if (scheme === "rtsps")
		return "rtsps:// (TLS) is not supported: use rtsp://";
	if (scheme !== "rtsp")
		return "the URL does not begin with rtsp://";
	const rest = text.slice(schemeEnd + SCHEME_END.length);
	if (rest.includes("#"))
		return "the URL has a fragment (#): percent-encode it";
	const end = firstOf(rest, "/?"), authority = rest.slice(0, end), at = authority.lastIndexOf("@");
	const credentials = parseCredentials(authority.slice(0, Math.max(at, 0)));
	if (!credentials)
		return "user name or password of the URL are malformed: percent-encode ':', '@', '/', '%' in them";
	const place = authority.slice(at + 1), colon = place.indexOf(":");
	const host = colon < 0 ? place : place.slice(0, colon);
	const port = colon < 0 || colon === place.length - 1 ? RTSP_PORT : parsePort(place.slice(colon + 1));
	if (place.startsWith("["))
		return "IPv6 addresses are not supported: use a name or an IPv4 address";
	if (!isHost(host))
		return "the URL has no valid host";
	if (port === 0)
		return "the port of the URL is not 1 to 65535";
	const path = rest.slice(end);
	return { ...credentials, host, port,
		url: `rtsp://${host}${port === RTSP_PORT ? "" : `:${port}`}${path.startsWith("/") ? "" : "/"}${path}` };
}

/** @returns undefined if they are malformed, or cannot stand in a header */
function parseCredentials(text: string): { user: string; password: string } | undefined {
	const colon = text.indexOf(":");
	try {
		const user = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
		const password = colon < 0 ? "" : decodeURIComponent(text.slice(colon + 1));
		for (const character of user) {
			if (character < " " || ":\"\\".includes(character))
				return undefined;
		}
		return user === "" && text !== "" ? undefined : { user, password };
	}
	catch {
		return undefined;
	}
}

/** @returns 0 if it is not a port */
function parsePort(text: string): number {
	const port = Number(text);
	return String(port) === text && port <= 65535 && port >= 1 && Math.floor(port) === port ? port : 0;
}

function isHost(text: string): boolean {
	for (const character of text) {
		const lower = character.toLowerCase();
		if (!((lower >= "a" && lower <= "z") || (lower >= "0" && lower <= "9") || "-._".includes(lower)))
			return false;
	}
	return text !== "" && text.length <= LONGEST_HOST;
}

function isVisible(text: string): boolean {
	for (const character of text) {
		if (character <= " " || character > "~")
			return false;
	}
	return true;
}

/** @returns index of the first character that is one of `characters`; the text's length if there is none */
function firstOf(text: string, characters: string): number {
	let index = 0;
	for (const character of text) {
		if (characters.includes(character))
			return index;
		index += 1;
	}
	return index;
}
