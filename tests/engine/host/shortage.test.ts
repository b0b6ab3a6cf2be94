// SPDX-License-Identifier: MIT
/** A desktop without memory for the bytes that the system does not take. */

import { equal, throws } from "../../unit/harness";
import { delay, Skip, until, type AsyncSuite } from "../harness";
import { Pattern } from "./box";
import { connect } from "./sockets";

class Shortage {
	/** Ends or allows the growth of this process. @returns false: not possible here */
	static set(short: boolean): boolean {
		return native("xs_shortage_set").call(this, short) as boolean;
	}
}

/** @param limit of the send buffer, bytes: more than the system's buffers, and than the C library has in store */
export default function (suite: AsyncSuite, limit: number): void {
	suite.test("tcp-write-whose-rest-finds-no-memory-breaks-the-connection", async test => {
		const [server, client] = await connect(test), data = new Uint8Array(limit), buffer = new Uint8Array(64_000);
		Pattern.fill(data, 0);
		if (!Shortage.set(true))
			throw new Skip("the memory of a process cannot be limited here");
		let thrown: unknown;
		try {
			server.socket.write(data);
		}
		catch (error) {
			thrown = error;
		}
		Shortage.set(false);
		// a refused write leaves nothing behind, and this one has
		equal(thrown, undefined);
		await until(() => server.errors === 1);
		throws(() => server.socket.write(new Uint8Array(1)), Error);
		let received = 0;
		await until(() => {
			for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined; received += count)
				equal(Pattern.check(buffer, received, count), true);
			return client.errors === 1;
		});
		equal(received > 0 && received < limit, true, `${received} bytes`);
		await delay(20);
		equal(server.errors, 1);
	});
}
