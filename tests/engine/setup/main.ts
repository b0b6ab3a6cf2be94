// SPDX-License-Identifier: MIT
/**
 * Serves the set-up page as on a board, on the port in the first argument, with a store in memory. Prints stored
 * settings. The second argument is the token of its forms. The third, if present, is the time in milliseconds during
 * which every allocation collects garbage.
 */

import Process from "process";
import Timer from "timer";
import { SetupServer } from "device/setupserver";
import { Site } from "network/site";
import type { Store } from "network/stored";
import { stress } from "../stress";
import { DEVICE } from "../../unit/network/fixture";

const port = Number(Process.argument(0)), token = Process.argument(1)!;
const values: Record<string, unknown> = {};
const store: Store = {
	get: name => values[name],
	set: (name, value) => void (values[name] = value),
	delete: name => void delete values[name],
};

stress(Number(Process.argument(2) ?? 0));
const server = new SetupServer({
	port,
	onNotice: message => trace(`notice ${message}\n`),
	site: new Site({
		config: { ...DEVICE, ssid: "home", password: "old wifi pass", rtspPassword: "" },
		store,
		token,
		hosts: [`127.0.0.1:${port}`],
		networks: () => ["home", "Caf\u00e9 <b>"],
		onUse: () => undefined,
		onStored: () => trace(`stored ${JSON.stringify(values)}\n`),
		onNotice: message => trace(`notice ${message}\n`),
	}),
});
trace("listening\n");
Process.onStop(() => {
	server.close();
	// no callbacks after close
	Timer.set(() => Process.exit(0), 50);
});
