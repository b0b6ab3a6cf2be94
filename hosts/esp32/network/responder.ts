/**
 * network/announcer's names in the SDK's multicast DNS.
 *
 * Of the SDK's `embedded:network/dnssd` (8.2.3): it reads packets from anybody in its socket's callback, and a malformed one makes
 * it throw there, which would end the program: its socket is guarded here. Without an address it announces records without one, so
 * it is opened once there is one. A TXT record that is given as a Map stays empty: bytes are given instead. It joins the group by
 * the address of the interface, which is why a new address needs a new one. A closed responder has said goodbye.
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

/** A UDP socket whose `onReadable` lets nothing through; what is left unread of its packets is dropped. */
class GuardedUDP {
	constructor(options: SocketOptions) {
		const { onReadable } = options;
		const guarded = {
			...options,
			// RFC 6762 section 11; a socket's own default for multicast is 1
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
		return new UDP(guarded as unknown as ConstructorParameters<typeof UDP>[0]) as unknown as GuardedUDP;
	}
}

function drain(socket: Socket): void {
	try {
		while (socket.read() !== undefined)
			;
	}
	catch {
		// it is closed
	}
}

/** @param port of the stream
 *  @param path of the stream, without a leading slash */
export function openResponder(port: number, path: string): Names {
	const responder = new DNSSD({ socket: { io: GuardedUDP as unknown as typeof UDP } });
	return {
		claim: (host, onReady, onError) => responder.claim({ host, onReady, onError }),
		advertise: host => responder.advertise({ serviceType: "_rtsp._tcp", host, port, txt: streamText(path) as unknown as Map<string, string> }),
		close: () => responder.close(),
	};
}
