// SPDX-License-Identifier: MIT
/**
 * One request, and what the checks have found out about it.
 */

import type { Authenticator, Standing } from "./authenticator";
import type { ParameterControl, Peer, StreamControl } from "./types";
import type { HeaderName, Request } from "./message";
import type { RequestURL } from "./url";
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
	/** undefined if there are none. */
	readonly parameters: ParameterControl | undefined;
	/** Supported methods, as listed by `Public`. */
	readonly methods: readonly string[];
	/** undefined if no password is required. */
	readonly authenticator: Authenticator | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
}

export class Exchange {
	readonly service: Service;
	readonly peer: Peer;
	readonly request: Request;
	/** Authentication state of the connection. */
	readonly standing: Standing;
	/** Set by the checks; undefined for `*` and for OPTIONS. */
	url: RequestURL | undefined;
	/** Set by the checks if the request names one. */
	session: Session | undefined;

	constructor(service: Service, peer: Peer, request: Request, standing: Standing) {
		this.service = service;
		this.peer = peer;
		this.request = request;
		this.standing = standing;
	}

	header(name: HeaderName): string | undefined {
		return this.request.headers.get(name);
	}
}
