// SPDX-License-Identifier: MIT
/** Runs the unit tests of the modules without natives on the XS engine, from the same source as in Node. */

import Process from "process";
import { run } from "../../unit/all";
import { Suite } from "../../unit/harness";
import { stress } from "../stress";

/** Milliseconds of each test with a collection at every allocation. This makes a test a thousand times slower, which is
 *  too slow for the few that allocate millions of times (fuzzing). */
const STRESS = 20;

const { test } = Suite.prototype;
Suite.prototype.test = function (name, body) {
	test.call(this, name, () => {
		stress(STRESS);
		body();
	});
};

const { failed } = run(line => trace(line, "\n"));
Process.exit(failed ? 1 : 0);
