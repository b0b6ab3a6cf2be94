// SPDX-License-Identifier: MIT
/**
 * ECMA-419 sockets as this project uses them. The desktop host and the ESP32 have their own implementations
 * (`hosts/desktop/io`, `hosts/esp32/io`); the simulator uses the SDK's. The published typings differ from all of these:
 * `write` of TCP returns the remaining credit, and UDP and Listener have `close`.
 */

import ListenerSocket from "embedded:io/socket/listener";
import TCPSocket from "embedded:io/socket/tcp";
import UDPSocket from "embedded:io/socket/udp";

export interface TCPStream {
	/** IP literal of the peer; stays valid after the peer is gone. The SDK's sockets may have none. */
	readonly remoteAddress: string | undefined;
	/** Reads as many bytes as `bytes` has. The SDK's sockets throw if fewer have been received.
	 *  @returns how many were read; undefined if there are none */
	read(bytes: Uint8Array): number | undefined;
	/** Writes all of `data`, or throws "would block".
	 *  @returns bytes that can still be written; the SDK's sockets sometimes return undefined */
	write(data: unknown): number | undefined;
	close(): void;
}

/** Owner of a connection. Receives its events. */
export interface TCPOwner {
	/** @param bytes received and not read yet */
	onReadable(bytes: number): void;
	/** @param bytes that can be written now */
	onWritable(bytes: number): void;
	/** The connection is gone. */
	onError(): void;
	/** One of the above has thrown, because memory is short. Closes the connection. Allocates nothing, never throws. */
	drop(): void;
}

/** Callbacks shared by all sockets, which keep their owner as `target` (ECMA-419). Closures would cost half a kilobyte
 *  per socket. An exception costs this connection only; beyond the callback, it would end the program. */
function onReadable(this: { readonly target: TCPOwner }, bytes: number): void {
	try {
		this.target.onReadable(bytes);
	}
	catch {
		this.target.drop();
	}
}

function onWritable(this: { readonly target: TCPOwner }, bytes: number): void {
	try {
		this.target.onWritable(bytes);
	}
	catch {
		this.target.drop();
	}
}

function onError(this: { readonly target: TCPOwner }): void {
	try {
		this.target.onError();
	}
	catch {
		this.target.drop();
	}
}

/** The far end of a connection that this program opens. */
export interface Remote {
	/** IPv4 literal, or `localhost`. */
	readonly address: string;
	readonly port: number;
}

interface TCPOptions extends Partial<Remote> {
	/** What `ListenerStream.read` gave. */
	readonly from?: unknown;
	readonly target: TCPOwner;
	readonly nodelay: boolean;
	readonly format: "buffer";
	readonly onReadable: typeof onReadable;
	readonly onWritable: typeof onWritable;
	readonly onError: typeof onError;
}

// A cast, here and below: mcconfig compiles with the SDK's typings, which no declaration of this project can replace.
const TCP = TCPSocket as unknown as new (options: TCPOptions) => TCPStream;

/** Takes over an accepted connection. Small packets leave at once, because an RTSP reply must not wait for a delayed
 *  ACK. */
export function openTCP(from: unknown, target: TCPOwner): TCPStream {
	return new TCP({ from, target, nodelay: true, format: "buffer", onReadable, onWritable, onError });
}

/** Begins to connect. The first `onWritable` tells that the connection is made, `onError` that it failed.
 *  @throws Error if the system refuses at once */
export function connectTCP({ address, port }: Remote, target: TCPOwner): TCPStream {
	return new TCP({ address, port, target, nodelay: true, format: "buffer", onReadable, onWritable, onError });
}

export interface ListenerStream {
	/** Takes the oldest waiting connection, for `openTCP`. */
	read(): unknown;
	close(): void;
	readonly port: number;
}

interface ListenerOptions {
	readonly port: number;
	readonly onReadable: (count: number) => void;
	readonly address?: string;
}

// the SDK's typings lack `close`
const Listener = ListenerSocket as unknown as new (options: ListenerOptions) => ListenerStream;

/** Opens a listening socket.
 *  @param address IP literal of the interface; empty for all. The SDK's sockets on Linux always listen on all
 *  @throws Error if the port is taken */
export function openListener(port: number, onReadable: (count: number) => void, address = ""): ListenerStream {
	return new Listener(address === "" ? { port, onReadable } : { port, onReadable, address });
}

export interface UDPStream {
	/** Reads one datagram, with its sender's address and port; undefined if there is none. */
	read(): (ArrayBuffer & { readonly address: string; readonly port: number }) | undefined;
	/** @throws Error if the system refuses the datagram */
	write(data: unknown, address: string, port: number): void;
	/** Joins and leaves a multicast group. The SDK's sockets on Linux have neither. */
	add?(group: string): void;
	remove?(group: string): void;
	close(): void;
}

/** A datagram from a shared port. */
export type SharedDatagram = ArrayBuffer & {
	/** The sender's, an IP literal. */
	readonly address: string;
	readonly port: number;
	/** Where it was sent to: an address of this machine, or a group. */
	readonly destination: string;
	/** Index of the interface on which it came. */
	readonly interface: number;
};

/** A port that other programs may use as well. Every program receives the multicast of the groups it has joined;
 *  unicast reaches one of the programs. Not with the SDK's sockets. */
export interface SharedUDPStream {
	read(): SharedDatagram | undefined;
	/** @param interfaceIndex of the sending interface. Default: chosen by the routes
	 *  @throws Error if the system refuses the datagram */
	write(data: unknown, address: string, port: number, interfaceIndex?: number): void;
	/** @throws Error if the group cannot be joined */
	add(group: string, interfaceIndex: number): void;
	/** @throws Error if the group is not joined there */
	remove(group: string, interfaceIndex: number): void;
	close(): void;
}

export interface UDPOptions {
	/** 0 for any free port. */
	readonly port: number;
	readonly onReadable: (count: number) => void;
	/** IP literal to bind to. Default: all addresses. */
	readonly address?: string;
	/** Multicast group to join. Other sockets on this machine can then use the same port. The SDK's sockets also need
	 *  `add`. */
	readonly multicast?: string;
	/** IP time to live of sent datagrams. */
	readonly timeToLive?: number;
	/** IP literal of the interface for multicast; the SDK's sockets ignore it. */
	readonly multicastInterface?: string;
}

interface SharedOptions {
	readonly port: number;
	readonly timeToLive: number;
	readonly onReadable: (count: number) => void;
	readonly shared: true;
}

// the SDK's typings lack `close`, `add`, `remove`, `multicastInterface`, and that `read` may give nothing
const UDP = UDPSocket as unknown as new (options: UDPOptions) => UDPStream;

// the SDK's typings lack `shared`, and what it adds
const SharedUDP = UDPSocket as unknown as new (options: SharedOptions) => SharedUDPStream;

/** Opens a UDP socket.
 *  @throws Error if the port is taken */
export function openUDP(options: UDPOptions): UDPStream {
	return new UDP(options);
}

/** Opens a UDP socket on a port that other programs may use as well.
 *  @param timeToLive of all that is sent
 *  @throws Error if another program uses the port for itself */
export function openSharedUDP(
	port: number,
	timeToLive: number,
	onReadable: (count: number) => void,
): SharedUDPStream {
	return new SharedUDP({ port, timeToLive, onReadable, shared: true });
}
