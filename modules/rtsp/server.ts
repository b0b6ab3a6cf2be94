// SPDX-License-Identifier: MIT
/**
 * An RTSP 1.0 server (RFC 2326) for one stream with one track. It has no sockets, clock or timers of its own.
 */

import type { ParameterControl, Peer, StreamControl } from "./types";
import { remove } from "../common/list";
import { Authenticator, type AuthenticatorOptions } from "./authenticator";
import { METHODS, SET_PARAMETER } from "./checks";
import { Connection, type ConnectionOwner, type ServerConnection } from "./connection";
import { Exchange, type Service } from "./exchange";
import { HEADER_LIMIT, Request } from "./message";
import { RETRY_AFTER } from "./methods";
import { BODY_LIMIT, HEAD_LIMIT, type ParserLimits } from "./parser";
import { Places } from "./places";
import { Response } from "./response";
import { SDPWriter } from "./sdp";
import { SessionTable } from "./sessions";
import { toVisible } from "./text";
import { TunnelTable } from "./tunnel";
import { URLCache, normalizePath } from "./url";

export type { ServerConnection } from "./connection";

export interface ServerLimits extends ParserLimits {
	/** Maximum number of connections. Default: 8. */
	readonly connections?: number | undefined;
	/** Maximum number of sessions, playing or not. Default: 8. */
	readonly sessions?: number | undefined;
	/** Maximum number of sessions per connection. Default: 4. */
	readonly connectionSessions?: number | undefined;
	/** Maximum number of sessions per address without authentication, and never all of them. Streams over HTTP count,
	 *  too. Default: 4. */
	readonly addressSessions?: number | undefined;
	/** Maximum number of HTTP tunnel halves that wait for their other half. Default: 4. */
	readonly tunnels?: number | undefined;
	/** Seconds that a new connection has for its first request. Default: `sessionTimeout`. */
	readonly requestTimeout?: number | undefined;
}

/** How long half a tunnel waits for the other half, milliseconds. */
const TUNNEL_TIMEOUT = 10_000;
/** Defaults: seconds that a silent session lives, and connections at most. */
export const SESSION_TIMEOUT = 60, CONNECTION_LIMIT = 8;

/** The options of an Authenticator that the server does not set itself. */
export type Authentication = Omit<AuthenticatorOptions, "realm" | "now" | "random32">;

export interface ServerOptions {
	/** Stream name: path of the URL. Default: `/`. */
	readonly path?: string | undefined;
	readonly control: StreamControl;
	/** Parameters that clients can read and set. Without them, SET_PARAMETER is not supported. */
	readonly parameters?: ParameterControl | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Unsigned 32-bit random number, good enough for a secret: session identifiers are made of it. */
	readonly random32: () => number;
	/** Seconds of silence after which a session ends, or a connection without a session. Default: 60. */
	readonly sessionTimeout?: number | undefined;
	readonly limits?: ServerLimits | undefined;
	/** Places for connections that are shared with another server. Default: own ones, as `limits` says. */
	readonly places?: Places | undefined;
	/** Authentication. Default: none, everybody may watch. */
	readonly authentication?: Authentication | undefined;
	/** `Server` header, and session name of the SDP. */
	readonly serverName?: string | undefined;
	/** Receives unexpected exceptions. The request was answered with 500. */
	readonly onError?: ((error: unknown) => void) | undefined;
}

/** Unfinished requests share a buffer of this many maximum-size requests. */
const KEPT_REQUESTS = 2;

/** The places that `limits` allow. */
export function placesOf({ connections, headBytes, bodyBytes }: ServerLimits): Places {
	return new Places(connections ?? CONNECTION_LIMIT,
		KEPT_REQUESTS * ((headBytes ?? HEAD_LIMIT) + (bodyBytes ?? BODY_LIMIT)));
}

export class Server {
	readonly #service: Service;
	readonly #limits: ServerLimits;
	readonly #owner: ConnectionOwner;
	readonly #onError: ((error: unknown) => void) | undefined;
	/** In the order of arrival. */
	readonly #connections: Connection[] = [];
	readonly #places: Places;
	#closed = false;

