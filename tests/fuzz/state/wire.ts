// SPDX-License-Identifier: MIT
/**
 * A TCP connection from the client's end: the data that it sends, the way it reads, and the expected answers.
 */

import type TCP from "./faketcp";
import type { World } from "./world";

/** Expected answer to a request. */
export interface Wanted {
	readonly cseq: number;
	/** Whether the request must not be answered with 200. */
	readonly refused: boolean;
}

/** A session from the client's point of view. */
export interface Known {
	readonly id: string;
	readonly wire: Wire;
	readonly ssrc: number;
	/** UDP ports, or -1. */
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** Channel for RTCP, or -1. */
	readonly rtcpChannel: number;
}

export type Kind = "rtsp" | "get" | "post";

const NOTHING = new Uint8Array(0);

export class Wire {
	readonly address: string;
	readonly kind: Kind;
	/** Cookie of a half of a tunnel. */
	readonly cookie: string;
	/** Number of bytes that the server may send before the client reads. */
	readonly capacity: number;
	room: number;
	/** Number of bytes that the client reads at a time; Infinity: all. */
	appetite = Infinity;
	/** Whether all sent data is well-formed, so that the answers are known. */
	clean = true;
	wanted: Wanted[] = [];
	/** The other half of a tunnel if the pair is unambiguous. Requests on POST are answered on GET. */
	partner: Wire | undefined;
	/** Rest of an unfinished message. */
	rest = "";
	cseq = 0;
	/** Status of the last answer. */
	lastStatus = 0;
	/** Whether the client has left. */
	gone = false;
	broken = false;
	/** Whether the server has closed the connection. */
	closed = false;
	/** Whether the last reply has announced the end of the connection. */
	#last = false;
	#socket: TCP | undefined;
	#inbox: Uint8Array = NOTHING;
	/** Whether the server will learn of the client's end after it has read everything, as with lwIP. */
	#ending = false;
	/** Set while the server sends data that may have waited. */
	#draining = false;
	readonly #world: World;
	readonly #onSession: (session: Known) => void;

	constructor(
		world: World,
		{ address, kind, cookie, capacity, onSession }: { address: string; kind: Kind; cookie: string; capacity: number;
			onSession: (session: Known) => void },
	) {
		this.#world = world;
		this.address = address;
		this.kind = kind;
		this.cookie = cookie;
		this.room = this.capacity = capacity;
		this.#onSession = onSession;
		world.wires.push(this);
		world.arrivals.push(this);
		world.listener?.arrived(world.arrivals.length);
	}

	get open(): boolean {
		return !this.gone && !this.closed;
	}

	/** Whether no answer is missing. */
	get settled(): boolean {
		return !this.open || !this.clean || this.wanted.length === 0 || this.appetite !== Infinity || this.rest !== ""
			|| (this.partner?.rest ?? "") !== "";
	}

	/** Marks the answers of this wire, and of the other half, as unknown from now on. */
	spoil(): void {
		this.clean = false;
		if (this.partner)
			this.partner.clean = false;
	}

	/* ---- the client ---- */

