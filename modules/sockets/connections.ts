// SPDX-License-Identifier: MIT
/**
 * The TCP connections of all servers of the camera: bounds on what they hold together, and what happens to a client
 * that reads nothing.
 */

import { removeAt } from "../common/list";
import type { TCPConnection, TCPConnectionOwner } from "./tcpconnection";
import type { Turns } from "./turns";

/** Most bytes of queued replies, for all clients together. Without this limit, HTTP tunnels could fill a device's
 *  memory: the server keeps reading their requests from one connection while replies queue on the other. */
const ALL_REPLIES_LIMIT = 8192;
/** Connections beyond the limit that may linger until their last reply is sent. */
const LINGERING = 4;

export interface TCPConnectionsOptions {
	readonly turns: Turns;
	/** Seconds that replies may stay unread; Infinity for no limit. */
	readonly stallTimeout: number;
	/** Maximum number of connections with a place. */
	readonly limit: number;
	/** Takes a notice for the user. */
	readonly onNotice: (message: string) => void;
}

export class TCPConnections implements TCPConnectionOwner {
	readonly stallTimeout: number;
	readonly turns: Turns;
	readonly #limit: number;
	readonly #onNotice: (message: string) => void;
	readonly #connections: TCPConnection[] = [];

	constructor({ turns, stallTimeout, limit, onNotice }: TCPConnectionsOptions) {
		this.turns = turns;
		this.stallTimeout = stallTimeout;
		this.#limit = limit;
		this.#onNotice = onNotice;
	}

	/** Adds a new connection. @throws without memory */
	add(connection: TCPConnection): void {
		this.#connections.push(connection);
	}

	/** To be called when a new connection has its place or was refused: limits the memory of connections that linger
	 *  over their last reply. The oldest ends. */
	limitLingering(): void {
		if (this.#connections.length > this.#limit + LINGERING)
			this.#connections.find(({ closing }) => closing)?.end();
	}

	/** Drops the client with the most unread replies when all of them together exceed the limit. */
	onQueued(): void {
		let total = 0, largest: TCPConnection | undefined;
		for (let i = 0; i < this.#connections.length; i++) {
			const connection = this.#connections[i]!;
			total += connection.queued;
			if (!largest || connection.queued > largest.queued)
				largest = connection;
		}
		if (total > ALL_REPLIES_LIMIT)
			largest!.overflow();
	}

	onStalled(connection: TCPConnection): void {
		try {
			this.#onNotice(`${connection.remoteAddress} has read nothing for ${this.stallTimeout} s: dropped`);
		}
		catch {
			// no memory for a notice
		}
		connection.drop();
	}

	onEnd(connection: TCPConnection): void {
		for (let i = this.#connections.length - 1; i >= 0; i--) {
			if (this.#connections[i] === connection)
				removeAt(this.#connections, i);
		}
	}

	/** Closes all sockets at once: those that still linger over their last reply. */
	close(): void {
		for (let i = this.#connections.length - 1; i >= 0; i--)
			this.#connections[i]!.end();
	}
}
