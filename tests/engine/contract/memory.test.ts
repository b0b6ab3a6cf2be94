// SPDX-License-Identifier: MIT
/** The parts of lwIP that the device replaces: its checksum, and its memory. */

import { equal } from "../../unit/harness";
import { connect } from "../host/sockets";
import { delay, type AsyncSuite, until } from "../harness";
import { Numbers } from "./numbers";

class Checksum {
	static differences(count: number): number {
		return native("xs_checksum_differences").call(this, count) as number;
	}
}

const WARM = 5, WRITES = 40, SIZE = 1400;

export default function (suite: AsyncSuite): void {
	suite.test("checksum-of-any-packet-is-that-of-rfc-1071", () => {
		equal(Checksum.differences(3000), 0);
	});

	suite.test("segments-and-messages-take-nothing-from-the-heap", async test => {
		const [server, client] = await connect(test, { nodelay: true });
		const buffer = new Uint8Array(64_000);
		let received = 0, before = 0;
		client.onReadable = () => {
			for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined;
				received += count);
		};
		for (let i = 0; i < WARM + WRITES; i++) {
			if (i === WARM)
				before = Numbers.get("allocations");
			server.socket.write(new Uint8Array(SIZE));
			await until(() => received === (i + 1) * SIZE);
			await delay(1);
		}
		equal(Numbers.get("allocations") - before, 0);
	});
}
