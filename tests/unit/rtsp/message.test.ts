// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { CSEQ, RANGE, Request, SESSION, TRANSFER_ENCODING, X_SESSIONCOOKIE } from "rtsp/message";
import { Response } from "rtsp/response";
import { isToken, parseDecimal, splitList, toHex32, toVisible, unquote } from "rtsp/text";
import { reasonPhrase } from "common/reasonphrase";
import { bytesOf, textOf } from "./fixture";

function scanned(lines: string, request = new Request()): Request {
	const bytes = bytesOf(`xxOPTIONS * RTSP/1.0\r\n${lines}\r\n`);
	equal(request.scan(bytes, 2, bytes.byteLength, 4096), bytes.byteLength - 2, lines);
	return request;
}

/** @returns the result of a scan of these header lines */
function statusOf(lines: string): number {
	const bytes = bytesOf(`OPTIONS * RTSP/1.0\r\n${lines}\r\n`),
		length = new Request().scan(bytes, 0, bytes.byteLength, 10_000);
	return length > 0 ? 200 : -length;
}

export default function (suite: Suite): void {
	suite.test("response-begins-with-general-headers", () => {
		equal(textOf(new Response("cam").begin(200, 7).header("Public: ", "OPTIONS").end()),
			"RTSP/1.0 200 OK\r\nCSeq: 7\r\nServer: cam\r\nPublic: OPTIONS\r\n\r\n");
	});

	suite.test("response-without-cseq-has-no-cseq-header", () => {
		equal(textOf(new Response().begin(400, -1).end()), "RTSP/1.0 400 Bad Request\r\n\r\n");
	});

	suite.test("response-body-has-its-length", () => {
		equal(
			textOf(new Response().begin(200, 0).content("application/sdp", "v=0\r\n").end()),
			"RTSP/1.0 200 OK\r\nCSeq: 0\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		);
	});

	suite.test("response-header-cannot-be-split", () => {
		equal(textOf(new Response().begin(200, 1).header("X: ", "a\r\nY: b\0é", ";", 1).end()),
			"RTSP/1.0 200 OK\r\nCSeq: 1\r\nX: a??Y: b??;1\r\n\r\n");
	});

	suite.test("response-has-nothing-of-the-one-before", () => {
		const response = new Response();
		const longest = response.begin(200, 1).closing().content("a/b", "x".repeat(5000));
		equal([longest.last, textOf(longest.end()).length], [true, 5088]);
		equal([textOf(response.begin(200, 4294967295).end()), response.last], [
			"RTSP/1.0 200 OK\r\nCSeq: 4294967295\r\n\r\n",
			false,
		]);
		equal(textOf(response.begin(454, 2).begin(500, 2).end()),
			"RTSP/1.0 500 Internal Server Error\r\nCSeq: 2\r\n\r\n");
	});

	suite.test("response-of-any-length-is-whole", () => {
		const response = new Response();
		for (let length = 440; length < 530; length++) {
			const text = "y".repeat(length);
			equal(textOf(response.begin(200, 1).header("X: ", text).end()),
				`RTSP/1.0 200 OK\r\nCSeq: 1\r\nX: ${text}\r\n\r\n`);
		}
	});

	suite.test("every-status-in-use-has-a-reason", () => {
		for (const status of [200, 400, 401, 403, 404, 405, 406, 413, 414, 451, 454, 455, 459, 460, 461, 500, 501, 503,
			505, 551])
			equal(reasonPhrase(status) === "Unknown", false, `${status}`);
		equal(reasonPhrase(299), "Unknown");
	});

	suite.test("headers-are-found-in-any-case", () => {
		const request = scanned("cseq: 4294967295\r\nRANGE: 1\r\nrange :\t2 \r\n");
		equal([request.cseq, request.header(RANGE), request.header(SESSION)], [4294967295, "1, 2", undefined]);
		equal([request.has(RANGE), request.has(SESSION), request.decimal(RANGE), request.decimal(SESSION)], [true,
			false, -1, -1]);
		equal([request.method, request.url, request.version, request.flags >> 29], ["OPTIONS", "*", "RTSP/1.0", 1]);
	});

	suite.test("unknown-headers-are-skipped", () => {
		const request = scanned("X-Unknown: 1\r\n folded\r\nRang: 2\r\nRanges: 3\r\nx-sessioncookie: 4\r\n"
			+ "Transfer-Encoding: 5\r\n");
		equal([request.has(RANGE), request.header(X_SESSIONCOOKIE), request.header(TRANSFER_ENCODING)], [false, "4",
			"5"]);
	});

	suite.test("a-request-has-nothing-of-the-one-before", () => {
		const request = scanned("CSeq: 1\r\nRange: 1\r\n");
		scanned("Session: 2\r\n", request);
		equal([request.has(RANGE), request.cseq, request.header(SESSION)], [false, -1, "2"]);
	});

	suite.test("a-value-is-compared-up-to-its-semicolon", () => {
		const request = scanned("Session: ab ;timeout=60\r\nRange: \r\nCSeq: 1\r\nCSeq: 1\r\n");
		equal(["ab", "a", "abc", "ab ;timeout=60", "ab ", ""].map(text => request.hasValue(SESSION, text)), [true,
			false, false, false, false, false]);
		equal([request.hasValue(RANGE, ""), request.hasValue(CSEQ, "1"), request.hasURL("*"), request.hasURL("**")], [
			true,
			false,
			true,
			false,
		]);
	});

	suite.test("header-values-have-at-most-2048-bytes", () => {
		const longest = `Range: ${"x".repeat(2048)}\r\n`;
		equal([longest, `${longest} \r\n`, `${longest} y\r\n`, `${longest}Range:\r\n`].map(statusOf), [200, 200, 413,
			413]);
		equal([`Range: ${"x".repeat(2049)}\r\n`, `Rangy: ${"x".repeat(2049)}\r\n`].map(statusOf), [413, 200]);
	});

	suite.test("folded-line-continues-the-field-before-it", () => {
		const request = scanned("Range:\r\n 1\r\nSession: 2\r\nRange: 3\r\n \r\n\t4\r\n");
		equal([request.header(RANGE), request.header(SESSION)], ["1, 3 4", "2"]);
	});

	suite.test("invalid-utf-8-becomes-question-marks", () => {
		equal(scanned("Range: \xc3\xa9\xff\r\n").header(RANGE), "é?");
	});

	suite.test("decimal-is-digits-only", () => {
		const table: [string, number | undefined][] = [
			["0", 0],
			["007", 7],
			["9999999999", 9999999999],
			["10000000000", undefined],
			["", undefined],
			["-1", undefined],
			["+1", undefined],
			["1.0", undefined],
			["0x1", undefined],
			[" 1", undefined],
			["1, 1", undefined],
			["/", undefined],
			[":", undefined],
		];
		for (const [text, value] of table)
			equal(parseDecimal(text), value, text);
	});

	suite.test("list-splits-outside-quotes", () => {
		equal(splitList(" a, \"b,c\" ,,d;e", ","), ["a", "\"b,c\"", "d;e"]);
		equal(splitList("", ","), []);
		equal(splitList("a,\"b", ","), undefined);
		equal(splitList("\"", ","), undefined);
		equal(splitList("\"a\"\"b\",c", ","), ["\"a\"\"b\"", "c"]);
		equal(splitList("a, b ;\"x;y\"; c", ";"), ["a, b", "\"x;y\"", "c"]);
		equal([unquote("\"a\""), unquote("a"), unquote("\""), unquote("\"\"")], ["a", "a", "\"", ""]);
	});

	suite.test("list-has-at-most-48-parts-and-quoted-strings", () => {
		equal([splitList("a,".repeat(47), ",")?.length, splitList("a,".repeat(48), ",")], [47, undefined]);
		equal([splitList("\"\"".repeat(47), ",")?.length, splitList("\"\"".repeat(48), ",")], [1, undefined]);
		equal(splitList(",".repeat(47), ","), []);
	});

	suite.test("token-has-no-separators", () => {
		equal([isToken("GET_PARAMETER"), isToken("x-y.z!"), isToken(""), isToken("a b"), isToken("a:b"), isToken("é"),
			isToken("a\""), isToken("a\x7f")], [true, true, false, false, false, false, false, false]);
	});

	suite.test("visible-text-keeps-ascii", () => {
		equal([toVisible("plain text"), toVisible("\t~\x7fc\u20ac"), toVisible("")], ["plain text", "?~?c?", ""]);
	});

	suite.test("hexadecimal-has-eight-digits", () => {
		equal([toHex32(0), toHex32(0xabc), toHex32(0xffffffff)], ["00000000", "00000abc", "ffffffff"]);
	});
}
