// SPDX-License-Identifier: MIT
/**
 * A pull reader of XML from strangers (XML 1.0, Namespaces in XML 1.0), and the escaping of what is written.
 *
 * Its work and its memory are bounded: depth, elements, attributes, names, bindings of prefixes and texts have limits.
 * A document type declaration is refused, so there are no entities but the five of XML and numeric references: nothing
 * expands. Comments and processing instructions are skipped. Names may contain characters that XML forbids: such a name
 * is none that a caller looks for.
 *
 *    <s:Envelope xmlns:s="…">         child(0): true, name Envelope, depth 1
 *      <s:Header>…</s:Header>         child(1): true, name Header; what is not read is skipped
 *      <s:Body>                       child(1): true, name Body, depth 2
 *        <Add>1 &lt; 2</Add>          child(2): true; text(): "1 < 2"
 *      </s:Body>                      child(2): false
 *    </s:Envelope>                    child(1): false; child(0): false, and the document is complete
 */

import { DIGIT, HIGH, LETTER, LINE_END, SPACE, TAB, bytesOf, classesOf, copy, find, span,
	text as textOf } from "../octets/octets";

/** Most elements within each other, elements, attributes of an element, and prefixes declared at a place. Programs made
 *  with gSOAP declare all of their 40 to 60 prefixes in each message. */
const DEPTH_LIMIT = 20, ELEMENT_LIMIT = 100, ATTRIBUTE_LIMIT = 80, BINDING_LIMIT = 80;
/** Most references in texts that are read, and comments, instructions and CDATA sections, in a document: each takes
 *  several calls of native functions. */
const REFERENCE_LIMIT = 48, MARKUP_LIMIT = 48;
/** Longest name (prefix or local part), namespace that may be a known one, and text or value of an attribute that is
 *  read, octets. */
const NAME_LIMIT = 64, NAMESPACE_LIMIT = 128;
export const TEXT_LIMIT = 1024;

const QUOTE = 0x22, AMPERSAND = 0x26, APOSTROPHE = 0x27, DASH = 0x2d, SLASH = 0x2f, COLON = 0x3a, SEMICOLON = 0x3b,
	LESS = 0x3c, EQUALS = 0x3d, GREATER = 0x3e, QUESTION = 0x3f, BRACKET = 0x5d, EXCLAMATION = 0x21;
const BLANKS = SPACE | TAB | LINE_END, NAME = LETTER | DIGIT | HIGH, ALL_BUT_LINE_ENDS = 255 & ~LINE_END;

/** Events. */
const FAILED = 0, OPEN = 1, CLOSE = 2, END = 3;

/** Index of a namespace that is not in the list, or of none. */
export const OTHER = -1;

export class XMLReader {
	/** Number of open elements. */
	depth = 0;
	/** Local name of the element that was opened last. */
	name = "";
	/** Index of its namespace in the list; OTHER for any other. */
	namespace = OTHER;
	readonly #bytes: Uint8Array;
	readonly #namespaces: readonly string[];
	#at: number;
	#elements = 0;
	#references = 0;
	#markups = 0;
	#failed = false;
	/** The element just opened ends at once: `<a/>`. */
	#isEmpty = false;
	/** Range of the attributes of the element that was opened last. */
	#attributesAt = 0;
	#attributesEnd = 0;
	/** Names of the open elements, with prefixes. */
	readonly #open: string[] = [];
	/** Bindings of prefixes, from the outermost: prefix, index of the namespace, depth of the element. */
	readonly #prefixes: string[] = [];
	readonly #bound = new Int8Array(BINDING_LIMIT);
	readonly #depths = new Int8Array(BINDING_LIMIT);
	/** Collects a text. */
	#scratch: Uint8Array | undefined;
	#collected = -1;

	/** @param bytes UTF-8. They must stay unchanged while the reader is used
	 *  @param namespaces those that the caller knows */
	constructor(bytes: Uint8Array, namespaces: readonly string[]) {
		this.#bytes = bytes;
		this.#namespaces = namespaces;
		const hasMark = bytes.byteLength > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
		this.#at = hasMark ? 3 : 0;
	}

	/** The document is malformed, or beyond a limit. Nothing more is read. */
	get failed(): boolean {
		return this.#failed;
	}

