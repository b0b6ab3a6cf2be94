// SPDX-License-Identifier: MIT
/** Serves the set-up page on a port of its own: connects the listener's sockets to network/pageexchange. */

import { errorText } from "common/errortext";
import { PageExchange } from "network/pageexchange";
import type { Site } from "network/site";
import { bytesOf } from "octets/octets";
import { TCPConnection, type Receiver, type TCPConnectionOwner } from "sockets/tcpconnection";
import { Acceptor } from "sockets/acceptor";
import { Turns } from "sockets/turns";
import { Uptime } from "common/uptime";
import Timer from "timer";

export interface SetupServerOptions {
	readonly port: number;
	readonly site: Site;
	readonly onNotice: (message: string) => void;
}

/** Maximum number of connections. A browser opens two, to have one in reserve. */
const CONNECTION_LIMIT = 4;
/** Time limit of a request, from the connection to its last byte, seconds. */
const REQUEST_TIME = 10;
/** Silence after which an answered connection is closed, seconds. If the server closed it while bytes of a refused
 *  request were unread, TCP would reset it, and the response could be lost. A client that keeps sending has
 *  REQUEST_TIME. */
const LEAVE_TIME = 2;

/** A connection and its request. */
class Visit implements Receiver {
	readonly granted = false;
	readonly connection: TCPConnection;
	readonly #exchange: PageExchange;
	/** Seconds since the connection was accepted, or since the response. */
	#age = 0;
	#answered = false;
	/** Seconds since the last bytes arrived. */
	#silence = 0;

	constructor(connection: TCPConnection, { site, onNotice }: SetupServerOptions) {
		this.connection = connection;
		this.#exchange = new PageExchange({ site, onNotice, onAnswer: pieces => this.#answer(pieces) });
	}

	receiveNext(bytes: Uint8Array, offset: number): number {
		this.#silence = 0;
		this.#exchange.receive(bytes.subarray(offset));
		return bytes.byteLength;
	}

	get answered(): boolean {
		return this.#answered;
	}

	closed(): void {
		// the connection's owner is notified as well
	}

	/** To be called every second. */
	tick(): void {
		this.#age += 1;
		this.#silence += 1;
		if (!this.#answered && this.#age >= REQUEST_TIME)
			this.#exchange.expire();
		else if (this.#answered && (this.#silence >= LEAVE_TIME || this.#age >= REQUEST_TIME))
			this.connection.close();
	}

	#answer(pieces: string[]): void {
		for (const piece of pieces)
			this.connection.send(new Uint8Array(bytesOf(piece)));
		this.#answered = true;
		this.#age = this.#silence = 0;
	}
}

export class SetupServer implements TCPConnectionOwner {
	/** Visits end by age instead. */
	readonly stallTimeout = Infinity;
	readonly turns: Turns;
	readonly #options: SetupServerOptions;
	readonly #acceptor: Acceptor;
	readonly #visits: Visit[] = [];
	readonly #timer: Timer;

	/** @throws Error the port is in use */
	constructor(options: SetupServerOptions) {
		this.#options = options;
		const uptime = new Uptime();
		this.turns = new Turns(() => uptime.now());
		try {
			this.#acceptor = new Acceptor({
				port: options.port,
				turns: this.turns,
				onConnection: from => this.#connect(from),
				onLost: error => options.onNotice(`an incoming connection was lost: ${errorText(error)}`),
			});
		}
		catch (error) {
			this.turns.close();
			throw error;
		}
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
	}

	/** Stops listening and ends every connection. */
	close(): void {
		Timer.clear(this.#timer);
		this.#acceptor.close();
		this.turns.close();
		for (let i = this.#visits.length - 1; i >= 0; i--)
			this.#visits[i]!.connection.end();
	}

	onStalled(): void {
		// never called, since `stallTimeout` is infinite
	}

	onEnd(connection: TCPConnection): void {
		const index = this.#visits.findIndex(visit => visit.connection === connection);
		if (index >= 0)
			this.#visits.splice(index, 1);
	}

	#connect(from: unknown): void {
		const connection = new TCPConnection(this, from);
		// the oldest answered visit gives way to a new connection
		if (this.#visits.length >= CONNECTION_LIMIT)
			this.#visits.find(visit => visit.answered)?.connection.end();
		if (this.#visits.length >= CONNECTION_LIMIT) {
			connection.end();
			return;
		}
		const visit = new Visit(connection, this.#options);
		this.#visits.push(visit);
		connection.partner = visit;
	}

	#tick(): void {
		// from the end, since finished visits leave the list
		for (let i = this.#visits.length - 1; i >= 0; i--) {
			try {
				this.#visits[i]!.tick();
			}
			catch (error) {
				this.#options.onNotice(`internal error: ${errorText(error)}`);
			}
		}
	}
}
