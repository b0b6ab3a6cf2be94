// SPDX-License-Identifier: MIT
/**
 * The HTTP server: the listening sockets, and the connections' places, which are shared with RTSP.
 */

import Timer from "timer";
import { errorText } from "../common/errortext";
import { remove } from "../common/list";
import { Request } from "../rtsp/message";
import type { ParserLimits } from "../rtsp/parser";
import { Acceptor } from "../sockets/acceptor";
import type { ServerAccess } from "../stream/access";
import { busyAnswer, HTTPConnection, type HTTPConnectionOwner } from "./connection";
import { HTTPService } from "./service";
import { HTTPSocket } from "./socket";
import type { Answer, Route } from "./types";

export interface HTTPServerOptions {
	/** Of the camera server, or of this server alone. */
	readonly access: ServerAccess;
	/** 0 for none. */
	readonly httpPort: number;
	/** Second port, for streams only; 0 for none. */
	readonly streamPort: number;
	/** IPv4 address to listen on; empty for all. */
	readonly address: string;
	/** Names of the camera in browsers, besides those of local networks. */
	readonly httpHosts: readonly string[];
	/** Origin whose pages may read the answers, `*` for all; empty for none. */
	readonly corsOrigin: string;
	/** Limits of a request: bytes of its head, number of header fields, bytes of its body. */
	readonly headLimit: number;
	readonly headerLimit: number;
	readonly bodyLimit: number;
	/** Seconds that a new connection has for its first request. */
	readonly requestTimeout: number;
	/** Maximum number of streams per address where no password is required, RTSP sessions among them. */
	readonly addressSessions: number;
	readonly connectionLimit: number;
	/** The server keeps the list: routes may be added while it runs. */
	readonly routes: readonly Route[];
	/** Checks the Host of each request. Default: where no password is required, guard.ts' rule.
	 *  @returns the refusal, or undefined */
	readonly refuseHost?: ((host: string, method: string) => Answer | undefined) | undefined;
	/** The server is of no use without its ports. */
	readonly mustListen?: boolean | undefined;
	/** Takes a notice for the user. */
	readonly onNotice: (message: string) => void;
}

const SERVER_NAME = "rtsp-camera";

export class HTTPServer implements HTTPConnectionOwner {
	readonly limits: ParserLimits;
	readonly request: Request;
	readonly serverName = SERVER_NAME;
	readonly now: () => number;
	readonly requestTimeout: number;
	readonly #options: HTTPServerOptions;
	readonly #service: HTTPService;
	/** undefined: the port is off, or in use. */
	readonly #acceptor: Acceptor | undefined;
	readonly #streamAcceptor: Acceptor | undefined;
	readonly #connections: HTTPConnection[] = [];
	readonly #timer: Timer;

	/** A port that is in use is told of, and left out: RTSP goes on without it.
	 *  @throws Error with `mustListen`: a port cannot be opened */
	constructor(options: HTTPServerOptions) {
		const { access, headLimit, headerLimit, bodyLimit, requestTimeout, httpPort, streamPort } = options;
		this.#options = options;
		this.now = access.now;
		this.requestTimeout = requestTimeout * 1000;
		this.request = new Request(headerLimit);
		this.limits = { headBytes: headLimit, headerCount: headerLimit, bodyBytes: bodyLimit };
		this.#service = new HTTPService({ routes: options.routes, authenticator: access.authenticator,
			names: options.httpHosts, cors: options.corsOrigin, refuseHost: options.refuseHost,
			admits: address => this.#admits(address) });
		this.#acceptor = this.#listen(httpPort, "http-port", false);
		this.#streamAcceptor = this.#listen(streamPort, "stream-port", true);
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
	}

	/** The HTTP port, not the stream port; undefined if there is none, or if it could not be opened. */
	get port(): number | undefined {
		return this.#acceptor?.port;
	}

	/** Closes all connections and the ports. */
	close(): void {
		Timer.clear(this.#timer);
		this.#acceptor?.close();
		this.#streamAcceptor?.close();
		for (let i = this.#connections.length - 1; i >= 0; i--)
			this.#connections[i]?.close();
	}

	/* ---- for the connections ---- */

	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		return this.#service.answer(request, connection);
	}

	onError(error: unknown): void {
		this.#tell("internal error", error);
	}

	onKept(): void {
		this.#options.access.places.limitKept();
	}

	onEnd(connection: HTTPConnection): void {
		this.#options.access.places.remove(connection);
		remove(this.#connections, connection);
	}

	/** Without a password, no address may have all places. Its RTSP sessions and its streams here share what it may
	 *  have. */
	#admits(address: string): boolean {
		const { access, addressSessions, connectionLimit } = this.#options;
		return access.authenticator !== undefined
			|| access.sessionsOf(address) + access.places.streamsOf(address)
				< Math.min(addressSessions, Math.max(connectionLimit - 1, 1));
	}

	/** @returns undefined if the port is off, or cannot be opened */
	#listen(port: number, option: string, isStreamPort: boolean): Acceptor | undefined {
		if (port === 0)
			return undefined;
		const { address, access, onNotice, mustListen } = this.#options;
		try {
			return new Acceptor({
				port,
				address,
				turns: access.connections.turns,
				onConnection: from => this.#connect(from, isStreamPort),
				onLost: error => this.#tell("a connection was lost before it was accepted", error),
			});
		}
		catch (error) {
			if (mustListen)
				throw error;
			onNotice(
				`port ${port} cannot be opened for HTTP (${errorText(error)}): choose another with --${option}, or 0 `
					+ "for none",
			);
			return undefined;
		}
	}

	#connect(from: unknown, isStreamPort: boolean): void {
		const { connections, places } = this.#options.access;
		const socket = new HTTPSocket(connections, from);
		try {
			connections.add(socket);
			const connection = new HTTPConnection(this, socket, isStreamPort);
			socket.partner = connection;
			if (places.makeRoom(connection.address, this.now())) {
				places.add(connection);
				this.#connections.push(connection);
			}
			else {
				connection.refuse(busyAnswer());
				connection.close();
			}
		}
		catch (error) {
			socket.drop();
			throw error;
		}
		connections.limitLingering();
	}

	#tick(): void {
		const now = this.now();
		// backwards: a connection that ends leaves the list
		for (let i = this.#connections.length - 1; i >= 0; i--) {
			try {
				this.#connections[i]?.tick(now);
			}
			catch (error) {
				this.onError(error);
			}
		}
	}

	/** Reports an exception, unless there is no memory for the notice. Never throws. */
	#tell(what: string, error: unknown): void {
		try {
			this.#options.onNotice(`${what}: ${errorText(error)}`);
		}
		catch {
			// the next notice may find memory
		}
	}
}
