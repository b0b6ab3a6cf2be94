// SPDX-License-Identifier: MIT
/**
 * Messages of DNS as multicast DNS uses them (RFC 1035 section 4, RFC 6762 section 18). A name is its labels, each
 * preceded by its length, and an empty label at the end. In messages, the rest of a name may be a pointer to an earlier
 * place. Reading allocates nothing, never throws, and follows few pointers, only towards the start.
 *
 *   0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |                      ID                       |
 * |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
 * | QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT            |
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 */

export const Type = Object.freeze({ A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, NSEC: 47, ANY: 255 });

/** Class IN. The highest bit of a class has another meaning in multicast DNS: in a question, a reply by unicast is
 *  welcome; in a record, the receiver forgets other records of this name and type. */
export const IN = 1;
export const ANY_CLASS = 255;
export const TOP_BIT = 0x8000;

export const RESPONSE = 0x8000;
export const AUTHORITATIVE = 0x0400;
export const TRUNCATED = 0x0200;
/** Opcode and RCODE: messages in which one of them is not 0 are ignored (RFC 6762 sections 18.3 and 18.11). */
const MUST_BE_ZERO = 0x780f;

const HEADER = 12;
/** Longest name, with its lengths, octets. */
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;
const POINTER = 0xc0;
/** Pointers followed in a name. A message of 1,472 octets has room for 700 in a row, to which each of its names can
 *  lead. Names as hosts write them have one or two. */
const MOST_POINTERS = 10;

/** @param labels ASCII, each at most 63 octets */
export function encodeName(...labels: string[]): Uint8Array {
	const bytes = new Uint8Array(labels.reduce((length, label) => length + label.length + 1, 1));
	let offset = 0;
	for (const label of labels) {
		bytes[offset++] = label.length;
		for (let i = 0; i < label.length; i++)
			bytes[offset++] = label.charCodeAt(i);
	}
	return bytes;
}

