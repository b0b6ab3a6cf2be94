// SPDX-License-Identifier: MIT
/** A simulated network of responders with a clock of its own. Every host hears every multicast, its own as well. */

import { parseInterfaces } from "sockets/networkinterface";
import { ANY_CLASS, encodeName, MessageReader, MessageWriter, TOP_BIT, Type,
	type WritableRecord } from "discovery/dns/message";
import { Responder, type Packet } from "discovery/dns/responder";
import type { Service } from "discovery/dns/records";

interface Pending {
	readonly due: number;
	readonly callback: () => void;
}

/** What a host has sent. */
export interface Sent {
	readonly time: number;
	readonly from: string;
	/** undefined: to the group. */
	readonly to?: string;
	readonly bytes: Uint8Array;
}

const names = Object.entries(Type);

/** @returns the items as text: `? A porch.local` or `porch.local A 120 data` */
export function describe(bytes: Uint8Array): string[] {
	const reader = new MessageReader(), lines: string[] = [];
	reader.open(bytes);
	const type = (): string => names.find(([, value]) => value === reader.type)?.[0] ?? String(reader.type);
	while (reader.nextQuestion())
		lines.push(`? ${type()} ${dotted(reader.name!)}${reader.class & TOP_BIT ? " QU" : ""}`);
	while (reader.nextRecord()) {
		const data = reader.data!;
		const value = reader.type === Type.PTR
			? dotted(data)
			: reader.type === Type.A
			? data.join(".")
			: reader.type === Type.SRV
			? `${data[4]! * 256 + data[5]!} ${dotted(data.subarray(6))}`
			: reader.type === Type.TXT
			? String.fromCharCode(...data.subarray(1))
			: "";
		lines.push(
			`${reader.isAnswer ? "" : reader.isAuthority ? "claim " : "+ "}${
				dotted(reader.name!)
			} ${type()} ${reader.ttl}${reader.class & TOP_BIT ? "!" : ""} ${value}`.trimEnd(),
		);
	}
	if (reader.isBroken)
		lines.push("broken");
	return lines;
}

function dotted(name: Uint8Array): string {
	const labels: string[] = [];
	for (let at = 0; name[at]; at += name[at]! + 1)
		labels.push(String.fromCharCode(...name.subarray(at + 1, at + 1 + name[at]!)));
	return labels.join(".");
}

export class Network {
	now = 0;
	readonly sent: Sent[] = [];
	readonly log: string[] = [];
	readonly #hosts: { readonly address: string; readonly responder: Responder }[] = [];
	#pending: Pending[] = [];

	/** @param addresses of the host's interfaces; the first is its source address */
	open(name: string, addresses: readonly string[] = ["10.0.0.7"], services: readonly Service[] = [
		{ type: "_rtsp", port: 8554, path: "/live" },
	], random = 0.5): Responder {
		const address = addresses[0] ?? "";
		const responder = new Responder({
			name,
			services,
			transport: {
				get interfaces() {
					return parseInterfaces(
						addresses.map((item, i) => `${i + 1} eth${i} ${item} 255.255.255.0 - m\n`).join(""),
					);
				},
				send: bytes => this.#deliver({ time: this.now, from: address, bytes: bytes.slice() }),
				reply: (bytes, to, port) =>
					this.sent.push({ time: this.now, from: address, to: `${to}:${port}`, bytes: bytes.slice() }),
			},
			timers: {
				set: (callback, delay) => {
					const timer = { due: this.now + delay, callback };
					this.#pending.push(timer);
					return timer;
				},
				clear: timer => this.#pending = this.#pending.filter(item => item !== timer),
			},
			now: () => this.now,
			random: () => random,
			onClaimed: claimed => this.log.push(`${address} claimed ${claimed}`),
			onTaken: () => this.log.push(`${address} taken`),
		});
		this.#hosts.push({ address, responder });
		return responder;
	}

	/** Lets time pass. */
	run(milliseconds: number): void {
		const end = this.now + milliseconds;
		for (;;) {
			const next = this.#pending.reduce<Pending | undefined>(
				(first, item) => item.due <= end && !(first && first.due <= item.due) ? item : first,
				undefined,
			);
			if (!next)
				break;
			this.#pending = this.#pending.filter(item => item !== next);
			this.now = next.due;
			next.callback();
		}
		this.now = end;
	}

	/** Descriptions of what was sent since the last call. */
	take(): string[][] {
		const described = this.sent.map(({ bytes }) => describe(bytes));
		this.sent.length = 0;
		return described;
	}

	/** Sends a message to every host. */
	inject(bytes: Uint8Array, packet: Partial<Packet> = {}): void {
		for (const { responder } of this.#hosts)
			responder.receive({ bytes, address: "10.0.0.99", port: 5353, isMulticast: true, isOnLink: true,
				interface: { index: 1 }, ...packet });
	}

	#deliver(sent: Sent): void {
		this.sent.push(sent);
		for (const { responder } of this.#hosts)
			responder.receive({ bytes: sent.bytes, address: sent.from, port: 5353, isMulticast: true, isOnLink: true,
				interface: { index: 1 } });
	}
}

/** A record with arrays of its own. */
export interface PlainRecord {
	readonly name: Uint8Array;
	readonly type: number;
	readonly ttl: number;
	readonly data: Uint8Array;
}

/** @param itsClass IN; with the top bit */
export function toWrite({ name, type, ttl, data }: PlainRecord, itsClass = 1): WritableRecord {
	const octets = new Uint8Array(name.length + data.length);
	octets.set(name);
	octets.set(data, name.length);
	return { octets, name: 0, type, itsClass, ttl, data: name.length, dataLength: data.length };
}

/** A query for names of types.
 *  @param known answers that the asker has */
export function query(
	questions: readonly (readonly [type: number, unicast: boolean, ...labels: string[]])[],
	known: readonly PlainRecord[] = [],
	flags = 0,
): Uint8Array {
	const writer = new MessageWriter(1472);
	writer.begin(flags, 0x1234);
	for (const [type, unicast, ...labels] of questions)
		writer.question(encodeName(...labels), type, unicast ? TOP_BIT | 1 : 1);
	for (const record of known)
		writer.record("answer", toWrite(record));
	return writer.message.slice();
}

/** A query for class ANY. */
export function queryOfAnyClass(type: number, ...labels: string[]): Uint8Array {
	const writer = new MessageWriter(512);
	writer.begin(0);
	writer.question(encodeName(...labels), type, ANY_CLASS);
	return writer.message.slice();
}

/** A response of another host. */
export function response(
	records: readonly PlainRecord[],
): Uint8Array {
	const writer = new MessageWriter(1472);
	writer.begin(0x8400);
	for (const record of records)
		writer.record("answer", toWrite(record, TOP_BIT | 1));
	return writer.message.slice();
}
