// SPDX-License-Identifier: MIT
/**
 * JavaScript versions of the C functions of modules/octets, modules/hash and modules/rtsp, for Node. They work byte by
 * byte. The same tests run against these functions in Node and against the C code on the engine.
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

/* ---- lists of parameters ---- */

const REPEATED = 1 << 24, BARE = 1 << 25;

function findParameters(octets, begin, end, separator, list, table) {
	const text = String.fromCharCode(...range(octets, begin, end)), values = new Uint32Array(table);
	const part = `(?:"[^"]*"|[^"${String.fromCharCode(separator)}])*`, names = [];
	const parts = [...text.matchAll(new RegExp(`(${part})(${String.fromCharCode(separator)}|$)`, "gy"))];
	const steps = text.split(/"[^"]*"/).length - 1 + text.replace(/"[^"]*"/g, "").split(String.fromCharCode(separator))
		.length;
	if (steps > 48 || (text.split("\"").length & 1) === 0)
		return -1;
	let flags = 0, at = 0;
	for (const [whole, parameter] of parts) {
		const equals = parameter.includes("=") ? parameter.indexOf("=") : parameter.length;
		const name = equals > 24 ? "" : parameter.slice(0, equals).replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase();
		if (name !== "") {
			flags |= names.includes(name) ? REPEATED : 0;
			names.push(name);
		}
		const word = indexOf(list, name);
		if (equals === parameter.length && name !== "")
			flags |= BARE;
		if (word !== UNKNOWN) {
			let [from, to] = trimmedRange(text, at + Math.min(equals + 1, parameter.length), at + parameter.length);
			if (/^".*"$/s.test(text.slice(from, to)) && to - from > 1)
				[from, to] = [from + 1, to - 1];
			values.set([from, to], 2 * word);
			flags |= 1 << word;
		}
		at += whole.length;
		if (!whole.endsWith(String.fromCharCode(separator)) || at > text.length)
			break;
	}
	return flags;
}

/* ---- heads of messages ---- */

/** Elements of a table: flags, length, ranges of method, URL and version, index of the method, number of lines; then
 *  for each line its range, and its name with a flag above it. */
const FLAGS = 0, LENGTH = 1, PARTS = 2, METHOD = 8, COUNT = 9, LINES = 10, LINE = 3;
const FOLDED = 256, UNKNOWN = 255, IS_RTSP_1_0 = 1 << 29, IS_HTTP = 1 << 30;

/** @param list words, each preceded by its length */
function indexOf(list, word) {
	let index = 0;
	for (let i = 0; i < list.length; i += 1 + list.charCodeAt(i), index += 1) {
		if (list.slice(i + 1, i + 1 + list.charCodeAt(i)) === word)
			return index;
	}
	return UNKNOWN;
}

/** @returns range within the text, without blanks around it */
function trimmedRange(text, begin, end) {
	const value = text.slice(begin, end), from = begin + value.length - value.replace(/^[ \t]+/, "").length;
	return [from, Math.max(from, begin + value.replace(/[ \t]+$/, "").length)];
}

/** The lines of a field, as text of one character per octet. */
function linesOf(octets, begin, buffer, name) {
	const lines = [], table = new Uint32Array(buffer);
	for (let i = 0; i < table[COUNT]; i++) {
		const [from, to, what] = table.subarray(LINES + LINE * i, LINES + LINE * (i + 1));
		if ((what & UNKNOWN) === name)
			lines.push({ octets: range(octets, begin + from, begin + to), folded: what >= FOLDED });
	}
	return lines;
}

function joined(octets, begin, table, name) {
	const value = [];
	let first = true;
	for (const line of linesOf(octets, begin, table, name)) {
		if (line.folded ? line.octets.length && value.length : !first)
			value.push(...(line.folded ? [0x20] : [0x2c, 0x20]));
		value.push(...line.octets);
		first = false;
	}
	return value;
}

