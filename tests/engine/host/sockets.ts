// SPDX-License-Identifier: MIT
/** The host's sockets with their actual types, and connected pairs of them. */

import ListenerSocket from "embedded:io/socket/listener";
import TCPSocket from "embedded:io/socket/tcp";
import UDPSocket from "embedded:io/socket/udp";
import { until, type Test } from "../harness";

export interface TCP {
	readonly remoteAddress: string | undefined;
	readonly remotePort: number | undefined;
	format: string;
	read(destination?: unknown): number | ArrayBuffer | undefined;
	write(data: unknown): number;
	close(): void;
}

export interface TCPOptions {
	from?: unknown;
	address?: string;
	host?: string;
	port?: number;
	format?: string;
	nodelay?: boolean;
	onReadable?(this: TCP, bytes: number): void;
	onWritable?(this: TCP, bytes: number): void;
	onError?(this: TCP): void;
}

export interface Listener {
	readonly port: number;
	format: string;
	read(): TCP | undefined;
	close(): void;
}

export interface UDP {
	timeToLive: number;
	format: string;
	read():
		| (ArrayBuffer & {
			readonly address: string;
			readonly port: number;
			readonly destination?: string;
			readonly interface?: number;
		})
		| undefined;
	write(data: unknown, address: string, port: number, interfaceIndex?: number): void;
	add(group: string, interfaceIndex?: number): void;
	remove(group: string, interfaceIndex?: number): void;
	close(): void;
}

export interface UDPOptions {
	port?: number;
	address?: string;
	multicast?: string;
	multicastInterface?: string;
	timeToLive?: number;
	shared?: boolean;
	onReadable?(this: UDP, count: number): void;
}

export const TCP = TCPSocket as unknown as new (options: TCPOptions) => TCP;
export const UDP = UDPSocket as unknown as new (options: UDPOptions) => UDP;
export const Listener = ListenerSocket as unknown as new (
	options: { port?: number; address?: string; onReadable?(this: Listener, count: number): void },
) => Listener;

/** One end of a connection, with a log of its callbacks. */
export class End {
	readonly socket: TCP;
	readonly readable: number[] = [];
	readonly writable: number[] = [];
	errors = 0;
	/** Called when bytes are available, in addition to the log. */
	onReadable: ((bytes: number) => void) | undefined;
	onWritable: ((bytes: number) => void) | undefined;

	constructor(options: TCPOptions) {
		this.socket = new TCP({
			...options,
			onReadable: bytes => {
				this.readable.push(bytes);
				this.onReadable?.(bytes);
			},
			onWritable: bytes => {
				this.writable.push(bytes);
				this.onWritable?.(bytes);
			},
			onError: () => {
				this.errors += 1;
			},
		});
	}

	close(): void {
		this.socket.close();
	}

	get connected(): boolean {
		return this.writable.length > 0;
	}
}

/** A port without a listener. */
export function unusedPort(): number {
	const listener = new Listener({ port: 0, address: "127.0.0.1" });
	const { port } = listener;
	listener.close();
	return port;
}

/** @returns both ends of a connection, once both are writable: the accepting end first */
export async function connect(test: Test, options: TCPOptions = {}): Promise<[End, End]> {
	let server: End | undefined;
	const listener = new Listener({
		port: 0,
		address: "127.0.0.1",
		onReadable() {
			server = test.close(new End({ ...options, from: this.read() }));
		},
	});
	const client = test.close(new End({ ...options, address: "127.0.0.1", port: listener.port }));
	await until(() => server !== undefined && server.connected && client.connected);
	listener.close();
	return [server!, client];
}

/** Opens a UDP socket on a free port. */
export function openUDP(test: Test, options: UDPOptions = {}): { socket: UDP; port: number } {
	for (let attempt = 0; attempt < 20; attempt++) {
		const port = 20_000 + Math.floor(Math.random() * 10_000);
		try {
			return { socket: test.close(new UDP({ ...options, port })), port };
		}
		catch (error) {
			if (!String(error).includes("in use"))
				throw error;
		}
	}
	throw new Error("no free UDP port");
}

export function bytesOf(text: string): Uint8Array {
	return Uint8Array.from([...text].map(character => character.charCodeAt(0)));
}

export function textOf(bytes: number | ArrayBuffer | undefined): string {
	return bytes instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(bytes)) : String(bytes);
}
