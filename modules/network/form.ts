// SPDX-License-Identifier: MIT
/** The body of an HTML form: `application/x-www-form-urlencoded` (WHATWG URL section 5.1). */

import { CONTROL, HIGH, LINE_END, SPACE, TAB, classesOf, classify, text as textOf } from "../octets/octets";

/** Fields of a form at most. */
const FIELD_LIMIT = 16;

/** @returns the fields; undefined when one comes twice, has no UTF-8 behind its `%XX`, holds control characters, or
 *  when there are too many: a form of ours has none of these */
export function parseForm(body: Uint8Array): Map<string, string> | undefined {
	const fields = new Map<string, string>();
	// what is not ASCII is not encoded: no browser sends it so
	if (classify(body, 0, body.byteLength) & (CONTROL | LINE_END | TAB | SPACE | HIGH))
		return undefined;
	const text = textOf(body, 0, body.byteLength);
	if (text === "")
		return fields;
	const parts = text.split("&", FIELD_LIMIT + 1);
	if (parts.length > FIELD_LIMIT)
		return undefined;
	for (const part of parts) {
		const equals = part.indexOf("=");
		const name = decode(equals < 0 ? part : part.slice(0, equals));
		const value = decode(equals < 0 ? "" : part.slice(equals + 1));
		if (name === undefined || value === undefined || name === "" || fields.has(name))
			return undefined;
		fields.set(name, value);
	}
	return fields;
}

function decode(text: string): string | undefined {
	try {
		const result = decodeURIComponent(text.replaceAll("+", " "));
		return classesOf(result) & (CONTROL | LINE_END | TAB) ? undefined : result;
	}
	catch {
		return undefined;
	}
}
