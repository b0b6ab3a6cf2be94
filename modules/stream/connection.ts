/**
 * One client's TCP connection: RTSP text and interleaved packets share it (RFC 2326 section 10.12).
 *
 * Every write is one whole message or one whole packet, and the socket takes it whole or not at all: nothing is ever cut in
 * two, so a reply goes out between two packets, and a slow reader never holds a packet of ours half sent.
 *
 * A client that leaves replies unread is not read from either, and is dropped when that lasts: it can make the program hold one piece
 * of its bytes, and the replies to one message.
 */

import { sendTCP } from "burst";
import type Scan from "jpeg/scan";
import Timer from "timer";
import type { Peer } from "../rtsp/types";
import { openTCP, type TCPOwner, type TCPStream } from "./sockets";
import type { Reader, Turns } from "./turns";
import { FAILED, SENT, WAITING, type Frame, type PacketSource, type SendResult, type Sink, type SinkOwner } from "./types";

/** Gets what a client sends. Methods never throw. */
export interface Receiver {
	/** Whether the client was granted something. */
	readonly granted: boolean;
	/** A piece of what the client sent, from `offset` on, to the end of one message at most. The bytes are not kept.
	 *  @returns where to go on; the length of the piece when it is done with */
	receiveNext(bytes: Uint8Array, offset: number): number;
	/** The connection is lost. Not called after `close`. */
	closed(): void;
}

/** What all connections share. */
export interface ConnectionOwner {
	/** Seconds that replies may wait for a client that reads none; Infinity: for ever. */
	readonly stallTimeout: number;
	/** Say when a connection is read from. */
	readonly turns: Turns;
	/** They have waited so long: to be answered by `drop`. */
	onStalled(connection: Connection): void;
	/** One more reply has to wait: `queued` tells how much does, and `overflow` ends that. */
	onQueued?(): void;
	/** The socket is gone, for whatever reason. */
	onEnd(connection: Connection): void;
}

/** Bytes read at once: a request with its credentials. */
const PIECE = 512;
/** Replies that a client may leave unread before it is cut off, bytes. */
const QUEUE_LIMIT = 8192;
/** How long the last reply may take to leave, milliseconds. */
const LINGER = 5000;
const FRAMING = 4;

export class Connection implements Peer, TCPOwner, Reader {
	partner: Receiver | undefined;
	readonly remoteAddress: string;
	readonly localAddress: string | undefined = undefined;
	// what every frame needs is found first: the engine searches members in their order
	#socket: TCPStream | undefined;
	#closing: Timer | undefined;
	#queue: (ArrayBuffer | Uint8Array)[] = [];
	/** Bytes that the socket takes now, as far as it has said, and the most that it has taken so far. */
	#credit = 0;
	#mostCredit = 0;
	readonly #sinks: InterleavedSink[] = [];
	#queued = 0;
	/** Bytes that have come and are not read from the socket; then what was read, and where the next message begins in it. */
	#unread = 0;
	#piece: Uint8Array | undefined;
	#offset = 0;
	/** It waits for its turn. */
	#waiting = false;
	/** The socket is gone, but a piece of what had come is not done with. */
	#failed = false;
	readonly #owner: ConnectionOwner;
	/** Cut off, in a turn to come: what is still said to it goes nowhere. */
	#losing = false;
	/** Runs while replies wait. */
	#stalling: Timer | undefined;

	/** @param from of the listener */
	constructor(owner: ConnectionOwner, from: unknown) {
		this.#owner = owner;
		this.#socket = openTCP(from, this);
		this.remoteAddress = this.#socket.remoteAddress ?? "0.0.0.0";
	}

