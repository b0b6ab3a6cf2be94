// SPDX-License-Identifier: MIT
/**
 * ECMA-419 sockets as this project uses them. The desktop host and the ESP32 have their own (`hosts/desktop/io`,
 * `hosts/esp32/io`); the simulator has the SDK's. Published typings differ from what all of them do: `write` of TCP
 * returns the credit left, UDP and Listener have `close`.
 */

import ListenerSocket from "embedded:io/socket/listener";
import TCPSocket from "embedded:io/socket/tcp";
import UDPSocket from "embedded:io/socket/udp";

export interface TCPStream {
	/** IP literal of the peer, valid after it has gone, too. The SDK's sockets may have none. */
	readonly remoteAddress: string | undefined;
	/** At most `byteLength` bytes of what has arrived, or undefined. The SDK's sockets on Linux give all of it. */
	read(byteLength: number): ArrayBuffer | undefined;
	/** Takes all of `data` or throws "would block".
	 *  @returns bytes that may still be written; undefined from the SDK's sockets at times */
	write(data: unknown): number | undefined;
	close(): void;
}

/** Who owns a connection, and what it is told. */
export interface TCPOwner {
	/** @param bytes all that have come and are not read */
	onReadable(bytes: number): void;
	/** @param bytes that the socket takes */
	onWritable(bytes: number): void;
	/** The connection is gone. */
	onError(): void;
}

/** A socket keeps its owner as `target` (ECMA-419): these are the callbacks of all of them, where closures would cost
 *  each half a kilobyte. */
function onReadable(this: { readonly target: TCPOwner }, bytes: number): void {
	this.target.onReadable(bytes);
}

function onWritable(this: { readonly target: TCPOwner }, bytes: number): void {
	this.target.onWritable(bytes);
}

function onError(this: { readonly target: TCPOwner }): void {
	this.target.onError();
}

/** Takes an accepted connection over. Small packets leave at once: an RTSP reply must not wait for a delayed ACK. */
export function openTCP(from: unknown, target: TCPOwner): TCPStream {
	const options = { from, target, nodelay: true, format: "buffer", onReadable, onWritable, onError };
	return new TCPSocket(options as unknown as ConstructorParameters<typeof TCPSocket>[0]) as unknown as TCPStream;
}

export interface ListenerStream {
	/** The oldest connection that waits: for `openTCP`. */
	read(): unknown;
	close(): void;
	readonly port: number;
}

/** @param address IP literal of the interface; empty: all. The SDK's sockets on Linux listen on all in any case
 *  @throws Error when the port is taken */
export function openListener(port: number, onReadable: (count: number) => void, address = ""): ListenerStream {
	return new ListenerSocket(
		address === "" ? { port, onReadable } : { port, onReadable, address },
	) as unknown as ListenerStream;
}

export interface UDPStream {
	/** One datagram with its sender, or undefined. */
	read(): (ArrayBuffer & { readonly address: string; readonly port: number }) | undefined;
	/** @throws Error when the system refuses the datagram */
	write(data: unknown, address: string, port: number): void;
	/** Joins and leaves a multicast group; the SDK's sockets on Linux have neither. */
	add?(group: string): void;
	remove?(group: string): void;
	close(): void;
}

export interface UDPOptions {
	/** 0: any. */
	readonly port: number;
	readonly onReadable: (count: number) => void;
	/** IP literal that is bound; all of the machine's unless told. */
	readonly address?: string;
	/** The group that is to be joined: lets others on this machine use the port. The SDK's sockets need `add` too. */
	readonly multicast?: string;
	/** Of what is sent; on the desktop, of multicast only. */
	readonly timeToLive?: number;
	/** IP literal of the interface for multicast; the SDK's sockets ignore it. */
	readonly multicastInterface?: string;
}

/** @throws Error when the port is taken */
export function openUDP(options: UDPOptions): UDPStream {
	return new UDPSocket(options as unknown as ConstructorParameters<typeof UDPSocket>[0]) as unknown as UDPStream;
}
