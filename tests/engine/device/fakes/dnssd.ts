// SPDX-License-Identifier: MIT
/** Fake of the SDK's multicast DNS.
 *  Like the SDK's, it opens a socket and throws in its callback on a malformed packet. */

interface Socket {
	read(): unknown;
	close(): void;
}

interface Options {
	socket: { io: new (options: object) => Socket };
}

export default class DNSSD {
	static readonly made: DNSSD[] = [];
	static port = 0;
	readonly log: string[] = [];
	readonly #socket: Socket;
	packets = 0;
	ready: () => void = () => undefined;
	error: () => void = () => undefined;

	constructor({ socket }: Options) {
		const count = () => this.packets += 1;
		this.#socket = new socket.io({
			port: DNSSD.port,
			onReadable(this: Socket) {
				this.read();
				count();
				throw new TypeError("cannot read property toLowerCase of undefined");
			},
		});
		DNSSD.made.push(this);
	}

	claim({ host, onReady, onError }: { host: string; onReady: () => void; onError: () => void }): { close(): void } {
		this.log.push(`claim ${host}`);
		this.ready = onReady;
		this.error = onError;
		return { close: () => this.log.push(`unclaim ${host}`) };
	}

	advertise(
		{ serviceType, host, port, txt }: { serviceType: string; host: string; port: number; txt: Uint8Array },
	): { close(): void } {
		this.log.push(`advertise ${serviceType} ${host} ${port} ${String.fromCharCode(...txt.subarray(1))}`);
		return { close: () => this.log.push("goodbye") };
	}

	close(): void {
		this.log.push("close");
		this.#socket.close();
	}
}
