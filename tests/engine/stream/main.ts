// SPDX-License-Identifier: MIT
/** The frame hub, its subscribers and the server, on the engine. */

import Process from "process";
import { Suite } from "../../unit/harness";
import acceptor from "./acceptor";
import bursts, { paced } from "./bursts";
import routes from "./routes";
import groups from "./groups";
import health from "./health";
import hub from "./hub";
import server from "./server";
import shared from "./shared";
import subscriber from "./subscriber";
import turns from "./turns";

const suite = new Suite();
for (const register of [server, hub, health, subscriber, shared, bursts])
	register(suite);
const result = suite.run(line => trace(`${line}\n`));

function note(name: string, problem: string | undefined): void {
	if (problem === undefined)
		result.passed += 1;
	else
		result.failed += 1;
	trace(problem === undefined ? "ok" : "not ok", ` ${name}`, problem === undefined ? "" : `: ${problem}`, "\n");
}

paced(problem => {
	note("hub-keeps-a-frame-until-its-last-burst", problem);
	groups((name, problem) => {
		note(name, problem);
		routes(note, () =>
			acceptor((name, problem) => {
				note(name, problem);
				turns((name, problem) => {
					note(name, problem);
					trace(`${result.passed} passed, ${result.failed} failed\n`);
					Process.exit(result.failed ? 1 : 0);
				});
			}));
	});
});
