// SPDX-License-Identifier: MIT
/** The transport of multicast DNS and WS-Discovery, on the loopback interface. */

import { MulticastPort, type Received } from "discovery/multicastport";
import { equal, throws } from "../../unit/harness";
import { delay, until, type AsyncSuite, type Test } from "../harness";
import { bytesOf, openUDP, UDP } from "../host/sockets";

const LOOPBACK = "127.0.0.1", GROUP = "239.192.4.21", OTHER_GROUP = "239.192.4.22";

function textOf({ bytes }: Received): string {
	return String.fromCharCode(...bytes);
}

/** Opens a port and collects what it receives. */
function open(test: Test, port: number, onReceived: (received: Received) => void = () => undefined) {
	const received: Received[] = [];
	return {
		received,
		port: test.close(
			new MulticastPort({ port, group: GROUP, timeToLive: 255, interfaces: [LOOPBACK], onReceived: item => {
				received.push(item);
				onReceived(item);
			} }),
		),
	};
}

/** A port that is free, by closing a socket on it. */
function freePort(test: Test): number {
	const { socket, port } = openUDP(test);
	socket.close();
	return port;
}

export default function (suite: AsyncSuite): void {
	suite.test("multicast-port-is-shared-and-tells-multicast-from-unicast", async test => {
		const number = freePort(test), first = open(test, number), second = open(test, number);
		equal(first.port.interfaces.map(({ addresses }) => addresses[0]!.address), [LOOPBACK]);
		const sender = openUDP(test, { multicastInterface: LOOPBACK });
		sender.socket.write(bytesOf("all"), GROUP, number);
		await until(() => first.received.length === 1 && second.received.length === 1);
		for (const { received: [item] } of [first, second]) {
			equal([textOf(item!), item!.address, item!.port, item!.isMulticast, item!.isOnLink], ["all", LOOPBACK,
				sender.port, true, true]);
			equal(item!.interface.isLoopback, true);
		}
		sender.socket.write(bytesOf("one"), LOOPBACK, number);
		await until(() => first.received.length + second.received.length === 3);
		const item = first.received[1] ?? second.received[1]!;
		equal([textOf(item), item.isMulticast], ["one", false]);
	});

	suite.test("multicast-port-repeats-what-its-owner-could-not-do", async test => {
		let calls = 0;
		const port = test.close(
			new MulticastPort({ port: freePort(test), group: GROUP, timeToLive: 255, interfaces: [LOOPBACK],
				onReceived: () => undefined, onInterfaces: () => {
					calls += 1;
					if (calls === 1)
						throw new Error("no memory");
				} }),
		);
		port.retry();
		await until(() => calls === 2);
		await delay(2500);
		equal(calls, 2);
	});

	suite.test("multicast-port-sends-to-group-and-host", async test => {
		const number = freePort(test), first = open(test, number), second = open(test, number);
		const host = openUDP(test);
		equal(first.port.send(bytesOf("to all")), true);
		await until(() => second.received.length === 1);
		equal(textOf(second.received[0]!), "to all");
		equal(first.port.send(bytesOf("there"), first.port.interfaces[0]), true);
		await until(() => second.received.length === 2);
		equal(first.port.reply(bytesOf("to one"), LOOPBACK, host.port), true);
		await delay(10);
		equal(host.socket.read()!.byteLength, 6);
		first.port.close();
		equal([first.port.send(bytesOf("x")), first.port.reply(bytesOf("x"), LOOPBACK, host.port)], [true, false]);
	});

	suite.test("multicast-port-drops-other-groups-and-survives-its-callback", async test => {
		const number = freePort(test);
		const { received } = open(test, number, () => {
			throw new Error("from the callback");
		});
		const other = test.close(new UDP({ port: number, shared: true }));
		other.add(OTHER_GROUP, received.length);
		const sender = openUDP(test, { multicastInterface: LOOPBACK });
		sender.socket.write(bytesOf("other"), OTHER_GROUP, number);
		for (let i = 0; i < 3; i++) {
			sender.socket.write(bytesOf(`${i}`), GROUP, number);
			await until(() => received.length > i);
		}
		equal(received.map(textOf), ["0", "1", "2"]);
	});

	suite.test("multicast-port-refuses-a-port-that-is-not-shared", test => {
		const { port } = openUDP(test);
		throws(() => open(test, port), Error);
	});

	suite.test("multicast-port-without-interface-sends-nothing", test => {
		const port = test.close(
			new MulticastPort({ port: freePort(test), group: GROUP, timeToLive: 1, interfaces: ["none"],
				onReceived: () => undefined }),
		);
		equal(port.interfaces.length, 0);
		equal(port.send(bytesOf("x")), true);
	});
}
