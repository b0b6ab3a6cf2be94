/**
 * Fuzzes the RTSP server inside the engine: modules/rtsp with a fake StreamControl, without sockets, thousands of inputs a second.
 *
 *   arguments: seed, first input, number of inputs
 *
 * An input is fed as it is; through an HTTP tunnel; and to two servers with a password, once with Authorizations of which none is right
 * (nothing may be described or played), once with right ones among them.
 *
 * After each input: nothing was thrown, every answer is well formed, the tables are within their limits; after the connection is
 * gone, nothing interleaved is left; after time has passed, nothing at all, and every subscription was closed exactly once. Some
 * inputs are fed twice, cut in different places: the answers are the same. Memory is the same at the end as at the beginning.
 */

import Process from "process";
import { RTCPParser } from "rtp/rtcpparser";
import { Server, type Authentication } from "rtsp/server";
import type { Peer, PlayPoint, StreamControl, StreamDescription, SubscribeOptions, Subscription } from "rtsp/types";
import { authorize, makeInput, makeTunnel, Random, type Input } from "./generator";

const LIMIT = 4;
const SLOTS = 0, CHUNK_BYTES = 2;
/** Slots and bytes by which the heap may differ at the end: the last input's leftovers. */
const SLOT_TOLERANCE = 300, CHUNK_TOLERANCE = 8192;

function fail(message: string): never {
	throw new Error(message);
}

class FuzzSubscription implements Subscription {
	readonly ssrc = 0xabcdef01;
	readonly serverRTPPort = 6970;
	readonly serverRTCPPort = 6971;
	readonly blocksize = 1400;
	readonly #bench: Bench;
	readonly #interleaved: number;
	readonly #onAlive: () => void;
	#closed = false;
	#playing = false;

	constructor(bench: Bench, { delivery, onAlive }: SubscribeOptions) {
		this.#bench = bench;
		this.#interleaved = delivery.kind === "interleaved" ? 1 : 0;
		this.#onAlive = onAlive;
		bench.open += 1;
		bench.interleaved += this.#interleaved;
	}

