// SPDX-License-Identifier: MIT
/**
 * The URL of a request: it names the presentation (the aggregate) or one track of it (RFC 2326 sections 3.2 and 1.3).
 *
 *    rtsp://user:password@host:554/camera/trackID=0?query
 *           ^^^^^^^^^^^^^^ dropped  ^^^^^^ ^^^^^^^^^
 *                                   path   track
 */

import { bytesOf, find, findLast, skip, text as textOf, trim } from "../octets/octets";
import type { Request } from "./message";
import { parseDecimal } from "./text";

/** Last segment of a track URL, up to the number; SDP's `a=control` uses the same text. */
export const TRACK_PREFIX = "trackID=";

export interface RequestURL {
	/** The URL as the client wrote it, without user name and password. */
	readonly text: string;
	/** The aggregate URL with a trailing slash and without query, for `Content-Base`. */
	readonly aggregate: string;
	/** Path of the aggregate, decoded, without leading or trailing slashes. */
	readonly path: string;
	/** Track number, undefined for the aggregate. */
	readonly track: number | undefined;
}

const SLASH = 0x2f, QUESTION_MARK = 0x3f, NUMBER_SIGN = 0x23, AT = 0x40, PERCENT = 0x25;

/** Number of URLs in the cache, and longest one, characters. */
const CACHED = 6, LONGEST_CACHED = 128;
/** Longest host with port, characters. A DNS name has at most 253. */
const LONGEST_HOST = 280;
/** Longest segment that can name a track, characters: `trackID=` completely percent-encoded, and ten digits. */
const LONGEST_TRACK = 56;

/** @param url visible ASCII: absolute, or relative to the server (`/camera`, `camera`). The caller handles `*`
 *  @returns undefined if the URL is malformed */
export function parseURL(url: string): RequestURL | undefined {
	const bytes = bytesOf(url), end = bytes.byteLength;
	if (end === 0)
		return undefined;
	// an absolute URL: "://" with no slash before it
	let origin = "", begin = 0;
	const slash = find(bytes, SLASH, 0, end);
	if (slash > 0 && url.startsWith("://", slash - 1)) {
		const authority = slash + 2;
		begin = Math.min(find(bytes, SLASH, authority, end), endOfPath(bytes, authority, end));
		const host = textOf(bytes, findLast(bytes, AT, authority, begin), begin);
		if (!isScheme(textOf(bytes, 0, slash - 1)) || !isHost(host))
			return undefined;
		origin = textOf(bytes, 0, authority) + host;
	}

	// clients append the control attribute to the URL they were given, so the track may follow a query
	const query = endOfPath(bytes, begin, end);
	let pathEnd = trim(bytes, SLASH, begin, query);
	let track = query < end ? readTrack(bytes, begin, trim(bytes, SLASH, begin, end)) : undefined;
	if (track === undefined) {
		track = readTrack(bytes, begin, pathEnd);
		if (track !== undefined)
			pathEnd = trim(bytes, SLASH, begin, findLast(bytes, SLASH, begin, pathEnd));
	}
	const path = decode(bytes, skip(bytes, SLASH, begin, pathEnd), pathEnd);
	if (path === undefined)
		return undefined;
	return { text: origin + textOf(bytes, begin, end), aggregate: `${origin}${textOf(bytes, begin, pathEnd)}/`, path,
		track };
}

/** The URLs of the last requests, parsed. A client sends three different ones, and some of them every few seconds. */
export class URLCache {
	/** As clients wrote them. */
	readonly #texts: string[] = [];
	readonly #urls: RequestURL[] = [];
	#next = 0;
	/** The one that was found last. */
	#found = 0;

	/** Parses the request's URL. Allocates nothing if it is one of the last.
	 *  @returns undefined if the URL is malformed, or `*` */
	parse(request: Request): RequestURL | undefined {
		const texts = this.#texts, { length } = texts;
		if (length > 0 && request.hasURL(texts[this.#found]!))
			return this.#urls[this.#found];
		for (let i = 0; i < length; i++) {
			if (request.hasURL(texts[i]!)) {
				this.#found = i;
				return this.#urls[i];
			}
		}
		const { url: text } = request, url = text === "*" ? undefined : parseURL(text);
		if (url !== undefined && text.length <= LONGEST_CACHED) {
			texts[this.#next] = text;
			this.#urls[this.#next] = url;
			this.#next = (this.#next + 1) % CACHED;
		}
		return url;
	}
}

/** A configured stream name in the form that `RequestURL.path` has. */
export function normalizePath(path: string): string {
	const bytes = bytesOf(path), begin = skip(bytes, SLASH, 0, bytes.byteLength);
	return textOf(bytes, begin, trim(bytes, SLASH, begin, bytes.byteLength));
}

/** Index at which the query or fragment begins. */
function endOfPath(bytes: ArrayBuffer, begin: number, end: number): number {
	return find(bytes, NUMBER_SIGN, begin, find(bytes, QUESTION_MARK, begin, end));
}

function isScheme(text: string): boolean {
	const scheme = text.length > 5 ? "" : text.toLowerCase();
	return scheme === "rtsp" || scheme === "rtspu" || scheme === "rtsps";
}

/** `host`, `host:port`, `[IPv6]`, `[IPv6]:port`. */
function isHost(text: string): boolean {
	if (text.length > LONGEST_HOST)
		return false;
	let name = text, port = "";
	const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
	const colon = text.indexOf(":", bracket + 1);
	if (colon >= 0) {
		name = text.slice(0, colon);
		port = text.slice(colon + 1);
	}
	if (bracket >= 0) {
		if (bracket !== name.length - 1)
			return false;
		name = name.slice(1, -1).replaceAll(":", "");
	}
	// an empty port is the default one (RFC 3986 section 3.2.3)
	const number = port === "" ? 0 : parseDecimal(port);
	// letters, digits, and the characters of host names, addresses and their zones: encodeURIComponent does not escape
	// RFC 3986's unreserved characters
	return number !== undefined && number <= 65535 && name !== ""
		&& encodeURIComponent(name.replaceAll("%", "")) === name.replaceAll("%", "");
}

/** Number of the track that the last segment names. */
function readTrack(bytes: ArrayBuffer, begin: number, end: number): number | undefined {
	const segment = findLast(bytes, SLASH, begin, end);
	if (end - segment < TRACK_PREFIX.length || end - segment > LONGEST_TRACK)
		return undefined;
	const text = decode(bytes, segment, end) ?? "";
	return text.slice(0, TRACK_PREFIX.length).toLowerCase() === TRACK_PREFIX.toLowerCase()
		? parseDecimal(text.slice(TRACK_PREFIX.length))
		: undefined;
}

/** Undoes percent-encoding of UTF-8.
 *  @returns undefined if an escape is malformed */
function decode(bytes: ArrayBuffer, begin: number, end: number): string | undefined {
	const text = textOf(bytes, begin, end);
	if (find(bytes, PERCENT, begin, end) === end)
		return text;
	try {
		return decodeURIComponent(text);
	}
	catch {
		return undefined;
	}
}