	/** Moves to the next element within the element at depth `level`. What is left of the element before is skipped.
	 *  @param level 0 for the root element
	 *  @returns false if there is none, or the document is malformed: see `failed` */
	child(level: number): boolean {
		for (;;) {
			const event = this.#next();
			if (event === OPEN && this.depth === level + 1)
				return true;
			if (event === FAILED || event === END || (event === CLOSE && this.depth < level))
				return false;
		}
	}

	/** Whether this is the element that was opened last. */
	is(namespace: number, name: string): boolean {
		return this.namespace === namespace && this.name === name;
	}

	/** Text of the element that was opened last, which is read up to its end. It has no blanks around it; line ends in
	 *  it become spaces. "" if there are elements within. */
	text(): string {
		const level = this.depth, text = this.leaf();
		while (text === undefined && this.child(level)) {
			// skipped
		}
		return text ?? "";
	}

	/** Text as `text` gives it. But if there are elements within, the first of them is opened.
	 *  @returns undefined if an element was opened */
	leaf(): string | undefined {
		const scratch = this.#scratch ??= new Uint8Array(TEXT_LIMIT);
		this.#collected = 0;
		const event = this.#next(), length = this.#collected;
		this.#collected = -1;
		return event === OPEN ? undefined : this.#failed ? "" : this.#clean(scratch, length);
	}

	/** Value of an attribute without prefix of the element that was opened last.
	 *  @returns undefined if it has none, or after a text was read */
	attribute(name: string): string | undefined {
		let at = this.#attributesAt, value: string | undefined;
		const bytes = this.#bytes, end = this.#attributesEnd;
		while (at < end) {
			at = span(bytes, BLANKS, at, end);
			const nameEnd = find(bytes, EQUALS, at, end), begin = span(bytes, BLANKS, nameEnd + 1, end);
			const last = find(bytes, bytes[begin]!, begin + 1, end);
			if (textOf(bytes, at, nameEnd) === name)
				value = this.#valueOf(begin + 1, last);
			at = last + 1;
			at = span(bytes, BLANKS, at, end);
		}
		return value;
	}

	/** @param prefix "" for names without prefix
	 *  @returns index of the namespace that it stands for here; OTHER if it is not known; undefined if it is not
	 *  declared */
	namespaceOf(prefix: string): number | undefined {
		for (let i = this.#prefixes.length - 1; i >= 0; i--) {
			if (this.#prefixes[i] === prefix)
				return this.#bound[i];
		}
		return prefix === "" || prefix === "xml" ? OTHER : undefined;
	}

	/** @returns the prefixes that stand for a namespace here; "" is that of names without prefix */
	prefixesOf(namespace: number): string[] {
		return this.#prefixes.filter((prefix, i) =>
			this.#bound[i] === namespace && this.#prefixes.lastIndexOf(prefix) === i
		);
	}

