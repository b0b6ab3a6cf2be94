// SPDX-License-Identifier: MIT
/**
 * Fuzzes HTTP inside the engine: connections and their service without sockets. part.ts has the arguments.
 *
 * An input is a mutated conversation, received in pieces and then in one. The server throws nothing, never answers 500,
 * answers both alike, and answers no request that the conversation does not have. Without the password, no handler is
 * called.
 */

import { HTTPConnection, type HTTPConnectionOwner } from "http/connection";
import { HTTPService } from "http/service";
import type { Answer, HTTPExchange, HTTPPeer, HTTPRequest, Route } from "http/types";
import { Authenticator } from "rtsp/authenticator";
import { Request } from "rtsp/message";
import { stress } from "../../engine/stress";
import { fail, fuzz, stressTime } from "../part";
import { bytesOf, lines, mutate, Random } from "../app/generator";

/** Slots by which the heap may grow while nothing is open. */
const TOLERANCE = 60;

const GET = "GET /now?a=b HTTP/1.1";
const CONVERSATIONS: readonly (readonly string[])[] = [
	[lines(GET, "Host: camera", "User-Agent: curl/7.88.1", "Accept: */*"),
		lines("HEAD /long HTTP/1.1", "Host: camera")],
	[
		lines("POST /now HTTP/1.1", "Host: 10.0.0.5:8080", "Content-Type: application/json", "Content-Length: 7")
		+ "{\"a\":1}",
		lines("GET /later HTTP/1.1", "Host: 10.0.0.5:8080", "If-None-Match: \"a\", W/\"b\""),
		lines("GET /nothing HTTP/1.1", "Host: 10.0.0.5:8080", "Connection: close"),
	],
	[
		lines("GET http://camera/%6eow?%61=%20+&b&c= HTTP/1.1", "Host: camera", "Origin: http://camera",
			"Sec-Fetch-Site: same-origin"),
		lines("POST /change HTTP/1.1", "Host: camera", "Origin: http://camera", "Content-Length: 0"),
		lines("OPTIONS * HTTP/1.1", "Host: camera"),
	],
	[lines("GET /stream HTTP/1.0", "Connection: keep-alive"), lines(GET, "Host: camera")],
	[lines("POST /now HTTP/1.1", "Host: camera", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n"],
	[lines("POST /now HTTP/1.1", "Host: camera", "Content-Length: 44") + lines("GET /stolen HTTP/1.1", "Host: camera"),
		lines(GET, "Host: camera", "Authorization: Digest username=\"me\", realm=\"r\", nonce=\"1-00\", uri=\"/now\", "
			+ "response=\"d41d8cd98f00b204e9800998ecf8427e\", qop=auth, nc=00000001, cnonce=\"x\"")],
];

class FuzzPeer implements HTTPPeer {
	readonly remoteAddress = "10.0.0.2";
	readonly idle = true;
	sent = "";
	closed = false;
	held = false;

	sendText(text: string): void {
		if (this.closed)
			fail("something was sent after close");
		this.sent += text;
	}
	sendBody(bytes: Uint8Array): void {
		this.sendText(`[${bytes.byteLength}]`);
	}
	sendIfRoom(text: string): boolean {
		this.sendText(text);
		return true;
	}
	hold(held: boolean): void {
		this.held = held;
	}
	sendPicture(): 2 {
		return 2;
	}
	openRoute(): undefined {
		return undefined;
	}
	stalled(): void {
		this.closed = true;
	}
	close(): void {
		if (this.closed)
			fail("a peer was closed twice");
		this.closed = true;
	}
	drop(): void {
		this.close();
	}
}

class Bench implements HTTPConnectionOwner {
	readonly limits = { headBytes: 1024, headerCount: 24, bodyBytes: 64 };
	readonly request = new Request(24);
	readonly serverName = "fuzz";
	readonly requestTimeout = 10_000;
	time = 0;
	readonly now = (): number => this.time;
	readonly #service: HTTPService;
	/** Requests that reached a handler. */
	handled = 0;
	/** Those of them that are the body of another one, unless they were changed. */
	stolen = 0;
	#later: HTTPExchange | undefined;
	#open = 0;

	constructor(hasPassword: boolean) {
		const route = (path: string, handle: Route["handle"], more: Partial<Route> = {}): Route => ({ paths: [path],
			methods: ["GET", "POST"], handle: (request, exchange) => {
				this.handled += 1;
				return handle(request, exchange);
			}, ...more });
		this.#service = new HTTPService({
			authenticator: hasPassword
				? new Authenticator({ user: "me", password: "secret", realm: "r", now: this.now, random32: () => 1,
					failureLimit: 0 })
				: undefined,
			names: [],
			cors: "*",
			admits: () => true,
			routes: [
				route("/now", ({ body }) => ({ status: 200, type: "text/plain", body: `${body.byteLength}` })),
				route("/long", () => ({ status: 200, body: "x".repeat(2000) })),
				route("/later", (_request: HTTPRequest, exchange) => {
					this.#later = exchange;
					return undefined;
				}),
				route("/stream", (_request: HTTPRequest, exchange) => {
					exchange.begin({ status: 200 }, "first");
					return undefined;
				}),
				route("/change", () => ({ status: 204 }), { changes: true }),
				route("/stolen", () => {
					this.stolen += 1;
					return { status: 200 };
				}),
			],
		});
	}

	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		return this.#service.answer(request, connection);
	}
	onError(error: unknown): void {
		throw error;
	}
	onKept(): void {
		// not limited here
	}
	onEnd(): void {
		this.#open -= 1;
	}

	/** @returns what is sent to the client */
	feed(text: string, nextEnd: (begin: number) => number): string {
		const peer = new FuzzPeer(), connection = new HTTPConnection(this, peer), bytes = bytesOf(text);
		this.#open += 1;
		for (let begin = 0; begin < bytes.byteLength && !peer.closed;) {
			const end = Math.min(nextEnd(begin), bytes.byteLength), piece = bytes.subarray(begin, end);
			for (let offset = 0; offset < piece.byteLength && !peer.closed;) {
				offset = connection.receiveNext(piece, offset);
				this.#later?.respond({ status: 200, body: "later" });
				this.#later = undefined;
				if (peer.held)
					fail("a connection is held without an answer to come");
			}
			begin = end;
		}
		this.time += 20_000;
		if (!peer.closed)
			connection.tick(this.time);
		if (!peer.closed)
			connection.closed();
		if (this.#open !== 0)
			fail(`${this.#open} connections are open`);
		return peer.sent;
	}
}

