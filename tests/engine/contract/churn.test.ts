// SPDX-License-Identifier: MIT
/** Both threads at once: connections are read, answered and closed while lwIP's thread keeps running. */

import { equal } from "../../unit/harness";
import { delay, until, type AsyncSuite } from "../harness";
import { End, Listener, openUDP, type TCP } from "../host/sockets";
import { Numbers } from "./numbers";

/** Duration of the test, milliseconds. */
const DURATION = 1500;

class Churn {
	static start(udpPort: number, tcpPort: number): void {
		native("xs_churn_start").call(this, udpPort, tcpPort);
	}
	/** Starts no more clients; existing ones end. */
	static stop(): void {
		native("xs_churn_stop").call(this);
	}
	/** Number of current clients. */
	static clients(): number {
		return native("xs_churn_clients").call(this) as number;
	}
	/** Number of clients since the start. */
	static connections(): number {
		return native("xs_churn_connections").call(this) as number;
	}
}

export default function (suite: AsyncSuite): void {
	suite.test("udp-datagram-read-before-it-is-told-of-is-not-told-of", async test => {
		const receiver = openUDP(test, {
			onReadable(count) {
				told.push(count);
			},
		});
		const told: number[] = [], sender = openUDP(test), { socket } = receiver, data = new Uint8Array(100);
		test.close({ close: () => Numbers.set("raisePause", 0) });
		Numbers.set("raisePause", 20);
		sender.socket.write(data, "127.0.0.1", receiver.port);
		const begin = Date.now();
		while (!socket.read())
			equal(Date.now() - begin < 5000, true, "nothing to read");
		await delay(60);
		equal(told, []);
		Numbers.set("raisePause", 0);
		sender.socket.write(data, "127.0.0.1", receiver.port);
		await until(() => told.length > 0);
		equal(told, [1]);
		equal(socket.read()!.byteLength, 100);
	});

	suite.test("both-threads-at-once-harm-nothing", async test => {
		const open = new Set<End>();
		let datagrams = 0, wrong = 0, accepted = 0;
		const serve = (from: TCP) => {
			const server = test.close(new End({ from })), number = accepted++;
			open.add(server);
			server.onReadable = () => {
				server.socket.read(number % 2 ? 2 : undefined);
				// this side closes some of them, even with bytes unread
				if (number % 3 === 0) {
					server.close();
					open.delete(server);
				}
			};
		};
		const sweep = () => {
			for (const server of open) {
				if (server.errors) {
					server.close();
					open.delete(server);
				}
			}
		};
		const receiver = openUDP(test, {
			onReadable() {
				for (let datagram; (datagram = this.read()) !== undefined;) {
					datagrams += 1;
					wrong += datagram.byteLength === 100 ? 0 : 1;
				}
			},
		});
		const listener = test.close(new Listener({
			port: 0,
			address: "127.0.0.1",
			onReadable() {
				for (let from; (from = this.read()) !== undefined;)
					serve(from);
			},
		}));
		Churn.start(receiver.port, listener.port);
		for (const deadline = Date.now() + DURATION; Date.now() < deadline; await delay(1)) {
			receiver.socket.write(new Uint8Array(100), "127.0.0.1", receiver.port);
			sweep();
		}
		Churn.stop();
		await until(() => {
			sweep();
			return !Churn.clients() && !open.size;
		});
		equal([wrong, datagrams > 100, Churn.connections() > 20, accepted > 10], [0, true, true, true],
			`${datagrams} datagrams, ${Churn.connections()} clients, ${accepted} of them served`);
		await until(() => Numbers.get("active") === 0);
	});
}
