// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { FakePeer } from "../http/peer";
import { HTTPConnection, type HTTPConnectionOwner } from "http/connection";
import { HTTPService } from "http/service";
import type { Answer } from "http/types";
import { parseForm } from "network/form";
import { escapeText } from "network/page";
import { BoardSetup } from "network/setup";
import { Site } from "network/site";
import { applyStored, overlay, writeStored } from "network/stored";
import { Request } from "rtsp/message";
import { DEVICE, FakeStore } from "./fixture";

const HOST = "192.168.4.1";

/** A client of the set-up network. */
class Visitor extends FakePeer {
	override sendBody(bytes: Uint8Array): void {
		for (const octet of bytes)
			this.sent += String.fromCharCode(octet);
	}
}

class Rig implements HTTPConnectionOwner {
	readonly store = new FakeStore();
	readonly notices: string[] = [];
	readonly networks: string[] = [];
	restarts = 0;
	uses = 0;
	readonly setup: BoardSetup;
	readonly site: Site;
	readonly limits = { headBytes: 2048, headerCount: 32, bodyBytes: 2048 };
	readonly request = new Request(32);
	readonly serverName = "test";
	readonly requestTimeout = 10_000;
	readonly service: HTTPService;
	time = 0;

	constructor(
		config: Record<string, unknown> = { ...DEVICE, ssid: "home", password: "old wifi pass", user: "me",
			rtspPassword: "old stream" },
	) {
		this.setup = new BoardSetup({
			config,
			store: this.store,
			finder: { networks: this.networks, isSearching: false, search: () => undefined },
			onStored: () => this.restarts++,
			onNotice: message => this.notices.push(message),
		});
		this.site = new Site({
			setup: this.setup,
			hosts: [HOST, `${HOST}:80`],
			token: "t0ken",
			onUse: () => this.uses++,
		});
		this.service = new HTTPService({ routes: this.site.routes, authenticator: undefined, names: [], cors: "",
			refuseHost: (host, method) => this.site.refuseHost(host, method), admits: () => true });
	}

	now(): number {
		return this.time;
	}
	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		return this.service.answer(request, connection);
	}
	onError(error: unknown): void {
		this.notices.push(`internal error: ${String(error)}`);
	}
	onKept(): void {
		// not limited here
	}
	onEnd(): void {
		// the connection ends by itself
	}

	connect(): { connection: HTTPConnection; peer: Visitor } {
		const peer = new Visitor();
		return { connection: new HTTPConnection(this, peer), peer };
	}

	/** @returns the complete answer, or an empty string if there is none yet */
	send(...pieces: string[]): string {
		const { connection, peer } = this.connect();
		for (const piece of pieces) {
			const octets = bytes(piece);
			for (let offset = 0; offset < octets.byteLength && peer.sent === "";)
				offset = connection.receiveNext(octets, offset);
		}
		if (peer.sent === "")
			return "";
		const [head, ...rest] = peer.sent.split("\r\n\r\n");
		const length = /\r\nContent-Length: (\d+)\r\n/.exec(`${head!}\r\n`)?.[1] ?? "0";
		assert(pieces[0]!.startsWith("HEAD ") || rest.join("\r\n\r\n").length === Number(length), "Content-Length");
		return peer.sent;
	}

	status(...pieces: string[]): number {
		return Number(this.send(...pieces).slice(9, 12));
	}

	post(fields: Record<string, string>, headers = "", path = "/"): string {
		return this.send(post(fields, headers, path));
	}
}

function bytes(text: string): Uint8Array {
	const result = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		result[i] = text.charCodeAt(i);
	return result;
}

