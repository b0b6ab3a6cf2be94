// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { Base64Decoder } from "rtsp/base64";
import { bytesOf } from "./fixture";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Vectors of RFC 4648 section 10, and base64 as it occurs in tunnels. undefined: invalid. */
const TABLE: readonly (readonly [name: string, text: string, decoded: string | undefined])[] = [
	["nothing", "", ""],
	["one-byte", "Zg==", "f"],
	["two-bytes", "Zm8=", "fo"],
	["three-bytes", "Zm9v", "foo"],
	["six-bytes", "Zm9vYmFy", "foobar"],
	["all-bits", "AP+A/w==", "\0\xff\x80\xff"],
	["request-after-padding", "Zg==Zm8=Zm9v", "ffofoo"],
	["line-breaks", "Zm\r\n9v\nYmFy\r\n", "foobar"],
	["line-break-between-paddings", "Zg=\r\n=\r\nZm9v", "ffoo"],
	["spaces-and-tabs", " Z m\t9v ", "foo"],
	["bits-behind-the-end", "Zh==", "f"],
	["padding-first", "=", undefined],
	["padding-after-one", "Z=", undefined],
	["padding-of-three", "Zg===", undefined],
	["padding-after-whole-group", "Zm9v=", undefined],
	["padding-missing", "Zg=Zm9v", undefined],
	["url-alphabet", "-_", undefined],
	["text", "OPTIONS *", undefined],
	["nul", "Zm\0", undefined],
	["high-byte", "Zm\xff", undefined],
];

/** @param sizes byte lengths of the pieces, used in turn */
function decode(text: string, sizes: readonly number[]): string | undefined {
	const decoder = new Base64Decoder(), bytes = bytesOf(text);
	let result = "";
	for (let offset = 0, i = 0; offset < bytes.length; i++) {
		const piece = bytes.subarray(offset, offset + sizes[i % sizes.length]!);
		const target = new Uint8Array(Math.ceil(piece.length / 4) * 3);
		const length = decoder.decode(piece, target);
		if (decoder.broken)
			return undefined;
		result += String.fromCharCode(...target.subarray(0, length));
		offset += piece.length;
	}
	return result;
}

export default function (suite: Suite): void {
	for (const [name, text, decoded] of TABLE)
		suite.test(`base64-${name}`, () => equal(decode(text, [1000]), decoded));

	suite.test("base64-decodes-the-same-however-it-is-cut", () => {
		for (const [name, text, decoded] of TABLE) {
			for (const sizes of [[1], [2], [3], [5], [1, 2, 3, 4, 5, 6, 7]])
				equal(decode(text, sizes), decoded, `${name} in pieces of ${sizes.join()}`);
		}
	});

	suite.test("base64-decodes-every-character", () => {
		let text = "", expected = "";
		for (let i = 0; i < 64; i++) {
			text += `A${ALPHABET.charAt(i)}AA`;
			expected += String.fromCharCode(i >> 4, (i & 15) << 4, 0);
		}
		equal(decode(text, [7]), expected);
	});

	suite.test("base64-decodes-up-to-an-error-and-nothing-after-it", () => {
		const decoder = new Base64Decoder(), target = new Uint8Array(12);
		equal([decoder.decode(bytesOf("Zm9v!Zm9v"), target), decoder.broken, decoder.decode(bytesOf("Zm9v"), target)], [
			3,
			true,
			0,
		]);
	});

	suite.test("base64-gives-a-byte-as-soon-as-it-is-complete", () => {
		// the last line of a request must not wait for the next request
		const decoder = new Base64Decoder(), target = new Uint8Array(3);
		equal(["Z", "g", "=", "="].map(text => decoder.decode(bytesOf(text), target)), [0, 1, 0, 0]);
	});
}
