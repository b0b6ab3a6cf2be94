// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { RANGE, SESSION, TRANSPORT, type Request } from "rtsp/message";
import { Parser, type ParserLimits } from "rtsp/parser";
import { bytesOf, frame } from "./fixture";

/** What a request says, kept after its event. */
class Record {
	readonly method: string;
	readonly url: string;
	readonly version: string;
	readonly cseq: number;
	readonly range: string | undefined;
	readonly transport: string | undefined;
	readonly session: string | undefined;
	readonly body: Uint8Array;

	constructor(request: Request) {
		this.method = request.method;
		this.url = request.url;
		this.version = request.version;
		this.cseq = request.cseq;
		this.range = request.header(RANGE);
		this.transport = request.header(TRANSPORT);
		this.session = request.header(SESSION);
		this.body = request.body.slice();
	}
}

class Recorder {
	readonly requests: Record[] = [];
	readonly frames: { channel: number; bytes: Uint8Array }[] = [];
	readonly errors: { status: number; cseq: number | undefined }[] = [];
	readonly parser: Parser;

	constructor(limits?: ParserLimits) {
		this.parser = new Parser({
			onRequest: request => this.requests.push(new Record(request)),
			onInterleaved: (channel, bytes) => this.frames.push({ channel, bytes: bytes.slice() }),
			onError: ({ status, cseq }) => this.errors.push({ status, cseq: cseq < 0 ? undefined : cseq }),
			limits,
		});
	}

	receive(text: string): this {
		this.parser.receive(bytesOf(text));
		return this;
	}
}

const REQUEST = "OPTIONS * RTSP/1.0\r\nCSeq: 12\r\n\r\n";

