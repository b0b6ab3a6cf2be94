// SPDX-License-Identifier: MIT
/** UDP sockets: datagrams with their sender, errors of other datagrams, multicast. */

import { readInterfaces } from "interfaces";
import Process from "process";
import { equal, throws } from "../../unit/harness";
import { delay, Skip, thrown, until, type AsyncSuite, type Test } from "../harness";
import { NativeMemory, Pattern, processorTime } from "./box";
import { Descriptors } from "./descriptors";
import { bytesOf, openUDP, textOf, UDP, unusedPort } from "./sockets";

const LOOPBACK = "127.0.0.1";
/** Groups in the organization-local scope (RFC 2365), used by no one else. */
const GROUP = "239.192.4.19", OTHER_GROUP = "239.192.4.20";
/** Keeps multicast within the machine. */
const ON_LOOPBACK = { multicastInterface: "127.0.0.1" };
/** Largest datagram that IPv4 carries, bytes. */
const LARGEST = 65_507;

/** A socket's capacity. */
export interface Capacity {
	/** Largest datagram that `read` returns, bytes. */
	readonly largest: number;
	/** Minimum number of datagrams that can be pending. */
	readonly waiting: number;
}

/** Opens a member of GROUP. @throws Skip where there is no multicast */
function openMember(test: Test): ReturnType<typeof openUDP> {
	try {
		return openUDP(test, { ...ON_LOOPBACK, multicast: GROUP, timeToLive: 1 });
	}
	catch (error) {
		throw new Skip(`no multicast here: ${(error as Error).message}`);
	}
}

/** Index of the loopback interface. */
function loopbackIndex(): number {
	return Number(readInterfaces().split(" ")[0]);
}

