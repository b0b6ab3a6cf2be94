// SPDX-License-Identifier: MIT
/** Parser for the body of an HTML form: `application/x-www-form-urlencoded` (WHATWG URL section 5.1). */

import { CONTROL, HIGH, LINE_END, SPACE, TAB, classesOf, classify, text as textOf } from "../octets/octets";

/** Maximum number of fields. */
const FIELD_LIMIT = 16;

/** Parses a form.
 *  @returns the fields; undefined if a field is repeated, a `%XX` sequence is not UTF-8, there are control characters,
 *  or there are too many fields. The set-up page's forms have none of these */
export function parseForm(body: Uint8Array): Map<string, string> | undefined {
	const fields = new Map<string, string>();
	// browsers percent-encode everything outside ASCII
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