	constructor(
		{ path = "/", control, parameters, now, random32, sessionTimeout = SESSION_TIMEOUT, limits = {}, places,
			authentication, serverName, onError }: ServerOptions,
	) {
		if (!(sessionTimeout >= 1))
			throw new RangeError("sessionTimeout must be at least 1 second");
		this.#limits = limits;
		this.#places = places ?? placesOf(limits);
		this.#onError = onError;
		const methods = parameters === undefined ? METHODS : [...METHODS, SET_PARAMETER];
		const service = this.#service = {
			path: normalizePath(path),
			control,
			parameters,
			methods,
			methodList: methods.join(", "),
			urls: new URLCache(),
			now,
			sessions: new SessionTable({ ...sessionLimits(limits, authentication !== undefined),
				streamsOf: address => this.#places.streamsOf(address), timeout: sessionTimeout, random32 }),
			tunnels: new TunnelTable({ limit: limits.tunnels ?? 4, timeout: TUNNEL_TIMEOUT }),
			sdp: new SDPWriter({ id: random32() >>> 0, name: serverName ?? "" }),
			authenticator: authentication === undefined
				? undefined
				: new Authenticator({ ...authentication, realm: toVisible(serverName ?? "rtsp").replaceAll("\"", "'"),
					now, random32 }),
		};
		const name = serverName === undefined ? undefined : toVisible(serverName);
		const request = new Request(limits.headerCount ?? HEADER_LIMIT), response = new Response(name);
		this.#owner = {
			service,
			request,
			response,
			exchange: new Exchange(service, request, response),
			limits,
			serverName: name,
			onError: error => this.#report(error),
			onKept: () => this.#places.limitKept(),
			onEnd: ended => this.#forget(ended),
		};
	}

	get connectionCount(): number {
		return this.#connections.length;
	}

	/** The judge of the one user's password; undefined if none is required. */
	get authenticator(): Authenticator | undefined {
		return this.#service.authenticator;
	}

	get sessionCount(): number {
		return this.#service.sessions.count;
	}

	/** Number of sessions of an address, playing or not. */
	sessionsOf(address: string): number {
		return this.#service.sessions.countOf(address);
	}

	get playingCount(): number {
		return this.#service.sessions.playingCount;
	}

	/** A client has connected. Without a place, it is told to come back later, and closed.
	 *  @throws without memory; the server then knows nothing of the client */
	connect(peer: Peer): ServerConnection {
		const connection = new Connection(this.#owner, peer);
		if (this.#closed || !this.#places.makeRoom(peer.remoteAddress, this.#service.now()))
			connection.refuse(503, RETRY_AFTER);
		else {
			this.#places.add(connection);
			try {
				this.#connections.push(connection);
			}
			catch (error) {
				// no memory: neither keeps it
				this.#places.remove(connection);
				throw error;
			}
		}
		return connection;
	}

	/** Ends sessions, connections and tunnels that have been silent too long. Call it about once a second. */
	tick(): void {
		const { sessions, tunnels, now } = this.#service;
		const time = now();
		try {
			sessions.endExpired(time);
			tunnels.endExpired(time);
		}
		catch (error) {
			this.#report(error);
		}
		const { requestTimeout = sessions.timeout } = this.#limits;
		const harmlessSilence = Math.min(sessions.timeout, requestTimeout) * 1000;
		for (let i = this.#connections.length - 1; i >= 0; i--) {
			// two may end at once: the halves of a tunnel
			const connection = this.#connections[i];
			if (connection === undefined || time - connection.lastSeen <= harmlessSilence)
				continue;
			const timeout = connection.heard ? sessions.timeout : requestTimeout;
			if (connection.silence(time) > timeout * 1000)
				connection.expire();
		}
	}

	/** Ends all sessions, with a BYE, and all connections. Later ones are refused. */
	close(): void {
		this.#closed = true;
		try {
			this.#service.sessions.endAll();
		}
		catch (error) {
			this.#report(error);
		}
		for (let i = this.#connections.length - 1; i >= 0; i--)
			this.#connections[i]?.close();
	}

	#forget(connection: Connection): void {
		this.#places.remove(connection);
		remove(this.#connections, connection);
	}

	#report(error: unknown): void {
		try {
			this.#onError?.(error);
		}
		catch {
			// there is nobody left to tell
		}
	}
}

/** Without authentication, no address may have all places. */
function sessionLimits(
	{ sessions = 8, connectionSessions = 4, addressSessions = 4 }: ServerLimits,
	authenticated: boolean,
): { limit: number; connectionLimit: number; addressLimit: number } {
	return {
		limit: sessions,
		connectionLimit: connectionSessions,
		addressLimit: authenticated ? Infinity : Math.min(addressSessions, Math.max(sessions - 1, 1)),
	};
}
