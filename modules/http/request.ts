// SPDX-License-Identifier: MIT
/**
 * The target of a request (RFC 9112 section 3.2): a path and a query, decoded.
 *
 *    GET /mjpeg/1?fps=5 HTTP/1.1                GET http://camera/mjpeg/1?fps=5 HTTP/1.1
 *        ^^^^^^^^ ^^^^^                         ^^^^^^^^^^^^^ as clients behind a proxy send it: left out
 *        path     query
 */

import { CONTROL, HIGH, LINE_END, TAB, bytesOf, classesOf, find, text as textOf } from "../octets/octets";

export interface Target {
	/** Begins with `/`. */
	readonly path: string;
	/** A repeated parameter has its first value. One without `=` has "". */
	readonly query: ReadonlyMap<string, string>;
}

const SLASH = 0x2f, QUESTION_MARK = 0x3f, AMPERSAND = 0x26, EQUALS = 0x3d;

/** Most parameters of a query: the rest is refused. */
const PARAMETER_LIMIT = 24;

const NO_QUERY: ReadonlyMap<string, string> = Object.freeze(new Map<string, string>());

/** @param target visible ASCII
 *  @param host value of the Host header, if there is one. An URL must name the same: a proxy in front of this server
 *  may go by the other
 *  @returns undefined if it is malformed: neither a path nor an URL of HTTP, a broken escape, a control character, or
 *  too many parameters */
export function parseTarget(target: string, host?: string): Target | undefined {
	const bytes = bytesOf(target), end = bytes.byteLength;
	let begin = 0;
	if (target.slice(0, 7).toLowerCase() === "http://") {
		begin = find(bytes, SLASH, 7, end);
		if (begin === 7 || find(bytes, QUESTION_MARK, 7, begin) < begin)
			return undefined;
		if (host !== undefined && target.slice(7, begin).toLowerCase() !== host.toLowerCase())
			return undefined;
	}
	const pathEnd = find(bytes, QUESTION_MARK, begin, end);
	// an URL may have no path: "http://camera"
	const path = begin > 0 && begin === end ? "/" : decode(bytes, begin, pathEnd);
	if (path === undefined || !path.startsWith("/"))
		return undefined;
	const query = pathEnd < end ? parseQuery(bytes, pathEnd + 1, end) : NO_QUERY;
	return query && { path, query };
}

function parseQuery(bytes: ArrayBuffer, begin: number, end: number): Map<string, string> | undefined {
	const query = new Map<string, string>();
	for (let count = 0; begin < end; count++) {
		if (count === PARAMETER_LIMIT)
			return undefined;
		const next = find(bytes, AMPERSAND, begin, end), equals = find(bytes, EQUALS, begin, next);
		const name = decode(bytes, begin, equals);
		const value = equals < next ? decode(bytes, equals + 1, next) : "";
		if (name === undefined || value === undefined)
			return undefined;
		if (name !== "" && !query.has(name))
			query.set(name, value);
		begin = next + 1;
	}
	return query;
}

/** Undoes percent-encoding of UTF-8. A `+` stays as it is: no parameter has blanks, and to replace a thousand of them
 *  takes a thousand slots.
 *  @returns undefined if an escape is malformed, or stands for a control character */
function decode(bytes: ArrayBuffer, begin: number, end: number): string | undefined {
	let text = textOf(bytes, begin, end);
	if (!text.includes("%"))
		return text;
	try {
		text = decodeURIComponent(text);
	}
	catch {
		return undefined;
	}
	return classesOf(text) & (CONTROL | LINE_END | TAB) ? undefined : text;
}

/** Whether `If-None-Match` names this entity (RFC 9110 section 13.1.2).
 *  @param etag with its quotes, without `W/` */
export function matchesETag(value: string | undefined, etag: string): boolean {
	if (value === undefined || classesOf(value) & HIGH)
		return false;
	return value === "*" || value.split(",", 8).some(item => item.trim().replace("W/", "") === etag);
}
