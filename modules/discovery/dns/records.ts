// SPDX-License-Identifier: MIT
/** The records that describe the camera (RFC 6763): its host name, its services, and where they are listed. */

import { parseIPv4 } from "../../common/ipv4";
import { encodeName, IN, TOP_BIT, Type } from "./message";

/** A service to be found. */
export interface Service {
	/** For example `_rtsp`; its protocol is TCP. */
	readonly type: string;
	readonly port: number;
	/** Value of `path` in the TXT record: ASCII, with a leading slash. */
	readonly path: string;
}

/** One of the camera's own records on one link. Names and data are in the link's octets: as arrays of their own, they
 *  would take most of what discovery takes of a board's heap. */
export interface OwnRecord {
	/** Offset. */
	readonly name: number;
	readonly type: number;
	/** No other host has this name: the camera has claimed it. */
	readonly isUnique: boolean;
	/** Seconds. */
	readonly ttl: number;
	/** Offset. */
	readonly data: number;
	readonly dataLength: number;
	/** When it was last sent to the group, milliseconds on the responder's clock. */
	sent: number;
}

/** The records of one link. */
export interface OwnRecords {
	/** Names and data, without pointers. */
	readonly octets: Uint8Array;
	/** Names of services, then services, then the host, then what does not exist. */
	readonly records: readonly OwnRecord[];
}

/** Time to live of records that name a host, and of others, seconds (RFC 6762 section 10). */
const HOST_TTL = 120, OTHER_TTL = 4500;

/** Addresses of a link that are announced, at most: their records fit one message. */
const MOST_ADDRESSES = 4;

/** Longest string of a TXT record, octets. */
const LONGEST_TEXT = 255;

/** Octets of the data of an SRV record before its target, which is a name. */
export const SRV_PREFIX = 6;

/** @param label name of the host and of its services
 *  @param addresses IP literals of the link */
export function ownRecords(label: string, services: readonly Service[], addresses: readonly string[]): OwnRecords {
	const parts: Uint8Array[] = [], shared: OwnRecord[] = [], unique: OwnRecord[] = [], absent: OwnRecord[] = [];
	let length = 0;
	const put = (part: Uint8Array): number => {
		parts.push(part);
		length += part.length;
		return length - part.length;
	};
	const record = (name: number, type: number, ttl: number, part: Uint8Array, data = put(part)): OwnRecord => ({ name,
		type, ttl, data, dataLength: part.length, isUnique: type !== Type.PTR, sent: -Infinity });
	const host = encodeName(label, "local"), hostAt = put(host);
	const listAt = put(encodeName("_services", "_dns-sd", "_udp", "local"));
	for (const { type, port, path } of services) {
		const service = encodeName(type, "_tcp", "local"), instance = encodeName(label, type, "_tcp", "local");
		const serviceAt = put(service), instanceAt = put(instance);
		shared.push(
			record(listAt, Type.PTR, OTHER_TTL, service, serviceAt),
			record(serviceAt, Type.PTR, OTHER_TTL, instance, instanceAt),
		);
		unique.push(
			record(instanceAt, Type.SRV, HOST_TTL, joined([0, 0, 0, 0, port >> 8, port & 0xff], host)),
			record(instanceAt, Type.TXT, OTHER_TTL, pathText(path)),
		);
		absent.push(record(instanceAt, Type.NSEC, HOST_TTL, onlyTypes(instance, [Type.TXT, Type.SRV])));
	}
	for (const address of addresses.slice(0, MOST_ADDRESSES)) {
		const value = parseIPv4(address)!;
		unique.push(record(hostAt, Type.A, HOST_TTL, Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)));
	}
	absent.push(record(hostAt, Type.NSEC, HOST_TTL, onlyTypes(host, [Type.A])));
	const octets = new Uint8Array(length);
	let offset = 0;
	for (const part of parts) {
		octets.set(part, offset);
		offset += part.length;
	}
	return { octets, records: [...shared, ...unique, ...absent] };
}

/** Class of an own record, as it is sent by multicast. */
export function classOf({ isUnique }: OwnRecord): number {
	return isUnique ? IN | TOP_BIT : IN;
}

function joined(first: readonly number[], second: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(first.length + second.length);
	bytes.set(first);
	bytes.set(second, first.length);
	return bytes;
}

/** A TXT record with the key `path` (RFC 6763 section 6). */
function pathText(path: string): Uint8Array {
	const text = `path=${path}`.slice(0, LONGEST_TEXT), bytes = new Uint8Array(text.length + 1);
	bytes[0] = text.length;
	for (let i = 0; i < text.length; i++)
		bytes[i + 1] = text.charCodeAt(i);
	return bytes;
}

/** Data of an NSEC record: the name has records of these types only (RFC 6762 section 6.1). Types are below 256. */
function onlyTypes(name: Uint8Array, types: readonly number[]): Uint8Array {
	const bits: number[] = [];
	for (const type of types) {
		while (bits.length <= type >> 3)
			bits.push(0);
		bits[type >> 3]! |= 0x80 >> (type & 7);
	}
	const bytes = new Uint8Array(name.length + 2 + bits.length);
	bytes.set(name);
	bytes[name.length + 1] = bits.length;
	bytes.set(bits, name.length + 2);
	return bytes;
}
