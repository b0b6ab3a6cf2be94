// SPDX-License-Identifier: MIT
/** The HTTP server of the set-up network: set-up's site, with places of its own, because there is no camera yet. */

import { Uptime } from "common/uptime";
import { HTTPServer } from "http/server";
import type { Site } from "network/site";
import { placesOf } from "rtsp/server";
import { TCPConnections } from "sockets/connections";
import { Turns } from "sockets/turns";

export interface SetupServerOptions {
	readonly port: number;
	readonly site: Site;
	readonly onNotice: (message: string) => void;
}

/** Maximum number of connections. A browser opens two, to have one in reserve. */
const CONNECTION_LIMIT = 4;
/** Time limit of the first request, from the connection to its last byte, and of an answer that nobody reads,
 *  seconds. */
const REQUEST_TIME = 10;
/** Limits of a request. Browsers send heads of about 600 bytes and 12 fields. A form has six fields of 64 characters,
 *  each of which takes three bytes when encoded. */
const HEAD_LIMIT = 2048, HEADER_LIMIT = 32, FORM_LIMIT = 2048;

export class SetupServer {
	readonly #turns: Turns;
	readonly #connections: TCPConnections;
	readonly #server: HTTPServer;

	/** @throws Error the port is in use */
	constructor({ port, site, onNotice }: SetupServerOptions) {
		const uptime = new Uptime(), now = (): number => uptime.now();
		this.#turns = new Turns(now);
		this.#connections = new TCPConnections({ turns: this.#turns, stallTimeout: REQUEST_TIME,
			limit: CONNECTION_LIMIT, onNotice });
		const places = placesOf({ connections: CONNECTION_LIMIT, headBytes: HEAD_LIMIT, bodyBytes: FORM_LIMIT });
		try {
			this.#server = new HTTPServer({
				access: { places, connections: this.#connections, sessionsOf: () => 0, authenticator: undefined, now },
				httpPort: port,
				streamPort: 0,
				address: "",
				httpHosts: [],
				corsOrigin: "",
				headLimit: HEAD_LIMIT,
				headerLimit: HEADER_LIMIT,
				bodyLimit: FORM_LIMIT,
				requestTimeout: REQUEST_TIME,
				addressSessions: CONNECTION_LIMIT,
				connectionLimit: CONNECTION_LIMIT,
				routes: site.routes,
				refuseHost: (host, method) => site.refuseHost(host, method),
				mustListen: true,
				onNotice,
			});
		}
		catch (error) {
			this.#turns.close();
			throw error;
		}
	}

	/** Stops listening and ends every connection. */
	close(): void {
		this.#server.close();
		this.#turns.close();
		this.#connections.close();
	}
}