	play(): PlayPoint {
		if (this.#closed || this.#playing)
			fail("play of a subscription that plays, or is closed");
		this.#playing = true;
		this.#bench.played += 1;
		return { sequenceNumber: 4711, timestamp: 4022928576 };
	}

	pause(): void {
		if (this.#closed || !this.#playing)
			fail("pause of a subscription that does not play");
		this.#playing = false;
		this.#bench.paused += 1;
	}

	receiveRTCP(bytes: Uint8Array): void {
		if (this.#closed)
			fail("RTCP for a closed subscription");
		if (this.#bench.parser.parse(bytes)) {
			this.#bench.reports += 1;
			this.#onAlive();
		}
	}

	close(): void {
		if (this.#closed)
			fail("a subscription was closed twice");
		this.#closed = true;
		this.#bench.open -= 1;
		this.#bench.interleaved -= this.#interleaved;
	}
}

class FuzzPeer implements Peer {
	readonly remoteAddress = "192.0.2.7";
	readonly localAddress = "192.0.2.1";
	sent = "";
	closed = false;

	send(text: string): void {
		if (this.closed)
			fail("something was sent after close");
		this.sent += text;
	}

	close(): void {
		if (this.closed)
			fail("a peer was closed twice");
		this.closed = true;
	}
}

/** A server and everything around it. */
class Bench implements StreamControl {
	readonly server: Server;
	readonly parser: RTCPParser;
	/** Subscriptions that are not closed. */
	open = 0;
	/** Those of them that are interleaved. */
	interleaved = 0;
	played = 0;
	paused = 0;
	reports = 0;
	/** Answers of DESCRIBE, and subscriptions, ever: where nobody may, none. */
	described = 0;
	subscribed = 0;
	answers = 0;
	/** Answers by the first digit of their status. */
	readonly statuses = [0, 0, 0, 0, 0, 0];
	#time = 1000;
	#random = 1;
	#error: unknown;

	constructor(authentication?: Authentication) {
		this.parser = new RTCPParser({ onReport: () => undefined, onBye: () => undefined });
		this.server = new Server({
			control: this,
			now: () => this.#time,
			random32: () => this.#random++,
			limits: { connections: LIMIT, sessions: LIMIT, headBytes: 1024, headerCount: 16, bodyBytes: 128, frameBytes: 256 },
			serverName: "fuzz",
			authentication,
			parameters: { read: name => (name === "quality" || name === "width" ? "12" : undefined), isWritable: name => name === "quality", write: (_name, value) => Number(value) < 64 },
			onError: error => this.#error = error,
		});
	}

	describe(): StreamDescription | undefined {
		this.described += 1;
		return { width: 640, height: 480, frameRate: 15 };
	}

	subscribe(options: SubscribeOptions): Subscription | "unsupported" | "busy" {
		const { delivery } = options;
		this.subscribed += 1;
		if (delivery.kind === "udp" && delivery.rtpPort % 16 === 2)
			return "busy";
		return new FuzzSubscription(this, options);
	}

	/** One connection from its beginning to its end. @returns everything that was answered */
	feed(bytes: Uint8Array, nextCut: (begin: number) => number, id: number): string {
		this.#random = id;
		const peer = new FuzzPeer();
		const connection = this.server.connect(peer);
		for (let begin = 0; begin < bytes.length;) {
			const end = Math.min(nextCut(begin), bytes.length);
			connection.receive(bytes.subarray(begin, end));
			begin = end;
			if (this.server.sessionCount > LIMIT || this.server.connectionCount > LIMIT || this.open > LIMIT + 1)
				fail(`${this.server.sessionCount} sessions, ${this.server.connectionCount} connections, ${this.open} subscriptions`);
		}
		if (!peer.closed)
			connection.closed();
		connection.receive(bytes);
		this.server.tick();
		if (this.server.connectionCount || this.interleaved)
			fail(`${this.server.connectionCount} connections and ${this.interleaved} interleaved subscriptions are left`);
		if (this.server.sessionCount !== this.open)
			fail(`${this.server.sessionCount} sessions, ${this.open} subscriptions`);
		return peer.sent;
	}

	/** Through a tunnel. @returns what came down */
	feedTunnel(get: string, post: string, body: string, nextCut: (begin: number) => number, id: number): string {
		this.#random = id;
		const down = new FuzzPeer(), up = new FuzzPeer();
		const getter = this.server.connect(down), poster = this.server.connect(up);
		getter.receive(bytesOf(get));
		const bytes = bytesOf(post + body);
		for (let begin = 0; begin < bytes.length;) {
			const end = Math.min(nextCut(begin), bytes.length);
			poster.receive(bytes.subarray(begin, end));
			begin = end;
		}
		for (const [peer, connection] of [[up, poster], [down, getter]] as const) {
			if (!peer.closed)
				connection.closed();
		}
		this.server.tick();
		if (this.server.connectionCount || this.interleaved)
			fail(`${this.server.connectionCount} connections and ${this.interleaved} interleaved subscriptions are left of a tunnel`);
		this.checkAnswers(up.sent);
		return down.sent;
	}

	/** So much time passes that every session ends. */
	passTime(): void {
		this.#time += 61_000;
		this.server.tick();
		if (this.server.sessionCount || this.server.playingCount || this.open)
			fail(`after a minute of silence ${this.server.sessionCount} sessions and ${this.open} subscriptions are left`);
	}

	/** What was reported as an internal error since the last call. */
	takeError(): unknown {
		const error = this.#error;
		this.#error = undefined;
		return error;
	}

	/** Status lines and headers of visible ASCII, and bodies as long as they say. */
	checkAnswers(text: string): void {
		for (let begin = 0; begin < text.length; this.answers++) {
			const end = text.indexOf("\r\n\r\n", begin);
			if (end < 0)
				fail(`no end of headers: ${JSON.stringify(text.slice(begin))}`);
			let length = 0;
			for (let line = begin; line < end;) {
				let next = text.indexOf("\r\n", line);
				const content = text.slice(line, next);
				if (line === begin) {
					if ((content.slice(0, 9) !== "RTSP/1.0 " && content.slice(0, 9) !== "HTTP/1.0 ") || !(Number(content.slice(9, 12)) >= 200) || content.charAt(12) !== " " || content.endsWith("Unknown"))
						fail(`status line ${JSON.stringify(content)}`);
					this.statuses[Number(content.charAt(9))]! += 1;
					if (content.slice(9, 12) === "500")
						fail("an answer of 500");
				}
				else if (content.indexOf(": ") < 1)
					fail(`header ${JSON.stringify(content)}`);
				if (content.startsWith("Content-Length: "))
					length = Number(content.slice(16));
				line = next += 2;
			}
			for (let i = begin; i < end; i++) {
				const code = text.charCodeAt(i);
				if (code > 0x7e || (code < 0x20 && code !== 13 && code !== 10))
					fail(`byte ${code} in an answer`);
			}
			begin = end + 4 + length;
			if (begin > text.length)
				fail("an answer is shorter than it says");
		}
	}
}

function bytesOf(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}

/** The id that the session has which is the first to be made after `random32` was set to `id`. */
function sessionID(id: number): string {
	let text = "";
	for (let i = 0; i < 4; i++)
		text += (0x100000000 + id + i).toString(16).slice(1);
	return text;
}

function play(bench: Bench, input: Input, number: number): void {
	const id = 16 + (number % 1000) * 4096;
	const bytes = bytesOf(input.text.replaceAll("{s}", sessionID(id)));
	const answers = bench.feed(bytes, input.nextCut, id);
	bench.checkAnswers(answers);
	if (bench.parser.parse(bytesOf(input.report)))
		bench.reports += 1;
	if (number % 4 === 0) {
		bench.passTime();
		const first = bench.feed(bytes, input.nextCut, id);
		bench.passTime();
		const whole = bench.feed(bytes, () => bytes.length, id);
		bench.passTime();
		if (first !== whole)
			fail(`cut in pieces it is answered\n${JSON.stringify(first)}\nwhole it is answered\n${JSON.stringify(whole)}`);
	}
}

/** The same through a tunnel: when nothing of it is mutated, what comes down is what the connection itself would get. */
function playTunnel(bench: Bench, input: Input, number: number, random: Random): void {
	const id = 16 + (number % 1000) * 4096, text = input.text.replaceAll("{s}", sessionID(id));
	const { get, post, whole, mutated } = makeTunnel(text, random);
	bench.checkAnswers(bench.feedTunnel(get, post, mutated, input.nextCut, id));
	bench.passTime();
	if (number % 4 !== 0)
		return;
	const head = "/ HTTP/1.0\r\nx-sessioncookie: right\r\n\r\n";
	const tunnelled = bench.feedTunnel(`GET ${head}`, `POST ${head}`, whole, input.nextCut, id);
	bench.passTime();
	const direct = bench.feed(bytesOf(text), input.nextCut, id);
	bench.passTime();
	// what begins with HTTP itself is another matter
	if (!text.includes("HTTP/") && tunnelled.slice(tunnelled.indexOf("\r\n\r\n") + 4) !== direct)
		fail(`through a tunnel it is answered\n${JSON.stringify(tunnelled)}\ndirectly it is answered\n${JSON.stringify(direct)}`);
}

const RIGHT = "Basic bWU6c2VjcmV0";
const login = { user: "me", password: "secret", failureLimit: 0 };
const locked = new Bench({ ...login, scheme: "digest" }), unlocked = new Bench({ ...login, scheme: "basic" });

function playWithPasswords(input: Input, number: number, random: Random): void {
	const id = 16 + (number % 1000) * 4096, text = input.text.replaceAll("{s}", sessionID(id));
	locked.checkAnswers(locked.feed(bytesOf(authorize(text, random)), input.nextCut, id));
	locked.passTime();
	if (locked.described || locked.subscribed)
		fail("somebody got in without the password");
	unlocked.checkAnswers(unlocked.feed(bytesOf(authorize(text, random, RIGHT)), input.nextCut, id));
	unlocked.passTime();
}

const seed = Number(Process.argument(0) ?? 1), from = Number(Process.argument(1) ?? 0), count = Number(Process.argument(2) ?? 10_000);
const bench = new Bench();
let number = from, slots = 0, chunkBytes = 0;
try {
	const last = from + count, step = Math.max(1, Math.floor(count / 10));
	for (; number < last; number++) {
		const input = makeInput(seed, number), random = new Random(seed * 1_000_037 + number);
		play(bench, input, number);
		playTunnel(bench, input, number, random);
		playWithPasswords(input, number, random);
		for (const it of [bench, locked, unlocked]) {
			const error = it.takeError();
			if (error !== undefined)
				throw error;
		}
		// the first tenth makes what stays: names, the largest tables
		if ((number - from + 1) % step === 0) {
			bench.passTime();
			Process.collect();
			const slotsNow = Process.memory(SLOTS), chunkBytesNow = Process.memory(CHUNK_BYTES);
			if (slots === 0) {
				slots = slotsNow;
				chunkBytes = chunkBytesNow;
			}
			trace(`${number - from + 1} inputs, ${bench.answers} answers, ${slotsNow} slots, ${chunkBytesNow} chunk bytes\n`);
			if (slotsNow > slots + SLOT_TOLERANCE || chunkBytesNow > chunkBytes + CHUNK_TOLERANCE)
				fail(`memory grows: ${slots} slots and ${chunkBytes} chunk bytes in the beginning`);
		}
	}
	const [, , good, , refused, failed] = bench.statuses;
	trace(`${JSON.stringify({ inputs: count, answers: bench.answers, good, refused, failed, played: bench.played, paused: bench.paused, reports: bench.reports, entered: unlocked.played })}\n`);
	Process.abort(0);
}
catch (error) {
	trace(`not ok: seed ${seed}, input ${number}: ${String((error as Error).stack ?? error)}\n`);
	Process.abort(1);
}
