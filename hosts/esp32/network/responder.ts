// SPDX-License-Identifier: MIT
/**
 * Announces network/announcer's names with the SDK's multicast DNS.
 *
 * Workarounds for the SDK's `embedded:network/dnssd` (8.2.3). It throws in its socket's callback on a malformed packet,
 * which would end the program, so its socket is guarded here. Without an address it announces incomplete records, so it
 * is opened once there is one. A TXT record given as a Map stays empty, so bytes are given instead. It joins the group
 * by the interface's address, so a new address needs a new responder. Closing a responder sends its goodbye.
 */

import UDP from "embedded:io/socket/udp";
import DNSSD from "embedded:network/dnssd";
import type { Names } from "network/announcer";
import { streamText } from "network/names";

interface Socket {
	read(): unknown;
}

interface SocketOptions {
	readonly onReadable: (this: Socket, count: number) => void;
}

/** A UDP socket that catches all errors of `onReadable` and drops unread packets. */
class GuardedUDP {
	constructor(options: SocketOptions) {
		const { onReadable } = options;
		const guarded = {
			...options,
			// RFC 6762 section 11; the socket's default for multicast is 1
			timeToLive: 255,
			onReadable(this: Socket, count: number) {
				try {
					onReadable.call(this, count);
				}
				catch {
					drain(this);
				}
			},
		};
		return new UDP(guarded as ConstructorParameters<typeof UDP>[0]);
	}
}

function drain(socket: Socket): void {
	try {
		while (socket.read() !== undefined);
	}
	catch {
		// already closed
	}
}

/** @param port of the stream
 *  @param path of the stream, without a leading slash */
export function openResponder(port: number, path: string): Names {
	const responder = new DNSSD({ socket: { io: GuardedUDP as typeof UDP } });
	return {
		claim: (host, onReady, onError) => responder.claim({ host, onReady, onError }),
		advertise: host =>
			// the SDK's typings know a Map alone, which stays empty
			responder.advertise({ serviceType: "_rtsp._tcp", host, port,
				txt: streamText(path) as unknown as Map<string, string> }),
		close: () => responder.close(),
	};
}