function get(path = "/", host = HOST): string {
	return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

function post(fields: Record<string, string>, headers = "", path = "/", host = HOST): string {
	const body = Object.entries({ token: "t0ken", ...fields }).map(([name, value]) =>
		`${name}=${encodeURIComponent(value)}`
	).join("&");
	return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}Content-Type: `
		+ `application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export default function (suite: Suite): void {
	suite.test("page-shows-present-settings-and-no-password", () => {
		const rig = new Rig();
		rig.networks.push("home", "<script>alert(\"x\")</script>", "Caf\u00e9 \u{1f4f7}");
		const answer = rig.send(get());
		assert(answer.startsWith("HTTP/1.1 200 OK\r\n"));
		assert(answer.includes("name=\"ssid\" list=\"networks\" maxlength=\"32\" required value=\"home\""));
		assert(answer.includes("&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;") && !answer.includes("<script"));
		assert(answer.includes("Caf&#233; &#128247;"));
		assert(!answer.includes("old wifi") && !answer.includes("old stream"));
		equal(rig.uses, 1);
	});

	suite.test("form-is-stored-and-takes-effect", () => {
		const rig = new Rig();
		const answer = rig.post({ ssid: "caf\u00e9 & co", password: "new pass word", name: "porch", user: "you",
			rtspPassword: "p+ \u00e4%=&" });
		assert(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
		equal(rig.store.values, { password: "new pass word", ssid: "caf\u00e9 & co", name: "porch",
			rtspPassword: "p+ \u00e4%=&", user: "you" });
		equal([rig.restarts, rig.notices], [1, ["new settings are stored"]]);
		assert(!answer.includes("new pass word"));
	});

	suite.test("form-may-arrive-in-pieces-of-any-size", () => {
		const text = post({ ssid: "new", password: "new pass word", name: "", user: "", rtspPassword: "" });
		for (let size = 1; size < 60; size += 7) {
			const rig = new Rig();
			const pieces: string[] = [];
			for (let i = 0; i < text.length; i += size)
				pieces.push(text.slice(i, i + size));
			assert(rig.send(...pieces).startsWith("HTTP/1.1 200 "), `${size}`);
			equal(rig.store.values, { password: "new pass word", ssid: "new", name: "", rtspPassword: "", user: "" });
		}
		equal(new Rig().send(text.slice(0, -1)), "");
	});

	suite.test("empty-password-stays-with-the-same-owner-and-not-with-another", () => {
		const stored = (fields: Record<string, string>) => {
			const rig = new Rig();
			const status = rig.post({ password: "", rtspPassword: "", name: "", ...fields }).slice(9, 12);
			return [status, rig.store.values["password"], rig.store.values["rtspPassword"]];
		};
		equal(stored({ ssid: "home", user: "me" }), ["200", "old wifi pass", "old stream"]);
		equal(stored({ ssid: "other", user: "me" }), ["200", "", "old stream"]);
		equal(stored({ ssid: "home", user: "me", open: "yes" }), ["200", "", "old stream"]);
		equal(stored({ ssid: "home", user: "" }), ["200", "old wifi pass", ""]);
		equal(stored({ ssid: "home", user: "you" }), ["422", undefined, undefined]);
	});

	suite.test("wrong-values-are-returned-with-the-reason-and-not-stored", () => {
		for (const [fields, reason] of [
			[{ ssid: "" }, "Enter the name of the Wi-Fi network."],
			[{ ssid: "x".repeat(33) }, "ssid is"],
			[{ ssid: "\u00e9".repeat(17) }, "ssid is"],
			[{ ssid: "new", password: "short" }, "the Wi-Fi password is not valid: use 8 to 63"],
			[{ ssid: "new", password: "\u00e9".repeat(10) }, "the Wi-Fi password is not valid: use 8 to 63"],
			[{ ssid: "new", name: "a b" }, "name is"],
			[{ ssid: "new", name: "-a" }, "name is"],
			[{ ssid: "new", user: "a:b", rtspPassword: "c" }, "user is"],
			[{ ssid: "new", user: "", rtspPassword: "c" }, "Enter the user of this password."],
		] as const) {
			const rig = new Rig();
			const answer = rig.post({ user: "", rtspPassword: "", ...fields });
			assert(answer.startsWith("HTTP/1.1 422 ") && answer.includes(reason),
				`${JSON.stringify(fields)} ${answer.slice(0, 60)}`);
			equal([rig.store.values, rig.restarts], [{}, 0]);
			assert(!answer.includes("short\""));
			assert(answer.includes(`value="${escapeText(fields.ssid)}"`));
		}
	});

	suite.test("form-of-another-site-is-refused", () => {
		const rig = new Rig(), fields = { ssid: "evil" };
		equal([
			rig.post(fields, "Origin: http://evil.example\r\n"),
			rig.post(fields, "Origin: null\r\n"),
			rig.post(fields, `Origin: http://${HOST}:81\r\n`),
			rig.post(fields, "Sec-Fetch-Site: cross-site\r\n"),
			rig.post({ ...fields, token: "" }),
			rig.post({ ...fields, token: "guess" }),
			rig.post({ token: "guess" }, "", "/forget"),
		].map(answer => answer.slice(9, 12)), ["403", "403", "403", "403", "403", "403", "403"]);
		// another host name that resolves to the camera's address
		equal([rig.status(post(fields, "", "/", "evil.example")), rig.status(post(fields, "", "/", ""))], [421, 421]);
		for (const path of ["/", "/generate_204"]) {
			const answer = rig.send(get(path, "evil.example"));
			assert(answer.startsWith("HTTP/1.1 302 Found\r\n") && answer.includes(`Location: http://${HOST}/\r\n`));
		}
		equal([rig.store.values, rig.restarts], [{}, 0]);
		equal(
			rig.post({ ...fields, user: "", rtspPassword: "" },
				`Origin: http://${HOST}\r\nSec-Fetch-Site: same-origin\r\n`).slice(9, 12),
			"200",
		);
	});

	suite.test("requests-that-cannot-be-answered-get-http-errors", () => {
		const rig = new Rig();
		const form = "Content-Type: application/x-www-form-urlencoded\r\n";
		const head = (line: string, headers = "") => `${line} HTTP/1.1\r\nHost: ${HOST}\r\n${headers}\r\n`;
		for (const [text, status] of [
			[head("GET /favicon.ico"), 404],
			[head("GET /forget"), 405],
			[head("PUT /"), 405],
			[head("DELETE /x"), 404],
			[head("HEAD /"), 200],
			[head("GET /?again"), 200],
			[head("POST /", form), 411],
			[head("POST /", `${form}Content-Length: 2049\r\n`), 413],
			[head("POST /", `${form}Content-Length: x\r\n`), 400],
			[head("POST /", `${form}Content-Length: 5\r\nContent-Length: 6\r\n`), 400],
			[head("POST /", `${form}Transfer-Encoding: chunked\r\n`), 501],
			[head("POST /", `${form}Content-Length: 9\r\nExpect: 100-continue\r\n`), 417],
			[head("POST /", "Content-Type: text/plain\r\nContent-Length: 0\r\n"), 415],
			[head("POST /", "Content-Length: 0\r\n"), 415],
			[`GET / HTTP/2.0\r\nHost: ${HOST}\r\n\r\n`, 505],
			[`OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n`, 400],
			["$\0\0\x01x", 400],
			["GET\r\n\r\n", 400],
			["\x16\x03\x01\x02", 400],
			[`GET /${"x".repeat(3000)}`, 414],
			[head("GET /", "A: b\r\n".repeat(33)), 431],
			[head("GET /", `A: ${"b".repeat(2100)}\r\n`), 431],
		] as const)
			equal(rig.status(text), status, text.slice(0, 60));
		assert(!rig.send(head("HEAD /")).includes("<html"));
		assert(rig.send(head("PUT /")).includes("Allow: GET, HEAD, POST, OPTIONS\r\n"));
		equal(rig.notices, []);
	});

	suite.test("malformed-and-foreign-forms-are-refused", () => {
		const rig = new Rig();
		const raw = (body: string) =>
			rig.status(
				`POST / HTTP/1.0\r\nHost: ${HOST}\r\nContent-Type: application/x-www-form-urlencoded; `
					+ `charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
			);
		for (const body of ["token=t0ken&ssid=a&ssid=b", "token=t0ken&port=80", "token=t0ken&ssid=%",
			"token=t0ken&ssid=%ff", "token=t0ken&ssid=%00", "token=t0ken&ssid=%0d%0aX", "token=t0ken&ssid=a b", "=x",
			"a&".repeat(20)])
			equal(raw(body), 400, body);
		equal(raw(""), 403);
		equal(rig.restarts, 0);
	});

	suite.test("unfinished-request-expires-once", () => {
		const rig = new Rig(), { connection, peer } = rig.connect();
		connection.receiveNext(bytes("POST / HTTP/1.1\r\nHo"), 0);
		rig.time = 10_000;
		connection.tick(rig.time);
		equal(peer.take(), "");
		rig.time = 10_001;
		connection.tick(rig.time);
		connection.tick(rig.time);
		connection.receiveNext(bytes(get()), 0);
		equal([peer.take(), peer.state], ["408", "closed"]);
	});

	suite.test("failing-flash-is-answered-500-and-changes-nothing", () => {
		const rig = new Rig();
		rig.store.throwing = "set";
		assert(rig.post({ ssid: "new", user: "", rtspPassword: "" }).startsWith("HTTP/1.1 500 "));
		rig.store.throwing = "delete";
		assert(rig.post({}, "", "/forget").startsWith("HTTP/1.1 500 "));
		equal(rig.restarts, 0);
	});

	suite.test("stored-settings-can-be-erased", () => {
		const rig = new Rig();
		rig.post({ ssid: "new", user: "", rtspPassword: "" });
		rig.store.values["apPassword"] = "kept";
		assert(rig.post({}, "", "/forget").startsWith("HTTP/1.1 200 "));
		equal([rig.store.values, rig.restarts], [{ apPassword: "kept" }, 2]);
	});

	suite.test("stored-settings-win-group-by-group", () => {
		const store = new FakeStore(), notices: string[] = [];
		const read = (config: Record<string, unknown> = { ...DEVICE, ssid: "flashed", password: "flashed pass" }) => {
			const { ssid, password, name, user, rtspPassword } = applyStored(config, store,
				message => notices.push(message));
			return [ssid, password, name, user, rtspPassword ?? ""];
		};
		equal(read(), ["flashed", "flashed pass", "", "", ""]);
		Object.assign(store.values, { ssid: "stored", name: "porch", user: "me", rtspPassword: "x" });
		// an open network: the password in the firmware belongs to another one
		equal(read(), ["stored", "", "porch", "me", "x"]);
		equal(read({ ...DEVICE, ssid: "flashed", password: "flashed pass", stored: "ignore" }), ["flashed",
			"flashed pass", "", "", ""]);
		store.values["name"] = "no good";
		equal([read(), notices.length], [["stored", "", "", "me", "x"], 1]);
		store.throwing = "get";
		const flashed = { ...DEVICE, ssid: "flashed", password: "flashed pass", user: "owner", rtspPassword: "y" };
		equal(read(flashed), ["flashed", "flashed pass", "", "owner", "y"]);
		equal(notices.length, 6);
	});

	suite.test("damaged-stored-login-leads-to-set-up-and-admits-nobody", () => {
		const CLOSED = ["", "", ""];
		const read = (stored: Record<string, unknown>, throwing?: "get", config: Record<string, unknown> = {}) => {
			const store = new FakeStore();
			Object.assign(store.values, { ssid: "stored", password: "wifi pass", ...stored });
			if (throwing)
				store.throwing = throwing;
			const { ssid, user, rtspPassword } = applyStored({ ...DEVICE, ssid: "flashed", password: "flashed pass",
				...config }, store, () => {});
			return [ssid, user, rtspPassword ?? ""];
		};
		for (const stored of [{ user: "me" }, { user: "me", rtspPassword: 5 }, { rtspPassword: "x" }, { user: "me",
			rtspPassword: "" }, { user: "m:e", rtspPassword: "x" }])
			equal(read(stored), CLOSED, JSON.stringify(stored));
		equal(read({}, "get"), CLOSED);
		// a user in the firmware still applies, and so does a stored choice to admit everybody
		equal(read({ user: "me" }, undefined, { user: "owner", rtspPassword: "y" }), ["stored", "owner", "y"]);
		equal(read({ user: "", rtspPassword: "" }), ["stored", "", ""]);
		equal(read({}), ["stored", "", ""]);
		equal(read({ user: "me" }, undefined, { stored: "ignore" }), ["flashed", "", ""]);
	});

	suite.test("login-partly-stored-admits-nobody", () => {
		// the SDK's preferences erase a value before they write it
		for (const [before, after] of [[{ user: "me", rtspPassword: "x" }, { user: "you", rtspPassword: "z" }], [{
			user: "me",
			rtspPassword: "x",
		}, { user: "", rtspPassword: "" }]] as const) {
			for (let writes = 0; writes < 5; writes++) {
				const store = new FakeStore();
				Object.assign(store.values, { ssid: "home", password: "wifi pass", ...before });
				let left = writes;
				const set = store.set.bind(store);
				store.set = (name, value) => {
					delete store.values[name];
					if (left-- === 0)
						throw new Error("no power");
					set(name, value);
				};
				try {
					writeStored(store, { ssid: "home", password: "wifi pass", name: "", ...after });
				}
				catch {
					// the simulated loss of power
				}
				store.set = set;
				const { ssid, user } = applyStored(DEVICE, store, () => {});
				assert(ssid === "" || user !== "" || (after.user === "" && writes === 4),
					`${JSON.stringify(after)} cut off after ${writes} writes: ${JSON.stringify(store.values)}`);
			}
		}
	});

	suite.test("password-without-a-network-is-the-stream's", () => {
		const { ssid, password, rtspPassword } = overlay({ ...DEVICE, user: "me", password: "x" }, {});
		equal([ssid, password, rtspPassword], ["", "", "x"]);
		const stored = overlay({ ...DEVICE, user: "me", password: "x" }, { ssid: "home", password: "wifi pass" });
		equal([stored["ssid"], stored["password"], stored["rtspPassword"]], ["home", "wifi pass", "x"]);
	});

	suite.test("form-text-is-decoded-once", () => {
		equal([...parseForm(bytes("a=1+2%2B3&b=%25&c&d="))!], [["a", "1 2+3"], ["b", "%"], ["c", ""], ["d", ""]]);
		equal([...parseForm(bytes(""))!], []);
		equal(escapeText("<&>'\"`\u0000\u{1f600}\ud800"), "&#60;&#38;&#62;&#39;&#34;&#96;?&#128512;?");
	});

	suite.test("mutated-requests-are-answered-or-wait-and-store-nothing", () => {
		const rig = new Rig();
		const seeds = [get(), post({ ssid: "evil", token: "wrong" }), post({ ssid: "" }),
			post({ token: "wrong" }, `Origin: http://${HOST}\r\n`, "/forget")];
		let seed = 7;
		const random = (below: number): number => {
			seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
			return (seed >>> 8) % below;
		};
		let answered = 0;
		for (let i = 0; i < 3000; i++) {
			let text = seeds[random(seeds.length)]!;
			for (let changes = random(6); changes >= 0; changes--) {
				const at = random(text.length), length = random(20);
				const insert = ["", "\r\n", "%", "&", "=", "\0", "\xff", ":", "Content-Length: 9\r\n",
					text.slice(at, at + length)][random(10)]!;
				text = text.slice(0, at) + insert + text.slice(at + random(2) * length);
			}
			const cut = random(text.length + 1);
			if (rig.send(text.slice(0, cut), text.slice(cut)) !== "")
				answered += 1;
		}
		assert(answered > 1000, `${answered}`);
		equal([rig.store.values, rig.restarts, rig.notices], [{}, 0, []]);
	});
}
