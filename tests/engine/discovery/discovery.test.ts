// SPDX-License-Identifier: MIT
/** What discovery takes of JavaScript's heap. */

import type { Discovery } from "discovery/types";
import { openDiscovery } from "discovery/open";
import Process from "process";
import { assert, equal } from "../../unit/harness";
import { delay, until, type AsyncSuite } from "../harness";

const LOOPBACK = "127.0.0.1", SLOTS = 0, CHUNK_BYTES = 2;
/** What docs/device.md allows on one interface: 404 slots for multicast DNS, the rest for WS-Discovery. */
const ALLOWED = { slots: 810, chunkBytes: 4500 };

/** Opens it and waits until the camera is announced. */
async function open(): Promise<Discovery> {
	const notices: string[] = [];
	// other runs of this test are on the same interface
	const name = `test-${Math.floor(Math.random() * 1e9)}`;
	const discovery = openDiscovery!({ name, rtspPort: 554, path: "live", httpPort: 80, interfaces: [LOOPBACK],
		endpoint: { uuid: "00000000-0000-8000-8000-000000000000", path: "/", scopes: () => "" }, now: () => Date.now(),
		onNotice: message => notices.push(message) });
	await until(() => notices.length > 1);
	equal(notices, [`http://${name}.local:80/`, `rtsp://${name}.local:554/live`]);
	await delay(1500);
	return discovery;
}

/** @returns what it takes while open: the least of several readings, since messages of other runs are answered */
async function measure(): Promise<{ slots: number; chunkBytes: number }> {
	const slotsBefore = Process.memory(SLOTS), chunkBytesBefore = Process.memory(CHUNK_BYTES);
	const discovery = await open();
	let slots = Infinity, chunkBytes = Infinity;
	for (let i = 0; i < 5; i++) {
		await delay(100);
		Process.collect();
		slots = Math.min(slots, Process.memory(SLOTS) - slotsBefore);
		chunkBytes = Math.min(chunkBytes, Process.memory(CHUNK_BYTES) - chunkBytesBefore);
	}
	discovery.close();
	return { slots, chunkBytes };
}

export default function (suite: AsyncSuite): void {
	suite.test("discovery-without-an-interface-waits-for-one", async () => {
		const notices: string[] = [];
		const discovery = openDiscovery!({ name: "porch", rtspPort: 554, path: "live", httpPort: undefined,
			endpoint: undefined, interfaces: ["none"], now: () => Date.now(),
			onNotice: message => notices.push(message) });
		await delay(1500);
		discovery.close();
		equal(notices, ["the camera is not announced yet: no interface that is up can multicast or is chosen"]);
	});

	suite.test("discovery-takes-little-memory-and-gives-it-back", async () => {
		// what is allocated once
		(await open()).close();
		await delay(50);
		Process.collect();
		const before = Process.memory(SLOTS);
		const { slots, chunkBytes } = await measure();
		// the last callbacks of closed sockets and timers
		let left = Infinity;
		for (let i = 0; i < 40 && left > 20; i++) {
			await delay(50);
			Process.collect();
			left = Process.memory(SLOTS) - before;
		}
		assert(slots > 0 && slots <= ALLOWED.slots && chunkBytes <= ALLOWED.chunkBytes,
			`${slots} slots and ${chunkBytes} octets`);
		assert(left <= 20, `${left} slots are left`);
	});
}