export default function (suite: AsyncSuite, { largest, waiting }: Capacity = { largest: 1500, waiting: 50 }): void {
	suite.test("udp-read-gives-one-datagram-with-its-sender", async test => {
		const receiver = openUDP(test), sender = openUDP(test);
		equal(receiver.socket.read(), undefined);
		for (const text of ["one", "two and more", ""])
			sender.socket.write(bytesOf(text), LOOPBACK, receiver.port);
		await delay(5);
		for (const text of ["one", "two and more", ""]) {
			const datagram = receiver.socket.read()!;
			equal([textOf(datagram), datagram.address, datagram.port], [text, LOOPBACK, sender.port]);
		}
		equal(receiver.socket.read(), undefined);
	});

	suite.test("udp-tells-of-each-datagram", async test => {
		const texts: string[] = [];
		const receiver = openUDP(test, {
			onReadable() {
				texts.push(textOf(this.read()));
			},
		});
		const sender = openUDP(test);
		for (let i = 0; i < waiting; i++)
			sender.socket.write(bytesOf(`datagram ${i}`), "localhost", receiver.port);
		await until(() => texts.length === waiting);
		texts.forEach((text, i) => equal(text, `datagram ${i}`));
	});

	suite.test("udp-gives-whole-what-a-network-carries-and-drops-what-is-larger", async test => {
		const sizes: number[] = [];
		const receiver = openUDP(test, {
			onReadable() {
				const data = this.read();
				// a host may find the announced datagram too large
				if (data)
					sizes.push(Pattern.check(data, data.byteLength, data.byteLength) ? data.byteLength : -1);
			},
		});
		const sender = openUDP(test);
		for (const size of [1, 1400, largest, largest + 1, 9000, LARGEST, 1472]) {
			const data = new Uint8Array(size), count = sizes.length;
			Pattern.fill(data, size);
			sender.socket.write(data, LOOPBACK, receiver.port);
			if (size <= largest)
				await until(() => sizes.length > count);
		}
		throws(() => sender.socket.write(new Uint8Array(LARGEST + 1), LOOPBACK, receiver.port), Error);
		equal(sizes, [1, 1400, largest, 1472]);
	});

	suite.test("udp-write-takes-native-memory", async test => {
		const receiver = openUDP(test), sender = openUDP(test);
		sender.socket.write(new NativeMemory(1234), LOOPBACK, receiver.port);
		await delay(5);
		equal(receiver.socket.read()!.byteLength, 1234);
		for (const data of ["text", {}, undefined, 5])
			throws(() => sender.socket.write(data, LOOPBACK, receiver.port), Error, String(data));
	});

	suite.test("udp-datagram-that-nobody-takes-harms-no-other", async test => {
		const receiver = openUDP(test), sender = openUDP(test, {
			onReadable() {
				throw new Error("nothing to read");
			},
		});
		const port = unusedPort(), count = Math.min(20, waiting);
		for (let i = 0; i < count; i++) {
			sender.socket.write(bytesOf("to nobody"), LOOPBACK, port);
			if (i % 3 === 0)
				await delay(1);
			sender.socket.write(bytesOf(`to somebody ${i}`), LOOPBACK, receiver.port);
		}
		await delay(10);
		for (let i = 0; i < count; i++)
			equal(textOf(receiver.socket.read()), `to somebody ${i}`);
	});

	suite.test("udp-writes-to-the-address-and-port-of-each-call", async test => {
		// all of 127.0.0.0/8 is this machine: two receivers with one port
		const first = openUDP(test, { address: LOOPBACK });
		let second: UDP;
		try {
			second = test.close(new UDP({ address: "127.0.0.2", port: first.port }));
		}
		catch {
			throw new Skip("127.0.0.2 is not an address of this machine");
		}
		const third = openUDP(test, { address: LOOPBACK }), sender = openUDP(test, { address: LOOPBACK });
		for (let i = 0; i < 3; i++) {
			sender.socket.write(bytesOf("first"), LOOPBACK, first.port);
			sender.socket.write(bytesOf("third"), LOOPBACK, third.port);
			sender.socket.write(bytesOf("second"), ["127", "0", "0", "2"].join("."), first.port);
			throws(() => sender.socket.write(bytesOf("nobody"), "nowhere", first.port), RangeError);
			throws(() => sender.socket.write(bytesOf("nobody"), "127.0.0.1 and longer than any address is", first.port),
				RangeError);
			sender.socket.write(bytesOf("second"), "127.0.0.2", first.port);
			sender.socket.write(bytesOf("third"), "localhost", third.port);
		}
		await delay(5);
		for (const [socket, text, count] of [[first.socket, "first", 3], [second, "second", 6], [third.socket, "third",
			6]] as const)
		{
			for (let i = 0; i < count; i++)
				equal(textOf(socket.read()), text);
			equal(socket.read(), undefined);
		}
	});

	suite.test("udp-options-and-arguments-are-checked", test => {
		const { socket, port } = openUDP(test);
		for (const bad of [0, -1, 65536, undefined])
			throws(() => socket.write(bytesOf("x"), LOOPBACK, bad as never), RangeError, `port ${bad}`);
		for (const bad of [-1, 65536])
			throws(() => new UDP({ port: bad }), RangeError);
		for (const timeToLive of [0, 256, -1, NaN])
			throws(() => new UDP({ timeToLive }), RangeError, `timeToLive ${timeToLive}`);
		throws(() => new UDP({ onReadable: 5 as never }), TypeError);
		throws(() => new UDP({ address: "nowhere" }), RangeError);
		equal(/in use/i.test(thrown(() => new UDP({ port }), Error).message), true);
		throws(() => {
			socket.format = "number";
		}, RangeError);
	});

	suite.test("udp-time-to-live-is-1-to-255", test => {
		const { socket } = openUDP(test);
		equal(socket.timeToLive, 1);
		for (const value of [1, 64, 255]) {
			socket.timeToLive = value;
			equal(socket.timeToLive, value);
		}
		for (const value of [0, -1, 256, 1000]) {
			throws(() => {
				socket.timeToLive = value;
			}, RangeError);
		}
		equal(socket.timeToLive, 255);
		equal(openUDP(test, { timeToLive: 7 }).socket.timeToLive, 7);
	});

	suite.test("udp-multicast-group-is-joined-and-left", async test => {
		const receiver = openUDP(test, ON_LOOPBACK), sender = openUDP(test, ON_LOOPBACK);
		const got = async (): Promise<boolean> => {
			sender.socket.write(bytesOf("to all"), GROUP, receiver.port);
			await delay(10);
			const datagram = receiver.socket.read();
			return datagram !== undefined && textOf(datagram) === "to all" && datagram.port === sender.port;
		};
		try {
			receiver.socket.add(GROUP);
			if (!await got())
				throw new Error("no datagram came back");
		}
		catch (error) {
			throw new Skip(`no multicast here: ${(error as Error).message}`);
		}
		equal(await got(), true);
		throws(() => receiver.socket.add(GROUP), Error);
		receiver.socket.remove(GROUP);
		equal(await got(), false);
		throws(() => receiver.socket.remove(GROUP), Error);
		receiver.socket.add(GROUP);
		equal(await got(), true);
	});

	suite.test("udp-multicast-option-joins-and-shares-the-port", async test => {
		const first = openMember(test);
		const second = test.close(new UDP({ ...ON_LOOPBACK, port: first.port, multicast: GROUP }));
		openUDP(test, ON_LOOPBACK).socket.write(bytesOf("to both"), GROUP, first.port);
		await delay(10);
		equal([textOf(first.socket.read()), textOf(second.read())], ["to both", "to both"]);
	});

	suite.test("udp-receives-only-from-groups-that-this-socket-has-joined", async test => {
		const first = openMember(test);
		const second = test.close(new UDP({ ...ON_LOOPBACK, port: first.port, multicast: OTHER_GROUP }));
		openUDP(test, ON_LOOPBACK).socket.write(bytesOf("to the second"), OTHER_GROUP, first.port);
		await delay(10);
		equal([first.socket.read(), textOf(second.read())], [undefined, "to the second"]);
	});

	suite.test("udp-multicast-refuses-what-is-no-group", test => {
		const { socket } = openUDP(test);
		for (const group of ["10.0.0.1", "240.0.0.1", "nowhere", ""]) {
			throws(() => socket.add(group), RangeError, group);
			throws(() => socket.remove(group), RangeError, group);
			throws(() => new UDP({ multicast: group }), RangeError, group);
		}
	});

	suite.test("udp-shared-port-tells-destination-and-interface", async test => {
		const index = loopbackIndex();
		const first = openUDP(test, { shared: true }), sender = openUDP(test, ON_LOOPBACK);
		const second = test.close(new UDP({ port: first.port, shared: true }));
		for (const socket of [first.socket, second])
			socket.add(GROUP, index);
		sender.socket.write(bytesOf("to the group"), GROUP, first.port);
		await delay(10);
		for (const socket of [first.socket, second]) {
			const datagram = socket.read()!;
			equal([textOf(datagram), datagram.destination, datagram.interface, datagram.port], ["to the group", GROUP,
				index, sender.port]);
			equal(socket.read(), undefined);
		}
		sender.socket.write(bytesOf("to one"), LOOPBACK, first.port);
		await delay(10);
		const datagram = (first.socket.read() ?? second.read())!;
		equal([textOf(datagram), datagram.destination, datagram.interface], ["to one", LOOPBACK, index]);
		equal([first.socket.read(), second.read()], [undefined, undefined]);
		throws(() => new UDP({ port: first.port }), Error, "a port of its own");
	});

	suite.test("udp-sends-and-joins-on-the-interface-of-an-index", async test => {
		const index = loopbackIndex();
		const receiver = openUDP(test, { shared: true }), sender = openUDP(test, { shared: true, timeToLive: 255 });
		const got = async (): Promise<boolean> => {
			sender.socket.write(bytesOf("x"), GROUP, receiver.port, index);
			await delay(10);
			return receiver.socket.read() !== undefined;
		};
		receiver.socket.add(GROUP, index);
		throws(() => receiver.socket.add(GROUP, index), Error);
		equal(await got(), true);
		receiver.socket.remove(GROUP, index);
		throws(() => receiver.socket.remove(GROUP, index), Error);
		equal(await got(), false);
		throws(() => receiver.socket.add(GROUP, 250), Error);
		throws(() => sender.socket.write(bytesOf("x"), GROUP, receiver.port, 250), Error);
		for (const action of ["add", "remove"] as const)
			throws(() => receiver.socket[action](GROUP, -1), RangeError);
		throws(() => sender.socket.write(bytesOf("x"), GROUP, receiver.port, -1), RangeError);
	});

	suite.test("interfaces-have-index-address-and-mask", () => {
		const loopback = readInterfaces().split("\n")[0]!.split(" ");
		equal(loopback.length, 6);
		equal([Number(loopback[0]) > 0, loopback[2], loopback[3], loopback[4], loopback[5]!.includes("l")], [true,
			LOOPBACK, "255.0.0.0", "-", true]);
		equal(readInterfaces(), readInterfaces());
	});

	suite.test("udp-closed-does-nothing-more", async test => {
		let count = 0;
		const receiver = openUDP(test, {
			onReadable() {
				count += 1;
				this.close();
				Process.collect();
			},
		});
		const sender = openUDP(test);
		for (let i = 0; i < 3; i++)
			sender.socket.write(bytesOf("x"), LOOPBACK, receiver.port);
		await until(() => count > 0);
		await delay(10);
		equal(count, 1);
		receiver.socket.close();
		throws(() => receiver.socket.read(), Error);
		throws(() => receiver.socket.write(bytesOf("x"), LOOPBACK, sender.port), Error);
		throws(() => receiver.socket.add(GROUP), Error);
		throws(() => receiver.socket.timeToLive, Error);
		// the port is free again
		test.close(new UDP({ port: receiver.port }));
	});

	suite.test("udp-closed-while-its-arguments-are-read-is-closed", async test => {
		const closing = (socket: UDP, value: string | number) =>
			({
				toString() {
					socket.close();
					return value;
				},
				valueOf() {
					socket.close();
					return value;
				},
			}) as never;
		for (const use of [
			(socket: UDP) => socket.write(bytesOf("x"), closing(socket, LOOPBACK), 9),
			(socket: UDP) => socket.write(bytesOf("x"), LOOPBACK, closing(socket, 9)),
			(socket: UDP) => socket.add(closing(socket, GROUP)),
			(socket: UDP) => socket.remove(closing(socket, GROUP)),
			(socket: UDP) => {
				socket.timeToLive = closing(socket, 5);
			},
		]) {
			const { socket } = openUDP(test);
			equal(thrown(() => use(socket), Error).message, "socket is closed");
		}
	});

	suite.test("udp-option-that-throws-leaves-no-descriptor", () => {
		const options = ["port", "address", "multicast", "multicastInterface", "timeToLive", "onReadable"];
		const before = Descriptors.count();
		for (const option of [...options, "shared"]) {
			throws(() =>
				new UDP({
					get [option]() {
						throw new TypeError(option);
					},
				}), TypeError, option);
		}
		for (const option of options)
			throws(() =>
				new UDP({ [option]: { toString() {
					throw new TypeError(option);
				} } } as never), TypeError, option);
		equal(Descriptors.count(), before);
	});

	suite.test("udp-without-callback-does-not-keep-the-program-busy", async test => {
		const receiver = openUDP(test), sender = openUDP(test);
		for (let i = 0; i < 10; i++)
			sender.socket.write(bytesOf("x"), LOOPBACK, receiver.port);
		const begin = processorTime();
		await delay(200);
		const busy = processorTime() - begin;
		equal(busy < 100, true, `busy for ${busy} of 200 ms`);
		// later datagrams are not blocked by them
		sender.socket.write(bytesOf("last"), LOOPBACK, receiver.port);
		await delay(5);
		let last = "";
		for (let datagram; (datagram = receiver.socket.read()) !== undefined;)
			last = textOf(datagram);
		equal(last, "last");
	});
}