function lowerCase(octet: number): number {
	return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

/** Where a pointer points to.
 *  @param limit the target must be before it
 *  @returns -1 if the pointer is invalid */
function targetOf(bytes: Uint8Array, offset: number, limit: number): number {
	const low = bytes[offset + 1];
	if (low === undefined)
		return -1;
	const target = (bytes[offset]! & ~POINTER) << 8 | low;
	return target < limit ? target : -1;
}

/** Compares a name in a message with another, without regard to the case of ASCII letters.
 *  @param from index of a label in `name`, where the comparison starts */
export function isName(bytes: Uint8Array, offset: number, name: Uint8Array, from = 0): boolean {
	let limit = offset, pointers = 0;
	for (;;) {
		const length = bytes[offset];
		if (length === undefined)
			return false;
		if (length >= POINTER) {
			offset = limit = targetOf(bytes, offset, limit);
			if (offset < 0 || ++pointers > MOST_POINTERS)
				return false;
			continue;
		}
		if (length !== name[from] || offset + length >= bytes.length)
			return false;
		if (length === 0)
			return true;
		for (let i = 1; i <= length; i++) {
			if (lowerCase(bytes[offset + i]!) !== lowerCase(name[from + i]!))
				return false;
		}
		offset += length + 1;
		from += length + 1;
	}
}

/** @returns the offset of a name's first label, where its pointers lead to; -1 if one is invalid */
function firstLabel(bytes: Uint8Array, offset: number): number {
	for (let i = 0; offset >= 0 && bytes[offset]! >= POINTER; i++)
		offset = i < MOST_POINTERS ? targetOf(bytes, offset, offset) : -1;
	return offset;
}

/** @returns the offset behind a name; -1 if the name is invalid */
function skipName(bytes: Uint8Array, offset: number): number {
	const begin = offset;
	for (;;) {
		const length = bytes[offset];
		if (length === undefined)
			return -1;
		if (length >= POINTER)
			return offset + 2 <= bytes.length ? offset + 2 : -1;
		offset += length + 1;
		if (length > LONGEST_LABEL || offset - begin > LONGEST_NAME || offset > bytes.length)
			return -1;
		if (length === 0)
			return offset;
	}
}

/** Copies a name out of a message, with what its pointers point to.
 *  @param target must have room for 255 octets from `at` on
 *  @returns the offset behind the copy; -1 if the name is invalid */
function copyName(bytes: Uint8Array, offset: number, target: Uint8Array, at: number): number {
	const begin = at;
	let limit = offset, pointers = 0;
	for (;;) {
		const length = bytes[offset];
		if (length === undefined)
			return -1;
		if (length >= POINTER) {
			offset = limit = targetOf(bytes, offset, limit);
			if (offset < 0 || ++pointers > MOST_POINTERS)
				return -1;
			continue;
		}
		if (length > LONGEST_LABEL || at - begin + length + 1 > LONGEST_NAME || offset + length >= bytes.length)
			return -1;
		for (let i = 0; i <= length; i++)
			target[at++] = bytes[offset++]!;
		if (length === 0)
			return at;
	}
}

/** Octets of a record's data before a name; undefined if the data of this type has no name that may be a pointer. */
function nameInData(type: number): number | undefined {
	return type === Type.PTR || type === Type.NSEC ? 0 : type === Type.SRV ? 6 : undefined;
}

/** Reads a message, item by item: questions, then records. Reused for every message. */
export class MessageReader {
	#bytes: Uint8Array = new Uint8Array(0);
	#offset = 0;
	#flags = 0;
	/** Questions, and records up to the end of each section. */
	#questionCount = 0;
	#answerCount = 0;
	#authorityCount = 0;
	#recordCount = 0;
	/** Index of the current record. */
	#record = 0;
	#isBroken = false;
	id = 0;
	/* the current item */
	type = 0;
	/** With the top bit. */
	class = 0;
	/** Seconds. */
	ttl = 0;
	#name = 0;
	#data = 0;
	#dataLength = 0;

	/** @returns false if it is no message, or one to be ignored */
	open(bytes: Uint8Array): boolean {
		this.#bytes = bytes;
		this.#offset = HEADER;
		this.#isBroken = false;
		this.#record = 0;
		if (bytes.length < HEADER)
			return false;
		this.id = this.#uint16(0);
		this.#flags = this.#uint16(2);
		this.#questionCount = this.#uint16(4);
		this.#answerCount = this.#uint16(6);
		this.#authorityCount = this.#answerCount + this.#uint16(8);
		this.#recordCount = this.#authorityCount + this.#uint16(10);
		return (this.#flags & MUST_BE_ZERO) === 0;
	}

	get isResponse(): boolean {
		return (this.#flags & RESPONSE) !== 0;
	}

	/** More known answers follow in other messages. */
	get isTruncated(): boolean {
		return (this.#flags & TRUNCATED) !== 0;
	}

	/** Number of questions and records, by the header. */
	get itemCount(): number {
		return this.#questionCount + this.#recordCount;
	}

	get hasQuestions(): boolean {
		return this.#questionCount > 0;
	}

	/** Has records in the section Authority: in a query, those that the sender is about to claim. */
	get hasAuthorities(): boolean {
		return this.#authorityCount > this.#answerCount;
	}

	/** The message is invalid. Known when the last item has been read. */
	get isBroken(): boolean {
		return this.#isBroken;
	}

	/** The current record is in the section Answer, or Authority. */
	get isAnswer(): boolean {
		return this.#record <= this.#answerCount;
	}

	get isAuthority(): boolean {
		return !this.isAnswer && this.#record <= this.#authorityCount;
	}

	/** Goes to the next question.
	 *  @returns false if there is none */
	nextQuestion(): boolean {
		if (this.#questionCount === 0 || !this.#readName(4))
			return false;
		this.#questionCount -= 1;
		return true;
	}

	/** Goes to the next record, of any section. To be called after the last question.
	 *  @returns false if there is none */
	nextRecord(): boolean {
		if (this.#questionCount > 0 || this.#record >= this.#recordCount || !this.#readName(10))
			return false;
		const offset = this.#offset;
		this.ttl = (this.#uint16(offset - 6) * 0x10000) + this.#uint16(offset - 4);
		this.#dataLength = this.#uint16(offset - 2);
		this.#data = offset;
		if (offset + this.#dataLength > this.#bytes.length)
			return this.#break();
		this.#offset += this.#dataLength;
		this.#record += 1;
		return true;
	}

	/** Whether the current item has this name.
	 *  @param octets have the name from offset `from` on */
	isNamed(octets: Uint8Array, from = 0): boolean {
		return isName(this.#bytes, this.#name, octets, from);
	}

	/** @returns a copy of the current item's name, without pointers; undefined if it is invalid */
	get name(): Uint8Array | undefined {
		const copy = new Uint8Array(LONGEST_NAME), end = copyName(this.#bytes, this.#name, copy, 0);
		return end < 0 ? undefined : copy.slice(0, end);
	}

	/** Whether the current record has this data.
	 *  @param octets have the data, without pointers, from offset `from` on */
	isData(octets: Uint8Array, from = 0, length = octets.length): boolean {
		const bytes = this.#bytes, begin = this.#data, prefix = nameInData(this.type);
		const rest = prefix === undefined ? 0 : skipName(bytes, begin + prefix);
		if (prefix === undefined)
			return this.#dataLength === length && isSame(bytes, begin, octets, from, length);
		if (rest < 0 || rest > begin + this.#dataLength || prefix >= length)
			return false;
		const tail = begin + this.#dataLength - rest, end = from + length;
		return isSame(bytes, begin, octets, from, prefix) && isName(bytes, begin + prefix, octets, from + prefix)
			&& skipName(octets, from + prefix) === end - tail && isSame(bytes, rest, octets, end - tail, tail);
	}

	/** @returns a copy of the current record's data, without pointers; undefined if it is invalid */
	get data(): Uint8Array | undefined {
		const bytes = this.#bytes, begin = this.#data, end = begin + this.#dataLength, prefix = nameInData(this.type);
		if (prefix === undefined)
			return bytes.slice(begin, end);
		const rest = skipName(bytes, begin + prefix);
		if (rest < 0 || rest > end)
			return undefined;
		const copy = new Uint8Array(prefix + LONGEST_NAME + end - rest);
		copy.set(bytes.subarray(begin, begin + prefix));
		const length = copyName(bytes, begin + prefix, copy, prefix);
		if (length < 0)
			return undefined;
		copy.set(bytes.subarray(rest, end), length);
		return copy.slice(0, length + end - rest);
	}

	/** Reads name, type and class of an item.
	 *  @param length octets of the item after its name */
	#readName(length: number): boolean {
		const end = skipName(this.#bytes, this.#offset);
		if (end < 0 || end + length > this.#bytes.length)
			return this.#break();
		// each name is compared several times
		this.#name = firstLabel(this.#bytes, this.#offset);
		this.type = this.#uint16(end);
		this.class = this.#uint16(end + 2);
		this.#offset = end + length;
		return true;
	}

	/** Ends reading. */
	#break(): false {
		this.#isBroken = true;
		this.#questionCount = this.#recordCount = 0;
		return false;
	}

	#uint16(offset: number): number {
		return this.#bytes[offset]! << 8 | this.#bytes[offset + 1]!;
	}
}

function isSame(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number, length: number): boolean {
	for (let i = 0; i < length; i++) {
		if (a[aOffset + i] !== b[bOffset + i])
			return false;
	}
	return true;
}

export type Section = "answer" | "authority" | "additional";

/** A record. Its name and its data, without pointers, are somewhere in `octets`. */
export interface WritableRecord {
	readonly octets: Uint8Array;
	/** Offset. */
	readonly name: number;
	readonly type: number;
	readonly itsClass: number;
	/** Seconds. */
	readonly ttl: number;
	/** Offset. */
	readonly data: number;
	readonly dataLength: number;
}

/** Index of the counts in the header. */
const COUNTS = Object.freeze({ question: 4, answer: 6, authority: 8, additional: 10 });

/** Writes a message into a buffer of its own. Names are compressed. Reused for every message. */
export class MessageWriter {
	readonly #bytes: Uint8Array;
	#length = 0;
	/** Places of labels that a pointer can point to. */
	#labels: number[] = [];

	/** @param size largest message, octets */
	constructor(size: number) {
		this.#bytes = new Uint8Array(size);
	}

	/** Starts a message. */
	begin(flags: number, id = 0): void {
		this.#bytes.fill(0, 0, HEADER);
		this.#length = HEADER;
		this.#labels.length = 0;
		this.#putUint16(0, id);
		this.#putUint16(2, flags);
	}

	/** Adds a question. Questions come first.
	 *  @param octets have the name from offset `from` on
	 *  @returns false if it has no room; nothing is added then */
	question(octets: Uint8Array, type: number, itsClass: number, from = 0): boolean {
		return this.#item("question", () => {
			this.#name(octets, from);
			this.#uint16(type);
			this.#uint16(itsClass);
		});
	}

	/** Adds a record. Sections come in their order.
	 *  @param plain the name in the data is not compressed
	 *  @returns false if it has no room; nothing is added then */
	record(section: Section, record: WritableRecord, plain = false): boolean {
		const { octets, name, type, itsClass, ttl, data, dataLength } = record;
		return this.#item(section, () => {
			this.#name(octets, name);
			this.#uint16(type);
			this.#uint16(itsClass);
			this.#uint16(Math.floor(ttl / 0x10000));
			this.#uint16(ttl % 0x10000);
			const lengthAt = this.#length, prefix = plain ? undefined : nameInData(type);
			this.#uint16(0);
			if (prefix === undefined)
				this.#octets(octets, data, data + dataLength);
			else {
				this.#octets(octets, data, data + prefix);
				this.#name(octets, data + prefix);
				this.#octets(octets, skipName(octets, data + prefix), data + dataLength);
			}
			this.#putUint16(lengthAt, this.#length - lengthAt - 2);
		});
	}

	/** The message, valid until the next `begin`. */
	get message(): Uint8Array {
		return this.#bytes.subarray(0, this.#length);
	}

	/** Writes an item, or nothing if it has no room. */
	#item(section: keyof typeof COUNTS, write: () => void): boolean {
		const begin = this.#length, labels = this.#labels.length, count = COUNTS[section];
		write();
		if (this.#length > this.#bytes.length) {
			this.#length = begin;
			this.#labels.length = labels;
			return false;
		}
		this.#putUint16(count, (this.#bytes[count]! << 8 | this.#bytes[count + 1]!) + 1);
		return true;
	}

	/** Writes the rest of a name from a label on: label by label, until the rest has been written before. */
	#name(name: Uint8Array, from: number): void {
		// labels of this name itself are not complete yet
		const complete = this.#labels.length;
		for (;;) {
			const length = name[from]!, known = length === 0 ? undefined : this.#find(name, from, complete);
			if (known !== undefined) {
				this.#uint16(POINTER << 8 | known);
				return;
			}
			if (length > 0)
				this.#labels.push(this.#length);
			this.#octets(name, from, from + length + 1);
			if (length === 0)
				return;
			from += length + 1;
		}
	}

	/** @returns where the rest of a name is, among the first `count` labels */
	#find(name: Uint8Array, from: number, count: number): number | undefined {
		for (let i = 0; i < count; i++) {
			if (isName(this.#bytes, this.#labels[i]!, name, from))
				return this.#labels[i];
		}
		return undefined;
	}

	/** Writes beyond the end have no effect but on the length. */
	#octets(source: Uint8Array, begin: number, end: number): void {
		for (let i = begin; i < end; i++)
			this.#bytes[this.#length++] = source[i]!;
	}

	#uint16(value: number): void {
		this.#putUint16(this.#length, value);
		this.#length += 2;
	}

	#putUint16(offset: number, value: number): void {
		this.#bytes[offset] = value >> 8;
		this.#bytes[offset + 1] = value;
	}
}