function scanHead(octets, begin, end, buffer, limit, _checked, methods, names, strict, reply) {
	const table = new Uint32Array(buffer);
	const text = String.fromCharCode(...range(octets, begin, end));
	const most = (table.length - LINES) / LINE;
	let from = 0, count = 0, last = UNKNOWN;
	table.fill(0);
	table[METHOD] = UNKNOWN;
	const add = (name, flag, valueBegin, valueEnd) => {
		table.set([...trimmedRange(text, valueBegin, valueEnd), name | flag], LINES + LINE * table[COUNT]++);
		table[FLAGS] |= 1 << name;
		if (joined(octets, begin, buffer, name).length <= 2048)
			return 0;
		table[COUNT] -= 1;
		return -413;
	};
	for (let first = true;; first = false) {
		const room = Math.min(text.length, first ? Math.min(1076, limit) : limit);
		const found = text.slice(0, room).indexOf("\n", from), lineEnd = found < 0 ? room : found;
		const line = text.slice(from, lineEnd).replace(/\r$/, found < 0 ? "$&" : "");
		// eslint-disable-next-line no-control-regex
		if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(line) || (first && !reply && /[\x80-\xff]/.test(line)))
			return -400;
		if (found < 0)
			return room === text.length ? 0 : first ? -414 : -413;
		if (line.includes("\r"))
			return -400;
		let status = 0;
		if (first && reply) {
			const [, version, code] = /^(RTSP\/\d{1,10}\.\d{1,10}) ([1-9]\d\d)( |$)/.exec(line) ?? [""];
			if (version === undefined || version.length > 16)
				return -400;
			table.set([0, version.length], PARTS + 4);
			table[FLAGS] |= version === "RTSP/1.0" ? IS_RTSP_1_0 : 0;
			table[METHOD] = Number(code);
		}
		else if (first) {
			const [, method, url, version] = /^([^ ]*) ?([^ ]*) ?(.*)$/.exec(line);
			if (url.length > 1024)
				return -414;
			if (!/^[!#$%&'*+.0-9A-Z^_`a-z|~-]{1,32}$/.test(method) || !/^[^\t]+$/.test(url) || version.length > 16
				|| !/^[ \t]*(RTSP|HTTP)\/\d{1,10}\.\d{1,10}[ \t]*$/.test(version))
				return -400;
			const urlBegin = method.length + 1, versionBegin = urlBegin + url.length + 1;
			table.set([0, method.length, urlBegin, urlBegin + url.length,
				...trimmedRange(text, versionBegin, from + line.length)], PARTS);
			table[FLAGS] |= version.trim() === "RTSP/1.0" ? IS_RTSP_1_0 : version.trim()[0] === "H" ? IS_HTTP : 0;
			table[METHOD] = indexOf(methods, method);
		}
		else if (line === "") {
			table[LENGTH] = lineEnd + 1;
			return table[METHOD] << 20 | lineEnd + 1;
		}
		else if (count === 0 && /^[ \t]/.test(line))
			return -400;
		else if (count++ === most)
			return -413;
		else if (strict && /^([ \t]|[^:]*[ \t]:)/.test(line))
			return -400;
		else if (/^[ \t]/.test(line))
			status = last === UNKNOWN ? 0 : add(last, FOLDED, from, from + line.length);
		else {
			const name = /^([!#$%&'*+.0-9A-Z^_`a-z|~-]+)[ \t]*:/.exec(line);
			if (!name)
				return -400;
			last = indexOf(names, name[1].toLowerCase());
			status = last === UNKNOWN ? 0 : add(last, 0, from + name[0].length, from + line.length);
		}
		if (status)
			return status;
		from = lineEnd + 1;
	}
}

/** @returns the octets of method, URL or version */
function partOf(octets, begin, buffer, part) {
	const table = new Uint32Array(buffer);
	return range(octets, begin + table[PARTS + 2 * part], begin + table[PARTS + 2 * part + 1]);
}

/** @returns the value of a field that has one line; undefined otherwise */
function onlyValue(octets, begin, table, name) {
	const lines = linesOf(octets, begin, table, name);
	return lines.length === 1 ? decode(lines[0].octets) : undefined;
}

/* ---- responses ---- */

const visible = text => [...text].map(character => (/[ -~]/.test(character) ? character : "?")).join("");

function write(target, offset, text) {
	const octets = Buffer.from(text, "utf8");
	if (offset > target.length)
		throw new RangeError(`octet ${offset} is outside the buffer`);
	if (octets.length > target.length - offset)
		return -1;
	target.set(octets, offset);
	return offset + octets.length;
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
	xs_octets_visible: visible,
	xs_octets_writeLine: (target, offset, ...pieces) =>
		write(target, offset, `${visible(pieces.filter(piece => piece !== undefined).join(""))}\r\n`),
	xs_octets_writeText: (target, offset, ...pieces) =>
		write(target, offset, pieces.filter(piece => piece !== undefined).join("")),
	xs_octets_findParameters: findParameters,
	xs_octets_parameterOf: (octets, begin, table, name) => {
		const [from, to] = new Uint32Array(table).subarray(2 * name);
		return decode(range(octets, begin + from, begin + to));
	},
	xs_rtsp_head_scan: scanHead,
	xs_rtsp_head_part: (octets, begin, table, part) => decode(partOf(octets, begin, table, part)),
	xs_rtsp_head_isPart: (octets, begin, table, part, text) => decode(partOf(octets, begin, table, part)) === text,
	xs_rtsp_head_value: (octets, begin, table, name) => decode(joined(octets, begin, table, name)),
	xs_rtsp_head_decimal: (octets, begin, table, name) => {
		const text = onlyValue(octets, begin, table, name);
		return text === undefined ? -2 : /^\d{1,10}$/.test(text) ? Number(text) : -1;
	},
	xs_rtsp_head_isValue: (octets, begin, table, name, text, end) =>
		[onlyValue(octets, begin, table, name)?.split(String.fromCharCode(end))[0].replace(/[ \t]+$/, "")].map(value =>
			value === undefined ? undefined : value === text
		)[0],
	xs_octets_bytesOf: text => Uint8Array.from(utf8(text)).buffer,
	xs_octets_decodeBase64: decodeBase64,
	xs_hash_md5: text => createHash("md5").update(utf8(text)).digest("hex"),
	xs_hash_sha256: text => createHash("sha256").update(utf8(text)).digest("hex"),
	xs_hash_sha1: octets => createHash("sha1").update(new Uint8Array(octets)).digest("hex"),
	xs_hash_hmac: (key, text) => createHmac("sha256", utf8(key)).update(utf8(text)).digest("hex"),
	xs_hash_equal: (given, secret) => given === secret,
};

globalThis.native = name => natives[name];
