/** The body of an HTML form: `application/x-www-form-urlencoded` (WHATWG URL section 5.1). */

/** Fields of a form at most. */
const FIELD_LIMIT = 16;

/** @param text one character a byte
 *  @returns the fields; undefined when one comes twice, has no UTF-8 behind its `%XX`, holds control characters, or when there
 *  are too many: a form of ours has none of these */
export function parseForm(text: string): Map<string, string> | undefined {
	const fields = new Map<string, string>();
	if (text === "")
		return fields;
	const parts = text.split("&");
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
	let spaced = "";
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		// what is not ASCII is not encoded: no browser sends it so
		if (code <= 0x20 || code >= 0x7f)
			return undefined;
		spaced += code === 0x2b ? " " : text.charAt(i);
	}
	let result: string;
	try {
		result = decodeURIComponent(spaced);
	}
	catch {
		return undefined;
	}
	for (let i = 0; i < result.length; i++) {
		const code = result.charCodeAt(i);
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			return undefined;
	}
	return result;
}
