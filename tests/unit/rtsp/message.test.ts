import { equal, type Suite } from "../harness";
import { HeaderFields, Response } from "rtsp/message";
import { isToken, parseDecimal, splitList, textFromBytes, toHex32, toVisible, unquote } from "rtsp/text";
import { formatResponse, reasonPhrase } from "rtsp/writer";

export default function (suite: Suite): void {
	suite.test("response-has-its-general-headers-first", () => {
		equal(
			formatResponse(new Response(200).header("Public", "OPTIONS"), { cseq: 7, serverName: "cam", date: "Tue, 14 Nov 2023 22:13:20 GMT" }),
			"RTSP/1.0 200 OK\r\nCSeq: 7\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nServer: cam\r\nPublic: OPTIONS\r\n\r\n",
		);
	});

	suite.test("response-without-cseq-says-none", () => {
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
		for (const status of [200, 400, 401, 403, 404, 405, 406, 413, 414, 451, 453, 454, 455, 457, 459, 460, 461, 500, 501, 503, 505, 551])
			equal(reasonPhrase(status) === "Unknown", false, `${status}`);
		equal(reasonPhrase(299), "Unknown");
	});

	suite.test("headers-are-found-in-any-case", () => {
		const headers = new HeaderFields();
		headers.add("cseq", "4294967295");
		headers.add("X-A", "1");
		headers.add("x-a", "2");
		equal([headers.cseq, headers.get("x-a"), headers.get("X-A")], [4294967295, "1, 2", undefined]);
	});

	suite.test("headers-fold-only-after-a-header", () => {
		const headers = new HeaderFields();
		equal(headers.fold("x"), false);
		headers.add("a", "");
		equal([headers.fold("x"), headers.get("a")], [true, "x"]);
	});

	suite.test("decimal-is-digits-only", () => {
		const table: [string, number | undefined][] = [
			["0", 0], ["007", 7], ["9999999999", 9999999999], ["10000000000", undefined], ["", undefined],
			["-1", undefined], ["+1", undefined], ["1.0", undefined], ["0x1", undefined], [" 1", undefined], ["1, 1", undefined], ["/", undefined], [":", undefined],
		];
		for (const [text, value] of table)
			equal(parseDecimal(text), value, text);
	});

	suite.test("list-splits-outside-quotes", () => {
		equal(splitList(" a, \"b,c\" ,,d;e", ","), ["a", "\"b,c\"", "d;e"]);
		equal(splitList("", ","), []);
		equal(splitList("a,\"b", ","), undefined);
		equal(splitList("\"", ","), undefined);
		equal([unquote("\"a\""), unquote("a"), unquote("\""), unquote("\"\"")], ["a", "a", "\"", ""]);
	});

	suite.test("token-has-no-separators", () => {
		equal([isToken("GET_PARAMETER"), isToken("x-y.z!"), isToken(""), isToken("a b"), isToken("a:b"), isToken("é"), isToken("a\""), isToken("a\x7f")],
			[true, true, false, false, false, false, false, false]);
	});

	suite.test("text-of-bytes-is-one-character-a-byte", () => {
		const bytes = new Uint8Array(256);
		let expected = "";
		for (let i = 0; i < 256; i++) {
			bytes[i] = i;
			expected += String.fromCharCode(i);
		}
		equal(textFromBytes(bytes, 0, 256), expected);
		equal(textFromBytes(bytes, 65, 98), expected.slice(65, 98));
		equal(textFromBytes(bytes, 9, 9), "");
	});

	suite.test("visible-text-keeps-ascii", () => {
		equal([toVisible("plain text"), toVisible("\t~\x7fc\u20ac"), toVisible("")], ["plain text", "?~?c?", ""]);
	});

	suite.test("hexadecimal-has-eight-digits", () => {
		equal([toHex32(0), toHex32(0xabc), toHex32(0xffffffff)], ["00000000", "00000abc", "ffffffff"]);
	});
}
