// SPDX-License-Identifier: MIT
/** The desktop's UDP sockets in a multicast group, on the loopback interface only. */

import Timer from "timer";
import { openListener, openUDP, type UDPStream } from "sockets/sockets";

const GROUP = "239.255.77.7";
/** Time limit for datagrams, milliseconds. */
const WAIT = 300;

function bytesOf(values: number[], byteLength: number): Uint8Array {
	const bytes = new Uint8Array(byteLength);
	bytes.set(values);
	return bytes;
}

/** Two members share a port. Each receives the other's datagrams but not its own.
 *  Identical datagrams are dropped only at their sender.
 *  @param done receives the problem, or undefined */
export default function (done: (name: string, problem: string | undefined) => void): void {
	const name = "multicast-reaches-other-members-and-not-its-sender";
	const heard: string[] = [];
	const open = (who: string, port: number): UDPStream => {
		const socket: UDPStream = openUDP({
			port,
			multicast: GROUP,
			timeToLive: 1,
			multicastInterface: "127.0.0.1",
			onReadable: () => {
				const datagram = socket.read();
				if (datagram)
					heard.push(`${who}${new Uint8Array(datagram)[0]}/${datagram.byteLength}`);
			},
		});
		return socket;
	};
	// a port that no other run of this test has: members share theirs
	const listener = openListener(0, () => undefined), { port } = listener;
	const first = open("a", port), second = open("b", port);
	first.write(bytesOf([1], 48), GROUP, port);
	Timer.set(() => second.write(bytesOf([2], 48), GROUP, port), WAIT / 3);
	// a member receives another's datagram even if it has sent an identical one before
	Timer.set(() => second.write(bytesOf([1], 48), GROUP, port), 2 * WAIT / 3);
	Timer.set(() => {
		first.close();
		second.close();
		listener.close();
		const got = heard.join(" "), wanted = "b1/48 a2/48 a1/48";
		done(name, got === wanted ? undefined : `heard ${got}, not ${wanted}`);
	}, WAIT);
}
