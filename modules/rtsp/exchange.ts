// SPDX-License-Identifier: MIT
/**
 * One request, and what the checks have found out about it.
 */

import type { Authenticator, Standing } from "./authenticator";
import type { ParameterControl, Peer, StreamControl } from "./types";
import type { Request } from "./message";
import type { Response } from "./response";
import type { RequestURL, URLCache } from "./url";
import type { SDPWriter } from "./sdp";
import type { Session } from "./session";
import type { SessionTable } from "./sessions";
import type { TunnelTable } from "./tunnel";

/** What all exchanges of a server share. */
export interface Service {
	/** Stream name, as `normalizePath` returns it. */
	readonly path: string;
	readonly control: StreamControl;
	readonly sessions: SessionTable;
	readonly tunnels: TunnelTable;
	readonly sdp: SDPWriter;
	readonly urls: URLCache;
	/** undefined if there are none. */
	readonly parameters: ParameterControl | undefined;
	/** Supported methods, as listed by `Public`. */
	readonly methods: readonly string[];
	/** The same, as `Public` and `Allow` have them. */
	readonly methodList: string;
	/** undefined if no password is required. */
	readonly authenticator: Authenticator | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
}

const NOBODY: Peer = Object.freeze({ remoteAddress: "", localAddress: undefined, send: () => undefined,
	close: () => undefined });
const NO_STANDING: Standing = Object.freeze({ granted: false, nonce: undefined });

/** One instance serves all requests of a server, one after the other, so an exchange takes no memory. */
export class Exchange {
	readonly service: Service;
	readonly request: Request;
	readonly #response: Response;
	/** The connection that the request arrived on; NOBODY between requests, so that nothing of a lost one is kept. */
	peer: Peer = NOBODY;
	/** Authentication state of the connection. */
	standing: Standing = NO_STANDING;
	/** When the request arrived, milliseconds. */
	now = 0;
	/** Set by the checks; undefined for `*` and for OPTIONS. */
	url: RequestURL | undefined;
	/** Set by the checks if the request names one. */
	session: Session | undefined;

	constructor(service: Service, request: Request, response: Response) {
		this.service = service;
		this.request = request;
		this.#response = response;
	}

	/** A request has arrived. */
	begin(peer: Peer, standing: Standing, now: number): void {
		this.peer = peer;
		this.standing = standing;
		this.now = now;
	}

	/** The request is answered. */
	end(): void {
		this.peer = NOBODY;
		this.standing = NO_STANDING;
		this.url = this.session = undefined;
	}

	header(name: number): string | undefined {
		return this.request.header(name);
	}

	/** Begins the response. Beginning again discards what was begun. */
	respond(status: number): Response {
		return this.#response.begin(status, this.request.cseq);
	}
}
