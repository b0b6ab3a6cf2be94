/**
 * Requests and what answers them: one row a behaviour (RFC 2326, and what real clients send).
 *
 *   given   what is there before: "session" (SETUP over TCP), "udp session", "playing" (over TCP)
 *   send    bytes, or pieces of them, each a segment of its own; {url}, {track}, {session} are filled in
 *   expect  the replies in order: status, or {status, headers, body}; a header may be text, an expression, or null: absent
 *   closes  the server closes the connection after its reply; otherwise the next request is answered, and nothing comes before that
 */

/** A request with `CSeq: 1`, unless a header brings another. */
export function request(method, url, ...headers) {
	const cseq = headers.some(header => /^cseq\s*:/i.test(header)) ? [] : ["CSeq: 1"];
	return [`${method} ${url} RTSP/1.0`, ...cseq, ...headers, "", ""].join("\r\n");
}

const METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN, SET_PARAMETER";
const SESSION = /^[0-9a-f]{32};timeout=60$/;
const TCP_REPLY = (first, second = first + 1) => new RegExp(`^RTP/AVP/TCP;unicast;interleaved=${first}-${second};ssrc=[0-9A-F]{8}$`);
const UDP_REPLY = (protocol, ports) => new RegExp(`^${protocol};unicast;client_port=${ports};server_port=\\d+-\\d+;ssrc=[0-9A-F]{8}$`);
const sdp = { status: 200, headers: { "content-type": "application/sdp" }, body: /^v=0\r\n/ };

const setup = (transport, ...headers) => request("SETUP", "{track}", `Transport: ${transport}`, ...headers);
const setupRow = (name, transport, reply) => ({
	name, send: setup(transport),
	expect: [typeof reply === "number" ? { status: reply, headers: { transport: null, session: null } } : { status: 200, headers: { transport: reply, session: SESSION } }],
});
const play = range => request("PLAY", "{url}", "Session: {session}", ...(range === undefined ? [] : [`Range: ${range}`]));
const playRow = (name, range) => ({
	name, given: "session", send: play(range), expect: [{ status: 200, headers: { "rtp-info": /^url=\S+;seq=\d+;rtptime=\d+$/, "range": "npt=now-" } }],
});
const describeRow = (name, url, expected, ...headers) => ({ name, send: request("DESCRIBE", url, ...headers), expect: [expected] });
/** A head of exactly `length` bytes. */
const headOf = length => {
	const begin = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: ";
	return `${begin}${"y".repeat(length - begin.length - 4)}\r\n\r\n`;
};
const report = "\x80\xc9\0\x01\0\0\0\x01";
const frame = (channel, data) => `$${String.fromCharCode(channel, data.length >> 8, data.length & 255)}${data}`;

