// SPDX-License-Identifier: MIT
/** Accepting connections: in turns, and without an exception that ends the program. */

import TCPSocket from "embedded:io/socket/tcp";
import Timer from "timer";
import { Acceptor } from "sockets/acceptor";
import { openTCP, type TCPStream } from "sockets/sockets";
import { Turns } from "sockets/turns";

const TCP = TCPSocket as unknown as new (options: { address: string; port: number }) => { close(): void };
const OWNER = { onReadable: () => undefined, onWritable: () => undefined, onError: () => undefined,
	drop: () => undefined };

/** @param done receives the problem, or undefined */
export default function (done: (name: string, problem: string | undefined) => void): void {
	const turns = new Turns(() => Date.now());
	const accepted: TCPStream[] = [], lost: string[] = [];
	let attempts = 0, later = 0;
	const acceptor = new Acceptor({
		port: 0,
		address: "127.0.0.1",
		turns,
		onConnection: from => {
			attempts += 1;
			accepted.push(openTCP(from, OWNER));
			if (attempts % 2)
				throw new Error(`no memory for connection ${attempts}`);
		},
		onLost: error => {
			lost.push((error as Error).message);
			throw error;
		},
	});
	const { port } = acceptor, clients = [1, 2, 3, 4].map(() => new TCP({ address: "127.0.0.1", port }));
	Timer.set(() => {
		acceptor.close();
		later = attempts;
		let refused = false;
		try {
			clients.push(new TCP({ address: "127.0.0.1", port }));
		}
		catch {
			refused = true;
		}
		Timer.set(() => {
			for (const socket of [...clients, ...accepted])
				socket.close();
			turns.close();
			const got = `${later} then ${attempts}, lost ${lost.join()}${refused ? ", refused" : ""}`;
			const wanted = "4 then 4, lost no memory for connection 1,no memory for connection 3";
			done("connection-that-cannot-be-taken-over-is-told-of-and-the-next-is-accepted",
				got.startsWith(wanted) ? undefined : `${got}, not ${wanted}`);
		}, 50);
	}, 100);
}
