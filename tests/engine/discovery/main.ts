// SPDX-License-Identifier: MIT
/** Tests of discovery over the desktop's sockets, on the loopback interface. The protocol's are in tests/unit. */

import { AsyncSuite } from "../harness";
import { stress } from "../stress";
import discovery from "./discovery.test";
import multicastport from "./multicastport.test";

/** Milliseconds of each test with a collection at every allocation. */
const STRESS = 150;

const { test } = AsyncSuite.prototype;
AsyncSuite.prototype.test = function (name, body) {
	test.call(this, name, it => {
		stress(STRESS);
		return body(it);
	});
};

const suite = new AsyncSuite();
discovery(suite);
multicastport(suite);
suite.run();
