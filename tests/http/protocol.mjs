// SPDX-License-Identifier: MIT
/** Requests of every shape (RFC 9112, RFC 9110): which are answered, which are refused, and what follows on the
 *  connection. */
import { profile, startCamera } from "../camera.mjs";
import { check, equal, sideBySide } from "../interop/harness.mjs";
import { ask, HTTPClient } from "./client.mjs";

const GET = "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n";
const head = (...lines) => `${lines.join("\r\n")}\r\n\r\n`;
const post = (...lines) => head("POST /nothing HTTP/1.1", "Host: h", ...lines);

/** Requests, and the status of the answer. `open`: the connection stays open, and the next request is answered. */
const SHAPES = [
	["plain", GET, 404, "open"],
	["version-1.0", head("GET /nothing HTTP/1.0"), 404],
	["version-1.0-keep-alive", head("GET /nothing HTTP/1.0", "Connection: Keep-Alive"), 404, "open"],
	["connection-close", head("GET /nothing HTTP/1.1", "Host: h", "Connection: close"), 404],
	["empty-lines-in-front", `\r\n\r\n${GET}`, 404, "open"],
	["line-feeds-alone", "GET /nothing HTTP/1.1\nHost: h\n\n", 404, "open"],
	["absolute-url", head("GET http://h/nothing HTTP/1.1", "Host: h"), 404, "open"],
	["body-of-a-post", `${post("Content-Length: 5")}hello`, 404, "open"],
	["body-of-a-get", `${head("GET /nothing HTTP/1.1", "Host: h", "Content-Length: 5")}hello`, 404, "open"],
	["post-without-a-body", post(), 404, "open"],
	["options-of-the-server", head("OPTIONS * HTTP/1.1", "Host: h"), 204, "open"],
	["options-of-a-path", head("OPTIONS /stream HTTP/1.1", "Host: h"), 204, "open"],
	["wrong-method", head("DELETE /stream HTTP/1.1", "Host: h"), 405, "open"],
	["unknown-method", head("BREW /nothing HTTP/1.1", "Host: h"), 501, "open"],
	["trace", head("TRACE /nothing HTTP/1.1", "Host: h"), 501, "open"],
	["connect", head("CONNECT h:80 HTTP/1.1", "Host: h"), 501, "open"],
	["get-of-the-server", head("GET * HTTP/1.1", "Host: h"), 400, "open"],
	["no-host", head("GET / HTTP/1.1"), 400, "open"],
	["two-hosts", head("GET / HTTP/1.1", "Host: h", "Host: i"), 400, "open"],
	["name-of-the-internet", head("GET /nothing HTTP/1.1", "Host: camera.example.com"), 421, "open"],
	["version-2.0", head("GET / HTTP/2.0", "Host: h"), 505, "open"],
	["rtsp", head("OPTIONS * RTSP/1.0", "CSeq: 1"), 400],
	["no-version", "GET /\r\n\r\n", 400],
	["target-without-slash", head("GET nothing HTTP/1.1", "Host: h"), 400, "open"],
	["other-scheme", head("GET ftp://h/ HTTP/1.1", "Host: h"), 400, "open"],
	["broken-escape", head("GET /%zz HTTP/1.1", "Host: h"), 400, "open"],
	["escaped-nul", head("GET /stream%00 HTTP/1.1", "Host: h"), 400, "open"],
	["escaped-line-end", head("GET /a%0d%0aX:y HTTP/1.1", "Host: h"), 400, "open"],
	["dots", head("GET /../stream HTTP/1.1", "Host: h"), 404, "open"],
	["two-slashes", head("GET //stream HTTP/1.1", "Host: h"), 404, "open"],
	["slash-at-the-end", head("GET /stream/ HTTP/1.1", "Host: h"), 404, "open"],
	["other-case", head("GET /STREAM HTTP/1.1", "Host: h"), 404, "open"],
	["bad-frame-rate", head("GET /stream?fps=0 HTTP/1.1", "Host: h"), 400, "open"],
	["frame-rate-of-nothing", head("GET /stream?fps= HTTP/1.1", "Host: h"), 400, "open"],
	["too-many-parameters", head(`GET /stream?${"a=b&".repeat(40)} HTTP/1.1`, "Host: h"), 400, "open"],
	// what two programs could read in two ways
	["both-lengths", `${post("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`, 400],
	["chunked", `${post("Transfer-Encoding: chunked")}0\r\n\r\n`, 501],
	["chunked-1.0", `${head("POST /nothing HTTP/1.0", "Transfer-Encoding: chunked")}0\r\n\r\n`, 400],
	["coding-in-other-case", `${post("TRANSFER-ENCODING: xchunked")}0\r\n\r\n`, 501],
	["repeated-length", `${post("Content-Length: 5", "Content-Length: 5")}hello`, 400],
	["conflicting-length", `${post("Content-Length: 5", "Content-Length: 6")}hello`, 400],
	["listed-length", `${post("Content-Length: 5, 5")}hello`, 400],
	["signed-length", `${post("Content-Length: +5")}hello`, 400],
	["negative-length", `${post("Content-Length: -5")}hello`, 400],
	["hexadecimal-length", `${post("Content-Length: 0x5")}hello`, 400],
	["empty-length", `${post("Content-Length:")}hello`, 400],
	["folded-line", head("GET /nothing HTTP/1.1", "Host: h", "X-A: b", " c"), 400],
	["folded-length", `${post("Content-Length:", " 5")}hello`, 400],
	["carriage-return-inside", head("GET /nothing HTTP/1.1", "Host: h", "X-A: b\rContent-Length: 5"), 400],
	["blank-before-the-colon", `${post("Content-Length : 5")}hello`, 400],
	["no-colon", head("GET /nothing HTTP/1.1", "Host: h", "X-A"), 400],
	["nul-in-a-value", head("GET /nothing HTTP/1.1", "Host: h", "X-A: \0"), 400],
	["two-blanks", head("GET  /nothing HTTP/1.1", "Host: h"), 400],
	["length-missing", post("Content-Type: application/json"), 411],
	["body-too-long", post("Content-Length: 4097"), 413],
	["body-much-too-long", post("Content-Length: 99999999999"), 400],
	["target-too-long", head(`GET /${"a".repeat(1100)} HTTP/1.1`, "Host: h"), 414],
	["expectation", post("Content-Length: 5", "Expect: 100-continue"), 417],
	["other-expectation", head("GET /nothing HTTP/1.1", "Host: h", "Expect: tea"), 417],
	["head-too-long", head("GET /nothing HTTP/1.1", "Host: h", `X-A: ${"a".repeat(5000)}`), 431],
	["too-many-fields", head("GET /nothing HTTP/1.1", "Host: h", ..."a:".repeat(70).match(/../g)), 431],
	["field-too-long", head("GET /nothing HTTP/1.1", "Host: h", `Origin: ${"a".repeat(2100)}`), 431],
	["interleaved-data", "$\0\0\x04abcd", 400],
	["tls", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
];

/** Requests at the same time: less than the camera has places. */
const SIDE_BY_SIDE = 12, ON_A_DEVICE = 4;

export async function protocol(tests) {
	// over lwIP on a busy machine, a request in pieces takes longer
	const timeout = profile.device ? "5" : "2";
	const camera = await startCamera({ http: true, args: ["--request-timeout", timeout] });
	const connected = async body => {
		const client = await HTTPClient.connect(camera.httpPort);
		try {
			return await body(client);
		}
		finally {
			client.close();
		}
	};
	const both = async (text, body) => {
		await connected(async client => {
			client.write(Buffer.from(text, "latin1"));
			await body(client);
		});
		await connected(async client => {
			const sent = client.dribble(text);
			await body(client);
			await sent;
		});
	};
	// a refused connection stays open for seconds
	await sideBySide(SHAPES,
		([name, text, status, open]) =>
			tests.test(`request-${name}-is-answered-${status}`, [], () =>
				both(text, async client => {
					const answer = await client.response();
					equal(answer.status, status, "the status");
					equal(answer.headers.connection?.toLowerCase() === "close", !open, "Connection: close");
					if (open)
						equal((await client.ask("/nothing")).status, 404, "the next answer");
					else
						check(await client.ends(), "the connection stays open");
					equal(client.unread, 0, "bytes behind the answer");
				})), profile.device ? ON_A_DEVICE : SIDE_BY_SIDE);
	await tests.test("pipelined-requests-are-answered-in-order", [], () =>
		both(
			[head("GET /nothing HTTP/1.1", "Host: h"), head("BREW / HTTP/1.1", "Host: h"),
				`${post("Content-Length: 5")}hello`, head("HEAD /snapshot.jpg HTTP/1.1", "Host: h"),
				head("GET /snapshot.jpg HTTP/1.1", "Host: h"), head("DELETE /stream HTTP/1.1", "Host: h")].join(""),
			async client => {
				const statuses = [];
				for (const options of [{}, {}, {}, { head: true }, {}, {}])
					statuses.push((await client.response(options)).status);
				equal(statuses.join(), "404,501,404,200,200,405", "the statuses");
			},
		));
	await tests.test("head-has-the-headers-of-get-and-no-body", [], () =>
		connected(async client => {
			for (const target of ["/nothing", "/snapshot.jpg"]) {
				const without = await client.ask(target, { method: "HEAD" }), full = await client.ask(target);
				equal(Object.keys(without.headers).join(), Object.keys(full.headers).join(),
					`the headers of ${target}`);
				check(full.body.length > 0, "no body for GET");
			}
			const stream = await client.ask("/stream", { method: "HEAD" });
			check(stream.headers["content-type"].startsWith("multipart/x-mixed-replace;boundary="), "no stream");
			check(await client.ends(), "the connection stays open");
			equal(client.unread, 0, "bytes behind the head");
		}));
	await tests.test("answers-have-the-date", [], () =>
		connected(async client => {
			for (const target of ["/nothing", "/snapshot.jpg"]) {
				const { headers } = await client.ask(target), date = new Date(headers.date);
				equal(date.toUTCString(), headers.date, `the form for ${target}`);
				check(Math.abs(date - Date.now()) < 5000, `${headers.date} for ${target}`);
			}
		}));
	await tests.test("other-methods-name-the-allowed-ones", [], () =>
		connected(async client => {
			equal((await client.ask("/stream", { method: "PUT", body: "x" })).headers.allow, "GET, HEAD, OPTIONS",
				"Allow");
		}));
	await tests.test("request-that-is-never-finished-is-answered-408", [], () =>
		connected(async client => {
			client.write("GET / HTTP/1.1\r\nHost: h\r\n");
			equal((await client.response()).status, 408, "the status");
			check(await client.ends(), "the connection stays open");
		}));
	await tests.test("stream-port-has-streams-and-snapshots-only", [], async () => {
		const other = await startCamera({ http: true, args: ["--stream-port", String(camera.httpPort + 20_000)] });
		try {
			const port = camera.httpPort + 20_000;
			equal((await ask(port, "/stream", { method: "HEAD" })).status, 200, "the stream's status");
			equal((await ask(port, "/capture")).status, 200, "the snapshot's status");
			equal((await ask(port, "/")).status, 404, "the page's status");
		}
		finally {
			await other.stop();
		}
	});
	await tests.test("stream-port-alone-is-not-named-as-the-http-port", [], async () => {
		const streamPort = camera.httpPort + 20_000;
		const cases = [["off", 0, ""], ["in use", camera.httpPort, "--http-port"]];
		// a device does not share this machine's ports
		for (const [what, httpPort, notice] of profile.device ? cases.slice(0, 1) : cases) {
			const other = await startCamera({
				args: ["--http-port", String(httpPort), "--stream-port", String(streamPort)],
			});
			try {
				check(!other.output.includes("http://"), `HTTP port ${what}: ${other.output}`);
				check(other.output.includes(notice), `HTTP port ${what}: ${other.output}`);
				equal((await ask(streamPort, "/capture")).status, 200, `the snapshot, HTTP port ${what}`);
				equal((await ask(streamPort, "/api/status")).status, 404, `the API, HTTP port ${what}`);
			}
			finally {
				await other.stop();
			}
		}
	});
	await tests.test("pages-of-other-sites-may-read-only-where-a-setting-says-so", [], async () => {
		const headers = ["Origin: https://example.org"];
		equal((await ask(camera.httpPort, "/capture", { headers })).headers["access-control-allow-origin"], undefined,
			"the header without the setting");
		const other = await startCamera({ http: true, args: ["--cors-origin", "https://example.org"] });
		try {
			const allowed = origin =>
				ask(other.httpPort, "/capture", { headers: [`Origin: ${origin}`] })
					.then(answer => answer.headers["access-control-allow-origin"]);
			equal(await allowed("https://example.org"), "https://example.org", "the header");
			equal(await allowed("https://example.com"), undefined, "the header for another site");
			const preflight = await ask(other.httpPort, "/capture", { method: "OPTIONS", headers });
			equal(preflight.status, 204, "the preflight's status");
		}
		finally {
			await other.stop();
		}
	});
	const { status } = await camera.stop();
	await tests.test("camera-ends-in-order", [], async () => {
		equal(status, 0, "the exit status");
		equal(camera.output.split("\n").find(line => /error/i.test(line)), undefined, "what the camera reported");
	});
}
