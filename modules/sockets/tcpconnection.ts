// SPDX-License-Identifier: MIT
/**
 * A client's TCP connection: it reads the client's messages in turns, and queues replies while the socket has no room.
 * The camera's own connection to a server is one as well; the server then is the client of this text.
 *
 * Every write is one whole message, and the socket takes it whole or not at all. So nothing is ever cut in two, and a
 * subclass can send packets between two replies.
 *
 * The server stops reading from a client that does not read its replies, and drops the client if that lasts. Such a
 * client can make the program hold one piece of its bytes, and the replies to one message.
 */

import Timer from "timer";
import { connectTCP, openTCP, type Remote, type TCPOwner, type TCPStream } from "./sockets";
import type { Reader, Turns } from "./turns";

/** Receives what the client sends. Methods never throw. */
export interface Receiver {
	/** Whether the client has shown a password or has a session. */
	readonly granted: boolean;
	/** Takes the client's bytes from `offset` to the end of one message at most. The bytes are not kept.
	 *  @returns the offset of the next message; the length of `bytes` if there is none */
	receiveNext(bytes: Uint8Array, offset: number): number;
	/** The connection is lost. Not called after `close`. */
	closed(): void;
}

/** What all connections of a server share. */
export interface TCPConnectionOwner {
	/** Seconds that replies may stay unread; Infinity for no limit. */
	readonly stallTimeout: number;
	/** Decides when a connection is read. */
	readonly turns: Turns;
	/** Replies, or a subclass's packets, have stayed unread for `stallTimeout`. The owner calls `drop`. */
	onStalled(connection: TCPConnection): void;
	/** Another reply was queued. `queued` is the number of queued bytes; `overflow` drops the client. */
	onQueued?(): void;
	/** The socket is closed, for any reason. */
	onEnd(connection: TCPConnection): void;
}

/** Unread replies after which a client is dropped, bytes. */
const REPLY_LIMIT = 8192;
/** Time for the last reply to leave before the connection is closed, milliseconds. */
const LINGER = 5000;

export class TCPConnection implements TCPOwner, Reader {
	// the engine searches members in order: those that every frame needs come first
	#clear = true;
	/** Bytes that the socket has room for, as last reported, and the most that it has ever had room for. */
	protected credit = 0;
	protected mostCredit = 0;
	/** undefined once closed. */
	protected socket: TCPStream | undefined;
	/** Set by the owner, right after construction. */
	partner: Receiver | undefined;
	readonly remoteAddress: string;
	readonly localAddress: string | undefined = undefined;
	#closing: Timer | undefined;
	#queue: Uint8Array[] = [];
	#queued = 0;
	/** Received bytes not yet read from the socket; then the rest of the piece that was read, and the offset of the
	 *  next message in it. */
	#unread = 0;
	#piece: Uint8Array | undefined;
	#offset = 0;
	/** The connection waits for its turn. */
	#waiting = false;
	/** Nothing is read for the time being. */
	#held = false;
	nextReader: Reader | undefined;
	isQueued = false;
	/** The socket is gone, but a received piece is still being processed. */
	#failed = false;
	protected readonly owner: TCPConnectionOwner;
	/** The client is about to be dropped: further replies to it are discarded. */
	#losing = false;
	/** Runs while replies wait. */
	#stalling: Timer | undefined;

	/** @param from a connection that the listener has accepted
	 *  @param remote instead of it, where to connect to. Nothing may be sent before the socket has room */
	constructor(owner: TCPConnectionOwner, from: unknown, remote?: Remote) {
		this.owner = owner;
		const socket = this.socket = remote ? connectTCP(remote, this) : openTCP(from, this);
		try {
			this.remoteAddress = remote?.address ?? socket.remoteAddress ?? "0.0.0.0";
		}
		catch (error) {
			// an open socket is never collected
			socket.close();
			throw error;
		}
	}

