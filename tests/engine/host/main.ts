// SPDX-License-Identifier: MIT
/** Tests of the desktop host. Arguments: `all`, `imitated BYTES` for TCP with a small send buffer, `memory` in a heap
 *  that cannot grow, `lookups` for threads, `files FOLDER` with an empty folder, or the name of a scenario. */

import Process from "process";
import { AsyncSuite } from "../harness";
import { stress } from "../stress";
import garbage from "./garbage.test";
import listener from "./listener.test";
import lookup, { type Names } from "./lookup.test";
import modules from "./modules.test";
import memory from "./memory.test";
import natives from "./natives.test";
import settingsfile from "./settingsfile.test";
import { scenarios } from "./scenarios";
import shortage from "./shortage.test";
import tcp from "./tcp.test";
import timers from "./timers.test";
import udp from "./udp.test";

/** Bytes that a desktop's socket accepts before the reader has taken them. */
const DEFAULT_CREDIT = 256 * 1024;

/** The system's resolver takes them without asking a server. */
const NAMES: Names = { known: [["127.1", "127.0.0.1"], ["10.1.2.3", "10.1.2.3"]], unknown: `${"x".repeat(64)}.test`,
	atOnce: 8 };

/** Milliseconds of each test with a collection at every allocation: enough for what opens, is called back and
 *  closes. */
const STRESS = 150;

/** Tests of timing run without it. */
const timed = /-due-time|-rate-|-repeat-|-grid|-missed|-ticks-|-pace-|-busy/;

const { test } = AsyncSuite.prototype;
AsyncSuite.prototype.test = function (name, body) {
	test.call(this, name, it => {
		stress(timed.test(name) ? 0 : STRESS);
		return body(it);
	});
};

const what = Process.argument(0) ?? "all";
const suite = new AsyncSuite();
if (what === "all") {
	for (const register of [timers, modules, natives, listener, udp, garbage])
		register(suite);
	tcp(suite, { limit: DEFAULT_CREDIT, exact: false });
	lookup(suite, NAMES);
	suite.run();
}
else if (what === "lookups") {
	lookup(suite, NAMES);
	suite.run();
}
else if (what === "imitated") {
	const limit = Number(Process.argument(1));
	// before the others, which leave the C library memory in store
	if (limit > 1_000_000)
		shortage(suite, limit);
	tcp(suite, { limit, exact: true, creditOnly: true });
	suite.run();
}
else if (what === "files") {
	settingsfile(suite, Process.argument(1)!);
	suite.run();
}
else if (what === "memory") {
	memory(suite);
	suite.run();
}
else if (scenarios[what])
	scenarios[what]!();
else {
	Process.error(`"${what}" is not a scenario`);
	Process.exit(2);
}
