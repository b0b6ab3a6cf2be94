// SPDX-License-Identifier: MIT
/** The costliest requests over HTTP, one for each field in several sizes, and one for each path of the API. */

export interface Case {
	readonly name: string;
	/** Returns a request of about `size` bytes. */
	readonly parts: (size: number) => string;
	/** Sizes, bytes. Default: 0, for a request of one size. */
	readonly sizes?: readonly number[];
	/** The server asks for a password. */
	readonly login?: boolean;
	/** The cost depends on the number of lines, not on their bytes. */
	readonly byNumber?: boolean;
}

/** Up to the longest target, field, body and head that are accepted, and beyond. */
const TARGET_SIZES = [250, 500, 1000, 4000], FIELD_SIZES = [500, 1000, 2000, 4000], BODY_SIZES = [500, 1000, 2000];

const DIGEST =
	"username=\"u\", nonce=\"1-00000000000000000000000000000000\", response=\"00000000000000000000000000000000\"";

/** Joins `begin`, as many `unit`s as fit into `size` bytes, and `end`. */
function fill(begin: string, unit: string, end: string, size: number): string {
	return begin + unit.repeat(Math.max(0, Math.floor((size - begin.length - end.length) / unit.length))) + end;
}

function target(name: string, begin: string, unit: string): Case {
	return { name, sizes: TARGET_SIZES,
		parts: size => fill(`GET ${begin}`, unit, " HTTP/1.1\r\nHost: camera\r\n\r\n", size) };
}

function field(name: string, header: string, unit: string, line = "GET /"): Case {
	return { name, sizes: FIELD_SIZES,
		parts: size => fill(`${line} HTTP/1.1\r\nHost: camera\r\n${header}: `, unit, "\r\n\r\n", size) };
}

function lines(name: string, unit: string): Case {
	return { name, sizes: FIELD_SIZES, byNumber: true,
		parts: size => fill("GET / HTTP/1.1\r\nHost: camera\r\n", unit, "\r\n", size) };
}

function body(name: string, unit: string): Case {
	return { name, sizes: BODY_SIZES, parts: size => {
		const text = fill("{\"a\":1", unit, "}", size);
		return `PATCH /api/settings HTTP/1.1\r\nHost: camera\r\nContent-Type: application/json\r\n`
			+ `Content-Length: ${text.length}\r\n\r\n${text}`;
	} };
}

function path(line: string, text = ""): Case {
	return { name: line, parts: () =>
		`${line} HTTP/1.1\r\nHost: camera\r\nAccept-Encoding: gzip\r\n`
		+ (text ? `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n` : "") + `\r\n${text}` };
}

export const CASES: readonly Case[] = [
	target("target, letters", "/", "a"),
	target("target, slashes", "/", "/"),
	target("target, escapes", "/", "%41"),
	target("target, absolute", "http://", "a"),
	target("query, parameters", "/api/log?", "a=b&"),
	{ name: "query, 24 parameters", sizes: TARGET_SIZES.slice(0, 3),
		parts: size =>
			`GET /api/log?${
				Array.from({ length: 24 }, (_item, i) => `${i}=`.padEnd(size / 24 - 2, "b")).join("&")
			} HTTP/1.1\r\nHost: camera\r\n\r\n` },
	target("query, one", "/api/log?", "a"),
	target("query, escapes", "/api/log?a=", "%41"),
	target("query, blanks", "/api/log?a=", "+"),
	field("header, unknown", "X-A", "a"),
	{ name: "Host", sizes: FIELD_SIZES, parts: size => fill("GET / HTTP/1.1\r\nHost: ", "a.", "\r\n\r\n", size) },
	field("Origin", "Origin", "a", "POST /api/settings/reset"),
	field("Sec-Fetch-Site", "Sec-Fetch-Site", "a", "POST /api/settings/reset"),
	field("Content-Type", "Content-Length: 1\r\nContent-Type", "a", "PATCH /api/settings"),
	field("Content-Type, parameters", "Content-Length: 1\r\nContent-Type", "a;", "PATCH /api/settings"),
	field("Connection", "Connection", "close,"),
	field("Accept-Encoding", "Accept-Encoding", "a;q=1,"),
	field("If-None-Match, one", "Accept-Encoding: gzip\r\nIf-None-Match", "a"),
	field("If-None-Match, list", "Accept-Encoding: gzip\r\nIf-None-Match", "\"a\","),
	field("Content-Length", "Content-Length", "1"),
	field("Expect", "Expect", "a"),
	{ ...field("Digest, parameters", `Authorization: Digest ${DIGEST}, uri="/"`, ",a=1"), login: true },
	{ ...field("Authorization", "Authorization", "a"), login: true },
	lines("header lines, short", "a:\r\n"),
	lines("header lines, known", "Origin: a\r\n"),
	body("body, names", ",\"quality\":1"),
	body("body, one string", " "),
	body("body, escapes", ",\"\\u0061\":\"\\n\""),
	path("GET /"),
	path("GET /api/status"),
	path("GET /api/clients"),
	path("GET /api/settings"),
	path("PATCH /api/settings", "{\"framerate\":5}"),
	path("POST /api/settings/save"),
	path("POST /api/settings/forget"),
	path("POST /api/settings/reset"),
	path("GET /api/log"),
	path("GET /api/events"),
	path("GET /api/openapi.json"),
	path("GET /metrics"),
	path("GET /status"),
	path("GET /control?var=framesize&val=5"),
	path("GET /stream?fps=5"),
	path("GET /nothing"),
];
