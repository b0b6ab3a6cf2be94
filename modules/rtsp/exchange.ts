// SPDX-License-Identifier: MIT
/**
 * One request and what is known about it on its way through the checks to its method.
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
	/** Stream name, as `normalizePath` gives. */
	readonly path: string;
	readonly control: StreamControl;
	readonly sessions: SessionTable;
	readonly tunnels: TunnelTable;
	readonly sdp: SDPWriter;
	/** undefined when there are none. */
	readonly parameters: ParameterControl | undefined;
	/** What works: `Public` lists exactly these. */
	readonly methods: readonly string[];
	/** undefined when everybody may. */
	readonly authenticator: Authenticator | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
}

export class Exchange {
	readonly service: Service;
	readonly peer: Peer;
	readonly request: Request;
	/** What the connection has shown so far. */
	readonly standing: Standing;
	/** Found by the checks; undefined for `*`, and for OPTIONS. */
	url: RequestURL | undefined;
	/** Found by the checks when the request names one. */
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
