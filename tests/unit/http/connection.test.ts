// SPDX-License-Identifier: MIT
/** A connection over a peer that records what is sent, with handlers that answer at once, later, or with a stream. */

import { equal, type Suite } from "../harness";
import { bytesOf } from "../rtsp/fixture";
import { HTTPConnection, type HTTPConnectionOwner } from "http/connection";
import { HTTPService } from "http/service";
import { Request } from "rtsp/message";
import { FakePeer } from "./peer";
import type { HTTPExchange, HTTPRequest, Route } from "http/types";

class Fixture implements HTTPConnectionOwner {
	time = 0;
	readonly limits = {};
	readonly serverName = "test";
	readonly requestTimeout = 10_000;
	readonly now = (): number => this.time;
	readonly errors: unknown[] = [];
	readonly peer = new FakePeer();
	readonly connection: HTTPConnection;
	readonly request = new Request();
	exchange: HTTPExchange | undefined;
	handled: HTTPRequest | undefined;
	ended = 0;
	/** Times that the watcher of a handler that throws was told of the end. */
	closed = 0;
	admits = true;
	readonly #service: HTTPService;

	constructor() {
		const route = (path: string, handle: Route["handle"], more: Partial<Route> = {}): Route => ({ paths: [path],
			methods: ["GET", "POST"], handle, ...more });
		const later = (_request: HTTPRequest, exchange: HTTPExchange): undefined => {
			this.exchange = exchange;
		};
		this.#service = new HTTPService({
			authenticator: undefined,
			names: [],
			cors: "",
			admits: () => this.admits,
			routes: [
				route("/now", request => {
					this.handled = { ...request, body: request.body.slice() };
					return { status: 200, type: "text/plain", body: "é" };
				}),
				route("/long", () => ({ status: 200, type: "text/plain", body: "x".repeat(3000) })),
				route("/later", later),
				route("/lasting", later, { lasting: true }),
				route("/change", () => ({ status: 204 }), { changes: true }),
				route("/throw", () => {
					throw new Error("from the handler");
				}),
				route("/watch", (_request, exchange) => {
					exchange.onClose(() => this.closed += 1);
					throw new Error("after watch");
				}),
				route("/begin", (_request, exchange) => {
					exchange.onClose(() => this.closed += 1);
					exchange.begin({ status: 200 });
					throw new Error("after begin");
				}),
				route("/below/*", request => ({ status: 200, body: request.path })),
			],
		});
		this.connection = new HTTPConnection(this, this.peer);
	}

	answer(...[request, connection]: Parameters<HTTPService["answer"]>): ReturnType<HTTPService["answer"]> {
		return this.#service.answer(request, connection);
	}
	onError(error: unknown): void {
		this.errors.push(error);
	}
	onKept(): void {
		// not limited here
	}
	onEnd(): void {
		this.ended += 1;
	}

	/** Receives as a socket delivers: message by message, and nothing while it is held. @returns the rest */
	receive(text: string): string {
		const bytes = bytesOf(text);
		let offset = 0;
		while (offset < bytes.byteLength && !this.peer.held && this.peer.state === "")
			offset = this.connection.receiveNext(bytes, offset);
		return text.slice(offset);
	}
	get(path: string, ...headers: string[]): string {
		return `${[`GET ${path} HTTP/1.1`, "Host: h", ...headers].join("\r\n")}\r\n\r\n`;
	}
}