	#fail(): number {
		this.#failed = true;
		this.#at = this.#bytes.byteLength;
		return FAILED;
	}

	#next(): number {
		if (this.#failed)
			return FAILED;
		if (this.#isEmpty) {
			this.#isEmpty = false;
			return this.#leave();
		}
		const bytes = this.#bytes, end = bytes.byteLength;
		for (;;) {
			const begin = this.#at, less = find(bytes, LESS, begin, end);
			if (less > begin && !this.#characters(begin, less))
				return this.#fail();
			if (less === end)
				return this.depth === 0 && this.#elements > 0 ? END : this.#fail();
			this.#at = less + 1;
			switch (bytes[less + 1]) {
				case SLASH:
					return this.#close(less + 2);
				case QUESTION:
					if (++this.#markups > MARKUP_LIMIT || !this.#skipTo(less + 2, QUESTION, 1))
						return this.#fail();
					break;
				case EXCLAMATION:
					if (++this.#markups > MARKUP_LIMIT || !this.#special(less + 2))
						return this.#fail();
					break;
				default:
					return this.#enter(less + 1);
			}
		}
	}

	/** A comment, or characters without markup. A document type declaration is refused, as is anything else.
	 *  @param at after `<!` */
	#special(at: number): boolean {
		const bytes = this.#bytes, end = bytes.byteLength;
		if (bytes[at] === DASH && bytes[at + 1] === DASH)
			return this.#skipTo(at + 2, DASH, 2);
		if (this.depth === 0 || at + 7 > end || textOf(bytes, at, at + 7) !== "[CDATA["
			|| !this.#skipTo(at + 7, BRACKET, 2))
			return false;
		return this.#collected < 0 || this.#collect(at + 7, this.#at - 3);
	}

	/** Moves after the next `>` that has `count` octets of this value before it. */
	#skipTo(from: number, value: number, count: number): boolean {
		const bytes = this.#bytes, end = bytes.byteLength;
		for (let at = from; at < end;) {
			const greater = find(bytes, GREATER, at, end);
			if (greater === end)
				break;
			if (greater - count >= from && bytes[greater - 1] === value && bytes[greater - count] === value) {
				this.#at = greater + 1;
				return true;
			}
			at = greater + 1;
		}
		return false;
	}

	/** @param at after `<` */
	#enter(at: number): number {
		const bytes = this.#bytes, end = bytes.byteLength;
		const nameEnd = this.#nameEnd(at);
		if (nameEnd === at || this.depth === DEPTH_LIMIT || ++this.#elements > ELEMENT_LIMIT
			|| (this.depth === 0 && this.#elements > 1))
			return this.#fail();
		const qualified = textOf(bytes, at, nameEnd);
		this.depth += 1;
		this.#attributesAt = at = nameEnd;
		for (let count = 0;; count++) {
			const next = span(bytes, BLANKS, at, end);
			if (bytes[next] === GREATER || (bytes[next] === SLASH && bytes[next + 1] === GREATER)) {
				this.#attributesEnd = at;
				this.#isEmpty = bytes[next] === SLASH;
				this.#at = next + (this.#isEmpty ? 2 : 1);
				break;
			}
			at = next === at || count === ATTRIBUTE_LIMIT ? 0 : this.#attribute(next);
			if (at === 0)
				return this.#fail();
		}
		const colon = qualified.indexOf(":"), namespace = this.namespaceOf(colon < 0 ? "" : qualified.slice(0, colon));
		if (namespace === undefined)
			return this.#fail();
		this.name = colon < 0 ? qualified : qualified.slice(colon + 1);
		this.namespace = namespace;
		this.#open.push(qualified);
		return OPEN;
	}

	/** Checks an attribute, and notes it if it declares a prefix.
	 *  @returns index after it; 0 if it is malformed */
	#attribute(at: number): number {
		const bytes = this.#bytes, end = bytes.byteLength, nameEnd = this.#nameEnd(at);
		const equals = span(bytes, BLANKS, nameEnd, end), begin = span(bytes, BLANKS, Math.min(equals + 1, end), end);
		const quote = bytes[begin];
		if (nameEnd === at || bytes[equals] !== EQUALS || (quote !== QUOTE && quote !== APOSTROPHE))
			return 0;
		const last = find(bytes, quote, begin + 1, end);
		if (last === end || find(bytes, LESS, begin + 1, last) < last)
			return 0;
		const isDeclaration = nameEnd - at >= 5 && textOf(bytes, at, at + 5) === "xmlns";
		if (isDeclaration && (nameEnd === at + 5 || bytes[at + 5] === COLON)) {
			if (this.#prefixes.length === BINDING_LIMIT)
				return 0;
			const index = this.#prefixes.length;
			this.#bound[index] = last - begin > NAMESPACE_LIMIT
				? OTHER
				: this.#namespaces.indexOf(textOf(bytes, begin + 1, last));
			this.#depths[index] = this.depth;
			this.#prefixes.push(textOf(bytes, Math.min(at + 6, nameEnd), nameEnd));
		}
		return last + 1;
	}

	/** @param at after `</` */
	#close(at: number): number {
		const bytes = this.#bytes, end = bytes.byteLength, nameEnd = this.#nameEnd(at),
			next = span(bytes, BLANKS, nameEnd, end);
		if (this.depth === 0 || bytes[next] !== GREATER || textOf(bytes, at, nameEnd) !== this.#open[this.depth - 1])
			return this.#fail();
		this.#at = next + 1;
		return this.#leave();
	}

	#leave(): number {
		const prefixes = this.#prefixes;
		while (prefixes.length > 0 && this.#depths[prefixes.length - 1] === this.depth)
			prefixes.pop();
		this.#open.pop();
		this.depth -= 1;
		this.#attributesEnd = this.#attributesAt;
		return CLOSE;
	}

	/** @returns index after a name with or without prefix; `at` if there is none, or it is too long */
	#nameEnd(at: number): number {
		const bytes = this.#bytes, end = bytes.byteLength, first = span(bytes, NAME, at, end);
		if (first === at || first - at > NAME_LIMIT)
			return at;
		if (bytes[first] !== COLON)
			return first;
		const last = span(bytes, NAME, first + 1, end);
		return last === first + 1 || last - first - 1 > NAME_LIMIT || bytes[last] === COLON ? at : last;
	}

	/** Takes characters outside of tags. Outside of the root element, there are blanks only. */
	#characters(begin: number, end: number): boolean {
		if (this.depth === 0)
			return span(this.#bytes, BLANKS, begin, end) === end;
		return this.#collected < 0 || this.#unescape(begin, end);
	}

	/** Collects characters with references.
	 *  @returns false if a reference is malformed, or the text is too long */
	#unescape(begin: number, end: number): boolean {
		const bytes = this.#bytes;
		while (begin < end) {
			const next = find(bytes, AMPERSAND, begin, end);
			if (!this.#collect(begin, next))
				return false;
			if (next === end)
				return true;
			if (++this.#references > REFERENCE_LIMIT)
				return false;
			const last = find(bytes, SEMICOLON, next, Math.min(next + LONGEST_REFERENCE, end));
			const character = bytes[last] === SEMICOLON ? characterOf(textOf(bytes, next + 1, last)) : undefined;
			if (character === undefined)
				return false;
			const encoded = bytesOf(character), length = this.#collected + encoded.byteLength;
			if (length > TEXT_LIMIT)
				return false;
			copy(encoded, 0, encoded.byteLength, this.#scratch!, this.#collected);
			this.#collected = length;
			begin = last + 1;
		}
		return true;
	}

	#collect(begin: number, end: number): boolean {
		const length = this.#collected + end - begin;
		if (length > TEXT_LIMIT)
			return false;
		copy(this.#bytes, begin, end, this.#scratch!, this.#collected);
		this.#collected = length;
		return true;
	}

	/** Value of an attribute, with its references replaced. */
	#valueOf(begin: number, end: number): string {
		this.#scratch ??= new Uint8Array(TEXT_LIMIT);
		this.#collected = 0;
		const isValid = this.#unescape(begin, end), length = this.#collected;
		this.#collected = -1;
		if (isValid)
			return this.#clean(this.#scratch, length);
		this.#fail();
		return "";
	}

	/** @returns the text without blanks around it, and with spaces for line ends */
	#clean(octets: Uint8Array, length: number): string {
		for (let at = 0; (at = span(octets, ALL_BUT_LINE_ENDS, at, length)) < length; at++)
			octets[at] = 0x20;
		return textOf(octets, 0, length);
	}
}

/** Octets from `&` to `;`: `&#x10FFFF;` is the longest that means something, and zeros may stand before. */
const LONGEST_REFERENCE = 12;

/** @param reference without `&` and `;`
 *  @returns undefined if it is not one of the five, or no character that XML allows */
function characterOf(reference: string): string | undefined {
	switch (reference) {
		case "lt":
			return "<";
		case "gt":
			return ">";
		case "amp":
			return "&";
		case "apos":
			return "'";
		case "quot":
			return "\"";
	}
	const isHexadecimal = reference.startsWith("#x"), digits = reference.slice(isHexadecimal ? 2 : 1);
	const isNumber = reference.startsWith("#") && (isHexadecimal || classesOf(digits) === DIGIT);
	const code = isNumber ? Number(isHexadecimal ? `0x${digits}` : digits) : NaN;
	const isCharacter = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code < 0xd800)
		|| (code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code <= 0x10ffff);
	return isCharacter ? String.fromCodePoint(code) : undefined;
}

/** What text and values of attributes need. */
const ESCAPES = Object.freeze(
	[["&", "&amp;"], ["<", "&lt;"], [">", "&gt;"], ["\"", "&quot;"]] as const,
);

/** The text as content of an element or an attribute. */
export function escapeXML(text: string): string {
	for (const [character, reference] of ESCAPES) {
		if (text.includes(character))
			text = text.split(character).join(reference);
	}
	return text;
}
