// SPDX-License-Identifier: MIT
import { equal, throws, type Suite } from "../harness";
import { BARE, CONTROL, DIGIT, HIGH, LETTER, LINE_END, REPEATED, SEPARATOR, SPACE, TAB, bytesOf, classesOf, classify,
	copy, decodeBase64, find, findLast, findParameters, listOf, parameterOf, skip, span, text, trim, visible, writeLine,
	writeText } from "octets/octets";

const A = 0x61;

function bytes(...values: readonly (string | number)[]): Uint8Array {
	const result: number[] = [];
	for (const value of values) {
		if (typeof value === "number")
			result.push(value);
		else {
			for (const character of value)
				result.push(character.charCodeAt(0));
		}
	}
	return new Uint8Array(result);
}

function textOf(...values: readonly (string | number)[]): string {
	const octets = bytes(...values);
	return text(octets, 0, octets.byteLength);
}

/** Partly valid UTF-8 and the resulting text (RFC 3629 sections 3 and 10). */
const UTF8: readonly (readonly [name: string, octets: readonly (string | number)[], text: string])[] = [
	["ascii", ["a~ b"], "a~ b"],
	["two-to-four-octets", [0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbf, 0xf0, 0x90, 0x80, 0x80, 0xf4,
		0x8f, 0xbf, 0xbf], "\x80\u07ff\u0800\uffff\u{10000}\u{10ffff}"],
	["iso-8859-1", ["a", 0xfc, "b"], "a?b"],
	["continuation-alone", [0x80, 0xbf, "x"], "??x"],
	["cut-off", [0xe2, 0x82], "??"],
	["cut-by-ascii", [0xe2, 0x82, "a", 0xc3, "b"], "??a?b"],
	["overlong-slash", [0xc0, 0xaf, 0xe0, 0x80, 0xaf], "?????"],
	["overlong-nul", [0xc0, 0x80], "??"],
	["surrogates", [0xed, 0xa0, 0x80, 0xed, 0x9f, 0xbf], "???\ud7ff"],
	["beyond-unicode", [0xf4, 0x90, 0x80, 0x80, 0xf8, 0x88, 0xff], "???????"],
	["controls", ["a", 0, 1, 0x1f, 0x7f, "\r\n", "b\tc"], "a??????b\tc"],
	["blanks-around", [" \t a b\t \t"], "a b"],
	["blanks-only", [" \t "], ""],
	["nothing", [], ""],
];

