// SPDX-License-Identifier: MIT
/**
 * An RTSP 1.0 server (RFC 2326) for one stream with one track. It has no sockets, clock or timers of its own.
 */

import type { ParameterControl, Peer, StreamControl } from "./types";
import { removeAt, removeKey } from "../common/list";
import { Authenticator, type AuthenticatorOptions } from "./authenticator";
import { METHODS, SET_PARAMETER } from "./checks";
import { Connection, type ConnectionOwner, type ServerConnection } from "./connection";
import { Exchange, type Service } from "./exchange";
import { HEADER_LIMIT, Request } from "./message";
import { RETRY_AFTER } from "./methods";
import { BODY_LIMIT, HEAD_LIMIT, type ParserLimits } from "./parser";
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
	/** Maximum number of sessions per address without authentication, and never all of them. Default: 4. */
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
	/** Authentication. Default: none, everybody may watch. */
	readonly authentication?: Authentication | undefined;
	/** `Server` header, and session name of the SDP. */
	readonly serverName?: string | undefined;
	/** Receives unexpected exceptions. The request was answered with 500. */
	readonly onError?: ((error: unknown) => void) | undefined;
}

/** Unfinished requests share a buffer of this many maximum-size requests. */
const KEPT_REQUESTS = 2;

/** Longest silence of a client on its way to PLAY, and time to show its password before it gives way to a newcomer,
 *  milliseconds. The latter is short: strangers that connect again and again at the user's own address must not be too
 *  young to give way to the user. */
const BETWEEN_REQUESTS = 2000, TIME_TO_ASK = 500;

export class Server {
	readonly #service: Service;
	readonly #limits: ServerLimits;
	readonly #owner: ConnectionOwner;
	readonly #onError: ((error: unknown) => void) | undefined;
	/** In the order of arrival. */
	readonly #connections: Connection[] = [];
	/** Number of connections per address. */
	readonly #perAddress = new Map<string, number>();
	/** Limit of what all connections together keep of unfinished messages, bytes. */
	readonly #keptBytes: number;
	#closed = false;

	constructor(
		{ path = "/", control, parameters, now, random32, sessionTimeout = SESSION_TIMEOUT, limits = {}, authentication,
			serverName, onError }: ServerOptions,
	) {
		if (!(sessionTimeout >= 1))
			throw new RangeError("sessionTimeout must be at least 1 second");
		this.#limits = limits;
		this.#keptBytes = KEPT_REQUESTS * ((limits.headBytes ?? HEAD_LIMIT) + (limits.bodyBytes ?? BODY_LIMIT));
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
				timeout: sessionTimeout, random32 }),
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
			onKept: () => this.#limitKept(),
			onEnd: ended => this.#forget(ended),
		};
	}

	get connectionCount(): number {
		return this.#connections.length;
	}

	get sessionCount(): number {
		return this.#service.sessions.count;
	}

	get playingCount(): number {
		return this.#service.sessions.playingCount;
	}

	/** A client has connected. Without a place, it is told to come back later, and closed.
	 *  @throws without memory; the server then knows nothing of the client */
	connect(peer: Peer): ServerConnection {
		const connection = new Connection(this.#owner, peer);
		if (this.#closed || !this.#makeRoom(peer.remoteAddress))
			connection.refuse(503, RETRY_AFTER);
		else {
			this.#connections.push(connection);
			try {
				this.#perAddress.set(peer.remoteAddress, this.#countOf(peer.remoteAddress) + 1);
			}
			catch (error) {
				// no memory: neither keeps it
				this.#connections.pop();
				throw error;
			}
		}
		return connection;
	}

	/** Makes room for a new connection. When all places are taken, a connection that was not granted gives way, so a
	 *  few open sockets cannot keep everybody out, whatever they send. The first choice is the oldest one of the
	 *  address with the most connections, if these are more than the newcomer's address would have. The second is the
	 *  oldest one that has had time to send a request. If there is neither, the longest idle connection without a
	 *  session gives way.
	 *  @param address of the newcomer
	 *  @returns whether there is a place */
	#makeRoom(address: string): boolean {
		if (this.#connections.length < (this.#limits.connections ?? CONNECTION_LIMIT))
			return true;
		const now = this.#service.now();
		const victim = this.#strangerOfCrowd(this.#countOf(address) + 1) ?? this.#oldStranger(now) ?? this.#idlest(now);
		victim?.expire();
		return victim !== undefined;
	}

	/** @param least number of connections that is not yet a crowd */
	#strangerOfCrowd(least: number): Connection | undefined {
		let victim: Connection | undefined, most = least;
		for (let i = 0; i < this.#connections.length; i++) {
			const connection = this.#connections[i]!, count = this.#countOf(connection.address);
			if (count > most && !connection.granted) {
				most = count;
				victim = connection;
			}
		}
		return victim;
	}

	#oldStranger(now: number): Connection | undefined {
		for (let i = 0; i < this.#connections.length; i++) {
			const connection = this.#connections[i]!;
			if (!connection.granted && connection.age(now) > TIME_TO_ASK)
				return connection;
		}
		return undefined;
	}

	#idlest(now: number): Connection | undefined {
		let victim: Connection | undefined, longest = BETWEEN_REQUESTS;
		for (let i = 0; i < this.#connections.length; i++) {
			const connection = this.#connections[i]!, silence = connection.silence(now);
			if (silence > longest && connection.granted) {
				longest = silence;
				victim = connection;
			}
		}
		return victim;
	}

	#countOf(address: string): number {
		return this.#perAddress.get(address) ?? 0;
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

	/** Bounds what all connections together keep of unfinished messages: each may have begun the largest request, and a
	 *  device has no memory for eight of those. The connection that keeps the most is refused, so clients that send
	 *  little are not kept out. */
	#limitKept(): void {
		for (;;) {
			let total = 0, most = 0, largest: Connection | undefined;
			for (let i = 0; i < this.#connections.length; i++) {
				const connection = this.#connections[i]!, { kept } = connection;
				total += kept;
				if (kept > most) {
					most = kept;
					largest = connection;
				}
			}
			if (largest === undefined || total <= this.#keptBytes)
				return;
			largest.refuse(503, RETRY_AFTER);
		}
	}

	#forget(connection: Connection): void {
		const index = this.#connections.indexOf(connection);
		if (index < 0)
			return;
		removeAt(this.#connections, index);
		const { address } = connection, count = this.#countOf(address) - 1;
		if (count > 0)
			this.#perAddress.set(address, count);
		else
			removeKey(this.#perAddress, address);
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
