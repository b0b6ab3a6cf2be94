// SPDX-License-Identifier: MIT
/** JSON answers, and the flat JSON objects of requests. */

import { LINE_END, SPACE, TAB, find, span, text as textOf } from "../../octets/octets";
import type { Answer, HTTPRequest } from "../types";

/** Methods of most routes. Constants take no memory on a board. */
export const GET: readonly string[] = Object.freeze(["GET"]);

export const JSON_TYPE = "application/json";

/** @param value that JSON can express */
export function answerJSON(value: unknown, status = 200): Answer {
	return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}

/** @param name what is wrong, for programs
 *  @param message for people
 *  @param allowed what would be right, if there is a list or a range */
export function answerError(status: number, name: string, message: string, allowed?: unknown): Answer {
	return answerJSON({ error: allowed === undefined ? { name, message } : { name, message, allowed } }, status);
}

/** Limits the digits of a measured value. */
export function rounded(value: number, digits = 1): number {
	const scale = 10 ** digits;
	return Math.round(value * scale) / scale;
}

/** Most entries of an object. No camera has as many settings. */
const ENTRY_LIMIT = 40;
const QUOTE = 0x22, COMMA = 0x2c, COLON = 0x3a, OPEN = 0x7b, CLOSE = 0x7d, BACKSLASH = 0x5c, LIST = 0x5b;
const BLANKS = SPACE | TAB | LINE_END;

/** Reads the body of a request as one JSON object without objects and lists in it, and without escapes in names.
 *  `JSON.parse` reads single values only. The names of an object become keys of the engine, which a device keeps until
 *  it restarts: 2,000 new names fill its memory. And it calls itself for objects and lists, and a device's stack is
 *  small.
 *  @returns the object's entries; the refusal if the body is something else */
export function readObject({ body, headers }: HTTPRequest): [string, unknown][] | Answer {
	const [type = ""] = (headers.get("content-type") ?? "").split(";", 1);
	if (type.trim().toLowerCase() !== JSON_TYPE)
		return answerError(415, "body", `use Content-Type: ${JSON_TYPE}`);
	let entries: [string, unknown][] | undefined;
	try {
		entries = readEntries(body);
	}
	catch {
		// the body ends too early, or a value is none
	}
	return entries
		?? answerError(400, "body", "use one JSON object of names and values, for example {\"quality\": 20}");
}

/** @returns undefined if the body is no such object
 *  @throws the same, if it ends too early or has a wrong value */
function readEntries(body: Uint8Array): [string, unknown][] | undefined {
	const entries: [string, unknown][] = [], end = body.byteLength;
	let at = span(body, BLANKS, 0, end);
	if (body[at] !== OPEN)
		return undefined;
	at = span(body, BLANKS, at + 1, end);
	while (entries.length > 0 || body[at] !== CLOSE) {
		const nameEnd = find(body, QUOTE, at + 1, end), colon = span(body, BLANKS, nameEnd + 1, end);
		if (entries.length === ENTRY_LIMIT || body[at] !== QUOTE || body[colon] !== COLON)
			return undefined;
		const begin = span(body, BLANKS, colon + 1, end), isText = body[begin] === QUOTE;
		const valueEnd = isText
			? endOfText(body, begin + 1, end) + 1
			: Math.min(find(body, COMMA, begin, end), find(body, CLOSE, begin, end));
		if (valueEnd >= end || find(body, BACKSLASH, at, nameEnd) < nameEnd || body[begin] === OPEN
			|| body[begin] === LIST)
			return undefined;
		entries.push([textOf(body, at + 1, nameEnd), JSON.parse(textOf(body, begin, valueEnd))]);
		at = span(body, BLANKS, valueEnd, end);
		if (body[at] === CLOSE)
			break;
		if (body[at] !== COMMA)
			return undefined;
		at = span(body, BLANKS, at + 1, end);
	}
	return span(body, BLANKS, at + 1, end) === end ? entries : undefined;
}

/** @param begin after a quote
 *  @returns the next quote that no backslash escapes; `end` if there is none */
function endOfText(body: Uint8Array, begin: number, end: number): number {
	let at = find(body, QUOTE, begin, end);
	for (; at < end; at = find(body, QUOTE, at + 1, end)) {
		let first = at;
		while (first > begin && body[first - 1] === BACKSLASH)
			first -= 1;
		// an even number of backslashes are escaped ones
		if ((at - first) % 2 === 0)
			break;
	}
	return at;
}
