// SPDX-License-Identifier: MIT
/**
 * The environment of a Server under test: clock, random numbers, clients and media, all observable.
 */

import { Server, type ServerConnection, type ServerOptions } from "rtsp/server";
import type { MulticastGroup, Peer, PlayPoint, StreamControl, StreamDescription, SubscribeOptions,
	Subscription } from "rtsp/types";

export function bytesOf(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}

/** One character per byte. */
export function textOf(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes)
		text += String.fromCharCode(byte);
	return text;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function base64(text: string): string {
	let result = "";
	for (let i = 0; i < text.length; i += 3) {
		const rest = text.length - i;
		const word = text.charCodeAt(i) << 16 | (rest > 1 ? text.charCodeAt(i + 1) << 8 : 0)
			| (rest > 2 ? text.charCodeAt(i + 2) : 0);
		result += ALPHABET.charAt(word >> 18) + ALPHABET.charAt(word >> 12 & 63);
		result += (rest > 1 ? ALPHABET.charAt(word >> 6 & 63) : "=") + (rest > 2 ? ALPHABET.charAt(word & 63) : "=");
	}
	return result;
}

/** An interleaved frame as text, one character per byte. */
export function frame(channel: number, data: string): string {
	return `$${String.fromCharCode(channel, data.length >> 8, data.length & 255)}${data}`;
}

/** A request as text. Default CSeq: 1. */
export function request(line: string, ...headers: string[]): string {
	const cseq = headers.some(header => header.startsWith("CSeq")) ? [] : ["CSeq: 1"];
	return `${[`${line} RTSP/1.0`, ...cseq, ...headers].join("\r\n")}\r\n\r\n`;
}

export class FakeSubscription implements Subscription {
	readonly ssrc: number;
	readonly serverRTPPort = 6970;
	readonly serverRTCPPort = 6971;
	readonly blocksize: number | undefined;
	readonly options: SubscribeOptions;
	readonly #log: (line: string) => void;
	readonly #name: string;

	constructor(
		name: string,
		ssrc: number,
		options: SubscribeOptions,
		log: (line: string) => void,
		readonly running = false,
	) {
		this.#name = name;
		this.ssrc = ssrc;
		this.options = options;
		this.blocksize = options.delivery.kind === "multicast" || options.blocksize === undefined
			? undefined
			: Math.min(options.blocksize, 16_000);
		this.#log = log;
	}

	readParameter(name: string): string | undefined {
		return name === "name" ? this.#name : undefined;
	}

	play(): PlayPoint {
		this.#log(`${this.#name} play`);
		return { sequenceNumber: 4711, timestamp: this.running ? undefined : 4022928576 };
	}

	pause(): void {
		this.#log(`${this.#name} pause`);
	}

	receiveRTCP(bytes: Uint8Array): void {
		this.#log(`${this.#name} rtcp ${bytes.length}`);
	}

	close(quietly = false): void {
		this.#log(`${this.#name} close${quietly ? " quietly" : ""}`);
	}
}

export class Client implements Peer {
	readonly remoteAddress: string;
	localAddress: string | undefined = "192.0.2.1";
	readonly connection: ServerConnection;
	closed = false;
	#sent = "";
	readonly #log: (line: string) => void;

	constructor(server: Server, log: (line: string) => void, remoteAddress = "192.0.2.7") {
		this.remoteAddress = remoteAddress;
		this.#log = log;
		this.connection = server.connect(this);
	}

	send(bytes: Uint8Array): void {
		if (this.closed)
			throw new Error("send after close");
		const text = textOf(bytes);
		this.#log(`send ${text.slice(9, 12)}`);
		this.#sent += text;
	}

	close(): void {
		if (this.closed)
			throw new Error("closed twice");
		this.closed = true;
		this.#log("peer close");
	}

	/** @returns the text that the server has sent since the last call */
	take(): string {
		const text = this.#sent;
		this.#sent = "";
		return text;
	}

	/** Sends text to the server.
	 *  @returns the answer */
	ask(text: string): Answer {
		this.connection.receive(bytesOf(text));
		return new Answer(this.take());
	}
}

/** One response, parsed without the modules under test. */
export class Answer {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}

	get status(): number {
		return Number(this.text.slice(9, 12));
	}

	get body(): string {
		return this.text.slice(this.text.indexOf("\r\n\r\n") + 4);
	}

	header(name: string): string | undefined {
		for (const line of this.text.split("\r\n\r\n")[0]!.split("\r\n")) {
			if (line.startsWith(`${name}: `))
				return line.slice(name.length + 2);
		}
		return undefined;
	}

	get session(): string {
		return (this.header("Session") ?? "").split(";")[0]!;
	}
}

export class Fixture implements StreamControl {
	/** Simulated clock in milliseconds. */
	time = 1000;
	description: StreamDescription | undefined = { width: 640, height: 480, frameRate: 15 };
	multicast: MulticastGroup | undefined;
	/** Whether subscriptions join a running stream. */
	running = false;
	/** Makes `subscribe` return a refusal instead of a subscription. */
	refusal: (options: SubscribeOptions) => "unsupported" | "busy" | undefined = () => undefined;
	readonly subscriptions: FakeSubscription[] = [];
	readonly errors: unknown[] = [];
	readonly server: Server;
	#events: string[] = [];
	#random = 0;

	constructor(options: Partial<ServerOptions> = {}) {
		this.server = new Server({
			control: this,
			now: () => this.time,
			random32: () => ++this.#random,
			onError: error => this.errors.push(error),
			...options,
		});
	}

	/** @returns the events since the last call, such as `send 200`, `A play`, `A close`, `peer close` */
	events(): string[] {
		const events = this.#events;
		this.#events = [];
		return events;
	}

	client(remoteAddress?: string): Client {
		return new Client(this.server, line => this.#events.push(line), remoteAddress);
	}

	describe(): StreamDescription | undefined {
		return this.description;
	}

	subscribe(options: SubscribeOptions): Subscription | "unsupported" | "busy" {
		const refusal = this.refusal(options);
		if (refusal !== undefined)
			return refusal;
		const name = String.fromCharCode(0x41 + this.subscriptions.length);
		const subscription = new FakeSubscription(name, 0xabc + this.subscriptions.length, options,
			line => this.#events.push(line), this.running);
		this.subscriptions.push(subscription);
		return subscription;
	}

	/** Advances the clock in steps of one second, with a tick after each. */
	pass(seconds: number): void {
		for (let i = 0; i < seconds; i++) {
			this.time += 1000;
			this.server.tick();
		}
	}
}

export const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
export const UDP = "Transport: RTP/AVP;unicast;client_port=5000-5001";
