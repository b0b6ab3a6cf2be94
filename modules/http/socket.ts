// SPDX-License-Identifier: MIT
/**
 * The socket of a client of the HTTP server. Long bodies wait here and leave in pieces; pictures leave from the
 * camera's memory.
 */

import { Route } from "fanout";
import { sendPicture } from "pictureburst";
import type Picture from "pictureburst";
import type { Frame } from "../camera/source";
import { bytesOf } from "../octets/octets";
import { TCPConnection, type Receiver } from "../sockets/tcpconnection";
import { FAILED, SENT, WAITING, type SendResult } from "../stream/sink";
import type { HTTPPeer } from "./types";

/** The connection of a socket. */
export interface SocketPartner extends Receiver {
	/** All that was queued has been sent, and the socket has room. */
	resume(): void;
}

/** For a route, whose packet size has no effect on pictures, bytes. */
const PACKET = 1400;
/** Largest piece of a body, bytes. */
const PIECE = 1400;

export class HTTPSocket extends TCPConnection implements HTTPPeer {
	declare partner: SocketPartner | undefined;
	#body: Uint8Array | undefined;
	#offset = 0;
	#isOwn = false;
	#route: Route | undefined;

	get idle(): boolean {
		return this.#body === undefined && this.clear;
	}

	/** Bytes of queued replies. */
	override get queued(): number {
		return super.queued + (this.#isOwn && this.#body ? this.#body.byteLength - this.#offset : 0);
	}

	sendText(text: string): void {
		this.send(new Uint8Array(bytesOf(text)));
	}

	sendBody(bytes: Uint8Array, isOwn: boolean): void {
		if (!this.isOpen || bytes.byteLength === 0)
			return;
		this.#body = bytes;
		this.#offset = 0;
		this.#isOwn = isOwn;
		this.pump();
		if (isOwn && this.#body !== undefined)
			this.owner.onQueued?.();
	}

	sendIfRoom(text: string): boolean {
		return this.idle && this.sendBytes(new Uint8Array(bytesOf(text)), false);
	}

	sendPicture(picture: Picture, frame: Frame | undefined): SendResult {
		if (!this.clear)
			return this.isOpen ? WAITING : FAILED;
		try {
			this.credit = sendPicture(this.socket!, picture, frame, this.credit, this.mostCredit);
			return picture.inProgress ? WAITING : SENT;
		}
		catch {
			// the socket is failing: onError follows
			this.credit = 0;
			return FAILED;
		}
	}

	openRoute(picture: Picture): Route | undefined {
		if (!this.socket)
			return undefined;
		this.#route = new Route(picture, PACKET, this.socket);
		this.#route.held = !this.clear;
		return this.#route;
	}

	/** The rest of a body is not sent. */
	override close(): void {
		this.#body = undefined;
		super.close();
	}

	protected override onClear(): void {
		if (this.#route)
			this.#route.held = !this.clear;
	}

	protected override onRoom(): void {
		this.pump();
		if (this.#body === undefined)
			this.partner?.resume();
	}

	/** Sends as much of the body as the socket has room for. */
	private pump(): void {
		const body = this.#body;
		if (body === undefined)
			return;
		const { byteLength } = body;
		while (this.#offset < byteLength && this.clear) {
			const count = Math.min(PIECE, byteLength - this.#offset, this.credit);
			if (count === 0 || !this.sendBytes(body.subarray(this.#offset, this.#offset + count), false))
				break;
			this.#offset += count;
		}
		if (this.#offset < byteLength && this.isOpen) {
			this.startStalling();
			return;
		}
		this.#body = undefined;
	}
}
