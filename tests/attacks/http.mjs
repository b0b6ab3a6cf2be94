// SPDX-License-Identifier: MIT
/**
 * Attacks at the HTTP port: floods, slow clients, requests that two programs read in two ways, odd paths, and what a
 * web page can make a browser send. A player over RTSP and a viewer over HTTP lose nothing beside them.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { watch } from "../../bench/viewer.mjs";
import { profile } from "../camera.mjs";
import { ask } from "../http/client.mjs";
import { Gap, PYTHON, check, equal, execute, sideBySide, sleep, until } from "../interop/harness.mjs";
import { authorization } from "../interop/login-client.mjs";
import { documentedTable } from "./documented.mjs";
import { flooded } from "./floods.mjs";
import { Attacker } from "./maxima.mjs";
import { talkers } from "./places.mjs";
import { DESKTOP, DEVICE, GAP, RATE, attacked } from "./rig.mjs";
import { Viewer, measureArrivals } from "./viewer.mjs";

const HTTP_DESKTOP = { ...DESKTOP, http: true }, HTTP_DEVICE = { ...DEVICE, http: true };
const LOGIN = { user: "me", password: "secret" };
const WITH_LOGIN = ["--user", LOGIN.user, "--password", LOGIN.password];
/** Anybody may set parameters, as at the start and below. */
const OPEN = ["--control", "anybody"];
/** Duration of a flood, and longest time until the user is in, milliseconds. */
const DURATION = 1000, ENTRY = 2000;
const ATTACKER = "127.0.0.2";

/** Floods (flooder.mjs). `least`: messages per second that make a flood, about a tenth of what is taken.
 *  docs/security.md has the same titles. */
const FLOODS = [
	{ kind: "http-nothing", title: "requests without a password, one address", login: LOGIN, least: 300 },
	{ kind: "http-nothing", title: "requests without a password, eight addresses", login: LOGIN, address: "many",
		least: 300 },
	{ kind: "http-guess", title: "wrong passwords", login: LOGIN, least: 15 },
	{ kind: "http-heads", title: "heads of 3 KB", login: LOGIN, address: "many", least: 100 },
	{ kind: "connect", title: "connections opened and closed", login: LOGIN, address: "many", least: 50 },
	{ kind: "http-status", title: "`/api/status`", least: 50 },
	{ kind: "http-envelope", title: "ONVIF's dearest envelopes", login: LOGIN, address: "many", least: 30 },
	{ kind: "http-snapshot", title: "snapshots", address: "many", least: 50 },
	{ kind: "http-nothing", title: "requests without a password, in the device's heap", login: LOGIN, address: "many",
		least: 300, where: HTTP_DEVICE, count: 6 },
];

/** A request with the password, if there is one. */
async function askAs(login, port, target) {
	if (!login)
		return ask(port, target);
	const challenge = (await ask(port, target)).headers["www-authenticate"];
	if (challenge === undefined)
		return { status: 0 };
	return ask(port, target, { headers: [headerFor(challenge, login, target)] });
}

function headerFor(challenge, { user, password }, target) {
	return `Authorization: ${authorization(challenge, "GET", target, user, password)}`;
}

/** @returns milliseconds until a new client has a snapshot */
async function entryOverHTTP(port, login) {
	const begun = performance.now();
	while (performance.now() - begun < 5 * ENTRY) {
		const { status } = await askAs(login, port, "/snapshot.jpg").catch(() => ({ status: 0 }));
		if (status === 200)
			return performance.now() - begun;
		await sleep(100);
	}
	return Infinity;
}

/** Runs `body` beside a player and an MJPEG viewer. Both keep their frame rate, and the user gets in over both.
 *  @returns what `body` returns, and what was seen */
