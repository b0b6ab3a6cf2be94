// SPDX-License-Identifier: MIT
/**
 * Operations of clients on a server, over many connections at once. The seed and the server's earlier answers determine
 * each operation.
 */

import { base64FromBytes } from "hash/encoding";
import { EXCHANGES, Random, bytesOf, mutate } from "../app/generator";
import { BOGUS, GROUP_PORT, OWN_PORT, authorization, credentials, frame, largest, method, needsSession, report,
	rest } from "./messages";
import { Wire, type Kind, type Known } from "./wire";
import type { World } from "./world";

/** Most connections of clients; more than the server has places. */
const WIRES = 14;
/** Bytes on the way to the server above which clients send no further message. */
const UNREAD = 16_384;
const ADDRESSES = 6, COOKIES = 4, SESSIONS = 12;
/** Send buffers of the device's sockets in bytes, and a larger one. */
const CAPACITIES = [5744, 5744, 28_720, 100_000];

export class Operations {
	/** Number of operations by kind. */
	readonly counts: Record<string, number> = {};
	readonly #world: World;
	readonly #asksPassword: boolean;
	readonly #trace: ((text: string) => void) | undefined;
	#random = new Random(0);
	#crowded = false;
	/** Addresses and cookies of earlier POSTs. */
	readonly #posts = new Set<string>();
	/** Sessions known to clients, newest last. */
	#sessions: Known[] = [];

	constructor(world: World, asksPassword: boolean, trace: ((text: string) => void) | undefined) {
		this.#world = world;
		this.#asksPassword = asksPassword;
		this.#trace = trace;
	}

	/** Starts an episode.
	 *  @param crowded clients stay, so that all places are taken most of the time */
	begin(random: Random, crowded: boolean): void {
		this.#random = random;
		this.#crowded = crowded;
		this.#posts.clear();
		this.#sessions = [];
	}

