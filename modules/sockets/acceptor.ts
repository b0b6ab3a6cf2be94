// SPDX-License-Identifier: MIT
/** Accepts the connections of a port, one a turn: a crowd of newcomers takes turns with the clients that are in. */

import { openListener, type ListenerStream } from "./sockets";
import type { Reader, Turns } from "./turns";

export interface AcceptorOptions {
	readonly port: number;
	/** IP literal of the interface. Default: all */
	readonly address?: string;
	/** Turns of the connections. */
	readonly turns: Turns;
	/** Takes over a connection, with `openTCP`. If it throws, the connection is lost. */
	readonly onConnection: (from: unknown) => void;
	/** A connection was lost before it was taken over. */
	readonly onLost: (error: unknown) => void;
}

export class Acceptor implements Reader {
	readonly granted = true;
	nextReader: Reader | undefined;
	isQueued = false;
	readonly #options: AcceptorOptions;
	readonly #listener: ListenerStream;
	/** Connections waiting to be accepted. */
	#arrivals = 0;

	/** @throws Error if the port is taken */
	constructor(options: AcceptorOptions) {
		this.#options = options;
		this.#listener = openListener(options.port, count => this.#arrive(count), options.address);
	}

	get port(): number {
		return this.#listener.port;
	}

	/** Stops listening. Accepted connections stay. */
	close(): void {
		this.#options.turns.remove(this);
		this.#listener.close();
	}

	/** For `Turns`: accepts one connection.
	 *  @returns whether more are waiting */
	readNext(): boolean {
		this.#arrivals -= 1;
		try {
			const from = this.#listener.read();
			if (from === undefined)
				this.#arrivals = 0;
			else
				this.#options.onConnection(from);
		}
		catch (error) {
			this.#tell(error);
		}
		return this.#arrivals > 0;
	}

	/** An exception from here would end the program. */
	#tell(error: unknown): void {
		try {
			this.#options.onLost(error);
		}
		catch {
			// no memory to tell of it
		}
	}

	/** @param count waiting connections */
	#arrive(count: number): void {
		if (this.#arrivals === 0)
			this.#options.turns.add(this);
		this.#arrivals = count;
	}
}