export const cases = [
	// ---- OPTIONS ----
	{ name: "options-lists-the-methods-in-public", send: request("OPTIONS", "{url}"), expect: [{ status: 200, headers: { public: METHODS, "content-length": null } }] },
	{ name: "options-asks-about-the-whole-server-with-an-asterisk", send: request("OPTIONS", "*"), expect: [{ status: 200, headers: { public: METHODS } }] },
	{ name: "options-of-an-unknown-stream-is-answered", send: request("OPTIONS", "{url}nothing"), expect: [200] },
	{ name: "options-with-a-relative-url-is-answered", send: request("OPTIONS", "/"), expect: [200] },
	{ name: "options-names-the-session-it-was-asked-in", given: "session", send: request("OPTIONS", "{url}", "Session: {session}"), expect: [{ status: 200, headers: { session: SESSION } }] },
	{ name: "options-in-an-unknown-session-is-refused", send: request("OPTIONS", "{url}", "Session: 12345678"), expect: [454] },

	// ---- CSeq ----
	{ name: "cseq-is-echoed", send: request("OPTIONS", "*", "CSeq: 312"), expect: [{ status: 200, headers: { cseq: "312" } }] },
	{ name: "cseq-0-is-echoed", send: request("OPTIONS", "*", "CSeq: 0"), expect: [{ status: 200, headers: { cseq: "0" } }] },
	{ name: "cseq-of-32-bits-is-echoed", send: request("OPTIONS", "*", "CSeq: 4294967295"), expect: [{ status: 200, headers: { cseq: "4294967295" } }] },
	{ name: "cseq-is-written-canonically", send: request("OPTIONS", "*", "cseq: 5"), expect: [{ status: 200, text: /\r\nCSeq: 5\r\n/ }] },
	{ name: "cseq-need-not-rise", send: request("OPTIONS", "*", "CSeq: 9") + request("OPTIONS", "*", "CSeq: 3"), expect: [{ status: 200, headers: { cseq: "9" } }, { status: 200, headers: { cseq: "3" } }] },
	{ name: "request-without-cseq-is-malformed", send: "OPTIONS * RTSP/1.0\r\n\r\n", expect: [{ status: 400, headers: { cseq: null } }] },
	{ name: "cseq-that-is-no-number-is-malformed", send: request("OPTIONS", "*", "CSeq: abc"), expect: [{ status: 400, headers: { cseq: null } }] },
	{ name: "cseq-that-is-negative-is-malformed", send: request("OPTIONS", "*", "CSeq: -1"), expect: [400] },
	{ name: "cseq-given-twice-is-malformed", send: request("OPTIONS", "*", "CSeq: 1", "CSeq: 2"), expect: [400] },
	{ name: "errors-have-their-cseq", send: request("DESCRIBE", "{url}nothing", "CSeq: 77"), expect: [{ status: 404, headers: { cseq: "77" } }] },

	// ---- request line ----
	{ name: "version-2-is-refused-with-505", send: "OPTIONS * RTSP/2.0\r\nCSeq: 4\r\n\r\n", expect: [{ status: 505, headers: { cseq: "4" } }] },
	{ name: "version-1-1-is-refused-with-505", send: "OPTIONS * RTSP/1.1\r\nCSeq: 4\r\n\r\n", expect: [505] },
	{ name: "version-in-lower-case-is-malformed", send: "OPTIONS * rtsp/1.0\r\nCSeq: 1\r\n\r\n", expect: [{ status: 400, headers: { cseq: null } }], closes: true },
	{ name: "request-line-without-version-is-malformed", send: "OPTIONS *\r\nCSeq: 1\r\n\r\n", expect: [400], closes: true },
	{ name: "request-line-without-url-is-malformed", send: "OPTIONS RTSP/1.0\r\nCSeq: 1\r\n\r\n", expect: [400], closes: true },
	{ name: "request-line-with-a-space-in-its-url-is-malformed", send: "OPTIONS rtsp://h/a b RTSP/1.0\r\nCSeq: 1\r\n\r\n", expect: [400], closes: true },
	{ name: "request-line-with-a-nul-is-malformed", send: "OPTIONS \0 RTSP/1.0\r\nCSeq: 1\r\n\r\n", expect: [400], closes: true },
	{ name: "tls-client-hello-is-malformed", send: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", expect: [400], closes: true },
	{ name: "url-at-its-limit-is-read", send: request("DESCRIBE", `{url}?${"q".repeat(1000)}`), expect: [200] },
	{ name: "url-of-1025-octets-is-refused-with-414", send: request("OPTIONS", `rtsp://h/${"x".repeat(1016)}`), expect: [414], closes: true },
	{ name: "url-that-never-ends-is-refused-with-414", send: [`OPTIONS rtsp://h/${"x".repeat(600)}`, "x".repeat(600)], expect: [414], closes: true },
	{ name: "url-beyond-ascii-is-malformed", send: request("OPTIONS", "rtsp://h/g\xc3\xa4rten"), expect: [400], closes: true },
	{ name: "url-of-octets-0xff-is-malformed", send: request("OPTIONS", `rtsp://h/${"\xff".repeat(500)}`), expect: [400], closes: true },
	{ name: "options-asks-about-the-server-whatever-its-url", send: request("OPTIONS", "rtsp:///") + request("OPTIONS", "http://[/"), expect: [200, 200] },
	{ name: "method-of-33-letters-is-malformed", send: request("M".repeat(33), "*"), expect: [400], closes: true },
	{ name: "url-beyond-the-limit-is-refused-with-414", send: request("OPTIONS", `rtsp://h/${"x".repeat(5000)}`), expect: [414], closes: true },
	{ name: "method-in-lower-case-is-unknown", send: request("options", "*"), expect: [{ status: 501, headers: { public: METHODS } }] },
	{ name: "unknown-method-is-refused-with-501-and-public", send: request("DANCE", "{url}"), expect: [{ status: 501, headers: { public: METHODS } }] },
	...["ANNOUNCE", "RECORD", "REDIRECT"].map(method => ({
		name: `${method.toLowerCase()}-is-refused-with-405-and-allow`, send: request(method, "{url}"), expect: [{ status: 405, headers: { allow: METHODS } }],
	})),
	{ name: "body-of-a-refused-method-is-passed-over", send: `${request("ANNOUNCE", "{url}", "Content-Type: application/sdp", "Content-Length: 8")}v=0\r\no=-` + request("OPTIONS", "*", "CSeq: 2"), expect: [405, { status: 200, headers: { cseq: "2" } }] },

	// ---- header fields ----
	{ name: "header-names-ignore-case", send: "DESCRIBE {url} RTSP/1.0\r\ncSEQ: 6\r\naCCEPT: text/html\r\n\r\n", expect: [{ status: 406, headers: { cseq: "6" } }] },
	{ name: "header-without-space-behind-its-colon-is-read", send: "OPTIONS * RTSP/1.0\r\nCSeq:6\r\n\r\n", expect: [{ status: 200, headers: { cseq: "6" } }] },
	{ name: "header-with-space-around-its-colon-is-read", send: "OPTIONS * RTSP/1.0\r\nCSeq \t: \t 6 \t\r\n\r\n", expect: [{ status: 200, headers: { cseq: "6" } }] },
	{ name: "folded-header-lines-are-one-value", send: "DESCRIBE {url} RTSP/1.0\r\nCSeq:\r\n 6\r\nAccept: text/html,\r\n\tapplication/sdp\r\n\r\n", expect: [{ ...sdp, headers: { cseq: "6" } }] },
	{ name: "lines-that-end-in-lf-only-are-read", send: "OPTIONS * RTSP/1.0\nCSeq: 6\n\n", expect: [{ status: 200, headers: { cseq: "6" } }] },
	{ name: "lines-that-end-in-crlf-and-lf-are-read", send: "OPTIONS * RTSP/1.0\r\nCSeq: 6\n\r\n", expect: [200] },
	{ name: "empty-lines-before-a-request-are-passed-over", send: `\r\n\n\r\n\n${request("OPTIONS", "*")}`, expect: [200] },
	{ name: "empty-lines-between-requests-are-passed-over", send: `${request("OPTIONS", "*")}\r\n\r\n${request("OPTIONS", "*")}`, expect: [200, 200] },
	{ name: "unknown-headers-are-passed-over", send: request("OPTIONS", "*", "X-Unknown: 1", "Bandwidth: 1000", "User-Agent: a (b; c) \"d\""), expect: [200] },
	{ name: "header-with-an-empty-value-is-read", send: request("OPTIONS", "*", "X-Empty:"), expect: [200] },
	{ name: "header-with-bytes-above-ascii-is-read", send: request("OPTIONS", "*", "User-Agent: \xfc\xff"), expect: [200] },
	{ name: "header-line-without-colon-is-malformed", send: "OPTIONS * RTSP/1.0\r\nCSeq: 8\r\nnonsense\r\n\r\n", expect: [{ status: 400, headers: { cseq: "8" } }], closes: true },
	{ name: "header-line-without-name-is-malformed", send: "OPTIONS * RTSP/1.0\r\nCSeq: 8\r\n: value\r\n\r\n", expect: [400], closes: true },
	{ name: "folded-line-without-header-is-malformed", send: "OPTIONS * RTSP/1.0\r\n folded\r\nCSeq: 8\r\n\r\n", expect: [400], closes: true },
	{ name: "carriage-return-inside-a-line-is-malformed", send: "OPTIONS * RTSP/1.0\r\nCSeq: 1\rX: 2\r\n\r\n", expect: [400], closes: true },
	{ name: "nul-inside-a-header-is-malformed", send: "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\nX: \0\r\n\r\n", expect: [{ status: 400, headers: { cseq: "3" } }], closes: true },
	{ name: "head-at-its-limit-is-read", send: headOf(4096), expect: [200] },
	{ name: "head-of-one-long-field-that-nothing-reads-is-read", send: request("OPTIONS", "*", `Cookie: ${"c".repeat(4000)}`), expect: [200] },
	{ name: "field-at-its-limit-is-read", send: request("DESCRIBE", "{url}", `Accept: ${"a".repeat(2048)}`), expect: [406] },
	{ name: "field-beyond-its-limit-is-refused-with-413", send: request("OPTIONS", "*", `Accept: ${"a".repeat(2049)}`), expect: [{ status: 413, headers: { cseq: "1" } }], closes: true },
	{ name: "field-that-repetition-makes-too-long-is-refused-with-413", send: request("OPTIONS", "*", ...Array.from({ length: 3 }, () => `Accept: ${"a".repeat(700)}`)), expect: [413], closes: true },
	{ name: "folded-lines-beyond-the-limit-of-lines-are-refused-with-413", send: `OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n${" x\r\n".repeat(64)}\r\n`, expect: [413], closes: true },
	{ name: "head-beyond-its-limit-is-refused-with-413", send: headOf(4200), expect: [{ status: 413, headers: { cseq: "1" } }], closes: true },
	{ name: "head-that-never-ends-is-refused-with-413", send: ["OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n", ..."abcde".split("").map(letter => `${letter}: ${"z".repeat(1000)}\r\n`)], expect: [413], closes: true },
	{ name: "as-many-headers-as-the-limit-are-read", send: request("OPTIONS", "*", ...Array.from({ length: 63 }, (_, i) => `X-${i}: 1`)), expect: [200] },
	{ name: "more-headers-than-the-limit-are-refused-with-413", send: request("OPTIONS", "*", ...Array.from({ length: 64 }, (_, i) => `X-${i}: 1`)), expect: [413], closes: true },
	{ name: "timestamp-of-65-characters-is-not-returned", send: request("OPTIONS", "*", `Timestamp: ${"1".repeat(65)}`), expect: [{ status: 200, headers: { timestamp: null } }] },
	{ name: "timestamp-beyond-ascii-is-returned-in-ascii", send: request("OPTIONS", "*", "Timestamp: \xc3\xa9 1"), expect: [{ status: 200, headers: { timestamp: "? 1" } }] },
	{ name: "timestamp-is-returned", send: request("OPTIONS", "*", "Timestamp: 12.5"), expect: [{ status: 200, headers: { timestamp: "12.5" } }] },
	{ name: "connection-close-is-obeyed", send: request("OPTIONS", "*", "Connection: close"), expect: [{ status: 200, headers: { connection: "close" } }], closes: true },
	{ name: "nothing-behind-connection-close-is-answered", send: request("OPTIONS", "*", "Connection: Close") + request("OPTIONS", "*", "CSeq: 2"), expect: [200], closes: true },
	{ name: "server-names-itself", send: request("OPTIONS", "*"), expect: [{ status: 200, headers: { server: /^[ -~]+$/ } }] },

	// ---- body ----
	{ name: "content-length-that-is-no-number-is-malformed", send: request("OPTIONS", "*", "Content-Length: x"), expect: [{ status: 400, headers: { cseq: "1" } }], closes: true },
	{ name: "content-length-that-is-negative-is-malformed", send: request("OPTIONS", "*", "Content-Length: -1"), expect: [400], closes: true },
	{ name: "content-length-given-twice-is-malformed", send: `${request("GET_PARAMETER", "{url}", "Content-Length: 4", "Content-Length: 4")}a\r\n\r\n`, expect: [400], closes: true },
	{ name: "body-at-its-limit-is-read", send: request("GET_PARAMETER", "{url}", "Content-Length: 2048") + "\r\n".repeat(1024), expect: [200] },
	{ name: "body-beyond-its-limit-is-refused-with-413", send: request("GET_PARAMETER", "{url}", "Content-Length: 2049"), expect: [413], closes: true },
	// more than a device's memory holds as strings
	{ name: "body-of-more-than-64-parameters-is-refused-with-413", send: request("GET_PARAMETER", "{url}", "Content-Length: 2046") + "a\r\n".repeat(682), expect: [413] },
	{ name: "body-with-a-line-of-129-octets-is-refused-with-413", send: `${request("GET_PARAMETER", "{url}", "Content-Length: 129")}${"n".repeat(129)}`, expect: [413] },
	{ name: "body-with-a-line-of-128-octets-is-read", send: `${request("GET_PARAMETER", "{url}", "Content-Length: 128")}${"n".repeat(128)}`, expect: [451] },
	{ name: "body-of-blank-lines-is-a-ping", send: `${request("GET_PARAMETER", "{url}", "Content-Length: 2000")}${" \n".repeat(1000)}`, expect: [200] },
	{ name: "body-of-64-parameters-is-read", send: request("GET_PARAMETER", "{url}", "Content-Length: 704") + "framerate\r\n".repeat(64), expect: [{ status: 200, body: /^(framerate: 25\r\n){64}$/ }] },
	{ name: "require-of-a-thousand-options-is-malformed", send: request("OPTIONS", "*", `Require: ${"a,".repeat(1000)}a`), expect: [400] },
	{ name: "accept-of-a-thousand-types-names-none", send: request("DESCRIBE", "{url}", `Accept: ${"a,".repeat(1000)}a`), expect: [406] },
	{ name: "accept-of-two-thousand-commas-names-none", send: request("DESCRIBE", "{url}", `Accept: ${",".repeat(2000)}`), expect: [406] },
	{ name: "accept-of-three-thousand-commas-is-too-long", send: request("DESCRIBE", "{url}", `Accept: ${",".repeat(3000)}`), expect: [413], closes: true },
	{ name: "transport-of-a-thousand-alternatives-is-malformed", send: request("SETUP", "{track}", `Transport: ${"a,".repeat(1000)}a`), expect: [400] },
	{ name: "transport-of-a-thousand-parts-is-unsupported", send: request("SETUP", "{track}", `Transport: RTP/AVP/TCP;unicast${";a".repeat(1000)}`), expect: [461] },
	{ name: "authorization-of-500-parts-is-no-matter-without-a-password", send: request("DESCRIBE", "{url}", `Authorization: Digest ${"a=b,".repeat(500)}`), expect: [200] },
	{ name: "authorization-of-800-parts-is-too-long", send: request("DESCRIBE", "{url}", `Authorization: Digest ${"a=b,".repeat(800)}`), expect: [413], closes: true },
	{ name: "content-length-beyond-all-numbers-is-malformed", send: request("GET_PARAMETER", "{url}", "Content-Length: 99999999999999999999"), expect: [400], closes: true },
	{ name: "body-in-pieces-is-read", send: [`${request("GET_PARAMETER", "{url}", "Content-Length: 10")}posi`, "tion", "\r\n"], expect: [{ status: 451, body: /^position\r\n$/ }] },
	{ name: "body-of-any-method-is-passed-over", send: `${request("OPTIONS", "*", "Content-Length: 5")}$\0\0\0x${request("OPTIONS", "*", "CSeq: 2")}`, expect: [{ status: 200, headers: { cseq: "1" } }, { status: 200, headers: { cseq: "2" } }] },

	// ---- pieces ----
	{ name: "request-in-single-bytes-is-read", send: [...request("OPTIONS", "*")], expect: [200] },
	{ name: "request-cut-between-cr-and-lf-is-read", send: ["OPTIONS * RTSP/1.0\r", "\nCSeq: 1\r", "\n\r", "\n"], expect: [200] },
	{ name: "requests-in-one-piece-are-answered-in-order", send: Array.from({ length: 40 }, (_, i) => request("OPTIONS", "*", `CSeq: ${i + 1}`)).join(""), expect: Array.from({ length: 40 }, (_, i) => ({ status: 200, headers: { cseq: String(i + 1) } })) },
	{ name: "requests-that-share-pieces-are-answered", send: [`${request("OPTIONS", "*")}OPTI`, `ONS * RTSP/1.0\r\nCSeq: 2\r\n\r\nDESCRIBE`, ` {url} RTSP/1.0\r\nCSeq: 3\r\n\r\n`], expect: [200, 200, sdp] },
	{ name: "setup-and-play-in-one-piece-with-an-unknown-id-are-told-apart", send: setup("RTP/AVP/TCP;unicast;interleaved=0-1") + request("PLAY", "{url}", "CSeq: 2", "Session: 0"), expect: [200, 454] },

	// ---- interleaved data from the client ----
	{ name: "interleaved-rtcp-is-no-request", given: "playing", send: frame(1, report), expect: [] },
	{ name: "interleaved-data-that-reads-as-a-request-is-none", given: "session", send: frame(1, request("TEARDOWN", "*", "Session: {session}")) + request("OPTIONS", "*", "Session: {session}"), expect: [200] },
	{ name: "interleaved-data-of-no-length-is-read", send: frame(0, "") + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-data-on-an-unknown-channel-is-passed-over", given: "session", send: frame(200, "x".repeat(300)) + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-data-without-a-session-is-passed-over", send: frame(0, report) + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-data-of-more-than-512-octets-is-passed-over", given: "playing", send: frame(1, report.repeat(65)) + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-data-of-the-largest-length-is-passed-over", send: frame(1, request("DANCE", "*").repeat(2000).slice(0, 65_535)) + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-data-in-pieces-is-read", given: "playing", send: ["$", "\x01", "\0", "\x08\x80", "\xc9\0\x01\0\0\0", `\x01${request("OPTIONS", "*")}`], expect: [200] },
	{ name: "interleaved-rtcp-that-is-malformed-is-passed-over", given: "playing", send: frame(1, "\x80\xc9\xff\xff") + frame(1, "\0\0\0\0\0") + frame(1, "\xbf\xcb\0\0") + request("OPTIONS", "*"), expect: [200] },
	{ name: "interleaved-bye-does-not-end-the-session", given: "playing", send: frame(1, "\x80\xc9\0\x01\0\0\0\x01\x81\xcb\0\x01\0\0\0\x01") + request("GET_PARAMETER", "{url}", "Session: {session}"), expect: [200] },

	// ---- Require ----
	{ name: "require-is-refused-with-551-and-unsupported", send: request("OPTIONS", "*", "Require: implicit-play"), expect: [{ status: 551, headers: { unsupported: "implicit-play" } }] },
	{ name: "require-of-an-onvif-back-channel-is-refused-by-name", send: request("DESCRIBE", "{url}", "Require: www.onvif.org/ver20/backchannel"), expect: [{ status: 551, headers: { unsupported: "www.onvif.org/ver20/backchannel" } }] },
	{ name: "require-of-several-options-names-them-all", send: request("SETUP", "{track}", "Require: one, two", "Require: three", "Transport: RTP/AVP/TCP"), expect: [{ status: 551, headers: { unsupported: "one, two, three", session: null } }] },
	{ name: "require-of-nothing-is-passed-over", send: request("OPTIONS", "*", "Require:"), expect: [200] },
	{ name: "require-of-a-tag-of-65-characters-is-refused-without-a-name", send: request("OPTIONS", "*", `Require: ${"a".repeat(65)}, b`), expect: [{ status: 551, headers: { unsupported: "b" } }] },
	{ name: "require-cannot-write-into-the-reply", send: request("OPTIONS", "*", "Require: a\xff, b=\"c\", fine"), expect: [{ status: 551, headers: { unsupported: "fine" } }] },

	// ---- DESCRIBE ----
	describeRow("describe-returns-sdp", "{url}", { status: 200, headers: { "content-type": "application/sdp", "content-base": "{url}", "content-length": /^\d+$/ }, body: /^v=0\r\no=- \d+ \d+ IN IP4 [\d.]+\r\ns=.+\r\n/ }, "Accept: application/sdp"),
	describeRow("description-has-payload-type-26-on-a-90-khz-clock", "{url}", { status: 200, body: /\r\nm=video 0 RTP\/AVP 26\r\na=rtpmap:26 JPEG\/90000\r\n/ }),
	describeRow("description-has-an-aggregate-control-and-a-relative-one", "{url}", { status: 200, body: /\r\na=control:\*\r\n[^]*\r\nm=video[^]*\r\na=control:trackID=0\r\n$/ }),
	describeRow("description-is-live", "{url}", { status: 200, body: /\r\nt=0 0\r\n[^]*a=range:npt=now-\r\n/ }),
	describeRow("description-names-the-frame-rate", "{url}", { status: 200, body: /\r\na=framerate:25\r\n/ }),
	describeRow("description-has-lines-that-end-in-crlf", "{url}", { status: 200, body: /^([a-z]=[ -~]+\r\n)+$/ }),
	describeRow("describe-without-accept-returns-sdp", "{url}", sdp),
	describeRow("describe-accepts-sdp-in-a-list", "{url}", sdp, "Accept: application/rtsl, application/sdp;level=-2"),
	describeRow("describe-accepts-sdp-in-any-case", "{url}", sdp, "Accept: Application/SDP"),
	describeRow("describe-accepts-every-application-type", "{url}", sdp, "Accept: application/*"),
	describeRow("describe-accepts-every-type", "{url}", sdp, "Accept: text/html, */*;q=0.1"),
	describeRow("describe-that-does-not-accept-sdp-is-refused-with-406", "{url}", { status: 406, headers: { "content-base": null } }, "Accept: text/html"),
	describeRow("describe-without-trailing-slash-has-a-base-with-one", "rtsp://127.0.0.1:{port}", { status: 200, headers: { "content-base": "{url}" } }),
	describeRow("describe-has-a-base-without-query", "{url}?user=x&channel=1", { status: 200, headers: { "content-base": "{url}" } }),
	describeRow("describe-has-a-base-without-password", "rtsp://user:p%40ss@127.0.0.1:{port}/", { status: 200, headers: { "content-base": "{url}" }, text: /^(?![^]*p%40ss)/ }),
	describeRow("describe-has-the-base-of-the-name-that-the-client-used", "rtsp://Camera.example/", { status: 200, headers: { "content-base": "rtsp://Camera.example/" } }),
	describeRow("describe-with-an-ipv6-host-is-answered", "rtsp://[::1]:554/", { status: 200, headers: { "content-base": "rtsp://[::1]:554/" } }),
	describeRow("describe-with-a-scheme-in-upper-case-is-answered", "RTSP://127.0.0.1/", sdp),
	describeRow("describe-with-a-relative-url-is-answered", "/", { status: 200, headers: { "content-base": "/" } }),
	describeRow("describe-with-more-slashes-is-answered", "rtsp://h///", sdp),
	describeRow("describe-with-an-escape-beyond-utf-8-is-malformed", "{url}%ff", 400),
	describeRow("describe-of-an-unknown-stream-is-404", "{url}nothing", 404),
	describeRow("describe-above-the-root-is-404", "{url}../", 404),
	describeRow("describe-of-a-track-is-460", "{track}", 460),
	describeRow("describe-of-an-unknown-track-is-404", "{url}trackID=1", 404),
	describeRow("describe-of-an-asterisk-is-404", "*", 404),
	describeRow("url-of-another-scheme-is-malformed", "http://127.0.0.1/", 400),
	describeRow("url-without-host-is-malformed", "rtsp:///", 400),
	describeRow("url-with-a-port-beyond-all-ports-is-malformed", "rtsp://127.0.0.1:65536/", 400),
	describeRow("url-with-a-broken-escape-is-malformed", "{url}%zz", 400),
	describeRow("describe-in-an-unknown-session-is-454", "{url}", 454, "Session: nobody"),

	// ---- SETUP, interleaved ----
	setupRow("setup-over-tcp-names-channels-and-ssrc", "RTP/AVP/TCP;unicast;interleaved=0-1", TCP_REPLY(0)),
	setupRow("setup-takes-other-channels", "RTP/AVP/TCP;unicast;interleaved=10-11", TCP_REPLY(10)),
	setupRow("setup-takes-the-last-channels", "RTP/AVP/TCP;unicast;interleaved=254-255", TCP_REPLY(254)),
	setupRow("setup-takes-one-channel-as-the-first-of-a-pair", "RTP/AVP/TCP;unicast;interleaved=4", TCP_REPLY(4)),
	setupRow("setup-chooses-channels-when-none-are-named", "RTP/AVP/TCP;unicast", TCP_REPLY(0)),
	setupRow("setup-takes-interleaved-without-tcp", "RTP/AVP;unicast;interleaved=0-1", TCP_REPLY(0)),
	setupRow("setup-reads-transport-in-any-case", "rtp/avp/tcp;UNICAST;Interleaved=0-1", TCP_REPLY(0)),
	setupRow("setup-reads-transport-with-spaces", " RTP/AVP/TCP ; unicast ; interleaved = 0-1 ", TCP_REPLY(0)),
	setupRow("setup-takes-an-odd-interleaved-channel", "RTP/AVP/TCP;unicast;interleaved=1-2", TCP_REPLY(1)),
	setupRow("setup-takes-interleaved-channels-apart", "RTP/AVP/TCP;unicast;interleaved=0-7", TCP_REPLY(0, 7)),
	setupRow("setup-takes-interleaved-channels-in-any-order", "RTP/AVP/TCP;unicast;interleaved=2-1", TCP_REPLY(2, 1)),
	setupRow("setup-rejects-one-interleaved-channel-for-both", "RTP/AVP/TCP;unicast;interleaved=2-2", 461),
	setupRow("setup-rejects-interleaved-channels-above-255", "RTP/AVP/TCP;unicast;interleaved=256-257", 461),
	setupRow("setup-rejects-interleaved-channels-that-are-no-numbers", "RTP/AVP/TCP;unicast;interleaved=a-b", 461),
	{ name: "setup-gives-other-channels-when-those-are-taken", send: setup("RTP/AVP/TCP;unicast;interleaved=0-1") + setup("RTP/AVP/TCP;unicast;interleaved=0-1"), expect: [{ status: 200, headers: { transport: TCP_REPLY(0) } }, { status: 200, headers: { transport: TCP_REPLY(2) } }] },

	// ---- SETUP, UDP ----
	setupRow("setup-over-udp-names-ports-of-both-sides-and-ssrc", "RTP/AVP;unicast;client_port=40000-40001", UDP_REPLY("RTP/AVP", "40000-40001")),
	setupRow("setup-over-udp-repeats-the-protocol-as-the-client-writes-it", "RTP/AVP/UDP;unicast;client_port=40000-40001", UDP_REPLY("RTP/AVP/UDP", "40000-40001")),
	setupRow("setup-over-udp-takes-one-port-as-the-first-of-a-pair", "RTP/AVP;unicast;client_port=40000", UDP_REPLY("RTP/AVP", "40000-40001")),
	setupRow("setup-over-udp-takes-ports-that-do-not-adjoin", "RTP/AVP;unicast;client_port=40000-40005", UDP_REPLY("RTP/AVP", "40000-40005")),
	setupRow("setup-over-udp-names-no-source-and-obeys-no-destination", "RTP/AVP;unicast;destination=192.0.2.1;source=192.0.2.2;client_port=40000-40001", UDP_REPLY("RTP/AVP", "40000-40001")),
	setupRow("setup-over-udp-takes-an-odd-port", "RTP/AVP;unicast;client_port=40001-40002", UDP_REPLY("RTP/AVP", "40001-40002")),
	setupRow("setup-over-udp-takes-ports-in-any-order", "RTP/AVP;unicast;client_port=40001-40000", UDP_REPLY("RTP/AVP", "40001-40000")),
	setupRow("setup-over-udp-rejects-port-0", "RTP/AVP;unicast;client_port=0-1", 461),
	setupRow("setup-over-udp-rejects-a-port-beyond-all-ports", "RTP/AVP;unicast;client_port=65536-65537", 461),
	setupRow("setup-over-udp-rejects-rtp-and-rtcp-on-one-port", "RTP/AVP;unicast;client_port=40000-40000", 461),
	setupRow("setup-over-udp-without-ports-is-rejected", "RTP/AVP;unicast", 461),

	// ---- SETUP, choice ----
	setupRow("setup-takes-the-first-that-it-can-of-a-list", "RAW/RAW/UDP;unicast;client_port=40000-40001,RTP/AVP/TCP;unicast;interleaved=0-1,RTP/AVP;unicast;client_port=40000-40001", TCP_REPLY(0)),
	setupRow("setup-prefers-what-the-client-prefers", "RTP/AVP;unicast;client_port=40000-40001,RTP/AVP/TCP;unicast;interleaved=0-1", UDP_REPLY("RTP/AVP", "40000-40001")),
	setupRow("setup-passes-over-a-broken-alternative", "RTP/AVP/TCP;unicast;interleaved=7-7,RTP/AVP/TCP;unicast;interleaved=6-7", TCP_REPLY(6)),
	setupRow("setup-passes-over-parameters-that-it-does-not-know", "RTP/AVP/TCP;unicast;interleaved=0-1;ttl=3;layers=1;x=\"a,b;c\"", TCP_REPLY(0)),
	setupRow("setup-to-play-is-taken", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=play", TCP_REPLY(0)),
	setupRow("setup-to-play-in-quotes-is-taken", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=\"PLAY\"", TCP_REPLY(0)),
	setupRow("setup-to-record-is-rejected", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record", 461),
	setupRow("setup-to-play-and-record-is-rejected", "RTP/AVP/TCP;unicast;interleaved=0-1;mode=\"PLAY,RECORD\"", 461),
	setupRow("setup-of-another-profile-is-rejected", "RTP/SAVP;unicast;client_port=40000-40001", 461),
	setupRow("setup-of-no-known-transport-is-rejected", "carrier-pigeon", 461),
	setupRow("setup-with-an-empty-transport-is-malformed", "", 400),
	setupRow("setup-with-a-transport-of-commas-is-malformed", ", ,", 400),
	setupRow("setup-with-a-quote-that-does-not-end-is-malformed", "RTP/AVP/TCP;interleaved=\"0-1", 400),
	{ name: "setup-without-transport-is-malformed", send: request("SETUP", "{track}"), expect: [400] },
	{ name: "setup-of-the-aggregate-sets-up-its-only-track", send: request("SETUP", "{url}", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"), expect: [200] },
	{ name: "setup-with-cseq-0-and-without-describe-is-taken", send: request("SETUP", "{url}?src=1&fe=1", "CSeq: 0", "Transport: RTP/AVP;unicast;client_port=40000-40001"), expect: [{ status: 200, headers: { cseq: "0" } }] },
	{ name: "setup-of-a-track-behind-a-query-is-taken", send: request("SETUP", "{url}?user=x/trackID=0", "Transport: RTP/AVP/TCP"), expect: [200] },
	{ name: "setup-of-a-track-in-escapes-is-taken", send: request("SETUP", "{url}trackID%3D0", "Transport: RTP/AVP/TCP"), expect: [200] },
	{ name: "setup-of-a-track-with-a-trailing-slash-is-taken", send: request("SETUP", "{track}/", "Transport: RTP/AVP/TCP"), expect: [200] },
	{ name: "setup-of-an-unknown-track-is-404", send: request("SETUP", "{url}trackID=1", "Transport: RTP/AVP/TCP"), expect: [404] },
	{ name: "setup-of-an-unknown-stream-is-404", send: request("SETUP", "{url}nothing/trackID=0", "Transport: RTP/AVP/TCP"), expect: [404] },
	{ name: "setup-of-an-asterisk-is-459", send: request("SETUP", "*", "Transport: RTP/AVP/TCP"), expect: [459] },
	{ name: "setup-in-an-unknown-session-is-454", send: setup("RTP/AVP/TCP", "Session: 12345678"), expect: [454] },
	{ name: "setup-in-a-session-changes-its-transport", given: "session", send: setup("RTP/AVP;unicast;client_port=40000-40001", "Session: {session}"), expect: [{ status: 200, headers: { transport: UDP_REPLY("RTP/AVP", "40000-40001"), session: /^{session};timeout=60$/ } }] },
	{ name: "setup-that-is-rejected-leaves-the-session-as-it-was", given: "session", send: setup("RTP/SAVP", "Session: {session}") + play(), expect: [461, 200] },
	{ name: "setup-of-a-playing-session-is-455", given: "playing", send: setup("RTP/AVP/TCP", "Session: {session}"), expect: [{ status: 455, headers: { allow: /^(?!.*SETUP).*PAUSE/ } }] },
	{ name: "setup-with-a-blocksize-of-0-is-malformed", send: setup("RTP/AVP/TCP", "Blocksize: 0"), expect: [{ status: 400, headers: { session: null } }] },
	{ name: "setup-with-a-blocksize-that-is-no-number-is-malformed", send: setup("RTP/AVP/TCP", "Blocksize: big"), expect: [400] },
	{ name: "setup-says-what-blocksize-it-grants-over-udp", send: setup("RTP/AVP;unicast;client_port=40000-40001", "Blocksize: 8000"), expect: [{ status: 200, headers: { blocksize: "1388" } }] },
	{ name: "setup-says-what-blocksize-it-grants-instead-of-a-few-bytes", send: setup("RTP/AVP/TCP", "Blocksize: 1"), expect: [{ status: 200, headers: { blocksize: "244" } }] },
	{ name: "setup-confirms-blocksize", send: setup("RTP/AVP/TCP", "Blocksize: 8000"), expect: [{ status: 200, headers: { blocksize: "8000" } }] },

	// ---- PLAY ----
	playRow("play-without-range-starts-now", undefined),
	playRow("play-from-the-beginning-starts-now", "npt=0.000-"),
	playRow("play-from-now-starts-now", "npt=now-"),
	playRow("play-from-any-time-starts-now", "npt=12:05:35.3-"),
	playRow("play-range-with-a-time-parameter-is-read", "npt=0-;time=19970123T143720Z"),
	playRow("play-range-in-any-case-is-read", "NPT = 0- "),
	playRow("play-range-that-ends-starts-now", "npt=0.000-3.000"),
	playRow("play-range-from-now-that-ends-starts-now", "npt=now-10"),
	playRow("play-range-without-begin-starts-now", "npt=-10"),
	playRow("play-range-of-a-dash-starts-now", "npt=-"),
	playRow("play-range-in-absolute-time-starts-now", "clock=19000101T000000Z-"),
	playRow("play-range-in-smpte-time-starts-now", "smpte=0:10:00-"),
	playRow("play-range-without-a-unit-starts-now", "0.000-"),
	playRow("play-range-that-is-none-starts-now", "soon"),
	{ name: "play-says-what-scale-and-speed-it-delivers", given: "session", send: request("PLAY", "{url}", "Session: {session}", "Scale: 2.0", "Speed: 4"), expect: [{ status: 200, headers: { scale: "1", speed: "1" } }] },
	{ name: "play-has-rtp-info-of-the-track-that-was-set-up", given: "session", send: play(), expect: [{ status: 200, headers: { "rtp-info": /^url={track};seq=\d{1,5};rtptime=\d{1,10}$/, session: /^{session};timeout=60$/ } }] },
	{ name: "play-of-the-aggregate-without-slash-is-taken", given: "session", send: request("PLAY", "rtsp://127.0.0.1:{port}", "Session: {session}"), expect: [200] },
	{ name: "play-of-the-only-track-is-taken", given: "session", send: request("PLAY", "{track}", "Session: {session}"), expect: [200] },
	{ name: "play-of-an-unknown-stream-is-404", given: "session", send: request("PLAY", "{url}nothing", "Session: {session}"), expect: [404] },
	{ name: "play-of-an-asterisk-is-404", given: "session", send: request("PLAY", "*", "Session: {session}"), expect: [404] },
	{ name: "play-without-session-is-454", send: request("PLAY", "{url}"), expect: [454] },
	{ name: "play-in-an-unknown-session-is-454", send: request("PLAY", "{url}", "Session: 12345678"), expect: [454] },
	{ name: "play-in-a-session-named-with-its-timeout-is-taken", given: "session", send: request("PLAY", "{url}", "Session: {session};timeout=60"), expect: [200] },
	{ name: "play-while-playing-changes-nothing", given: "playing", send: play(), expect: [200] },

	// ---- PAUSE ----
	{ name: "pause-while-playing-is-taken", given: "playing", send: request("PAUSE", "{url}", "Session: {session}"), expect: [{ status: 200, headers: { session: SESSION } }] },
	{ name: "pause-of-a-session-that-does-not-play-is-455", given: "session", send: request("PAUSE", "{url}", "Session: {session}"), expect: [{ status: 455, headers: { allow: /^(?!.*PAUSE).*SETUP, PLAY/ } }] },
	{ name: "pause-twice-is-455", given: "playing", send: request("PAUSE", "{url}", "Session: {session}").repeat(2), expect: [200, 455] },
	{ name: "pause-without-session-is-454", send: request("PAUSE", "{url}"), expect: [454] },

	// ---- GET_PARAMETER ----
	{ name: "get-parameter-without-body-is-a-ping", send: request("GET_PARAMETER", "{url}"), expect: [{ status: 200, headers: { "content-length": null } }] },
	{ name: "get-parameter-in-a-session-is-a-ping", given: "session", send: request("GET_PARAMETER", "{url}", "Session: {session}"), expect: [{ status: 200, headers: { session: SESSION } }] },
	{ name: "get-parameter-of-the-server-is-a-ping", send: request("GET_PARAMETER", "*"), expect: [200] },
	{ name: "get-parameter-with-a-length-of-0-is-a-ping", send: request("GET_PARAMETER", "{url}", "Content-Length: 0"), expect: [200] },
	{ name: "get-parameter-of-an-empty-line-is-a-ping", send: `${request("GET_PARAMETER", "{url}", "Content-Length: 2")}\r\n`, expect: [200] },
	{ name: "get-parameter-of-the-unknown-is-451-and-names-it", send: `${request("GET_PARAMETER", "{url}", "Content-Type: text/parameters", "Content-Length: 13")}jitter\r\nlost\n`, expect: [{ status: 451, headers: { "content-type": "text/parameters" }, body: /^jitter\r\nlost\r\n$/ }] },
	{ name: "get-parameter-in-an-unknown-session-is-454", send: request("GET_PARAMETER", "{url}", "Session: 12345678"), expect: [454] },
	{ name: "get-parameter-of-an-unknown-stream-is-404", send: request("GET_PARAMETER", "{url}nothing"), expect: [404] },

	// ---- TEARDOWN ----
	{ name: "teardown-of-a-ready-session-is-taken", given: "session", send: request("TEARDOWN", "{url}", "Session: {session}"), expect: [200] },
	{ name: "teardown-of-a-playing-session-is-taken", given: "playing", send: request("TEARDOWN", "{url}", "Session: {session}"), expect: [200] },
	{ name: "teardown-of-the-track-is-taken", given: "playing", send: request("TEARDOWN", "{track}", "Session: {session}"), expect: [200] },
	{ name: "teardown-ends-the-session", given: "session", send: request("TEARDOWN", "{url}", "Session: {session}") + request("GET_PARAMETER", "{url}", "Session: {session}") + request("TEARDOWN", "{url}", "Session: {session}"), expect: [200, 454, 454] },
	{ name: "teardown-without-session-is-454", send: request("TEARDOWN", "{url}"), expect: [454] },
	{ name: "teardown-of-an-unknown-session-is-454", send: request("TEARDOWN", "{url}", "Session: 12345678"), expect: [454] },
	{ name: "teardown-of-an-unknown-stream-is-404-and-ends-nothing", given: "session", send: request("TEARDOWN", "{url}nothing", "Session: {session}") + request("GET_PARAMETER", "{url}", "Session: {session}"), expect: [404, 200] },

	// ---- order of the checks ----
	{ name: "unsupported-option-comes-before-unknown-stream", send: request("DESCRIBE", "{url}nothing", "Require: x"), expect: [551] },
	{ name: "version-comes-before-method", send: "DANCE * RTSP/2.0\r\nCSeq: 1\r\n\r\n", expect: [505] },
	{ name: "unknown-stream-comes-before-unknown-session", send: request("PLAY", "{url}nothing", "Session: 1"), expect: [404] },
];