	/** @param bytes valid during the call only */
	send(bytes: Uint8Array): void {
		if (!this.socket || this.#losing)
			return;
		if (this.#queue.length || !this.write(bytes, bytes.byteLength))
			this.wait(bytes.slice());
	}

	/** Bytes of queued replies. */
	get queued(): number {
		return this.#queued;
	}

	/** Drops the client: too many replies are unread. */
	overflow(): void {
		this.loseSoon();
	}

	close(): void {
		if (!this.socket || this.#closing)
			return;
		try {
			if (this.#queue.length)
				this.#closing = Timer.set(() => this.shut(), LINGER);
		}
		catch {
			// no memory for a timer: the last reply is lost
		}
		if (!this.#closing)
			this.shut();
	}

	/** Whether the connection was closed, and its last reply is leaving. */
	get closing(): boolean {
		return this.#closing !== undefined;
	}

	/** While held, nothing is read from the client. */
	hold(held: boolean): void {
		if (held === this.#held)
			return;
		this.#held = held;
		if (!held)
			this.awaitTurn();
	}

	/** Closes the socket at once and discards queued replies. */
	end(): void {
		this.shut();
	}

	/** Closes the socket at once and tells the receiver that the connection is lost. Allocates nothing. */
	drop(): void {
		this.lose();
	}

	/** The client has read nothing for too long. */
	stalled(): void {
		this.stopStalling();
		this.owner.onStalled(this);
	}

	/* ---- socket events ---- */

	onReadable(bytes: number): void {
		this.#unread = bytes;
		this.awaitTurn();
	}

	onWritable(bytes: number): void {
		this.credit = bytes;
		if (bytes > this.mostCredit)
			this.mostCredit = bytes;
		this.writable();
	}

	/** Answers what has been received, then drops the connection. lwIP's sockets do the same: they hold this event back
	 *  until everything is read. */
	onError(): void {
		this.#failed = true;
		this.loseWhenDone();
	}

	/* ---- for subclasses ---- */

	/** Whether the connection can still send: it is neither closed nor closing. */
	protected get isOpen(): boolean {
		return this.socket !== undefined && this.#closing === undefined;
	}

	/** Whether the connection is open and no reply is queued: a subclass may write to the socket. */
	protected get clear(): boolean {
		return this.#clear;
	}

	/** `clear` has changed. */
	protected onClear(): void {
		// for subclasses
	}

	/** Sends bytes if there is room for all of them.
	 *  @param last queues them otherwise; the connection then owns them
	 *  @returns whether they were sent */
	protected sendBytes(bytes: Uint8Array, last: boolean): boolean {
		if (!this.socket || this.#closing || this.#losing)
			return false;
		const sent = !this.#queue.length && bytes.byteLength <= this.credit && this.write(bytes, bytes.byteLength);
		if (!sent && last)
			this.wait(bytes);
		return sent;
	}

	/** Data that a subclass keeps waits for room: the client is dropped if that lasts. `onRoom` ends it. */
	protected startStalling(): void {
		if (!this.#losing && !this.#stalling && this.owner.stallTimeout !== Infinity)
			this.#stalling = Timer.set(() => this.stalled(), this.owner.stallTimeout * 1000);
	}

	/** The socket has room, and no reply is queued. */
	protected onRoom(): void {
		// a plain connection sends replies only
	}

	/** @returns whether the socket took the data */
	private write(data: unknown, byteLength: number): boolean {
		// a credit of 0 may only mean that onWritable has not been called yet: the device accepts writes right after
		// accept
		if (this.credit > 0 && byteLength > this.credit)
			return false;
		try {
			const credit = this.socket!.write(data) as number;
			this.credit = credit >= 0 ? credit : 0;
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
			const piece = this.#piece ?? this.readPiece();
			if (piece)
				this.receive(piece);
		}
		catch {
			this.lose();
		}
		if (this.#failed)
			this.loseWhenDone();
		return this.#waiting = (this.#unread > 0 || this.#piece !== undefined) && this.isReadable;
	}

	/** Whether there is something to read and the client reads its replies. If the connection is lost while replies
	 *  wait, only the stall timer notices it. */
	private get isReadable(): boolean {
		return (this.#unread > 0 || this.#piece !== undefined) && this.socket !== undefined && !this.#losing
			&& ((this.#queue.length === 0 && !this.#held) || this.#closing !== undefined);
	}

	private awaitTurn(): void {
		if (this.#waiting || !this.isReadable)
			return;
		this.#waiting = true;
		this.owner.turns.add(this);
	}

	/** @returns undefined if there is nothing to be processed
	 *  @throws when the socket is gone */
	private readPiece(): Uint8Array | undefined {
		const { socket } = this, piece = socket && this.owner.turns.received.read(socket, this.#unread);
		this.#unread = piece ? this.#unread - piece.byteLength : 0;
		return this.#closing ? undefined : piece;
	}

	private receive(piece: Uint8Array): void {
		if (!this.#closing && this.partner)
			this.#offset = this.partner.receiveNext(piece, this.#offset);
		if (this.#closing || this.#losing || !this.socket || this.#offset >= piece.byteLength) {
			this.#piece = undefined;
			this.#offset = 0;
		}
		else if (piece !== this.#piece) {
			// the next connection reads into the same buffer
			this.#piece = piece.slice(this.#offset);
			this.#offset = 0;
		}
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
		this.setClear(this.socket !== undefined && !this.#losing);
		this.onRoom();
		this.awaitTurn();
	}

	private setClear(clear: boolean): void {
		if (clear === this.#clear)
			return;
		this.#clear = clear;
		this.onClear();
	}

	/** Queues bytes until the socket has room. */
	private wait(bytes: Uint8Array): void {
		this.setClear(false);
		this.#queued += bytes.byteLength;
		this.#queue.push(bytes);
		if (this.#queued > REPLY_LIMIT)
			this.loseSoon();
		else
			this.owner.onQueued?.();
		this.startStalling();
	}

	private restartStalling(): void {
		if (this.#stalling)
			Timer.schedule(this.#stalling, this.owner.stallTimeout * 1000);
	}

	private stopStalling(): void {
		if (this.#stalling)
			Timer.clear(this.#stalling);
		this.#stalling = undefined;
	}

	/** Drops the connection once its socket is gone and the received piece is processed. Queued replies do not delay
	 *  this: the socket takes none. */
	private loseWhenDone(): void {
		if (this.#failed && (!this.#piece || this.#queue.length || this.#held))
			this.lose();
	}

	private lose(): void {
		if (!this.socket)
			return;
		const told = this.#closing === undefined;
		this.shut();
		if (told)
			this.partner?.closed();
	}

	/** Drops the client from a timer of its own, because the caller is still working on this connection. */
	private loseSoon(): void {
		Timer.set(() => this.lose(), 0);
		this.#losing = true;
		this.setClear(false);
		this.#queue.length = 0;
		this.#queued = this.#unread = 0;
		this.#piece = undefined;
		this.stopStalling();
	}

	private shut(): void {
		if (this.#closing)
			Timer.clear(this.#closing);
		this.#closing = undefined;
		this.setClear(false);
		this.stopStalling();
		this.#queue.length = 0;
		this.#queued = 0;
		this.#piece = undefined;
		const socket = this.socket;
		if (!socket)
			return;
		this.socket = undefined;
		if (this.#waiting)
			this.owner.turns.remove(this);
		socket.close();
		this.owner.onEnd(this);
	}
}