export default function (suite: Suite): void {
	suite.test("http-answer-has-the-length-of-its-utf8", () => {
		const fixture = new Fixture();
		fixture.receive(fixture.get("/now?a=b"));
		equal(fixture.peer.sent.includes("Content-Length: 2\r\n"), true, fixture.peer.sent);
		equal([fixture.handled?.path, fixture.handled?.query.get("a"), fixture.handled?.method], ["/now", "b", "GET"]);
	});

	suite.test("http-body-arrives-however-it-is-cut", () => {
		const text = "POST /now HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
		for (let cut = 1; cut < text.length; cut++) {
			const fixture = new Fixture();
			fixture.receive(text.slice(0, cut));
			fixture.receive(`${text.slice(cut)}${fixture.get("/now")}`);
			equal(fixture.peer.take(), "200 200", `cut at ${cut}`);
		}
		const fixture = new Fixture();
		fixture.receive(text);
		equal(fixture.handled?.body, bytesOf("hello"));
	});

	suite.test("http-next-request-waits-for-an-answer-that-comes-later", () => {
		const fixture = new Fixture();
		const rest = fixture.receive(`${fixture.get("/later")}${fixture.get("/now")}`);
		equal([fixture.peer.take(), fixture.peer.held, rest], ["", true, fixture.get("/now")]);
		fixture.time += 60_000;
		fixture.connection.tick(fixture.time);
		equal(fixture.peer.state, "", "a connection whose handler is at work is not idle");
		fixture.exchange!.respond({ status: 200, body: "" });
		equal([fixture.peer.take(), fixture.peer.held], ["200", false]);
		fixture.exchange!.respond({ status: 500 });
		equal(fixture.peer.take(), "", "a second answer");
		fixture.receive(rest);
		equal(fixture.peer.take(), "200");
	});

	suite.test("http-next-request-waits-until-a-long-body-is-sent", () => {
		const fixture = new Fixture();
		const rest = fixture.receive(`${fixture.get("/long")}${fixture.get("/now")}`);
		equal([fixture.peer.take(), fixture.peer.held, fixture.peer.bodies[0]?.byteLength], ["200", true, 3000]);
		fixture.peer.idle = true;
		fixture.connection.resume();
		equal(fixture.peer.held, false);
		fixture.receive(rest);
		equal(fixture.peer.take(), "200");
	});

	suite.test("http-stream-ends-with-its-connection", () => {
		const fixture = new Fixture();
		let closed = 0;
		fixture.receive(fixture.get("/later"));
		fixture.exchange!.begin({ status: 200, type: "text/event-stream" }, "first\n");
		fixture.exchange!.onClose(() => closed += 1);
		equal(fixture.peer.sent.includes("Connection: close\r\n"), true, "Connection");
		equal(fixture.peer.sent.includes("Content-Length"), false, "Content-Length");
		equal(fixture.peer.sent.endsWith("\r\n\r\nfirst\n"), true, "the beginning");
		equal([fixture.exchange!.write("more"), fixture.peer.sent.endsWith("more")], [true, true]);
		fixture.peer.idle = false;
		equal(fixture.exchange!.write("not this"), false);
		equal(fixture.receive(fixture.get("/now")), "", "data behind the request is read and ignored");
		equal(fixture.connection.granted, true, "a stream keeps its place");
		fixture.connection.closed();
		fixture.connection.closed();
		equal([closed, fixture.ended, fixture.exchange!.write("x")], [1, 1, false]);
	});

	suite.test("http-handler-that-throws-is-answered-500", () => {
		const fixture = new Fixture();
		fixture.receive(`${fixture.get("/throw")}${fixture.get("/now")}`);
		equal([fixture.peer.take(), fixture.errors.length], ["500 200", 1]);
	});

	suite.test("http-handler-that-throws-ends-what-it-has-begun", () => {
		for (const [path, statuses, state] of [["/watch", "500 200", ""], ["/begin", "200", "closed"]] as const) {
			const fixture = new Fixture();
			fixture.receive(`${fixture.get(path)}${fixture.get("/now")}`);
			equal([fixture.peer.take(), fixture.peer.state, fixture.errors.length], [statuses, state, 1], path);
			equal([fixture.closed, fixture.ended], [1, state === "" ? 0 : 1], path);
			fixture.connection.closed();
			equal([fixture.closed, fixture.ended], [1, 1], path);
		}
	});

	suite.test("http-connection-without-memory-for-an-answer-ends", () => {
		const answers: ((exchange: HTTPExchange) => void)[] = [exchange => exchange.respond({ status: 200 }),
			exchange => exchange.begin({ status: 200 }), exchange => exchange.beginBody({ status: 200 }, 5)];
		for (const [i, answer] of answers.entries()) {
			const fixture = new Fixture();
			fixture.receive(fixture.get("/later"));
			let closed = 0;
			fixture.exchange!.onClose(() => closed += 1);
			fixture.peer.sendText = () => {
				throw new RangeError("memory full");
			};
			answer(fixture.exchange!);
			equal([fixture.peer.state, fixture.ended, fixture.errors.length], ["closed", 1, 1], `answer ${i}`);
			// an answer is the end of what the watcher has to do
			equal(closed, i === 0 ? 0 : 1, `answer ${i}`);
		}
	});

	suite.test("http-address-with-too-many-streams-is-answered-503", () => {
		const fixture = new Fixture();
		fixture.admits = false;
		fixture.receive(`${fixture.get("/lasting")}${fixture.get("/now")}`);
		equal(fixture.peer.take(), "503 200");
	});

	suite.test("http-change-from-another-page-is-refused", () => {
		const fixture = new Fixture();
		fixture.receive(`${fixture.get("/change", "Origin: http://evil.com")}${fixture.get("/change")}`);
		equal(fixture.peer.take(), "403 204");
	});

	suite.test("http-route-for-paths-below", () => {
		const fixture = new Fixture();
		fixture.receive(`${fixture.get("/below/a/b")}${fixture.get("/below")}`);
		equal(fixture.peer.take(), "200 404");
	});

	suite.test("http-idle-connection-is-closed", () => {
		const fixture = new Fixture();
		fixture.receive(fixture.get("/now"));
		fixture.time = 15_000;
		fixture.connection.tick(fixture.time);
		equal(fixture.peer.state, "");
		fixture.time = 15_001;
		fixture.connection.tick(fixture.time);
		equal([fixture.peer.state, fixture.ended], ["closed", 1]);
	});

	suite.test("http-rest-of-a-refused-request-is-read-for-a-second", () => {
		const fixture = new Fixture();
		fixture.receive("POST /now HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\nabc");
		equal([fixture.peer.take(), fixture.peer.state, fixture.peer.held], ["413", "", false]);
		equal(fixture.receive(fixture.get("/now")), "");
		equal(fixture.peer.take(), "");
		fixture.time = 1001;
		fixture.connection.tick(fixture.time);
		equal(fixture.peer.state, "closed");
	});
}
