// SPDX-License-Identifier: MIT
/**
 * A server with its environment, and the checks that have to pass for any input.
 *
 * The server throws nothing, never answers 500, keeps its limits and closes every subscription exactly once. No client
 * is granted more than it has proved, and nothing is delivered to a connection that has never proved anything.
 */

import { RTCPParser } from "rtp/rtcpparser";
import type { Scheme } from "rtsp/authenticator";
import { Server, type ServerConnection, type ServerLimits } from "rtsp/server";
import type { MulticastGroup, ParameterControl, Peer, PlayPoint, StreamControl, StreamDescription, SubscribeOptions,
	Subscription } from "rtsp/types";
import { readAnswers } from "./answers";
import { Random, bytesOf } from "./generator";
import { PASSWORD, USER, type Challenges, type Login } from "./login";
import { ADDRESSES, type Expectation, type Scenario } from "./scenario";

const LIMIT = 4, TUNNELS = 2;

/** Interval between inputs, and age of an expired nonce, in milliseconds. The interval is long enough that nothing is
 *  left of an earlier input. */
const INPUT_TIME = 100_000_000, EXPIRED = 400_000;

export interface BenchOptions {
	readonly scheme?: Scheme | undefined;
	readonly limits?: ServerLimits | undefined;
	readonly multicast?: boolean | undefined;
	readonly parameters?: boolean | undefined;
}

/** Counts of all benches together. */
export class Totals {
	inputs = 0;
	answers = 0;
	/** Number of answers by the first digit of their status. */
	readonly statuses = [0, 0, 0, 0, 0, 0];
	tunnels = 0;
	played = 0;
	paused = 0;
	reports = 0;
	multicast = 0;
	written = 0;
	/** Granted requests that needed a proof. */
	proved = 0;
	locked = 0;
	/** Right credentials that were refused during a lock. */
	waiting = 0;
	/** Conversations with expected answers. */
	whole = 0;
}

export function fail(message: string): never {
	throw new Error(message);
}

/** Number of granted requests in a scenario, by method. */
interface Grants {
	DESCRIBE: number;
	SETUP: number;
	PLAY: number;
	SET_PARAMETER: number;
}