const benches = [new Bench(false), new Bench(true)];
const counts = { inputs: 0, handled: 0, good: 0, refused: 0 };
let text = "";

function play(random: Random, number: number): void {
	const conversation = CONVERSATIONS[random.below(CONVERSATIONS.length)]!;
	const changes = random.below(5);
	text = mutate(conversation.join(""), random, changes);
	const bench = benches[number & 1]!;
	bench.handled = bench.stolen = 0;
	stress(stressTime);
	const largest = 1 + random.below(random.below(2) ? 4 : 200);
	const pieces = comparable(bench.feed(text, begin => begin + 1 + random.below(largest))),
		whole = comparable(bench.feed(text, () => text.length));
	stress(0);
	if (pieces !== whole)
		fail(`in pieces, the answer is\n${JSON.stringify(pieces)}\nin one piece, it is\n${JSON.stringify(whole)}`);
	if (changes === 0 && bench.stolen > 0)
		fail("the body of a request was taken for a request");
	if (bench === benches[1] && bench.handled > 0)
		fail("a handler was called without the password");
	if (whole.includes("HTTP/1.1 5") && whole.includes("HTTP/1.1 500"))
		fail(whole);
	counts.inputs += 1;
	counts.handled += bench.handled;
	counts.good += whole.split("HTTP/1.1 2").length - 1;
	counts.refused += whole.split("HTTP/1.1 4").length - 1;
}

function comparable(answers: string): string {
	return answers.replace(/nonce="[^"]*"/g, "nonce").replace(/\r\nDate: [^\r]*/g, "");
}

fuzz({ counts, tolerance: TOLERANCE, warm: 100, play, shown: () => JSON.stringify(text) });