	/** Performs one operation. */
	operate(): void {
		const random = this.#random, { wires } = this.#world;
		const wire = wires.length ? wires[random.below(wires.length)] : undefined;
		// data that the server has not read would be in the clients' systems; here it takes the server's heap
		const choice = this.#world.unread > UNREAD ? 90 : random.below(100);
		if (wire === undefined || (choice < 7 && wires.length < WIRES))
			this.#open("rtsp");
		else if (choice < 11 && (!this.#crowded || choice < 8))
			this.#leave(wire);
		else if (choice < 46)
			this.#requests(wire);
		else if (choice < 50)
			this.#half(wire);
		else if (choice < 55)
			this.#goOn(wire);
		else if (choice < 60)
			this.#interleaved(wire);
		else if (choice < 69)
			this.#datagrams();
		else if (choice < 73)
			this.#appetite(wire);
		else if (choice < 78)
			this.#open(random.below(2) ? "get" : "post");
		else if (choice < 81)
			this.#garbage(wire);
		else if (choice < 83)
			this.#largest(wire);
		else if (choice < 97)
			this.#time(1 + random.below(120), 20);
		else if (choice < 98)
			this.#trouble();
		else
			this.#time(
				random.below(8) === 0 && !this.#crowded ? 10_000 + random.below(60_000) : 500 + random.below(3000),
				500,
			);
	}

	/** Makes all clients leave or fall silent. The server has to end the silent ones. */
	leaveAll(): void {
		const { wires } = this.#world;
		for (let i = wires.length - 1; i >= 0; i--) {
			if (this.#random.below(3))
				wires[i]?.leave(this.#random.below(2) ? "reset" : "after all");
		}
		this.#sessions = [];
		this.#posts.clear();
		this.#world.takes = Infinity;
		this.#world.camera!.delivers = true;
	}

	/** Sends the password from every address, so that the server knows them. */
	introduce(): void {
		for (let i = 1; i <= ADDRESSES; i++) {
			const wire = this.openProbe(`192.0.2.${i}`);
			wire.wanted.push({ cseq: 1, refused: false });
			this.#say(wire, `DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n${authorization("right")}\r\n`);
			this.#world.pass(20, 20);
			wire.leave("at once");
		}
	}

	openProbe(address = "192.0.2.200"): Wire {
		return new Wire(this.#world, { address, kind: "rtsp", cookie: "", capacity: 5744, onSession: () => undefined });
	}

	#did(what: string, detail: string): void {
		this.counts[what] = (this.counts[what] ?? 0) + 1;
		this.#trace?.(`${this.#world.time} ${what} ${detail}`);
	}

	#name(wire: Wire): string {
		return `${this.#world.wires.indexOf(wire)}:${wire.kind}:${wire.address}`;
	}

	#open(kind: Kind): void {
		const random = this.#random, { wires } = this.#world;
		if (wires.length >= WIRES) {
			this.#leave(wires[random.below(wires.length)]!);
			return;
		}
		const other = kind === "rtsp" || random.below(4) === 0
			? undefined
			: wires.find(wire => wire.partner === undefined && wire.kind === (kind === "get" ? "post" : "get"));
		const cookie = other?.cookie
			?? (kind === "get" && random.below(2)
				? `g${this.counts["open"]}`
				: `c${random.below(COOKIES)}`.repeat(random.below(4) ? 1 : 64));
		const wire = new Wire(this.#world, {
			address: other?.address
				?? `192.0.2.${1 + random.below(this.#asksPassword || random.below(8) ? ADDRESSES : 199)}`,
			kind,
			cookie,
			capacity: CAPACITIES[random.below(CAPACITIES.length)]!,
			onSession: session => this.#learn(session),
		});
		this.#did("open", this.#name(wire));
		if (kind !== "rtsp") {
			if (!this.#pair(wire))
				wire.clean = false;
			this.#say(wire, `${kind === "get" ? "GET" : "POST"} / HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\n\r\n`);
		}
	}

	/** Joins a POST to its GET if the pair is unambiguous, so that the answers on GET are known. */
	#pair(post: Wire): boolean {
		if (post.kind !== "post")
			return false;
		const key = `${post.address} ${post.cookie}`,
			alike = this.#world.wires.filter(({ kind, cookie, address }) =>
				kind !== "rtsp" && cookie === post.cookie && address === post.address
			);
		const [get] = alike, isFirst = !this.#posts.has(key);
		this.#posts.add(key);
		if (!isFirst || alike.length !== 2 || get?.kind !== "get")
			return false;
		get.partner = post;
		post.partner = get;
		return get.clean = true;
	}

	#learn(session: Known): void {
		this.#sessions.push(session);
		if (this.#sessions.length > SESSIONS)
			this.#sessions.shift();
	}

	#leave(wire: Wire): void {
		const how = (["reset", "at once", "after all"] as const)[this.#random.below(3)]!;
		this.#did("leave", `${this.#name(wire)} ${how}`);
		wire.leave(how);
	}

	#say(wire: Wire, text: string): void {
		wire.send(bytesOf(text));
	}

	/** Encodes text in base64 if the wire is a POST. */
	#through(wire: Wire, text: string): string {
		return wire.kind === "post" ? base64FromBytes(bytesOf(text)) : text;
	}

	/** Makes one request and registers its expected answer. */
	#request(wire: Wire): string {
		const random = this.#random, name = method(random), session = this.#session(wire);
		const proof = this.#asksPassword ? credentials(random) : "none";
		const named = needsSession(name) ? random.below(12) > 0 : random.below(4) === 0;
		const url = `rtsp://h/${random.below(3) ? "" : "trackID=0"}${random.below(30) ? "" : `?${"q".repeat(900)}`}`;
		const cseq = ++wire.cseq;
		if (named && name === "SETUP")
			this.#world.streams.unsure.add(session);
		const answered = wire.kind === "post" ? wire.partner : wire.kind === "rtsp" ? wire : undefined;
		if (answered?.clean)
			answered.wanted.push({ cseq, refused: (needsSession(name) && (!named || session === BOGUS))
				|| (this.#asksPassword && proof !== "right" && name !== "OPTIONS") });
		return `${name} ${url} RTSP/1.0\r\nCSeq: `
			+ `${cseq}\r\n${authorization(proof)}${named ? `Session: ${session}\r\n` : ""}${rest(name, random)}`;
	}

	/** @returns a session id: mostly one of the connection's own, sometimes another one's or an unknown one */
	#session(wire: Wire): string {
		const random = this.#random, sessions = this.#sessions;
		if (sessions.length === 0 || random.below(12) === 0)
			return BOGUS;
		if (random.below(4)) {
			for (let i = sessions.length - 1; i >= 0; i--) {
				if (sessions[i]!.wire === wire)
					return sessions[i]!.id;
			}
		}
		return sessions[random.below(sessions.length)]!.id;
	}

	#requests(wire: Wire): void {
		this.#finish(wire);
		let text = "";
		for (let i = this.#random.below(4) ? 1 : 1 + this.#random.below(wire.kind === "post" ? 8 : 4); i > 0; i--)
			text += this.#request(wire);
		this.#did("request", `${this.#name(wire)} ${JSON.stringify(text)}`);
		this.#say(wire, this.#through(wire, text));
	}

	#half(wire: Wire): void {
		this.#finish(wire);
		const text = this.#through(wire, this.#request(wire)), cut = 1 + this.#random.below(text.length);
		this.#did("half", `${this.#name(wire)} ${JSON.stringify(text.slice(0, cut))}`);
		this.#say(wire, text.slice(0, cut));
		wire.rest = text.slice(cut);
	}

	/** Sends a little more of an unfinished message. */
	#goOn(wire: Wire): void {
		const cut = 1 + this.#random.below(40);
		this.#did("go on", this.#name(wire));
		this.#say(wire, wire.rest.slice(0, cut));
		wire.rest = wire.rest.slice(cut);
	}

	#finish(wire: Wire): void {
		if (wire.rest !== "")
			this.#say(wire, wire.rest);
		wire.rest = "";
	}

	#ssrc(): number {
		const random = this.#random, sessions = this.#sessions;
		return sessions.length && random.below(4)
			? sessions[random.below(sessions.length)]!.ssrc
			: random.below(0x7fffffff);
	}

	#interleaved(wire: Wire): void {
		const random = this.#random;
		this.#finish(wire);
		const own = this.#sessions.find(session => session.wire === wire && session.rtcpChannel >= 0);
		const channel = own && random.below(4) ? own.rtcpChannel : random.below(8);
		const data = random.below(6) ? report(this.#ssrc(), random) : "x".repeat(random.below(500));
		this.#did("interleaved", `${this.#name(wire)} ${channel} ${data.length}`);
		this.#say(wire, this.#through(wire, frame(channel, data)));
	}

	#datagrams(): void {
		const random = this.#random, { udp } = this.#world,
			sessions = this.#sessions.filter(({ rtcpPort }) => rtcpPort >= 0);
		if (udp.length === 0)
			return;
		const session = sessions.length ? sessions[random.below(sessions.length)] : undefined;
		const address = session && random.below(4) ? session.wire.address : `192.0.2.${1 + random.below(ADDRESSES)}`;
		const port = session && random.below(4)
			? session.rtcpPort
			: [5000, 5001, OWN_PORT + 1, GROUP_PORT + 1][random.below(4)]!;
		const text = random.below(4)
			? report(session && random.below(4) ? session.ssrc : this.#ssrc(), random)
			: mutate(report(this.#ssrc(), random), random, 3);
		const count = random.below(10) ? 1 : 40, socket = udp[random.below(udp.length)]!;
		this.#did("datagram", `${address}:${port} to ${socket.port}, ${text.length} bytes, ${count}`);
		socket.receive(bytesOf(random.below(40) ? text : "x".repeat(1400)), address, port, count);
	}

	#appetite(wire: Wire): void {
		const random = this.#random;
		wire.appetite = [0, 0, 400, 2000, Infinity, Infinity, Infinity, Infinity][random.below(8)]!;
		this.#did("appetite", `${this.#name(wire)} ${wire.appetite}`);
		wire.drain();
	}

	#garbage(wire: Wire): void {
		const random = this.#random, exchange = EXCHANGES[random.below(EXCHANGES.length)]!;
		const session = this.#session(wire);
		this.#world.streams.unsure.add(session);
		const text = mutate(exchange[random.below(exchange.length)]!.replaceAll("{s}", session), random,
			1 + random.below(4));
		wire.spoil();
		this.#did("garbage", `${this.#name(wire)} ${JSON.stringify(text)}`);
		this.#say(wire, random.below(4) ? this.#through(wire, text) : text);
	}

	/** Sends the largest request, completely or without its end. */
	#largest(wire: Wire): void {
		const text = this.#through(wire, largest());
		wire.spoil();
		this.#finish(wire);
		this.#did("largest", this.#name(wire));
		this.#say(wire, this.#random.below(3) ? text.slice(0, text.length - 4) : text);
	}

	/** Starts or ends a fault of the camera or the network. */
	#trouble(): void {
		const random = this.#random, world = this.#world;
		if (random.below(3) === 0)
			world.camera!.delivers = !world.camera!.delivers;
		else
			world.takes = random.below(2) ? Infinity : random.below(10);
		this.#did("trouble", `${world.camera!.delivers} ${world.takes}`);
	}

	#time(milliseconds: number, step: number): void {
		this.#did("time", `${milliseconds}`);
		this.#world.pass(milliseconds, step);
		// a bad link recovers
		if (this.#world.takes < -20)
			this.#world.takes = Infinity;
	}
}