export default function (suite: Suite): void {
	suite.test("octets-have-one-class-each", () => {
		for (let octet = 0; octet < 256; octet++) {
			const character = String.fromCharCode(octet), octets = new Uint8Array([octet]);
			const expected = octet > 0x7f
				? HIGH
				: character === "\r" || character === "\n"
				? LINE_END
				: character === "\t"
				? TAB
				: octet < 0x20 || octet === 0x7f
				? CONTROL
				: character === " "
				? SPACE
				: "()<>@,;:\\\"/[]?={}".includes(character)
				? SEPARATOR
				: character >= "0" && character <= "9"
				? DIGIT
				: LETTER;
			equal(classify(octets, 0, 1), expected, `${octet}`);
		}
	});

	suite.test("classes-of-a-range-are-joined", () => {
		const octets = bytes("a1 /", 0x80);
		equal([classify(octets, 0, 5), classify(octets, 1, 3), classify(octets, 2, 2)], [
			LETTER | DIGIT | SPACE | SEPARATOR | HIGH,
			DIGIT | SPACE,
			0,
		]);
		equal([span(octets, LETTER | DIGIT, 0, 5), span(octets, LETTER, 1, 5), span(octets, 255, 1, 4)], [2, 1, 4]);
	});

	suite.test("octets-are-found-from-both-ends", () => {
		const octets = bytes("xaxxaaxx");
		equal([find(octets, A, 0, 8), find(octets, A, 2, 8), find(octets, A, 6, 8), find(octets, A, 3, 3)], [1, 4, 8,
			3]);
		equal([findLast(octets, A, 0, 8), findLast(octets, A, 0, 4), findLast(octets, A, 2, 4)], [6, 2, 2]);
		equal([skip(octets, A, 1, 8), skip(octets, A, 4, 8), skip(octets, A, 4, 6)], [2, 6, 6]);
		equal([trim(octets, A, 0, 6), trim(octets, A, 4, 6), trim(octets, A, 0, 8)], [4, 4, 8]);
	});

	suite.test("octets-are-copied-if-they-fit", () => {
		const target = bytes("______");
		copy(bytes("abcd"), 1, 3, target, 4);
		copy(bytes("abcd"), 4, 4, target, 6);
		copy(target, 3, 5, target.subarray(0, 5), 0);
		equal(text(target, 0, 6), "_b__bc");
		for (const offset of [5, 7, -1])
			throws(() => copy(bytes("abcd"), 0, 2, target, offset), RangeError, `${offset}`);
	});

	suite.test("ranges-outside-are-refused", () => {
		const octets = bytes("abc");
		for (const [begin, end] of [[0, 4], [-1, 2], [2, 1], [4, 4]] as const) {
			throws(() => classify(octets, begin, end), RangeError, `classify ${begin} ${end}`);
			throws(() => find(octets, 0, begin, end), RangeError, `find ${begin} ${end}`);
			throws(() => text(octets, begin, end), RangeError, `text ${begin} ${end}`);
		}
	});

	suite.test("views-and-buffers-are-read-alike", () => {
		const { buffer } = bytes("xxabc");
		equal([text(buffer, 2, 5), text(new Uint8Array(buffer, 2), 0, 3), find(new Uint8Array(buffer, 1, 3), A, 0, 3)],
			["abc", "abc", 1]);
	});

	for (const [name, octets, expected] of UTF8)
		suite.test(`text-of-${name}`, () => equal(textOf(...octets), expected));

	suite.test("text-is-no-longer-than-its-octets", () => {
		for (const octets of [bytes(0xff, 0xfe, 0x80), bytes(0xc2, 0xa0, 0xe2, 0x82, 0xac, 0xf0, 0x9f)])
			equal(bytesOf(text(octets, 0, octets.byteLength)).byteLength <= octets.byteLength, true);
	});

	suite.test("classes-of-a-text-include-its-controls", () => {
		equal([classesOf("12"), classesOf(""), classesOf("\xe9"), classesOf("\xa0") & CONTROL], [DIGIT, 0, HIGH, 0]);
		equal(["\x85", "\x80", "\x9f", "\0", "a\0"].map(text => classesOf(text) & CONTROL), [CONTROL, CONTROL, CONTROL,
			CONTROL, CONTROL]);
	});

	suite.test("visible-text-is-ascii", () => {
		equal([visible("plain text~"), visible("\t~\x7fc\u20ac\u{1f600}d"), visible("")], ["plain text~", "?~?c??d",
			""]);
	});

	suite.test("bytes-of-a-text-are-utf-8", () => {
		equal(new Uint8Array(bytesOf("a\xe9\u20ac\u{1f600}b")),
			bytes("a", 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, "b"));
		equal(bytesOf("").byteLength, 0);
	});

	suite.test("line-is-written-visible-and-with-its-end", () => {
		const target = new Uint8Array(12);
		equal([writeLine(target, 1, "a\r\n", 4294967295), writeLine(target, 1, "é", -7, "b")], [-1, 7]);
		equal([...target.subarray(0, 8)], [...bytes(0, "?-7b\r\n", 0)]);
		equal([writeText(target, 12, ""), writeText(target, 11, "xy"), writeText(target, 9, "é", 1)], [12, -1, 12]);
		throws(() => writeText(target, 13, ""), RangeError);
		equal([11, 12].map(offset => (writeLine as (...pieces: unknown[]) => number)(target, offset)), [-1, -1]);
		equal(target[11], 0x31);
	});

	suite.test("parameters-are-found-by-name", () => {
		const names = listOf(["first", "second"]), table = new ArrayBuffer(16),
			list = bytes("xx First=\" a,b \" ; b; c=");
		const found = (begin: number): number => findParameters(list, begin, list.byteLength, 0x3b, names, table);
		equal([found(2), parameterOf(list, 2, table, 0)], [1 | BARE, " a,b "]);
		const twice = bytes("second=1;SECOND= \xc3\xa9\xff");
		equal([findParameters(twice, 0, twice.byteLength, 0x3b, names, table), parameterOf(twice, 0, table, 1)], [
			2 | REPEATED,
			"é?",
		]);
		const open = bytes("first=\"");
		equal(findParameters(open, 0, open.byteLength, 0x3b, names, table), -1);
		throws(() => parameterOf(list, list.byteLength, table, 0), RangeError);
	});

	suite.test("base64-needs-room", () => {
		throws(() => decodeBase64(bytes("AAAAA"), new Uint8Array(5), 0), RangeError);
		equal(decodeBase64(bytes("AAAA"), new Uint8Array(3), 0) >> 10, 3);
	});
}