	send(text: string): void {
		if (!this.#socket || this.#losing)
			return;
		const bytes = encode(text);
		if (this.#queue.length || !this.write(bytes, bytes.byteLength))
			this.wait(bytes);
	}

	/** Bytes of replies that wait. */
	get queued(): number {
		return this.#queued;
	}

	/** Cuts off who leaves too much unread. */
	overflow(): void {
		this.loseSoon();
	}

	close(): void {
		if (!this.#socket || this.#closing)
			return;
		if (this.#queue.length)
			this.#closing = Timer.set(() => this.shut(), LINGER);
		else
			this.shut();
	}

	/** Whether it was closed and waits for its last reply to leave. */
	get closing(): boolean {
		return this.#closing !== undefined;
	}

	/** Ends at once, whatever waits. */
	end(): void {
		this.shut();
	}

	/** Ends at once, as if the connection had been lost. */
	drop(): void {
		this.lose();
	}

	/* ---- what the socket tells ---- */

	onReadable(bytes: number): void {
		this.#unread = bytes;
		this.awaitTurn();
	}

	onWritable(bytes: number): void {
		this.#credit = bytes;
		if (bytes > this.#mostCredit)
			this.#mostCredit = bytes;
		this.writable();
	}

	/** What has come is answered first, as lwIP's sockets have it, which hold this back until everything is read. */
	onError(): void {
		this.#failed = true;
		this.loseWhenDone();
	}

	/* ---- sinks ---- */

	/** A sink for one track on this connection. */
	openSink(rtpChannel: number, rtcpChannel: number, owner: SinkOwner): Sink {
		const sink = new InterleavedSink(this, rtpChannel, rtcpChannel, owner);
		this.#sinks.push(sink);
		return sink;
	}

	closeSink(sink: InterleavedSink): void {
		const index = this.#sinks.indexOf(sink);
		if (index >= 0)
			this.#sinks.splice(index, 1);
	}

	sendPackets(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		const socket = this.#socket;
		if (!socket || this.#closing)
			return FAILED;
		if (this.#queue.length || !this.hasRoom(source, frame))
			return WAITING;
		try {
			this.#credit = sendTCP(socket, source, frame, scan, packetSize, this.#credit);
			return source.inProgress ? WAITING : SENT;
		}
		catch {
			// the socket is breaking (onError follows): what was left of the frame is lost
			this.#credit = 0;
			return FAILED;
		}
	}

	/** A frame that is begun with little room is most of it lost when its reader stalls. So it waits for room for a good part of it: a quarter.
	 *  More would cost frames where acknowledgements are late: while they are, a board's socket has room for a third of a frame. */
	private hasRoom(source: PacketSource, frame: Frame): boolean {
		return this.#credit >= this.#mostCredit / 2 || source.begun || this.#credit >= frame.byteLength / 4;
	}

	sendControl(packet: Uint8Array, last: boolean): void {
		if (!this.#socket || this.#closing || this.#losing)
			return;
		const sent = !this.#queue.length && packet.byteLength <= this.#credit && this.write(packet, packet.byteLength);
		if (!sent && last)
			this.wait(packet);
	}

	/** @returns whether it was taken */
	private write(data: unknown, byteLength: number): boolean {
		// a credit of 0 may only mean that onWritable has not been called yet: the device takes writes right after accept
		if (this.#credit > 0 && byteLength > this.#credit)
			return false;
		try {
			const credit = this.#socket!.write(data) as number;
			this.#credit = credit >= 0 ? credit : 0;
			return true;
		}
		catch {
			return false;
		}
	}

	/* ---- turns ---- */

	get granted(): boolean {
		return this.partner?.granted ?? false;
	}

	readNext(): boolean {
		this.#waiting = false;
		try {
			if (!this.#piece)
				this.readPiece();
			if (this.#piece)
				this.receive(this.#piece);
		}
		catch {
			this.lose();
		}
		this.loseWhenDone();
		return this.#waiting = this.isReadable;
	}

	/** Whether there is something to be read, and its sender reads what it is answered. A connection that is lost while replies wait
	 *  is told of by its stalling only. */
	private get isReadable(): boolean {
		return (this.#unread > 0 || this.#piece !== undefined) && this.#socket !== undefined && !this.#losing && (this.#queue.length === 0 || this.#closing !== undefined);
	}

	private awaitTurn(): void {
		if (this.#waiting || !this.isReadable)
			return;
		this.#waiting = true;
		this.#owner.turns.add(this);
	}

	/** @throws when the socket is gone */
	private readPiece(): void {
		// lwIP throws when it is asked for more than has come
		const bytes = this.#socket?.read(this.#unread < PIECE ? this.#unread : PIECE);
		this.#unread = bytes ? this.#unread - bytes.byteLength : 0;
		if (bytes && !this.#closing) {
			this.#piece = new Uint8Array(bytes);
			this.#offset = 0;
		}
	}

	private receive(piece: Uint8Array): void {
		if (!this.#closing && this.partner)
			this.#offset = this.partner.receiveNext(piece, this.#offset);
		if (this.#closing || this.#offset >= piece.byteLength)
			this.#piece = undefined;
	}

	private writable(): void {
		while (this.#queue.length) {
			const next = this.#queue[0]!;
			if (!this.write(next, next.byteLength))
				return;
			this.#queued -= next.byteLength;
			this.#queue.shift();
			this.restartStalling();
		}
		this.stopStalling();
		if (this.#closing) {
			this.shut();
			return;
		}
		for (let i = 0; i < this.#sinks.length; i++)
			this.#sinks[i]!.resume();
		this.awaitTurn();
	}

	/** Until there is room. */
	private wait(bytes: ArrayBuffer | Uint8Array): void {
		this.#queued += bytes.byteLength;
		this.#queue.push(bytes);
		if (this.#queued > QUEUE_LIMIT)
			this.loseSoon();
		else
			this.#owner.onQueued?.();
		if (!this.#losing && !this.#stalling && this.#owner.stallTimeout !== Infinity)
			this.#stalling = Timer.set(() => this.stalled(), this.#owner.stallTimeout * 1000);
	}

	private restartStalling(): void {
		if (this.#stalling)
			Timer.schedule(this.#stalling, this.#owner.stallTimeout * 1000);
	}

	private stopStalling(): void {
		if (this.#stalling)
			Timer.clear(this.#stalling);
		this.#stalling = undefined;
	}

	private stalled(): void {
		this.#stalling = undefined;
		this.#owner.onStalled(this);
	}

	/** A socket that is gone takes no replies either. */
	private loseWhenDone(): void {
		if (this.#failed && (!this.#piece || this.#queue.length))
			this.lose();
	}

	private lose(): void {
		if (!this.#socket)
			return;
		const told = this.#closing === undefined;
		this.shut();
		if (told)
			this.partner?.closed();
	}

	/** In a turn of its own: the caller is in the middle of something on this connection. */
	private loseSoon(): void {
		this.#losing = true;
		this.#queue = [];
		this.#queued = this.#unread = 0;
		this.#piece = undefined;
		this.stopStalling();
		Timer.set(() => this.lose(), 0);
	}

	private shut(): void {
		if (this.#closing)
			Timer.clear(this.#closing);
		this.#closing = undefined;
		this.stopStalling();
		this.#queue = [];
		this.#queued = 0;
		this.#piece = undefined;
		const socket = this.#socket;
		if (!socket)
			return;
		this.#socket = undefined;
		if (this.#waiting)
			this.#owner.turns.remove(this);
		socket.close();
		this.#owner.onEnd(this);
	}
}

class InterleavedSink implements Sink {
	readonly rtpPort = 0;
	readonly rtcpPort = 0;
	readonly channel: number;
	readonly controlPrefix: Uint8Array;
	readonly #connection: Connection;
	readonly #owner: SinkOwner;
	#waiting = false;

	constructor(connection: Connection, rtpChannel: number, rtcpChannel: number, owner: SinkOwner) {
		this.#connection = connection;
		this.#owner = owner;
		this.channel = rtpChannel;
		// the length is filled in with the packet
		this.controlPrefix = new Uint8Array([0x24, rtcpChannel, 0, 0]);
	}

	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		const result = this.#connection.sendPackets(source, frame, scan, packetSize);
		this.#waiting = result === WAITING;
		return result;
	}

	sendControl(packet: Uint8Array, last = false): void {
		const byteLength = packet.byteLength - FRAMING;
		packet[2] = byteLength >> 8;
		packet[3] = byteLength;
		this.#connection.sendControl(packet, last);
	}

	resume(): void {
		if (this.#waiting) {
			this.#waiting = false;
			this.#owner.resume();
		}
	}

	close(): void {
		this.#connection.closeSink(this);
	}
}

/** ASCII text as bytes, by XS's own conversion. */
function encode(text: string): ArrayBuffer {
	return (ArrayBuffer as unknown as { fromString(text: string): ArrayBuffer }).fromString(text);
}
