/** The set-up page on a port of its own: joins the listener's sockets to network/exchange. */

import { Exchange } from "network/exchange";
import type { Site } from "network/site";
import { Connection } from "stream/connection";
import { openListener, type ListenerStream } from "stream/sockets";
import Timer from "timer";

export interface SetupServerOptions {
	readonly port: number;
	readonly site: Site;
	readonly onNotice: (message: string) => void;
}

/** A browser opens two, to be ready for more. */
const CONNECTION_LIMIT = 4;
/** Seconds that a request has, from the connection to its last byte. */
const REQUEST_TIME = 10;
/** Seconds that who was answered has to close the connection: closed by us, with bytes of a refused request still unread, TCP would
 *  reset it, and the answer could be lost. */
const LEAVE_TIME = 2;

interface Visit {
	readonly connection: Connection;
	readonly exchange: Exchange;
	/** Seconds since it came, or since it was answered. */
	age: number;
	answered: boolean;
}

export class SetupServer {
	readonly #options: SetupServerOptions;
	readonly #listener: ListenerStream;
	readonly #visits: Visit[] = [];
	readonly #timer: Timer;

	/** @throws Error when the port is taken */
	constructor(options: SetupServerOptions) {
		this.#options = options;
		this.#listener = openListener(options.port, count => this.#accept(count));
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
	}

	/** Ends every connection. */
	close(): void {
		Timer.clear(this.#timer);
		this.#listener.close();
		for (let i = this.#visits.length - 1; i >= 0; i--)
			this.#visits[i]!.connection.end();
	}

	#accept(count: number): void {
		for (; count > 0; count--) {
			try {
				const from = this.#listener.read();
				if (from === undefined)
					return;
				this.#connect(from);
			}
			catch (error) {
				this.#options.onNotice(`a connection was lost as it came: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
	}

	#connect(from: unknown): void {
		const { site, onNotice } = this.#options;
		let visit: Visit | undefined;
		const connection = new Connection({
			from,
			// a visit ends by its age
			stallTimeout: Infinity,
			onStalled: () => undefined,
			onReceive: bytes => visit?.exchange.receive(bytes),
			onLost: () => undefined,
			onEnd: () => this.#forget(visit),
		});
		const exchange = new Exchange({
			site, onNotice,
			onAnswer: pieces => {
				for (const piece of pieces)
					connection.send(piece);
				visit!.answered = true;
				visit!.age = 0;
			},
		});
		visit = { connection, exchange, age: 0, answered: false };
		if (this.#visits.length >= CONNECTION_LIMIT)
			connection.end();
		else
			this.#visits.push(visit);
	}

	#forget(visit: Visit | undefined): void {
		const index = visit ? this.#visits.indexOf(visit) : -1;
		if (index >= 0)
			this.#visits.splice(index, 1);
	}

	#tick(): void {
		// from the end: who is done leaves the list
		for (let i = this.#visits.length - 1; i >= 0; i--) {
			const visit = this.#visits[i]!;
			visit.age += 1;
			try {
				if (!visit.answered && visit.age >= REQUEST_TIME)
					visit.exchange.expire();
				else if (visit.answered && visit.age >= LEAVE_TIME)
					visit.connection.close();
			}
			catch (error) {
				this.#options.onNotice(`internal error: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
	}
}
