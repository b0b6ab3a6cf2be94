// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { HeaderFields, LONGEST_NAME, Response, isHeaderName } from "rtsp/message";
import { isToken, parseDecimal, splitList, splitParameters, toHex32, toVisible, unquote } from "rtsp/text";
import { reasonPhrase } from "common/reasonphrase";
import { formatResponse } from "rtsp/writer";

export default function (suite: Suite): void {
	suite.test("response-begins-with-general-headers", () => {
		equal(
			formatResponse(new Response(200).header("Public", "OPTIONS"), { cseq: 7, serverName: "cam" }),
			"RTSP/1.0 200 OK\r\nCSeq: 7\r\nServer: cam\r\nPublic: OPTIONS\r\n\r\n",
		);
	});

	suite.test("response-without-cseq-has-no-cseq-header", () => {
		equal(formatResponse(new Response(400), { cseq: undefined }), "RTSP/1.0 400 Bad Request\r\n\r\n");
	});

	suite.test("response-body-has-its-length", () => {
		equal(
			formatResponse(new Response(200).content("application/sdp", "v=0\r\n"), { cseq: 0 }),
			"RTSP/1.0 200 OK\r\nCSeq: 0\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		);
	});

	suite.test("response-header-cannot-be-split", () => {
		const text = formatResponse(new Response(200).header("X", "a\r\nY: b\0é"), { cseq: 1 });
		equal(text, "RTSP/1.0 200 OK\r\nCSeq: 1\r\nX: a??Y: b??\r\n\r\n");
	});

	suite.test("every-status-in-use-has-a-reason", () => {
		for (const status of [200, 400, 401, 403, 404, 405, 406, 413, 414, 451, 454, 455, 459, 460, 461, 500, 501, 503,
			505, 551])
			equal(reasonPhrase(status) === "Unknown", false, `${status}`);
		equal(reasonPhrase(299), "Unknown");
	});

	suite.test("headers-are-found-in-any-case", () => {
		const headers = new HeaderFields();
		headers.add("cseq", "4294967295");
		headers.add("range", "1");
		headers.add("range", "2");
		equal([headers.cseq, headers.get("range"), headers.get("session")], [4294967295, "1, 2", undefined]);
	});

	suite.test("unused-headers-take-no-memory", () => {
		const headers = new HeaderFields();
		headers.add("range", "1");
		const { kept } = headers;
		headers.passOver();
		equal([headers.kept, headers.passedOver, headers.get("range"), kept > 48], [kept, true, "1", true]);
		equal([isHeaderName("x-unknown"), isHeaderName(""), isHeaderName("Range"), isHeaderName("range")], [false,
			false, false, true]);
	});

	suite.test("longest-header-name-is-known", () => {
		equal([isHeaderName("transfer-encoding"), "transfer-encoding".length], [true, LONGEST_NAME]);
	});

	suite.test("header-values-have-at-most-2048-characters", () => {
		const headers = new HeaderFields();
		equal([headers.add("range", "x".repeat(2048)), headers.fold(""), headers.fold("y"), headers.add("range", "")], [
			true,
			true,
			false,
			false,
		]);
		equal([headers.add("session", "x".repeat(2049)), headers.get("range")?.length], [false, 2048]);
	});

	suite.test("folded-line-continues-the-field-before-it", () => {
		const headers = new HeaderFields();
		headers.add("range", "");
		headers.fold("1");
		headers.add("session", "2");
		headers.add("range", "3");
		headers.fold("");
		headers.fold("4");
		equal([headers.get("range"), headers.get("session")], ["1, 3 4", "2"]);
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

	suite.test("parameters-have-names-in-lower-case-and-values-without-quotes", () => {
		equal(splitParameters("RTP/AVP ; Unicast;Mode = \"PLAY\";x=\"a;b\"; ;y=", ";"), [
			{ name: "rtp/avp", value: undefined },
			{ name: "unicast", value: undefined },
			{ name: "mode", value: "PLAY" },
			{ name: "x", value: "a;b" },
			{ name: "y", value: "" },
		]);
		for (const rest of ["", "x".repeat(100)]) {
			equal(
				splitParameters(
					`a=" b${rest} ", c= "d${rest}" ,f="g${rest}"h, i=j"k${rest}", l="${rest} ", m=" ${rest}"`,
					",",
				)?.map(({ value }) => value),
				[` b${rest} `, `d${rest}`, `"g${rest}"h`, `j"k${rest}"`, `${rest} `, ` ${rest}`],
			);
		}
		equal(splitParameters("e=\"\"", ","), [{ name: "e", value: "" }]);
		equal(splitParameters("a=\"", ","), undefined);
		equal(splitParameters(`${"n".repeat(25)}=1, ${"n".repeat(25)}`, ","), [{ name: "", value: "1" }]);
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