async function besideBoth({ port, httpPort }, login, body) {
	const arrivals = [], player = await Viewer.play(port, { login });
	let viewer;
	try {
		const headers = login
			? [headerFor((await ask(httpPort, "/stream")).headers["www-authenticate"], login, "/stream")]
			: [];
		viewer = await watch(httpPort, "/stream", { headers, onPart: () => arrivals.push(performance.now()) });
		await until(() => arrivals.length > 2, "pictures");
		await sleep(200);
		return await body(async (from, note) => {
			const entries = Promise.all([Viewer.newcomer(port, { login }, 5 * ENTRY), entryOverHTTP(httpPort, login)]);
			await sleep(Math.max(0, DURATION - (performance.now() - from)));
			const to = performance.now(), seen = [player.measure(from, to), measureArrivals(arrivals, from, to)];
			check(!player.ended && !viewer.ended, "the player or the viewer was dropped");
			const entry = Math.max(...await entries), rate = Math.min(...seen.map(each => each.rate));
			const gap = Math.max(...seen.map(each => each.gap));
			const text = `${rate.toFixed(1)} frames/s, longest gap ${gap.toFixed(0)} ms, a newcomer is in after ${
				entry.toFixed(0)
			} ms${note ? `, ${await note()}` : ""}`;
			// one frame may just have come before, and one be just about to come
			if (rate * (to - from) < RATE * (to - from) - 1000 || gap > GAP || entry > ENTRY)
				throw new Gap(text);
			return text;
		});
	}
	finally {
		player.close();
		viewer?.close();
	}
}

function flood({ login, least, where = HTTP_DESKTOP, count = 30, ...how }) {
	return attacked(where, ["--fps", "25", ...login ? WITH_LOGIN : []],
		camera =>
			besideBoth(camera, login, measured =>
				flooded(how, count, { port: camera.httpPort, udpPort: camera.udpPort }, async report => {
					const before = await report(), from = performance.now();
					return measured(from, async () => {
						const { messages } = await report(), seconds = (performance.now() - from) / 1000;
						const rate = (messages - before.messages) / seconds;
						// a viewer beside a flood that was none proves nothing
						if (rate < least)
							throw new Gap(`${rate.toFixed(0)} messages/s; at least ${least} make a flood`);
						return `beside ${rate.toFixed(0)} messages/s`;
					});
				})));
}

const head = (...lines) => [...lines, "", ""].join("\r\n");

/** Ways to hold a place without the password: the first message and the repeated one. */
const TALKERS = [
	["silence", "", ""],
	["heads-that-never-end", "GET /stream HTTP/1.1\r\nHost: h\r\n", "X-A: b\r\n"],
	["bodies-that-never-end", head("POST /api/settings/save HTTP/1.1", "Host: h", "Content-Length: 2000"), "x"],
	["requests", "", head("GET /nothing HTTP/1.1", "Host: h")],
];

/** Slow clients of a camera with `--request-timeout 2`, and the milliseconds after which they are gone. */
const SLOW = [
	["a head", "GET / HTTP/1.1\r\nHost: h\r\n", "X-A: b\r\n", 4500],
	["a first line", "GET /", "a", 4500],
	["empty lines", "\r\n", "\r\n", 4500],
	["a body", head("POST /nothing HTTP/1.1", "Host: h", "Content-Length: 2000"), "x", 4500],
	["an envelope", head("POST /onvif/device_service HTTP/1.1", "Host: h", "Content-Length: 4000"), "<", 4500],
	["the rest of a refusal", head("POST /nothing HTTP/1.1", "Host: h", "Transfer-Encoding: chunked"), "1\r\nx\r\n",
		3500],
];

/** What slow readers ask for, again and again: answers of every kind. */
const READ = ["/stream", "/snapshot.jpg", "/api/events", "/api/log", "/", "/metrics"];

const TRICKLE = fileURLToPath(new URL("trickle.py", import.meta.url));
/** Answers that are longer than the send buffer. */
const TRICKLED = ["/", "/", "/", "/", "/snapshot.jpg", "/snapshot.jpg"];

/** The request that must not be taken out of another one. */
const HIDDEN = head("GET /control?var=quality&val=30 HTTP/1.1", "Host: h");
const post = (...lines) => head("POST /nothing HTTP/1.1", "Host: h", ...lines);
const LENGTH = HIDDEN.length;

