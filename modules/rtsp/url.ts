/**
 * The URL of a request, which names the presentation (the aggregate), or one track of it (RFC 2326 sections 3.2 and 1.3).
 *
 *    rtsp://user:password@host:554/camera/trackID=0?query
 *           ^^^^^^^^^^^^^^ dropped  ^^^^^^ ^^^^^^^^^
 *                                   path   track
 */

import { parseDecimal } from "./text";

/** What a track URL ends with, before the number; SDP's `a=control` uses the same text. */
export const TRACK_PREFIX = "trackID=";

export interface RequestURL {
	/** The URL as the client wrote it, without user name and password, percent-encoded where it was not ASCII. */
	readonly text: string;
	/** The aggregate URL with a trailing slash, without query: what `Content-Base` says. */
	readonly aggregate: string;
	/** Path of the aggregate, decoded, without leading or trailing slashes. */
	readonly path: string;
	/** Track number, undefined for the aggregate. */
	readonly track: number | undefined;
}

/** @param url absolute, or relative to the server: `/camera`, `camera`; `*` is the caller's
 *  @returns undefined when it cannot be one */
export function parseURL(url: string): RequestURL | undefined {
	let origin = "", rest = encode(url);
	const colon = rest.indexOf("://");
	if (colon >= 0 && rest.indexOf("/") === colon + 1) {
		if (!isScheme(rest.slice(0, colon)))
			return undefined;
		const begin = colon + 3;
		let end = begin;
		while (end < rest.length && !"/?#".includes(rest.charAt(end)))
			end += 1;
		const authority = rest.slice(begin, end);
		const host = authority.slice(authority.lastIndexOf("@") + 1);
		if (!isHost(host))
			return undefined;
		origin = rest.slice(0, begin) + host;
		rest = rest.slice(end);
	}
	else if (rest === "")
		return undefined;

	const text = origin + rest;
	// clients append the control attribute to whatever they were given: the track may stand behind a query
	let whole = trimSlashes(rest), track: number | undefined;
	const slash = whole.lastIndexOf("/");
	track = parseTrack(whole.slice(slash + 1));
	if (track === undefined) {
		whole = trimSlashes(cutQuery(whole));
		track = parseTrack(whole.slice(whole.lastIndexOf("/") + 1));
	}
	if (track !== undefined)
		whole = whole.slice(0, Math.max(whole.lastIndexOf("/"), 0));
	const raw = trimSlashes(cutQuery(whole));
	const path = decode(raw.startsWith("/") ? raw.slice(1) : raw);
	return path === undefined ? undefined : { text, aggregate: `${origin}${raw}/`, path, track };
}

/** A configured stream name in the form that `RequestURL.path` has. */
export function normalizePath(path: string): string {
	let begin = 0;
	while (path.charAt(begin) === "/")
		begin += 1;
	return trimSlashes(path.slice(begin));
}

function isScheme(text: string): boolean {
	const scheme = text.toLowerCase();
	return scheme === "rtsp" || scheme === "rtspu" || scheme === "rtsps";
}

/** `host`, `host:port`, `[IPv6]`, `[IPv6]:port`. */
function isHost(text: string): boolean {
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
		name = name.slice(1, -1);
	}
	// an empty port is the default one (RFC 3986 section 3.2.3)
	const number = port === "" ? 0 : parseDecimal(port);
	return number !== undefined && number <= 65535 && name !== "" && isName(name, bracket >= 0);
}

/** Letters, digits and what addresses, zones and host names contain. */
function isName(text: string, literal: boolean): boolean {
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		const alphanumeric = (character >= "0" && character <= "9") || (character >= "a" && character <= "z") || (character >= "A" && character <= "Z");
		if (!alphanumeric && !(literal ? ":.%-_" : ".-_~%").includes(character))
			return false;
	}
	return true;
}

function parseTrack(segment: string): number | undefined {
	return segment.slice(0, TRACK_PREFIX.length).toLowerCase() === TRACK_PREFIX.toLowerCase()
		? parseDecimal(segment.slice(TRACK_PREFIX.length))
		: undefined;
}

function cutQuery(text: string): string {
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		if (character === "?" || character === "#")
			return text.slice(0, i);
	}
	return text;
}

function trimSlashes(text: string): string {
	let end = text.length;
	while (end > 0 && text.charAt(end - 1) === "/")
		end -= 1;
	return text.slice(0, end);
}

/** Percent-encodes what is not ASCII, one byte a character as the parser hands it out. */
function encode(text: string): string {
	let result = "", begin = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code > 0x7e) {
			result += `${text.slice(begin, i)}%${code.toString(16).toUpperCase()}`;
			begin = i + 1;
		}
	}
	return begin === 0 ? text : result + text.slice(begin);
}

/** Undoes percent-encoding, one character a byte.
 *  @returns undefined when an escape is not one */
function decode(text: string): string | undefined {
	let result = "", begin = 0;
	for (let i = text.indexOf("%"); i >= 0; i = text.indexOf("%", begin)) {
		const high = hexDigit(text.charAt(i + 1)), low = hexDigit(text.charAt(i + 2));
		if (high < 0 || low < 0)
			return undefined;
		result += text.slice(begin, i) + String.fromCharCode(high * 16 + low);
		begin = i + 3;
	}
	return result + text.slice(begin);
}

function hexDigit(character: string): number {
	return character === "" ? -1 : "0123456789abcdef".indexOf(character.toLowerCase());
}