	send(bytes: Uint8Array): void {
		if (!this.open)
			return;
		const inbox = new Uint8Array(this.#inbox.byteLength + bytes.byteLength);
		inbox.set(this.#inbox);
		inbox.set(bytes, this.#inbox.byteLength);
		this.#hold(inbox);
		this.#socket?.readable(inbox.byteLength);
	}

	/** Ends the connection with a reset, or with FIN. The server learns of a FIN at once or after it has read
	 *  everything. */
	leave(how: "reset" | "at once" | "after all"): void {
		if (!this.open)
			return;
		this.spoil();
		this.gone = true;
		const { wires } = this.#world;
		wires.splice(wires.indexOf(this), 1);
		if (how === "reset") {
			this.broken = true;
			this.#hold(NOTHING);
		}
		if (how === "after all" && this.#inbox.byteLength > 0)
			this.#ending = true;
		else
			this.#socket?.failed();
		if (!this.#socket)
			this.#ending = true;
	}

	/** Reads received data. */
	drain(): void {
		if (this.room === this.capacity || this.appetite === 0)
			return;
		this.room = Math.min(this.capacity, this.room + this.appetite);
		this.#draining = true;
		this.#socket?.writable(this.room);
		this.#draining = false;
	}

	/* ---- the server's socket ---- */

	accepted(socket: TCP): void {
		this.#socket = socket;
		this.#world.openSockets += 1;
		// callbacks come from the loop. A connection refused by then must not be kept from the collector
		this.#world.setAlarm(() => {
			this.#socket?.writable(this.room);
			if (this.#inbox.byteLength > 0)
				this.#socket?.readable(this.#inbox.byteLength);
			else if (this.#ending)
				this.#socket?.failed();
		}, 0, 0);
	}

	take(count: number): ArrayBuffer | undefined {
		if (this.#inbox.byteLength === 0)
			return undefined;
		if (count > this.#inbox.byteLength)
			throw new Error("read of more than was received");
		const piece = this.#inbox.slice(0, count).buffer as ArrayBuffer;
		this.#hold(this.#inbox.slice(count));
		if (this.#inbox.byteLength === 0 && this.#ending)
			this.#world.setAlarm(() => this.#socket?.failed(), 0, 0);
		return piece;
	}

	deliver(bytes: Uint8Array): void {
		this.room -= bytes.byteLength;
		if (bytes[0] === 0x24)
			this.#interleaved(bytes);
		else
			this.#reply(bytes);
	}

	closedByServer(): void {
		this.#world.openSockets -= 1;
		this.#socket = undefined;
		this.closed = true;
		this.spoil();
		this.#hold(NOTHING);
		if (!this.gone) {
			const { wires } = this.#world;
			wires.splice(wires.indexOf(this), 1);
		}
	}

	#hold(bytes: Uint8Array): void {
		this.#world.unread += bytes.byteLength - this.#inbox.byteLength;
		this.#inbox = bytes;
	}

	#interleaved(bytes: Uint8Array): void {
		if (bytes.byteLength < 12 || ((bytes[2]! << 8) | bytes[3]!) !== bytes.byteLength - 4)
			this.#world.fail(
				`a packet of ${bytes.byteLength} bytes has the frame header ${bytes.slice(0, 4).join(" ")}`,
			);
		if (this.kind === "post")
			this.#world.fail("media on POST");
		this.#world.streams.packet(bytes, 4);
	}

	#reply(bytes: Uint8Array): void {
		const world = this.#world;
		if (this.#last)
			world.fail("a reply follows the last one");
		const text = (String as unknown as { fromArrayBuffer(buffer: ArrayBufferLike): string }).fromArrayBuffer(
			bytes.slice().buffer,
		);
		const status = this.lastStatus = Number(text.slice(9, 12));
		const end = text.indexOf("\r\n\r\n");
		const http = text.startsWith("HTTP/1.0 ");
		if (!(http || text.startsWith("RTSP/1.0 ")) || !(status >= 200) || end < 0)
			world.fail(`not a reply: ${text}`);
		const length = field(text, end, "Content-Length") ?? "0";
		if (end + 4 + Number(length) !== text.length && !(http && status === 200))
			world.fail(`a reply of ${text.length} characters is incomplete or too long: ${text}`);
		if (status === 500)
			world.fail(`500: ${text}`);
		this.#last = text.indexOf("\r\nConnection: close\r\n") > 0 && !(http && status === 200);
		// POST gets an answer only if it is refused or there is no place
		if (http ? this.kind === "rtsp" && this.clean : this.kind === "post" && this.clean && !this.#last)
			world.fail(`${this.kind} is answered ${text}`);
		if (!http)
			this.#answer(status, field(text, end, "CSeq"), text);
		if (this.#last)
			this.wanted = [];
		if (status === 200 && !http)
			this.#learn(text, end);
	}

	#answer(status: number, cseq: string | undefined, text: string): void {
		if (!this.clean)
			return;
		const wanted = this.wanted.shift();
		// the server may end the conversation without a request
		if (this.#last && cseq === undefined)
			return;
		if (wanted === undefined || wanted.cseq !== Number(cseq))
			this.#world.fail(`the answer to ${wanted?.cseq} is ${text}`);
		else if (wanted.refused && status === 200)
			this.#world.fail(`200 to a request that has to be refused: ${text}`);
	}

	/** Reads the session from a reply to SETUP, and the announced packet from a reply to PLAY. */
	#learn(text: string, end: number): void {
		const transport = field(text, end, "Transport"), id = field(text, end, "Session")?.slice(0, 32);
		const info = field(text, end, "RTP-Info");
		if (info !== undefined && id !== undefined && !this.#draining)
			this.#world.streams.announced(id, number(info, "seq="), number(info, "rtptime="));
		if (transport === undefined || id === undefined)
			return;
		const ssrc = transport.includes("ssrc=") ? parseInt(transport.slice(transport.indexOf("ssrc=") + 5), 16) : -1;
		const ports = pair(transport, "client_port="), channels = pair(transport, "interleaved=");
		// the reply does not name a group's SSRC
		if (ssrc >= 0)
			this.#world.streams.sessions.set(id, ssrc);
		else
			this.#world.streams.sessions.delete(id);
		this.#onSession({ id, wire: this, ssrc, rtpPort: ports?.[0] ?? -1, rtcpPort: ports?.[1] ?? -1,
			rtcpChannel: channels?.[1] ?? -1 });
	}
}

/** @returns the value of a header field, or undefined */
function field(text: string, end: number, name: string): string | undefined {
	const begin = text.indexOf(`\r\n${name}: `);
	if (begin < 0 || begin > end)
		return undefined;
	const from = begin + name.length + 4;
	return text.slice(from, text.indexOf("\r\n", from));
}

/** @returns the number after `name`, or undefined */
function number(text: string, name: string): number | undefined {
	const begin = text.indexOf(name);
	return begin < 0 ? undefined : parseInt(text.slice(begin + name.length), 10);
}

function pair(transport: string, name: string): [number, number] | undefined {
	const begin = transport.indexOf(name);
	if (begin < 0)
		return undefined;
	const text = transport.slice(begin + name.length), dash = text.indexOf("-");
	return [parseInt(text, 10), parseInt(text.slice(dash + 1), 10)];
}
