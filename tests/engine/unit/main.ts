/** The unit tests of the PURE modules, the same source as in Node, on the XS engine. */

import Process from "process";
import { run } from "../../unit/all";
import { Suite } from "../../unit/harness";
import { stress } from "../stress";

/** A collection at every allocation makes a test a thousand times as long: the few that allocate by the million (fuzzing) get
 *  one for their beginning only. Milliseconds. */
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