/** Requests with HIDDEN inside. The camera answers each once. */
const SMUGGLERS = {
	"plain body": post(`Content-Length: ${LENGTH}`) + HIDDEN,
	"body of a GET": head("GET /nothing HTTP/1.1", "Host: h", `Content-Length: ${LENGTH}`) + HIDDEN,
	"both lengths": post(`Content-Length: ${LENGTH}`, "Transfer-Encoding: chunked") + `0\r\n\r\n${HIDDEN}`,
	"both lengths, coding first": post("Transfer-Encoding: chunked", "Content-Length: 0") + HIDDEN,
	"chunked": post("Transfer-Encoding: chunked") + `0\r\n\r\n${HIDDEN}`,
	"chunked 1.0": head("POST /nothing HTTP/1.0", "Connection: keep-alive", "Transfer-Encoding: chunked") + HIDDEN,
	"identity": post("Transfer-Encoding: identity") + HIDDEN,
	"coding with a tab": post("Transfer-Encoding:\tchunked") + HIDDEN,
	"blank before the colon": post("Content-Length : 0") + HIDDEN,
	"coding, blank before the colon": post("Transfer-Encoding : chunked", "Content-Length: 0") + HIDDEN,
	"two lengths": post("Content-Length: 0", `Content-Length: ${LENGTH}`) + HIDDEN,
	"the same length twice": post("Content-Length: 0", "Content-Length: 0") + HIDDEN,
	"list of lengths": post("Content-Length: 0, 0") + HIDDEN,
	"plus": post("Content-Length: +5") + `hello${HIDDEN}`,
	"minus": post("Content-Length: -0") + HIDDEN,
	"hexadecimal": post("Content-Length: 0x0") + HIDDEN,
	"two numbers": post("Content-Length: 0 0") + HIDDEN,
	"length of nothing": post("Content-Length: ") + HIDDEN,
	"length beyond 32 bits": post("Content-Length: 4294967296") + HIDDEN,
	"folded length": post("Content-Length:", ` ${LENGTH}`) + HIDDEN,
	"folded field": head("GET /nothing HTTP/1.1", "Host: h", "X-A: b", "\tContent-Length: 5") + HIDDEN,
	"bare CR as a line end": head("GET /nothing HTTP/1.1", "Host: h", `X-A: b\r\r${HIDDEN.replaceAll("\n", "")}`),
	"bare CR at the end": "GET /nothing HTTP/1.1\r\nHost: h\r\r\n" + HIDDEN,
	"CR CR LF": "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\r\n" + HIDDEN,
	"NUL in a field": head("GET /nothing HTTP/1.1", "Host: h", "X-A: \0") + HIDDEN,
	"vertical tab": post("Content-Length:\v0") + HIDDEN,
	"line without a colon": head("GET /nothing HTTP/1.1", "Host: h", "Content-Length") + HIDDEN,
	"expectation": post(`Content-Length: ${LENGTH}`, "Expect: 100-continue") + HIDDEN,
	"upgrade to nothing": head("GET * HTTP/1.1", "Host: h", "Connection: close") + HIDDEN,
	"old and closing": head("GET /nothing HTTP/1.0", "Host: h") + HIDDEN,
	"version of its own": head("GET /nothing HTTP/1.1 HTTP/1.1", "Host: h") + HIDDEN,
	"two hosts": head("GET /nothing HTTP/1.1", "Host: h", "Host: i", "Connection: close") + HIDDEN,
};

/** Targets that name no path of the camera. */
const PATHS = ["//", "///etc/passwd", "/../../../etc/passwd", "/..", "/./", "/stream/..", "/stream/../api/status",
	"/api/../api/status", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%252e%252e/etc/passwd",
	"/..%5c..%5cetc", "/..\\..\\etc", "/%00", "/stream%00.jpg", "/api/status%00", "/api/status/", "//api/status",
	"/api//status", "/API/STATUS", "/api/status;x", "/%c0%ae%c0%ae/etc/passwd", "/%ff", "/%", "/%2", "/%zz",
	"/api/settings%0a", "/index.html/", "/page.html", "/page.js", "/manifest.json", "/main.xsb", "/proc/self/environ",
	"/api/", "/api/settings/", "/api/settings/*", "/*", "file:///etc/passwd", "http:///etc/passwd",
	"http://h/etc/passwd", "https://h/api/status", "ftp://h/", "http://h", "http://evil.example/api/status",
	"http://evil.example/", "http://h@evil.example/api/status", "http://h:80/api/status", "api/status", "?", "#",
	"/api/status#x", "/?%00", "/api/status?%zz=1", `/api/status?${"a=b&".repeat(30)}`];