/** A listener of RTCP that is only checked. */
export const IGNORE = { onReport: () => undefined, onBye: () => undefined };

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
		bench.totals.multicast += delivery.kind === "multicast" ? 1 : 0;
	}

	readParameter(): string | undefined {
		return undefined;
	}

	play(): PlayPoint {
		if (this.#closed || this.#playing)
			fail("play of a playing or closed subscription");
		this.#playing = true;
		this.#bench.grants.PLAY += 1;
		this.#bench.totals.played += 1;
		return { sequenceNumber: 4711, timestamp: 4022928576 };
	}

	pause(): void {
		if (this.#closed || !this.#playing)
			fail("pause of a subscription that is not playing");
		this.#playing = false;
		this.#bench.totals.paused += 1;
	}

	receiveRTCP(bytes: Uint8Array): void {
		if (this.#closed)
			fail("RTCP for a closed subscription");
		if (this.#bench.parser.parse(bytes, IGNORE)) {
			this.#bench.totals.reports += 1;
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
	readonly remoteAddress: string;
	readonly localAddress = "192.0.2.1";
	/** Whether the connection never sends a valid proof. */
	readonly stranger: boolean;
	connection: ServerConnection | undefined;
	sent = "";
	received = "";
	closed = false;

	constructor(remoteAddress: string, stranger: boolean) {
		this.remoteAddress = remoteAddress;
		this.stranger = stranger;
	}

	send(bytes: Uint8Array): void {
		if (this.closed)
			fail("the server sent something after close");
		this.sent += (String as unknown as { fromArrayBuffer(buffer: ArrayBufferLike): string }).fromArrayBuffer(
			bytes.slice().buffer,
		);
	}

	close(): void {
		if (this.closed)
			fail("a peer was closed twice");
		this.closed = true;
	}
}

export class Bench implements StreamControl, ParameterControl {
	readonly server: Server;
	readonly parser = new RTCPParser();
	readonly totals: Totals;
	readonly scheme: Scheme | undefined;
	readonly multicast: MulticastGroup | undefined;
	/** Number of open subscriptions. */
	open = 0;
	/** Number of open interleaved subscriptions. */
	interleaved = 0;
	grants: Grants = { DESCRIBE: 0, SETUP: 0, PLAY: 0, SET_PARAMETER: 0 };
	#time = 0;
	#random = 1;
	#errors: unknown[] = [];
	/** Addresses locked in the present scenario. */
	readonly #locked = new Set<string>();
	readonly #values = new Map([["quality", "20"], ["framerate", "15"]]);

	constructor(totals: Totals, { scheme, limits = {}, multicast = false, parameters = false }: BenchOptions) {
		this.totals = totals;
		this.scheme = scheme;
		this.multicast = multicast ? { address: "239.1.2.3", rtpPort: 5004, rtcpPort: 5005, timeToLive: 1 } : undefined;
		this.server = new Server({
			control: this,
			parameters: parameters ? this : undefined,
			now: () => this.#time,
			random32: () => this.#random++,
			limits: { connections: LIMIT, sessions: LIMIT, tunnels: TUNNELS, ...limits },
			serverName: "fuzz",
			authentication: scheme === undefined
				? undefined
				: { user: USER, password: PASSWORD, scheme, failureLimit: 5, lockTime: 60,
					onLock: address => this.#lock(address) },
			onError: error => this.#errors.push(error),
		});
	}

	/* ---- called by the server ---- */

	describe(): StreamDescription | undefined {
		this.grants.DESCRIBE += 1;
		return { width: 640, height: 480, frameRate: 15 };
	}

	subscribe(options: SubscribeOptions): Subscription | "unsupported" | "busy" {
		const { delivery } = options;
		this.grants.SETUP += 1;
		if (this.scheme !== undefined && delivery.kind === "interleaved" && (delivery.peer as FuzzPeer).stranger)
			fail("media for a connection that has never proved anything");
		if (delivery.kind === "udp" && delivery.rtpPort % 16 === 2)
			return "busy";
		return new FuzzSubscription(this, options);
	}

	read(name: string, subscription: Subscription | undefined): string | undefined {
		return name === "packets" ? subscription && "1" : this.#values.get(name);
	}

	isWritable(name: string): boolean {
		return this.#values.has(name);
	}

	write(name: string, value: string): boolean {
		if (!(Number(value) >= 1 && Number(value) <= 100))
			return false;
		this.grants.SET_PARAMETER = 1;
		this.totals.written += 1;
		this.#values.set(name, value);
		return true;
	}

	/* ---- called by the fuzzer ---- */

	/** Sets the clock to the instant of an input, by which everything of earlier inputs has expired. */
	begin(number: number): void {
		this.#time = (number + 1) * INPUT_TIME;
		this.server.tick();
	}

	/** Collects challenges by asking without a password. */
	challenges(): Challenges {
		const now = this.#time;
		this.#time = now - EXPIRED;
		const expired = this.#challenge(ADDRESSES[0]!);
		this.#time = now;
		return { realm: "fuzz", expired, fresh: this.#challenge(ADDRESSES[0]!), foreign: this.#challenge("192.0.2.9") };
	}

	/** Plays a scenario and checks the results.
	 *  @param id first random number
	 *  @param inside called while everything is open
	 *  @returns the text sent to each connection */
	feed(scenario: Scenario, login: Login | undefined, id: number, cut: boolean, inside: () => void): string[] {
		this.#random = id;
		this.#locked.clear();
		this.grants = { DESCRIBE: 0, SETUP: 0, PLAY: 0, SET_PARAMETER: 0 };
		this.#values.set("quality", "20").set("framerate", "15");
		const peers = scenario.lanes.map(({ address, stranger }) => new FuzzPeer(address, stranger));
		for (const { lane, text } of scenario.steps) {
			const peer = peers[lane]!;
			peer.connection ??= this.server.connect(peer);
			if (text === undefined)
				this.#hangUp(peer);
			else
				this.#say(peer, text, cut ? scenario.nextCut : () => text.length);
		}
		inside();
		for (const peer of peers)
			this.#hangUp(peer);
		// late data must not have any effect
		for (const { connection, received } of peers)
			connection?.receive(bytesOf(received.slice(0, 100)));
		this.server.tick();
		this.#checkEnd();
		if (login !== undefined) {
			this.#checkGrants(login, scenario);
			this.#checkLock(login, scenario);
		}
		this.#checkAnswers(peers, scenario.expectation);
		return peers.map(({ sent }) => sent);
	}

	/** Whether an address was locked during the last `feed`. */
	get hasLocked(): boolean {
		return this.#locked.size > 0;
	}

	/** Advances the clock until every session has ended. */
	passTime(): void {
		this.#time += 61_000;
		this.server.tick();
		if (this.server.sessionCount || this.server.playingCount || this.open)
			fail(
				`after a minute of silence ${this.server.sessionCount} sessions and ${this.open} subscriptions are `
					+ "left",
			);
	}

	#challenge(address: string): string {
		const answer = this.#ask(address, "");
		return /nonce="([^"]+)"/.exec(answer)?.[1] ?? (this.scheme === "basic" ? "" : fail(`no challenge: ${answer}`));
	}

	/** Sends a request on a new connection.
	 *  @returns the answer */
	#ask(address: string, header: string): string {
		const peer = new FuzzPeer(address, true);
		const connection = this.server.connect(peer);
		connection.receive(bytesOf(`DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n${header}\r\n`));
		if (!peer.closed)
			connection.closed();
		return peer.sent;
	}

	#say(peer: FuzzPeer, text: string, nextCut: (begin: number) => number): void {
		const bytes = bytesOf(text);
		peer.received += text;
		for (let begin = 0; begin < bytes.length;) {
			const end = Math.min(nextCut(begin), bytes.length);
			peer.connection!.receive(bytes.subarray(begin, end));
			begin = end;
			const { sessionCount, connectionCount } = this.server;
			if (sessionCount > LIMIT || connectionCount > LIMIT || this.open > LIMIT + 1)
				fail(`${sessionCount} sessions, ${connectionCount} connections, ${this.open} subscriptions`);
		}
	}

	#hangUp(peer: FuzzPeer): void {
		if (!peer.closed) {
			peer.connection?.closed();
			peer.closed = true;
		}
	}

	#checkEnd(): void {
		if (this.server.connectionCount || this.interleaved)
			fail(
				`${this.server.connectionCount} connections and ${this.interleaved} interleaved subscriptions are `
					+ "left",
			);
		if (this.server.sessionCount !== this.open)
			fail(`${this.server.sessionCount} sessions, ${this.open} subscriptions`);
		if (this.#errors.length)
			throw this.#errors.shift();
	}

	/** Checks that no method was granted more often than proved. Proofs are counted in everything that was sent, so
	 *  that the check does not depend on a parser. */
	#checkGrants(login: Login, { said }: Scenario): void {
		for (const method of ["DESCRIBE", "SETUP", "PLAY", "SET_PARAMETER"] as const) {
			const granted = this.grants[method], proofs = login.proofs(method, said);
			if (granted > proofs)
				fail(`${method} was granted ${granted} times but proved ${proofs} times`);
			this.totals.proved += granted;
		}
	}

	#lock(address: string): void {
		this.totals.locked += 1;
		this.#locked.add(address);
	}

	/** Checks that an address locked for wrong guesses is refused even with the right password. */
	#checkLock(login: Login, { said }: Scenario): void {
		const address = ADDRESSES[0]!;
		if (!this.#locked.has(address) || login.provesAnything(said))
			return;
		const status = readAnswers(this.#ask(address, `${login.right("DESCRIBE", "rtsp://h/", new Random(0))}\r\n`))[0]
			?.status;
		if (status !== 503)
			fail(`a locked address is answered ${status}`);
		this.totals.waiting += 1;
	}

	#checkAnswers(peers: readonly FuzzPeer[], expectation: Expectation | undefined): void {
		peers.forEach((peer, lane) => {
			const answers = readAnswers(peer.sent);
			for (const { status, http } of answers) {
				this.totals.statuses[Math.floor(status / 100)]! += 1;
				this.totals.tunnels += http && status === 200 ? 1 : 0;
			}
			this.totals.answers += answers.length;
			if (expectation?.lane !== lane)
				return;
			this.totals.whole += 1;
			const got = (expectation.tunnel ? answers.slice(1) : answers).map(({ cseq }) => cseq),
				{ cseqs } = expectation;
			// the server may end the conversation, and announces this in its last answer
			const wanted = answers.at(-1)?.last && got.length > 0 ? cseqs.slice(0, got.length) : cseqs;
			if (expectation.tunnel && !(answers[0]?.http && answers[0].status === 200))
				fail(`a tunnel was refused: ${peer.sent}`);
			if (got.join() !== wanted.join())
				fail(`requests ${cseqs.join()} were answered ${got.join()}`);
		});
	}
}
