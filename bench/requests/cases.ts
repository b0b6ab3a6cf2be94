// SPDX-License-Identifier: MIT
/**
 * The costliest requests that a client can send, one for each field. Each can have any size: a beginning, a unit that
 * is repeated to fill the size, and an end.
 */

export interface Case {
	readonly name: string;
	/** Returns a request of about `size` bytes. */
	readonly parts: (size: number) => string;
	/** The server asks for a password. */
	readonly login?: boolean;
	/** The cost depends on the number of lines, frames or requests, not on their bytes. */
	readonly byNumber?: boolean;
	/** Sent on the POST half of a tunnel. `parts` returns base64. */
	readonly tunnel?: boolean;
	/** Size just below the field's limit: what is longer is refused unread. */
	readonly accepted?: number;
}

/** Longest URL and longest header field, rounded down: 1,024 and 2,048 are allowed. */
const ACCEPTED_URL = 1000, ACCEPTED_FIELD = 2000;

const URL = "rtsp://h/";

/** Joins `begin`, as many `unit`s as fit into `size` bytes, and `end`. */
function fill(begin: string, unit: string, end: string, size: number): string {
	return begin + unit.repeat(Math.max(0, Math.floor((size - begin.length - end.length) / unit.length))) + end;
}

function field(name: string, header: string, unit: string, rest = "", method = "OPTIONS", url = URL): Case {
	return { name, accepted: ACCEPTED_FIELD,
		parts: size => fill(`${method} ${url} RTSP/1.0\r\nCSeq: 1\r\n${header}: `, unit, `${rest}\r\n\r\n`, size) };
}

function url(name: string, begin: string, unit: string, end = "", method = "DESCRIBE", protocol = "RTSP"): Case {
	return { name, accepted: ACCEPTED_URL,
		parts: size => fill(`${method} ${begin}`, unit, `${end} ${protocol}/1.0\r\nCSeq: 1\r\n\r\n`, size) };
}

function body(name: string, unit: string, method = "GET_PARAMETER"): Case {
	return {
		name,
		parts: size => {
			const head = `${method} ${URL} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: `;
			const text = fill("", unit, "", size - head.length - 8);
			return `${head}${text.length}\r\n\r\n${text}`;
		},
	};
}

function login(it: Case): Case {
	return { ...it, login: true };
}

const DIGEST =
	"username=\"u\", nonce=\"1-00000000000000000000000000000000\", response=\"00000000000000000000000000000000\"";

export const CASES: readonly Case[] = [
	{ name: "shortest request", parts: () => "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" },
	url("URL, letters", URL, "a"),
	url("URL, 0xFF", URL, "\xff", "", "OPTIONS"),
	url("URL, slashes", "rtsp://h", "/"),
	url("URL, escapes", URL, "%41"),
	url("URL, query", `${URL}?`, "a/"),
	url("URL, user names", "rtsp://", "@", "h/"),
	url("URL, host", "rtsp://", "h.", "/"),
	url("URL, HTTP", "/", "a", "", "GET", "HTTP"),
	{ name: "method", parts: size => fill("", "M", ` ${URL} RTSP/1.0\r\nCSeq: 1\r\n\r\n`, size) },
	{ name: "version", parts: size => fill(`OPTIONS ${URL} RTSP/`, "1", ".0\r\nCSeq: 1\r\n\r\n", size) },
	{ name: "header name", parts: size => fill("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n", "n", ": 1\r\n\r\n", size) },
	field("header, unknown", "User-Agent", "a"),
	{ name: "header lines, short", parts: size => fill("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n", "a:\r\n", "\r\n", size),
		byNumber: true },
	{ name: "header lines, known",
		parts: size => fill("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n", "Range: 1\r\n", "\r\n", size), byNumber: true },
	{ name: "header lines, folded",
		parts: size => fill("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nRange:\r\n", " a\r\n", "\r\n", size), byNumber: true },
	{ name: "CSeq", parts: size => fill("OPTIONS * RTSP/1.0\r\nCSeq: ", "1", "\r\n\r\n", size) },
	field("Require, one", "Require", "a"),
	field("Require, 0xFF", "Require", "\xff"),
	field("Require, list", "Require", "a,"),
	field("Require, strings", "Require", "\"\","),
	field("Accept, list", "Accept", "a/b,", "", "DESCRIBE"),
	field("Transport, one", "Transport", "a", "", "SETUP"),
	field("Transport, alternatives", "Transport", "a;b,", "", "SETUP"),
	field("Transport, parameters", "Transport", ";a=b", "", "SETUP"),
	field("Transport, known parameters", "Transport", ";mode=\"PLAY\"", "", "SETUP"),
	field("Session", "Session", "1"),
	field("Session, timeouts", "Session", ";"),
	field("Timestamp", "Timestamp", "1"),
	field("Connection", "Connection", "c"),
	field("Content-Length", "Content-Length", "1"),
	field("Content-Type", "Content-Type", "t", "", "GET_PARAMETER"),
	field("Blocksize", "Blocksize", "1", "", "SETUP"),
	login(field("Authorization, scheme", "Authorization", "a", "", "DESCRIBE")),
	login(field("Authorization, blanks", "Authorization", " ", "a", "DESCRIBE")),
	login(field("Digest, uri", `Authorization: Digest ${DIGEST}, uri="`, "u", "\"", "DESCRIBE")),
	login({ name: "Digest, uri and URL", accepted: ACCEPTED_FIELD, parts: size => {
		const text = "u".repeat(Math.min(1000, Math.floor((size - 250) / 2)));
		return `DESCRIBE ${URL}${text} RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Digest ${DIGEST}, `
			+ `uri="${URL}${text}"\r\n\r\n`;
	} }),
	login(
		field("Digest, user name", `Authorization: Digest ${DIGEST.slice(13)}, uri="${URL}", username="`, "u", "\"",
			"DESCRIBE"),
	),
	login(field("Digest, parameters", `Authorization: Digest ${DIGEST}, uri="${URL}"`, ",a=1", "", "DESCRIBE")),
	body("body, one line", "n"),
	body("body, lines", "n\r\n"),
	body("body, empty lines", "\n"),
	body("body, blank lines", " \n"),
	body("body, settings", "quality: 1\r\n", "SET_PARAMETER"),
	{ name: "empty lines", parts: size => "\n".repeat(size) },
	{ name: "interleaved, empty", parts: size => fill("", "$\0\0\0", "", size), byNumber: true },
	{ name: "interleaved, short", parts: size => fill("", "$\x01\0\x08\x80\xc9\0\x01\0\0\0\x01", "", size),
		byNumber: true },
	{ name: "interleaved, skipped",
		parts: size => `$\x01${String.fromCharCode((size - 4) >> 8, (size - 4) & 255)}${"x".repeat(size - 4)}` },
	{ name: "tunnel, requests", parts: size => fill("", "T1BUSU9OUyAqIFJUU1AvMS4wDQpDU2VxOiAxDQoNCg==", "", size),
		tunnel: true, byNumber: true },
	{ name: "tunnel, body", parts: size => fill("JAH//3h4", "eHh4", "", size), tunnel: true },
];
