/**
 * The set-up page as a board serves it, on the port that the first argument names, over a store in memory. Prints what is stored.
 * The second argument is the token of its forms; with a third every allocation collects, for that many milliseconds.
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
		store, token,
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
	// what was closed calls nothing back
	Timer.set(() => Process.exit(0), 50);
});