/** Malformed input and the expected error. */
const INVALID: readonly (readonly [name: string, text: string, status: number, cseq?: number])[] = [
	["no-version", "OPTIONS *\r\n", 400],
	["no-url", "OPTIONS RTSP/1.0\r\n", 400],
	["two-spaces", "OPTIONS  RTSP/1.0\r\n", 400],
	["byte-above-ascii-in-the-url", "OPTIONS rtsp://h/\xc3\xa9", 400],
	["byte-above-ascii-in-the-method", "OPT\xff", 400],
	["byte-above-ascii-in-the-version", "OPTIONS * RTSP/1.0\xff", 400],
	["byte-above-ascii-in-a-name", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\xc3\xa9: x\r\n", 400, 3],
	["method-of-33-characters", `${"M".repeat(33)} * RTSP/1.0\r\n`, 400],
	["version-of-17-characters", "OPTIONS * RTSP/1.0000000000\r\n", 400],
	["url-of-1025-characters", `OPTIONS ${"a".repeat(1025)} RTSP/1.0\r\n`, 414],
	["url-without-an-end", `OPTIONS ${"a".repeat(1100)}`, 414],
	["known-header-of-2049-bytes", `OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nRange: ${"x".repeat(2049)}\r\n`, 413, 3],
	["known-header-of-2049-bytes-in-folded-lines",
		`OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nRange: ${`${"x".repeat(1024)}\r\n `.repeat(2)}x\r\n`, 413, 3],
	["more-than-64-lines-of-headers", `OPTIONS * RTSP/1.0\r\n${"a:\r\n".repeat(65)}`, 413],
	["more-than-64-lines-with-folded-ones", `OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n${" \r\n".repeat(64)}`, 413, 3],
	["space-in-url", "OPTIONS rtsp://a/b c RTSP/1.0\r\n", 400],
	["tab-in-url", "OPTIONS a\tb RTSP/1.0\r\n", 400],
	["leading-space", " OPTIONS * RTSP/1.0\r\n", 400],
	["method-is-no-token", "OPT/IONS * RTSP/1.0\r\n", 400],
	["a-response", "RTSP/1.0 200 OK\r\n", 400],
	["other-protocol", "OPTIONS * SIP/2.0\r\n", 400],
	["version-without-dot", "OPTIONS * RTSP/10\r\n", 400],
	["version-without-minor", "OPTIONS * RTSP/1.\r\n", 400],
	["version-without-major", "OPTIONS * RTSP/.0\r\n", 400],
	["nul", "OPT\0", 400],
	["del", "OPT\x7f", 400],
	["tls-hello", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
	["cr-inside-a-line", "OPTIONS * RTSP/1.0\r\nCSeq: 1\rX: 2\r\n", 400],
	["header-without-colon", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nnothing\r\n", 400, 3],
	["header-without-name", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n: x\r\n", 400, 3],
	["header-name-is-no-token", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\na b: x\r\n", 400, 3],
	["nothing-to-fold", "OPTIONS * RTSP/1.0\r\n folded\r\n", 400],
	["content-length-text", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: x\r\n\r\n", 400, 3],
	["content-length-negative", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: -1\r\n\r\n", 400, 3],
	["content-length-twice", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, 3],
	["content-length-too-large", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 4097\r\n\r\n", 413, 3],
	["content-length-huge", "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, 3],
	["cseq-unreadable", "OPTIONS * RTSP/1.0\r\nCSeq: 3x\r\nContent-Length: 4097\r\n\r\n", 413],
	["cseq-after-the-error", "OPTIONS * RTSP/1.0\r\nnothing\r\nCSeq: 3\r\n\r\n", 400],
];

export default function (suite: Suite): void {
	suite.test("parser-hands-out-a-request", () => {
		const { requests } = new Recorder().receive(
			"SETUP rtsp://h/trackID=0 RTSP/1.0\r\ncSEQ:  5 \r\nTransport: a\r\ntransport: b\r\n\r\n",
		);
		const { method, url, version, cseq, transport, session, body } = requests[0]!;
		equal([method, url, version], ["SETUP", "rtsp://h/trackID=0", "RTSP/1.0"]);
		equal([cseq, transport, session], [5, "a, b", undefined]);
		equal(body.byteLength, 0);
	});

	suite.test("parser-lets-other-versions-through", () => {
		equal(new Recorder().receive("GET /x HTTP/1.1\r\n\r\n").requests[0]!.version, "HTTP/1.1");
		equal(new Recorder().receive("PLAY * RTSP/2.0\r\n\r\n").requests[0]!.version, "RTSP/2.0");
	});

	suite.test("parser-unfolds-lines", () => {
		const { cseq, range } = new Recorder().receive(
			"OPTIONS * RTSP/1.0\r\nCSeq:\r\n 9\r\nRange: one\r\n\ttwo\r\n  \r\n three\r\nX: 1\r\n 2\r\n\r\n",
		).requests[0]!;
		equal([cseq, range], [9, "one two three"]);
	});

	suite.test("parser-accepts-lf-as-end-of-line", () => {
		equal(new Recorder().receive("\n\r\n\nOPTIONS * RTSP/1.0\nCSeq: 9\n\n").requests[0]!.cseq, 9);
	});

	suite.test("parser-waits-for-the-rest-of-a-request", () => {
		for (let i = 0; i < REQUEST.length; i++) {
			const { requests, errors } = new Recorder().receive(REQUEST.slice(0, i));
			equal([requests.length, errors.length], [0, 0], `${i}`);
		}
	});

	suite.test("parser-reads-a-body", () => {
		const text = "GET_PARAMETER * RTSP/1.0\r\nContent-Length: 5\r\n\r\nab\r\n$";
		equal(new Recorder().receive(text.slice(0, -1)).requests.length, 0);
		const recorder = new Recorder().receive(`${text}${REQUEST}`);
		equal(recorder.requests.map(request => request.method), ["GET_PARAMETER", "OPTIONS"]);
		equal(recorder.requests[0]!.body, bytesOf("ab\r\n$"));
	});

	suite.test("parser-takes-several-requests-and-frames-in-one-piece", () => {
		const { requests, frames } = new Recorder().receive(
			`${frame(0, "a")}${REQUEST}${frame(1, "")}${frame(255, "\r\n$")}${REQUEST}`,
		);
		equal(requests.length, 2);
		equal(frames, [{ channel: 0, bytes: bytesOf("a") }, { channel: 255, bytes: bytesOf("\r\n$") }],
			"an empty frame causes no callback");
	});

	suite.test("parser-keeps-nothing-of-a-delivered-request", () => {
		const { parser, requests } = new Recorder().receive(
			`DESCRIBE rtsp://h/${"a".repeat(1000)} RTSP/1.0\r\nCSeq: 1\r\nRange: `
				+ `${"b".repeat(1000)}\r\nContent-Length: 3\r\n\r`,
		);
		equal(parser.kept > 2000, true);
		parser.receive(bytesOf("\nab"));
		equal(parser.kept > 2000, true);
		parser.receive(bytesOf("c"));
		equal([requests.length, parser.kept], [1, 0]);
		parser.receive(bytesOf("O"));
		equal(parser.kept, 128, "the buffer of the next head");
	});

	suite.test("parser-skips-an-oversized-frame-however-it-is-cut", () => {
		const text = `${frame(3, "x".repeat(513))}${frame(4, "y".repeat(512))}${REQUEST}`;
		for (const byteLength of [1, 100, 5000]) {
			const recorder = new Recorder();
			for (let i = 0; i < text.length; i += byteLength)
				recorder.receive(text.slice(i, i + byteLength));
			equal(recorder.frames.map(({ channel, bytes }) => [channel, bytes.byteLength]), [[3, 0], [4, 512]]);
			equal(recorder.requests.length, 1);
		}
	});

	suite.test("parser-takes-a-dollar-for-a-frame-only-between-messages", () => {
		const { requests, frames } = new Recorder().receive("OPTIONS $ RTSP/1.0\r\n$: $\r\n\r\n");
		equal([requests.length, frames.length], [1, 0]);
	});

	for (const [name, text, status, cseq] of INVALID) {
		suite.test(`parser-refuses-${name}`, () => {
			const recorder = new Recorder().receive(text);
			equal(recorder.errors, [{ status, cseq }], "at once");
			recorder.receive(REQUEST);
			equal(recorder.errors.length, 1);
			equal(recorder.requests.length, 0, "requests after the error");
		});
	}

	suite.test("parser-limits-the-request-line", () => {
		const line = (length: number): string => `OPTIONS ${"a".repeat(length - 17)} RTSP/1.0`;
		const limits = { headBytes: 100 };
		equal(new Recorder(limits).receive(`${line(98)}\r\n`).errors, []);
		equal(new Recorder(limits).receive(`${line(99)}\r\n`).errors, [{ status: 414, cseq: undefined }]);
		equal(new Recorder(limits).receive("a".repeat(100)).errors, []);
		equal(new Recorder(limits).receive("a".repeat(101)).errors, [{ status: 414, cseq: undefined }]);
	});

	suite.test("parser-limits-the-headers", () => {
		const limits = { headBytes: 100 };
		const head = "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n";
		const rest = `X: ${"a".repeat(100 - head.length - 7)}\r\n\r\n`;
		equal((head + rest).length, 100);
		equal(new Recorder(limits).receive(head + rest).requests.length, 1);
		equal(new Recorder(limits).receive(`${head}Y${rest}`).errors, [{ status: 413, cseq: 3 }]);
		equal(new Recorder(limits).receive(head + rest + head + rest).requests.length, 2,
			"each request has its own limit");
		equal(new Recorder({ headerCount: 2 }).receive(`${head}A:1\r\n\r\n`).requests.length, 1);
		equal(new Recorder({ headerCount: 2 }).receive(`${head}A:1\r\nB:2\r\n\r\n`).errors, [{ status: 413, cseq: 3 }]);
	});

	suite.test("parser-has-default-limits", () => {
		const head = "OPTIONS * RTSP/1.0\r\n";
		const filled = (length: number): string => `${head}X: ${"a".repeat(length - head.length - 7)}\r\n\r\n`;
		equal(new Recorder().receive(filled(4096)).requests.length, 1);
		equal(new Recorder().receive(filled(4097)).errors, [{ status: 413, cseq: undefined }]);
		equal(
			new Recorder().receive(`${head}${"Range:y\r\n".repeat(64)}\r\n`).requests[0]!.range?.slice(0, 5),
			"y, y,",
		);
		equal(new Recorder().receive(`${head}${"X:y\r\n".repeat(65)}`).errors, [{ status: 413, cseq: undefined }]);
	});

	suite.test("parser-limits-the-body", () => {
		const head = "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nContent-Length: ";
		equal(new Recorder({ bodyBytes: 4 }).receive(`${head}4\r\n\r\nabcd`).requests.length, 1);
		equal(new Recorder({ bodyBytes: 4 }).receive(`${head}5\r\n\r\n`).errors, [{ status: 413, cseq: 3 }]);
	});

	suite.test("parser-limits-are-the-same-however-the-bytes-are-cut", () => {
		const text = `OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nX: ${"a".repeat(100)}\r\n\r\n`;
		const recorder = new Recorder({ headBytes: 100 });
		for (const character of text)
			recorder.receive(character);
		equal(recorder.errors, [{ status: 413, cseq: 3 }]);
	});

	suite.test("parser-stops-when-it-is-closed-in-a-callback", () => {
		let count = 0;
		const parser = new Parser({
			onRequest: () => {
				count += 1;
				parser.close();
			},
			onInterleaved: () => count += 100,
			onError: () => count += 1000,
		});
		parser.receive(bytesOf(`${REQUEST}${REQUEST}${frame(0, "a")}\0`));
		equal(count, 1);
	});
}
