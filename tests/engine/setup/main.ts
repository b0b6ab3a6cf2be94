// SPDX-License-Identifier: MIT
/**
 * Serves the set-up page as on a board, on the port in the first argument, and the API's set-up as in a board's network
 * on that in the second, with a store in memory. Prints stored settings. The third argument is the token of the page's
 * forms. The fourth is the time in milliseconds during which every allocation collects garbage.
 */

import Process from "process";
import Timer from "timer";
import { Uptime } from "common/uptime";
import { SetupServer } from "device/setupserver";
import { openapi } from "http/api/openapi";
import { setupRoutes } from "http/api/setup";
import { HTTPServer } from "http/server";
import type { Route } from "http/types";
import { BoardSetup } from "network/setup";
import { Site } from "network/site";
import type { Store } from "network/stored";
import { placesOf } from "rtsp/server";
import { TCPConnections } from "sockets/connections";
import { Turns } from "sockets/turns";
import { stress } from "../stress";
import { DEVICE } from "../../unit/network/fixture";

const port = Number(Process.argument(0)), apiPort = Number(Process.argument(1)), token = Process.argument(2)!;
const values: Record<string, unknown> = {};
const store: Store = {
	get: name => values[name],
	set: (name, value) => void (values[name] = value),
	delete: name => void delete values[name],
};
const onNotice = (message: string): void => trace(`notice ${message}\n`);

stress(Number(Process.argument(3) ?? 0));
let searches = 0;
const setup = new BoardSetup({
	config: { ...DEVICE, ssid: "home", password: "old wifi pass", rtspPassword: "" },
	store,
	finder: {
		networks: ["home", "Caf\u00e9 <b>"],
		get isSearching() {
			return searches > 0;
		},
		search: () => void searches++,
	},
	onStored: () => trace(`stored ${JSON.stringify(values)}\n`),
	onNotice,
});
const site = new Site({ setup, token, hosts: [`127.0.0.1:${port}`], onUse: () => undefined });
const server = new SetupServer({ port, onNotice, site });
try {
	new SetupServer({ port, onNotice, site }).close();
}
catch {
	trace("port taken\n");
}

const uptime = new Uptime(), turns = new Turns(() => uptime.now());
const connections = new TCPConnections({ turns, stallTimeout: 10, limit: 4, onNotice });
const description: Route = { paths: ["/api/openapi.json"], methods: ["GET"],
	handle: () => ({ status: 200, type: "application/json", body: openapi }) };
const tuning = { limits: { writable: true } } as Parameters<typeof setupRoutes>[1];
const network = new HTTPServer({ ...DEVICE, httpPort: apiPort, streamPort: 0, address: "", httpHosts: [],
	corsOrigin: "", headLimit: 4096, headerLimit: 32, bodyLimit: 2048, requestTimeout: 10, addressSessions: 4,
	connectionLimit: 4, routes: [...setupRoutes(setup, tuning), description], onNotice,
	access: { places: placesOf({ connections: 4 }), connections, sessionsOf: () => 0, authenticator: undefined,
		now: () => uptime.now() } });
trace("listening\n");
Process.onStop(() => {
	server.close();
	network.close();
	turns.close();
	connections.close();
	// no callbacks after close
	Timer.set(() => Process.exit(0), 50);
});
