// SPDX-License-Identifier: MIT
/** A name server in this program, for lwIP's resolver (RFC 1035). */

import type { Test } from "../harness";
import { UDP } from "../host/sockets";

/** The one name that it knows. It does not answer for `slow.test`. */
export const KNOWN = ["media.test", "10.1.2.3"] as const, SLOW = "slow.test";

const PORT = 53, HEAD = 12;

/** Makes this program lwIP's name server. */
function useOwnServer(this: void): void {
	native("xs_names_useOwnServer").call(this);
}

/** Serves until the end of the test. */
export function startNameServer(test: Test): void {
	const socket = test.close(new UDP({ port: PORT, onReadable() {
		for (let query; (query = socket.read()) !== undefined;) {
			const reply = answer(new Uint8Array(query));
			if (reply)
				socket.write(reply, query.address, query.port);
		}
	} }));
	useOwnServer();
}

/** @returns undefined: no answer */
function answer(query: Uint8Array): Uint8Array | undefined {
	const labels: string[] = [];
	let at = HEAD;
	for (; query[at]; at += 1 + query[at]!)
		labels.push(String.fromCharCode(...query.subarray(at + 1, at + 1 + query[at]!)));
	const name = labels.join("."), questionEnd = at + 5;
	if (name === SLOW)
		return undefined;
	const isKnown = name === KNOWN[0], record = isKnown
		? [0xc0, HEAD, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...KNOWN[1].split(".").map(Number)]
		: [];
	const reply = new Uint8Array(questionEnd + record.length);
	reply.set(query.subarray(0, questionEnd));
	// a response; NXDOMAIN for an unknown name; one answer or none
	reply.set([0x84, isKnown ? 0x80 : 0x83, 0, 1, 0, isKnown ? 1 : 0, 0, 0, 0, 0], 2);
	reply.set(record, questionEnd);
	return reply;
}
