// SPDX-License-Identifier: MIT
/** Tests that the ESP32's sockets over lwIP fulfil the contract of the sockets.
 *  Both ends are on lwIP's loopback interface. */

import Process from "process";
import { AsyncSuite, Skip } from "../harness";
import { stress } from "../stress";
import listener from "../host/listener.test";
import lookup from "../host/lookup.test";
import tcp from "../host/tcp.test";
import multicastport from "../discovery/multicastport.test";
import udp from "../host/udp.test";
import churn from "./churn.test";
import exhaustion from "./exhaustion.test";
import fanout from "./fanout.test";
import memory from "./memory.test";
import { KNOWN, SLOW, startNameServer } from "./names";

/** Tests of the contract that apply only to a desktop system, with the reasons. */
const leftOut: Record<string, string> = {
	"listener-without-descriptors-is-not-kept-busy-and-goes-on":
		"lwIP answers no SYN for which it has no control block: the storms fill them",
	"udp-writes-to-the-address-and-port-of-each-call": "lwIP's loopback interface has one address",
	"udp-receives-only-from-groups-that-this-socket-has-joined":
		"lwIP delivers what comes to a port for any group that the interface has joined",
	"tcp-write-before-the-connection-is-made-throws":
		"lwIP's own thread makes a connection within this machine before the constructor returns",
	"tcp-urgent-bytes-are-read-in-their-place": "lwIP sends no urgent bytes",
};

/** Milliseconds of each test with a collection at every allocation. */
const STRESS = 150;

const { test } = AsyncSuite.prototype;
AsyncSuite.prototype.test = function (name, body) {
	const reason = leftOut[name];
	test.call(this, name, reason === undefined
		? it => {
			stress(STRESS);
			return body(it);
		}
		: () => {
			throw new Skip(reason);
		});
};

const suite = new AsyncSuite(), limit = Number(Process.argument(0));
// lwIP asks its server for at most four names at a time, and for some seconds: before the tests of memory
lookup(suite, { known: [KNOWN], unknown: "unknown.test", slow: SLOW, atOnce: 4, prepare: startNameServer });
listener(suite, { atOnce: 8, waiting: 8, inListener: 8 });
udp(suite, { largest: 1472, waiting: 16 });
multicastport(suite);
tcp(suite, { limit, exact: true });
churn(suite);
fanout(suite, limit);
memory(suite);
exhaustion(suite, limit);
suite.run();