/** All that changes something. */
const CHANGES = [["PATCH", "/api/settings"], ["POST", "/api/settings/save"], ["POST", "/api/settings/forget"], ["POST",
	"/api/settings/reset"], ["POST", "/api/restart"], ["GET", "/control?var=quality&val=30"]];
/** Marks of a request that a page of somebody else makes a browser send, with the camera's address as Host unless
 *  there is another one. */
const FOREIGN = [["Origin: http://evil.example"], ["Origin: null"], ["Origin: "], ["Origin: https://127.0.0.1:1"], [
	"Origin: http://127.0.0.1:1",
], ["Origin: http://127.0.0.1, http://evil.example"], ["Origin: http://127.0.0.1.evil.example"], [
	"Sec-Fetch-Site: cross-site",
], ["Sec-Fetch-Site: same-site"], ["Sec-Fetch-Site: same-origin, cross-site"], ["Host: evil.example"], [
	"Host: evil.example:80",
], ["Host: 127.0.0.1.evil.example", "Origin: http://127.0.0.1.evil.example", "Sec-Fetch-Site: same-origin"]];
/** What an HTML form can send. */
const FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
	"text/plain; application/json"];

/** Attackers at the same time that have places. */
const atOnce = () => profile.device ? 4 : 16;

/** Sends bytes on a connection of their own, and waits for what the camera makes of them. */
async function sent(port, text) {
	const attacker = await Attacker.open(port);
	attacker.write(text);
	await until(() => attacker.received.includes("\r\n\r\n") || attacker.ended, "an answer");
	await sleep(150);
	attacker.close();
	return attacker.received;
}

const qualityOf = async port => JSON.parse((await ask(port, "/api/settings")).body).values.quality;

