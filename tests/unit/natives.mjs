// SPDX-License-Identifier: MIT
/**
 * JavaScript versions of the C functions of modules/octets and modules/hash, for Node. They work byte by byte. The same
 * tests run against these functions in Node and against the C code on the engine.
 */

import { createHash, createHmac } from "node:crypto";

const CONTROL = 1, LINE_END = 2, TAB = 4, SPACE = 8, SEPARATOR = 16, DIGIT = 32, LETTER = 64, HIGH = 128;

function classOf(octet) {
	if (octet >= 0x80)
		return HIGH;
	const character = String.fromCharCode(octet);
	if ("\r\n".includes(character))
		return LINE_END;
	if (character === "\t")
		return TAB;
	if (octet < 0x20 || octet === 0x7f)
		return CONTROL;
	if (character === " ")
		return SPACE;
	if ("()<>@,;:\\\"/[]?={}".includes(character))
		return SEPARATOR;
	return character >= "0" && character <= "9" ? DIGIT : LETTER;
}

/** @returns the octets of a range
 *  @throws {RangeError} if the range is not within the buffer */
function range(octets, begin, end) {
	const bytes = octets instanceof ArrayBuffer ? new Uint8Array(octets) : octets;
	if (!(begin >= 0 && begin <= end && end <= bytes.length))
		throw new RangeError(`octets ${begin} to ${end} are outside the buffer of ${bytes.length}`);
	return [...bytes.subarray(begin, end)];
}

const classify = octets => octets.reduce((classes, octet) => classes | classOf(octet), 0);

/** @returns the index of the first octet that meets the condition; the end of the range if none does */
function first(octets, begin, condition) {
	const index = octets.findIndex(condition);
	return begin + (index < 0 ? octets.length : index);
}

/** @returns the index after the last octet that meets the condition; the start of the range if none does */
function behindLast(octets, begin, condition) {
	return begin + octets.findLastIndex(condition) + 1;
}

/** Decodes UTF-8 like Node's decoder, but writes one `?` for each invalid octet. */
function decode(octets) {
	const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
	let result = "";
	for (let i = 0; i < octets.length;) {
		let length = 1, character = "?";
		for (let count = 4; count > 0 && character === "?"; count--) {
			try {
				const text = decoder.decode(Uint8Array.from(octets.slice(i, i + count)));
				if ([...text].length === 1) {
					character = text;
					length = Math.min(count, octets.length - i);
				}
			}
			catch {
				// not a complete character: try a shorter one
			}
		}
		result += length === 1 && classOf(octets[i]) & (CONTROL | LINE_END) ? "?" : character;
		i += length;
	}
	return result;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeBase64(piece, target, state) {
	let count = state & 3, bits = state >> 2 & 63, padding = state >> 8 & 1, broken = state >> 9 & 1, written = 0;
	if (Math.ceil(piece.length / 4) * 3 > target.length)
		throw new RangeError("no room");
	for (const octet of piece) {
		const character = String.fromCharCode(octet), value = ALPHABET.indexOf(character);
		if (broken || "\r\n \t".includes(character))
			continue;
		if (character === "=") {
			if (padding > 0)
				padding -= 1;
			else if (count < 2)
				broken = 1;
			else {
				padding = 3 - count;
				count = bits = 0;
			}
		}
		else if (value < 0 || padding > 0)
			broken = 1;
		else {
			bits = bits << 6 | value;
			count = (count + 1) & 3;
			if (count !== 1) {
				const shift = count === 0 ? 0 : 8 - 2 * count;
				target[written++] = bits >> shift;
				bits &= (1 << shift) - 1;
			}
		}
	}
	return written << 10 | broken << 9 | padding << 8 | bits << 2 | count;
}

const utf8 = text => Buffer.from(text, "utf8");

const natives = {
	xs_octets_classify: (octets, begin, end) => classify(range(octets, begin, end)),
	xs_octets_span: (octets, classes, begin, end) =>
		first(range(octets, begin, end), begin, octet => !(classOf(octet) & classes)),
	xs_octets_find: (octets, value, begin, end) => first(range(octets, begin, end), begin, octet => octet === value),
	xs_octets_findLast: (octets, value, begin, end) =>
		behindLast(range(octets, begin, end), begin, octet => octet === value),
	xs_octets_skip: (octets, value, begin, end) => first(range(octets, begin, end), begin, octet => octet !== value),
	xs_octets_trim: (octets, value, begin, end) =>
		behindLast(range(octets, begin, end), begin, octet => octet !== value),
	xs_octets_copy: (octets, begin, end, target, offset) => target.set(range(octets, begin, end), offset),
	xs_octets_text: (octets, begin, end) => decode(range(octets, begin, end)).replace(/^[ \t]+|[ \t]+$/g, ""),
	xs_octets_classesOf: text => classify([...utf8(text)]) | (/[\x80-\x9f]/.test(text) ? CONTROL : 0),
	xs_octets_visible: text => [...text].map(character => (/[ -~]/.test(character) ? character : "?")).join(""),
	xs_octets_bytesOf: text => Uint8Array.from(utf8(text)).buffer,
	xs_octets_decodeBase64: decodeBase64,
	xs_hash_md5: text => createHash("md5").update(utf8(text)).digest("hex"),
	xs_hash_sha256: text => createHash("sha256").update(utf8(text)).digest("hex"),
	xs_hash_hmac: (key, text) => createHmac("sha256", utf8(key)).update(utf8(text)).digest("hex"),
	xs_hash_equal: (given, secret) => given === secret,
};

globalThis.native = name => natives[name];
