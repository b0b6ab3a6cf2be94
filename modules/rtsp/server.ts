// SPDX-License-Identifier: MIT
/**
 * An RTSP 1.0 server (RFC 2326) for one stream with one track. It has no socket, no clock and no timer of its own.
 */

import type { ParameterControl, Peer, StreamControl } from "./types";
import { Authenticator, type AuthenticatorOptions } from "./authenticator";
import { METHODS, SET_PARAMETER } from "./checks";
import { Connection, type ConnectionOwner, type ServerConnection } from "./connection";
import type { Service } from "./exchange";
import { busy } from "./methods";
import { BODY_BYTES, HEAD_BYTES, type ParserLimits } from "./parser";
import { SDPWriter } from "./sdp";
import { SessionTable } from "./sessions";
import { toVisible } from "./text";
import { TunnelTable } from "./tunnel";
import { normalizePath } from "./url";

export type { ServerConnection } from "./connection";

export interface ServerLimits extends ParserLimits {
	/** Connections at most; 8 unless told. */
	readonly connections?: number | undefined;
	/** Sessions at most, playing or not; 8 unless told. */
	readonly sessions?: number | undefined;
	/** Sessions of one connection at most; 4 unless told. */
	readonly connectionSessions?: number | undefined;
	/** Sessions of one address at most, and never all, while no password is asked for; 4 unless told. */
	readonly addressSessions?: number | undefined;
	/** Halves of HTTP tunnels that wait for their other half at most; 4 unless told. */
	readonly tunnels?: number | undefined;
	/** Seconds that a new connection has for its first request; as a session's silence unless told. */
	readonly requestTimeout?: number | undefined;
}

/** How long half a tunnel waits for the other, milliseconds. */
const TUNNEL_TIMEOUT = 10_000;

/** What an Authenticator needs to be told, beyond what the server has. */
export type Authentication = Omit<AuthenticatorOptions, "realm" | "now" | "random32">;

export interface ServerOptions {
	/** Stream name: path of the URL; `/` unless told. */
	readonly path?: string | undefined;
	readonly control: StreamControl;
	/** What SET_PARAMETER changes; without it there is no such method. */
	readonly parameters?: ParameterControl | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Unsigned 32-bit random number, good enough for a secret: session ids are made of it. */
	readonly random32: () => number;
	/** Seconds of silence that end a session, and a connection without one; 60 unless told. */
	readonly sessionTimeout?: number | undefined;
	readonly limits?: ServerLimits | undefined;
	/** Who may; everybody unless told. */
	readonly authentication?: Authentication | undefined;
	/** `Server` header, and session name of the description. */
	readonly serverName?: string | undefined;
	/** Gets exceptions that should not have been: the request was answered 500. */
	readonly onError?: ((error: unknown) => void) | undefined;
}

/** Requests of the largest size that may be half there, in all connections together. */
const KEPT_REQUESTS = 2;

/** A client that is on its way to PLAY is not silent for longer, milliseconds; nor does it take longer to show its
 *  password. */
const BETWEEN_REQUESTS = 2000, TIME_TO_ASK = 2000;

export class Server {
	readonly #service: Service;
	readonly #limits: ServerLimits;
	readonly #owner: ConnectionOwner;
	readonly #onError: ((error: unknown) => void) | undefined;
	/** In the order in which they came. */
	readonly #connections: Connection[] = [];
	/** How many of them each address has. */
	readonly #perAddress = new Map<string, number>();
	/** What all connections together may remember of messages that are not whole. */
	readonly #keptBytes: number;
	#closed = false;

	constructor(
		{ path = "/", control, parameters, now, random32, sessionTimeout = 60, limits = {}, authentication, serverName,
			onError }: ServerOptions,
	) {
		if (!(sessionTimeout >= 1))
			throw new RangeError("sessionTimeout must be at least a second");
		this.#limits = limits;
		this.#keptBytes = KEPT_REQUESTS * ((limits.headBytes ?? HEAD_BYTES) + (limits.bodyBytes ?? BODY_BYTES));
		this.#onError = onError;
		this.#service = {
			path: normalizePath(path),
			control,
			parameters,
			methods: parameters === undefined ? METHODS : [...METHODS, SET_PARAMETER],
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
		this.#owner = {
			service: this.#service,
			limits,
			serverName: serverName === undefined ? undefined : toVisible(serverName),
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

	/** A client has connected. Where there is no place it is told to come again, and closed. */
	connect(peer: Peer): ServerConnection {
		const connection = new Connection(this.#owner, peer);
		if (this.#closed || !this.#makeRoom(peer.remoteAddress))
			connection.refuse(busy());
		else {
			this.#connections.push(connection);
			this.#perAddress.set(peer.remoteAddress, this.#countOf(peer.remoteAddress) + 1);
		}
		return connection;
	}

	/** When all places are taken, one that was granted nothing gives up its own: a handful of open sockets must not
	 *  keep everybody out, whatever is said on them. It is the oldest of the address that has most of them, if that has
	 *  more than the newcomer's address then would; else the oldest that has had time to ask for something. Else it is
	 *  the longest silent one without a session.
	 *  @param address of the newcomer
	 *  @returns whether there is a place */
	#makeRoom(address: string): boolean {
		if (this.#connections.length < (this.#limits.connections ?? 8))
			return true;
		const now = this.#service.now();
		const victim = this.#strangerOfCrowd(this.#countOf(address) + 1) ?? this.#oldStranger(now) ?? this.#idlest(now);
		victim?.expire();
		return victim !== undefined;
	}

	/** @param least connections that are no crowd */
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

	/** Ends what has been silent too long: to be called about once a second. */
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
		for (let i = this.#connections.length - 1; i >= 0; i--) {
			// two may end at once: halves of a tunnel
			const connection = this.#connections[i];
			if (connection === undefined)
				continue;
			const timeout = connection.heard ? sessions.timeout : this.#limits.requestTimeout ?? sessions.timeout;
			if (connection.silence(time) > timeout * 1000)
				connection.expire();
		}
	}

	/** Ends all sessions, which says BYE, and all connections. Those that come later are refused. */
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

	/** What all connections together remember of messages that are not whole is bounded: each of them may have begun
	 *  the largest request, and a device has no memory for eight of those. Who keeps most gives it up: those who say
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
			largest.refuse(busy());
		}
	}

	#forget(connection: Connection): void {
		const index = this.#connections.indexOf(connection);
		if (index < 0)
			return;
		this.#connections.splice(index, 1);
		const { address } = connection, count = this.#countOf(address) - 1;
		if (count > 0)
			this.#perAddress.set(address, count);
		else
			this.#perAddress.delete(address);
	}

	#report(error: unknown): void {
		try {
			this.#onError?.(error);
		}
		catch {
			// nobody is left to tell
		}
	}
}

/** No address has all places, where everybody may have them. */
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