export async function http(tests) {
	for (const how of FLOODS) {
		const name = how.title.replace(/\W+/g, "-");
		await tests.test(`player-viewer-and-newcomer-are-served-in-a-flood-over-http-of-${name}`, [], () => flood(how));
	}

	await tests.test("table-of-floods-over-http-is-as-in-docs-security", [],
		() =>
			equal(documentedTable("over HTTP, 30 connections").map(([title]) => title).join("; "),
				FLOODS.map(({ title }) => title).join("; "), "the table"));

	for (const [name, first, again] of TALKERS) {
		await tests.test(`http-places-held-with-${name}-go-to-who-has-the-password`, [], () =>
			attacked(HTTP_DEVICE, ["--fps", "25", ...WITH_LOGIN], camera =>
				besideBoth(camera, LOGIN, measured =>
					talkers(camera.httpPort, () =>
						first, again, ATTACKER, () =>
						measured(performance.now())))));
	}

	await tests.test("slow-clients-over-http-are-gone-in-time", [],
		() =>
			attacked(HTTP_DESKTOP, ["--request-timeout", "2"], ({ httpPort }) =>
				Promise.all(SLOW.map(async ([name, first, again, limit]) => {
					const attacker = await Attacker.open(httpPort), begun = performance.now();
					attacker.write(first);
					const timer = setInterval(() =>
						attacker.write(again), 200);
					await until(() => attacker.ended, `the end of a client that sends ${name}`, limit)
						.finally(() => clearInterval(timer));
					return `${name}: ${(performance.now() - begun).toFixed(0)} ms`;
				})).then(notes => notes.join(", "))));

	await tests.test("slow-readers-over-http-disturb-nobody-and-are-dropped", [],
		() =>
			attacked(HTTP_DESKTOP, ["--fps", "25", "--stall-timeout", "2", "--lease-deadline", "200", "--buffers", "3",
				"--send-buffer", "28720"], async camera => {
				const readers = [];
				try {
					return await besideBoth(camera, undefined, async measured => {
						for (let i = 0; i < 2 * READ.length; i++) {
							const reader = await Attacker.open(camera.httpPort, { paused: true });
							reader.socket.pause();
							const line = `GET ${READ[i >> 1]} HTTP/1.1`;
							reader.write(head(line, "Host: h", "Accept-Encoding: gzip").repeat(800));
							readers.push(reader);
						}
						const note = await measured(performance.now());
						// readers of events take longer: each second, one waits in the system
						const dropped = 2 * (READ.length - 1);
						const count = () => camera.output.split("has read nothing for 2 s").length - 1;
						await until(() => count() >= dropped, "the end", 6000).catch(() => {});
						check(count() >= dropped, `${count()} of ${dropped} readers were dropped`);
						return note;
					});
				}
				finally {
					readers.forEach(reader => reader.close());
				}
			}));

	await tests.test("readers-of-long-answers-at-500-bytes-a-second-give-way-and-are-gone-in-time", [],
		() =>
			attacked(HTTP_DESKTOP, ["--send-buffer", "5744", "--connection-limit", "6", "--size", "VGA", "--quality",
				"12"], async camera => {
				const { httpPort, pid } = camera, sockets = () => readdirSync(`/proc/${pid}/fd`).length;
				const idle = sockets();
				let output = "", reader;
				const reading = execute(PYTHON, [TRICKLE, String(httpPort), "60", ...TRICKLED], { timeout: 60_000,
					onChild: child => {
						reader = child;
						child.stdout.on("data", data => output += data);
					} });
				await until(() => output.includes("ready"), "the readers");
				const begun = performance.now();
				await sleep(1000);
				equal(sockets() - idle, TRICKLED.length, "connections of slow readers");
				// all places are theirs: one gives way, at once and with all that it holds
				for (let i = 0; i < 3; i++) {
					const from = performance.now();
					equal((await ask(httpPort, "/snapshot.jpg")).status, 200, "the status of a newcomer");
					check(performance.now() - from < ENTRY, "a newcomer waits");
				}
				await until(() => sockets() - idle === TRICKLED.length - 1, "the end of the one that gave way", 2000);
				await until(() => sockets() === idle, "the end of the others", 25_000);
				const seconds = (performance.now() - begun) / 1000;
				reader.kill();
				await reading;
				return `gone after ${seconds.toFixed(1)} s`;
			}), 120_000);

	await tests.test("readers-of-events-at-their-limit-keep-nobody-out", [],
		() =>
			attacked(HTTP_DESKTOP, ["--fps", "25"], camera =>
				besideBoth(camera, undefined, async measured => {
					const readers = await Promise.all(Array.from({ length: 12 }, () => Attacker.open(camera.httpPort)));
					readers.forEach(reader => reader.write(head("GET /api/events HTTP/1.1", "Host: h")));
					await until(() => readers.every(({ received }) => received), "answers");
					const served = readers.filter(({ received }) => received.startsWith("HTTP/1.1 200 ")).length;
					equal(served, 8, "readers");
					const note = await measured(performance.now());
					readers.forEach(reader => reader.close());
					return note;
				})));

	await tests.test("http-requests-beyond-each-limit-are-refused-in-the-device-heap", [],
		() =>
			attacked(HTTP_DEVICE, [], async ({ httpPort }) => {
				const field = `X-A: ${"a".repeat(1000)}\r\n`;
				const shapes = [
					["a head of a megabyte", `GET / HTTP/1.1\r\nHost: h\r\n${field.repeat(1000)}`, 431],
					["a field of a megabyte", `GET / HTTP/1.1\r\nHost: h\r\nX-A: ${"a".repeat(1_000_000)}`, 431],
					["a field without a colon", `GET / HTTP/1.1\r\nHost: h\r\n${"a".repeat(1_000_000)}`, 431],
					["65 fields", head("GET / HTTP/1.1", ..."a:".repeat(65).match(/../g)), 431],
					["a field of 2,049 octets", head("GET / HTTP/1.1", "Host: h", `Origin: ${"a".repeat(2049)}`), 431],
					["a target of 1,025 octets", head(`GET /${"a".repeat(1024)} HTTP/1.1`, "Host: h"), 414],
					["a target of a megabyte", `GET /${"a".repeat(1_000_000)}`, 414],
					["25 parameters", head(`GET /?${"a&".repeat(25)} HTTP/1.1`, "Host: h"), 400],
					["1,000 ampersands", head(`GET /?${"&".repeat(1000)} HTTP/1.1`, "Host: h"), 400],
					["a body of 4,097 octets", post("Content-Length: 4097"), 413],
					["a method of a megabyte", "M".repeat(1_000_000), 414],
				];
				for (const [name, text, status] of shapes) {
					for (let i = 0; i < 3; i++) {
						const answer = await sent(httpPort, text);
						equal(answer.split(" ")[1], String(status), `the status of ${name}`);
					}
				}
				equal((await ask(httpPort, "/snapshot.jpg")).status, 200, "the status of a snapshot");
			}));

	await tests.test("names-of-settings-are-not-kept", [], () =>
		attacked(HTTP_DEVICE, OPEN, async ({ httpPort }) => {
			// the engine keeps the names of an object's properties for ever: 2,000 fill the device's heap
			for (let i = 0; i < 4000; i += 40) {
				const body = `{${Array.from({ length: 40 }, (_item, k) => `"z${i + k}":1`).join()}}`;
				const { status } = await ask(httpPort, "/api/settings", { method: "PATCH", body,
					headers: ["Content-Type: application/json"] });
				equal(status, 400, `the status after ${i} names`);
				await ask(httpPort, `/control?var=y${i}&val=1&x${i}=1`);
			}
		}));

	await tests.test("requests-inside-of-requests-are-not-taken", [],
		() =>
			attacked(HTTP_DESKTOP, OPEN, async ({ httpPort }) => {
				const before = await qualityOf(httpPort);
				check(before !== 30, "the quality is that of the hidden request already");
				await sideBySide(Object.entries(SMUGGLERS), async ([name, text]) => {
					const answers = (await sent(httpPort, text)).split(/^HTTP\/1\.1 /m).length - 1;
					equal(answers, 1, `answers to ${name}`);
					equal(await qualityOf(httpPort), before, `the quality after ${name}`);
				}, atOnce());
				// by itself, it acts
				await sent(httpPort, HIDDEN);
				equal(await qualityOf(httpPort), 30, "the quality after the hidden request alone");
				return `${Object.keys(SMUGGLERS).length} requests`;
			}));

	await tests.test("odd-paths-are-no-paths", [], () =>
		attacked(HTTP_DESKTOP, OPEN, async ({ httpPort }) => {
			await sideBySide(PATHS, async target => {
				const answer = await sent(httpPort, head(`GET ${target} HTTP/1.1`, "Host: h", "Accept-Encoding: gzip"));
				const isPage = target === "http://h", status = answer.split(" ")[1];
				const isRefused = status === "400" || status === "404";
				check(isPage ? status === "200" : isRefused, `${target} is answered ${status}`);
				check(isPage || answer.length < 400, `${target} is answered with ${answer.length} bytes`);
			}, atOnce());
			return `${PATHS.length} targets`;
		}));

	await tests.test("pages-of-others-change-nothing", [], () =>
		attacked(HTTP_DESKTOP, OPEN, async ({ httpPort }) => {
			const before = (await ask(httpPort, "/api/settings")).body.toString(), body = "{\"quality\":30}";
			const send = (method, target, headers) => {
				const own = headers.some(line => line.startsWith("Host:")) ? [] : ["Host: 127.0.0.1"];
				const typed = headers.some(line => line.startsWith("Content-Type:"))
					? []
					: ["Content-Type: application/json"];
				return sent(httpPort,
					head(`${method} ${target} HTTP/1.1`, ...own, ...headers, ...typed, `Content-Length: ${body.length}`)
						+ body);
			};
			for (const [method, target] of CHANGES) {
				await sideBySide(FOREIGN, async headers => {
					const status = (await send(method, target, headers)).split(" ")[1];
					check(status === "403" || status === "421" || status === "400",
						`${method} ${target} with ${headers.join(", ")} is answered ${status}`);
				}, atOnce());
				for (const type of method === "GET" ? [] : FORMS) {
					const status = (await send(method, target, [`Content-Type: ${type}`])).split(" ")[1];
					check(status === "415", `${method} ${target} with ${type} is answered ${status}`);
				}
			}
			equal((await ask(httpPort, "/api/settings")).body.toString(), before, "the settings");
			check(!(await ask(httpPort, "/api/log")).body.includes("restart"), "the camera was reopened");
			for (const scheme of ["http", "https"]) {
				const answer = await send("PATCH", "/api/settings", [`Origin: ${scheme}://127.0.0.1`]);
				check(answer.startsWith("HTTP/1.1 200 "), `the own page is refused over ${scheme}`);
			}
			return `${CHANGES.length} changes, ${FOREIGN.length + FORMS.length} ways`;
		}));
}
