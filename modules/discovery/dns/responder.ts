// SPDX-License-Identifier: MIT
/**
 * Responder of multicast DNS (RFC 6762) for one host with its services (RFC 6763). It claims its name, answers queries,
 * gives way to a host that has the name already, and takes its records back at the end.
 *
 *   idle ──> probing ──> claimed     a conflict: probing with the next name; of a claimed name: with the same one
 *              ^  └─ 3 probes, 250 ms apart
 *              └──── interfaces change
 *
 * It asks nothing but its probes, and those for replies by multicast: a reply by unicast would reach only one of the
 * programs that share the port.
 */

import { NAME_ATTEMPTS, numberedName } from "../../common/names";
import type { NetworkInterface } from "../../sockets/networkinterface";
import { TokenBucket } from "../tokenbucket";
import { ANY_CLASS, AUTHORITATIVE, IN, isName, MessageReader, MessageWriter, RESPONSE, TOP_BIT, Type,
	type Section } from "./message";
import { classOf, ownRecords, SRV_PREFIX, type OwnRecord, type OwnRecords, type Service } from "./records";

export const MDNS_PORT = 5353;
export const MDNS_GROUP = "224.0.0.251";

/** Largest message: Ethernet's MTU less the headers of IPv4 and UDP. */
const LARGEST = 1472;

/** RFC 6762 section 8.1: milliseconds before the first probe at most, and between probes. */
const PROBE_DELAY = 250, PROBE_COUNT = 3;
/** Pause after a lost tie (section 8.2). */
const TIE_DELAY = 1000;
/** After so many conflicts in `CONFLICT_PERIOD`, probing waits `CONFLICT_DELAY`, milliseconds. Section 8.1 asks for it
 *  after 15, which a host that takes a name as soon as it is claimed does not reach. */
const CONFLICT_LIMIT = 10, CONFLICT_PERIOD = 10_000, CONFLICT_DELAY = 5000;
/** Pause when all names are taken. */
const TAKEN_DELAY = 60_000;
const ANNOUNCE_COUNT = 2, ANNOUNCE_INTERVAL = 1000;
/** Delay of answers that other hosts may give as well, milliseconds: minimum and range (section 6). */
const SHARED_DELAY = 20, SHARED_RANGE = 100;
/** The same while known answers follow (section 7.2). */
const TRUNCATED_DELAY = 400;
/** Least time between two multicasts of a record, milliseconds; in defence of a name, the second one. */
const RECORD_INTERVAL = 1000, DEFENCE_INTERVAL = 250;
/** Time to live in replies to resolvers that are not of multicast DNS, seconds (section 6.7). */
const LEGACY_TTL = 10;
/** Replies by unicast: a stranger can make their receiver believe in another sender. */
const REPLIES = Object.freeze({ size: 20, rate: 10 });
/** Messages that are looked at, each counted once and once more for every eight items. More come only in a flood. */
const MESSAGES = Object.freeze({ size: 100, rate: 100 }), ITEMS = 8;
/** Items of a message that are looked at. */
const MOST_QUESTIONS = 16, MOST_RECORDS = 64;

/** A message received. */
export interface Packet {
	readonly bytes: Uint8Array;
	/** Of the sender. */
	readonly address: string;
	readonly port: number;
	/** Sent to the group. */
	readonly isMulticast: boolean;
	/** The sender's address is of the link's network. */
	readonly isOnLink: boolean;
	readonly interface: Pick<NetworkInterface, "index">;
}

/** A port of the group. Its methods never throw. */
export interface Transport {
	readonly interfaces: readonly NetworkInterface[];
	send(bytes: Uint8Array, to: NetworkInterface): void;
	reply(bytes: Uint8Array, address: string, port: number): void;
}

/** Timers whose callbacks may throw. */
export interface Timers {
	set(callback: () => void, milliseconds: number): unknown;
	clear(timer: unknown): void;
}

/** What a responder gets. Its functions are called as methods, so that one object of a class can be all of it: closures
 *  take more of a board's heap. */
export interface ResponderOptions {
	readonly transport: Transport;
	readonly timers: Timers;
	/** Milliseconds, monotonic. */
	now(): number;
	/** At least 0, less than 1. */
	random(): number;
	/** Name of host and services: a label. */
	readonly name: string;
	readonly services: readonly Service[];
	/** The name has been claimed. Called again when another one is claimed. */
	onClaimed(name: string): void;
	/** All numbered names are taken. The responder tries them again after a minute. */
	onTaken(): void;
}

/** One interface. */
interface Link extends OwnRecords {
	readonly interface: NetworkInterface;
	/** Answers that wait for `timer`. */
	pending: OwnRecord[];
	timer: unknown;
	/** Address that alone asked for what is pending; "" for several. */
	asker: string;
}

/** The data of another host's records for a name that both want. */
interface Claim {
	readonly type: number;
	readonly data: Uint8Array;
}

export class Responder {
	readonly #options: ResponderOptions;
	readonly #reader = new MessageReader();
	readonly #writer = new MessageWriter(LARGEST);
	readonly #replies: TokenBucket;
	readonly #messages: TokenBucket;
	#links: Link[] = [];
	#state: "idle" | "probing" | "claimed" | "closed" = "idle";
	#timer: unknown;
	/** Of `numberedName`. */
	#attempt = 1;
	#told = "";
	/** Times of the latest conflicts. */
	#conflicts: number[] = [];

	constructor(options: ResponderOptions) {
		const now = options.now();
		this.#options = options;
		this.#replies = new TokenBucket(REPLIES, now);
		this.#messages = new TokenBucket(MESSAGES, now);
		this.restart();
	}

	/** The name claimed, or being claimed. */
	get name(): string {
		return numberedName(this.#options.name, this.#attempt);
	}

	/** Claims the name again. To be called when the interfaces have changed. */
	restart(): void {
		if (this.#state !== "closed")
			this.#probe(this.#options.random() * PROBE_DELAY);
	}

	/** Takes the records back, and stops. */
	close(): void {
		if (this.#state === "claimed") {
			for (const link of this.#links)
				this.#send(link, link.records.filter(isPresent), [], 0);
		}
		this.#reset("closed");
		this.#links = [];
	}

	receive(packet: Packet): void {
		const link = this.#links.find(item => item.interface.index === packet.interface.index), reader = this.#reader;
		if (!link || !reader.open(packet.bytes))
			return;
		const items = Math.min(reader.itemCount, MOST_QUESTIONS + MOST_RECORDS);
		if (!this.#messages.take(this.#options.now(), 1 + Math.floor(items / ITEMS)))
			return;
		// RFC 6762 section 11: what was sent to this host alone must come from its network
		if (!packet.isMulticast && !packet.isOnLink)
			return;
		if (!reader.isResponse)
			this.#answer(link, packet);
		else if (packet.port === MDNS_PORT)
			this.#compare(link);
	}

	/* ---- the name ---- */

	#reset(state: "idle" | "probing" | "claimed" | "closed"): void {
		const { timers } = this.#options;
		timers.clear(this.#timer);
		this.#timer = undefined;
		for (const link of this.#links) {
			timers.clear(link.timer);
			link.timer = undefined;
			link.pending = [];
		}
		this.#state = state;
	}

	#later(callback: () => void, milliseconds: number): void {
		this.#timer = this.#options.timers.set(() => {
			this.#timer = undefined;
			callback();
		}, milliseconds);
	}

	/** Starts probing.
	 *  @param delay before the first probe, milliseconds */
	#probe(delay: number): void {
		const { transport, services } = this.#options;
		this.#reset("idle");
		this.#links = transport.interfaces.map(item => ({
			...ownRecords(this.name, services, item.addresses.map(({ address }) => address)),
			interface: item,
			pending: [],
			timer: undefined,
			asker: "",
		}));
		if (this.#links.length > 0)
			this.#later(() => this.#sendProbe(1), delay);
	}

	/** @param count of this probe, from 1 */
	#sendProbe(count: number): void {
		this.#state = "probing";
		for (const link of this.#links) {
			this.#writer.begin(0);
			const { octets } = link, proposed = link.records.filter(record => record.isUnique && isPresent(record));
			for (const name of new Set(proposed.map(record => record.name)))
				this.#writer.question(octets, Type.ANY, IN, name);
			for (const record of proposed)
				this.#writer.record("authority", { ...record, octets, itsClass: IN });
			this.#options.transport.send(this.#writer.message, link.interface);
		}
		this.#later(() => count < PROBE_COUNT ? this.#sendProbe(count + 1) : this.#claim(), PROBE_DELAY);
	}

	#claim(): void {
		this.#state = "claimed";
		this.#announce(1);
		if (this.#told !== this.name) {
			this.#told = this.name;
			this.#options.onClaimed(this.name);
		}
	}

	#announce(count: number): void {
		for (const link of this.#links) {
			const records = link.records.filter(isPresent);
			this.#send(link, records, this.#additional(link, records));
		}
		if (count < ANNOUNCE_COUNT)
			this.#later(() => this.#announce(count + 1), ANNOUNCE_INTERVAL);
	}

	/** Another host has the name. A claimed name is probed once more: the other host may give it up. */
	#giveWay(): void {
		const time = this.#options.now();
		this.#conflicts = this.#conflicts.filter(then => time - then < CONFLICT_PERIOD).slice(-CONFLICT_LIMIT);
		this.#conflicts.push(time);
		let delay = this.#conflicts.length > CONFLICT_LIMIT ? CONFLICT_DELAY : 0;
		if (this.#state === "probing") {
			this.#attempt += 1;
			if (this.#attempt > NAME_ATTEMPTS) {
				this.#attempt = 1;
				delay = TAKEN_DELAY;
				this.#options.onTaken();
			}
		}
		this.#probe(delay);
	}

	/* ---- responses of other hosts ---- */

	/** Looks for records that conflict with own ones, or make own ones superfluous. */
	#compare(link: Link): void {
		const reader = this.#reader, again: OwnRecord[] = [];
		let isConflict = false;
		// the questions of a response mean nothing
		while (reader.nextQuestion());
		for (let i = 0; i < MOST_RECORDS && reader.nextRecord(); i++) {
			if ((reader.class & ~TOP_BIT) !== IN || !link.records.some(record => this.#isNamed(link, record)))
				continue;
			const own = this.#ownRecord(link);
			if (own === undefined)
				isConflict ||= reader.ttl > 0
					&& this.#isUniqueName(link, this.#state === "claimed" ? reader.type : undefined);
			else if (reader.ttl < own.ttl / 2)
				add(again, link.records.filter(record => record === own));
			else
				link.pending = link.pending.filter(record => record !== own);
		}
		if (reader.isBroken)
			return;
		if (isConflict && (this.#state === "probing" || this.#state === "claimed"))
			this.#giveWay();
		else if (this.#state === "claimed" && again.length > 0)
			// another host takes back, or lets expire, what is still true (section 6.6)
			this.#schedule(link, again, SHARED_DELAY);
	}

	/** Whether the current item has a record's name. */
	#isNamed({ octets }: Link, { name }: OwnRecord): boolean {
		return this.#reader.isNamed(octets, name);
	}

	/** Whether the current record equals an own one, but for its time to live. */
	#isSame({ octets }: Link, { name, type, data, dataLength }: OwnRecord): boolean {
		const reader = this.#reader;
		return type === reader.type && reader.isNamed(octets, name) && reader.isData(octets, data, dataLength);
	}

	/** Whether the current record has a name that this host claims.
	 *  @param type the host has records of this type; undefined: any */
	#isUniqueName(link: Link, type: number | undefined): boolean {
		return link.records.some(record =>
			record.isUnique && (type === undefined || type === record.type) && this.#isNamed(link, record)
		);
	}

	/** @returns the own record that equals the current one; of any link, since two links may be one network */
	#ownRecord(link: Link): OwnRecord | undefined {
		const find = (other: Link): OwnRecord | undefined => other.records.find(record => this.#isSame(other, record));
		const own = find(link);
		if (own)
			return own;
		for (const other of this.#links) {
			const found = find(other);
			if (found)
				return found;
		}
		return undefined;
	}

	/* ---- queries ---- */

	#answer(link: Link, packet: Packet): void {
		const reader = this.#reader, isClaimed = this.#state === "claimed", isLegacy = packet.port !== MDNS_PORT;
		const { hasQuestions, hasAuthorities: isProbe, isTruncated, id } = reader;
		// in the order of the questions
		const asked: { readonly name: Uint8Array; readonly type: number }[] = [];
		let direct: OwnRecord[] = [], answers: OwnRecord[] = [];
		for (let i = 0; reader.nextQuestion(); i++) {
			const itsClass = reader.class & ~TOP_BIT;
			if (!isClaimed || i >= MOST_QUESTIONS || (itsClass !== IN && itsClass !== ANY_CLASS))
				continue;
			const found = this.#find(link), name = found.length > 0 && isLegacy ? reader.name : undefined;
			if (name)
				asked.push({ name, type: reader.type });
			add(reader.class & TOP_BIT ? direct : answers, found);
		}
		const known: OwnRecord[] = [], claims: Map<number, Claim[]> = new Map();
		for (let i = 0; i < MOST_RECORDS && reader.nextRecord(); i++) {
			if (reader.isAnswer && isClaimed) {
				const own = link.records.find(record => record.ttl <= reader.ttl * 2 && this.#isSame(link, record));
				if (own)
					known.push(own);
			}
			else if (reader.isAuthority && this.#state === "probing")
				this.#collect(link, claims);
		}
		if (reader.isBroken)
			return;
		if (claims.size > 0 && this.#loses(link, claims))
			return this.#probe(TIE_DELAY);
		if (!isClaimed)
			return;
		const isNew = (record: OwnRecord): boolean => !known.includes(record);
		answers = answers.filter(isNew);
		direct = direct.filter(record => isNew(record) && !answers.includes(record));
		if (!hasQuestions && link.asker === packet.address)
			link.pending = link.pending.filter(isNew);
		if (isLegacy)
			return this.#replyToLegacy(link, packet, id, asked, [...answers, ...direct]);
		if (!packet.isMulticast) {
			add(direct, answers);
			answers = [];
		}
		const now = this.#options.now();
		// who has not heard a record for long may have others beside him that have not either (section 5.4)
		const isRecent = (record: OwnRecord): boolean =>
			!packet.isMulticast || now - record.sent < record.ttl * 1000 / 4;
		add(answers, direct.filter(record => !isRecent(record)));
		direct = direct.filter(isRecent);
		if (direct.length > 0)
			this.#reply(link, packet, direct);
		const least = isProbe ? DEFENCE_INTERVAL : RECORD_INTERVAL, isReady = isDue(now, least);
		let waiting = isProbe ? [] : answers.filter(record => !isReady(record));
		answers = answers.filter(isReady);
		if (isTruncated || answers.some(({ isUnique }) => !isUnique))
			waiting = [...waiting, ...answers];
		else if (answers.length > 0)
			this.#send(link, answers, this.#additional(link, answers, now));
		if (waiting.length === 0)
			return;
		link.asker = link.timer === undefined || link.asker === packet.address ? packet.address : "";
		this.#schedule(link, waiting, isTruncated ? TRUNCATED_DELAY : SHARED_DELAY);
	}

	/** @returns the link's records that answer the current question */
	#find(link: Link): OwnRecord[] {
		const { type } = this.#reader, named = link.records.filter(record => this.#isNamed(link, record));
		const found = named.filter(record => isPresent(record) && (type === Type.ANY || type === record.type));
		// the host says what it does not have (section 6.1)
		return found.length > 0 ? found : named.filter(record => !isPresent(record));
	}

	/** Adds answers to those that wait. One that has just been sent waits for the rest of its second: some clients ask
	 *  only once.
	 *  @param delay minimum, milliseconds */
	#schedule(link: Link, answers: readonly OwnRecord[], delay: number): void {
		const options = this.#options;
		add(link.pending, answers);
		link.timer ??= options.timers.set(() => {
			link.timer = undefined;
			const now = options.now(), due = link.pending.filter(isDue(now, RECORD_INTERVAL));
			if (due.length > 0)
				this.#send(link, due, this.#additional(link, due, now));
			const oldest = Math.min(...link.pending.map(({ sent }) => sent));
			if (oldest < Infinity)
				this.#schedule(link, [], oldest + RECORD_INTERVAL - now);
		}, delay + options.random() * SHARED_RANGE);
	}

	/** Sends a response to the group.
	 *  @param ttl instead of the records' own, seconds */
	#send(link: Link, answers: readonly OwnRecord[], additional: readonly OwnRecord[], ttl?: number): void {
		const now = this.#options.now(), writer = this.#writer;
		writer.begin(RESPONSE | AUTHORITATIVE);
		for (const record of answers) {
			if (this.#write(link, "answer", record, ttl))
				record.sent = now;
		}
		for (const record of additional) {
			if (this.#write(link, "additional", record))
				record.sent = now;
		}
		link.pending = link.pending.filter(({ sent }) => sent !== now);
		this.#options.transport.send(writer.message, link.interface);
	}

	#write(link: Link, section: Section, record: OwnRecord, ttl = record.ttl): boolean {
		return this.#writer.record(section, { ...record, octets: link.octets, itsClass: classOf(record), ttl });
	}

	/** Replies by unicast to another responder. */
	#reply(link: Link, packet: Packet, answers: readonly OwnRecord[]): void {
		const options = this.#options, writer = this.#writer;
		if (!packet.isOnLink || !this.#replies.take(options.now()))
			return;
		writer.begin(RESPONSE | AUTHORITATIVE);
		for (const record of answers)
			this.#write(link, "answer", record);
		for (const record of this.#additional(link, answers))
			this.#write(link, "additional", record);
		options.transport.reply(writer.message, packet.address, packet.port);
	}

	/** Replies to a resolver of plain DNS (section 6.7). */
	#replyToLegacy(
		link: Link,
		packet: Packet,
		id: number,
		asked: readonly { readonly name: Uint8Array; readonly type: number }[],
		answers: readonly OwnRecord[],
	): void {
		const options = this.#options, writer = this.#writer, { octets } = link;
		if (answers.length === 0 || asked.length === 0 || !packet.isOnLink || !this.#replies.take(options.now()))
			return;
		writer.begin(RESPONSE | AUTHORITATIVE, id);
		for (const { name, type } of asked)
			writer.question(name, type, IN);
		const write = (section: Section, record: OwnRecord): boolean =>
			writer.record(section, { ...record, octets, itsClass: IN, ttl: Math.min(record.ttl, LEGACY_TTL) }, true);
		for (const record of answers)
			write("answer", record);
		for (const record of this.#additional(link, answers))
			write("additional", record);
		options.transport.reply(writer.message, packet.address, packet.port);
	}

	/** @param now leaves out what has just been sent to the group; undefined: nothing
	 *  @returns what the receiver of the answers asks for next (RFC 6763 section 12) */
	#additional({ records, octets }: Link, answers: readonly OwnRecord[], now?: number): OwnRecord[] {
		const wanted = [...answers];
		// grows while it is walked: a service leads to its instance, an instance to its host
		for (const { type, data, name } of wanted) {
			if (type !== Type.PTR && type !== Type.SRV && type !== Type.A)
				continue;
			const target = type === Type.PTR ? data : type === Type.SRV ? data + SRV_PREFIX : name;
			for (const record of records) {
				// with an address, that there is no other
				const fits = record.isUnique && isPresent(record) === (type !== Type.A);
				if (fits && !wanted.includes(record) && isName(octets, record.name, octets, target))
					wanted.push(record);
			}
		}
		const additional = wanted.slice(answers.length);
		return now === undefined ? additional : additional.filter(isDue(now, RECORD_INTERVAL));
	}

	/* ---- two hosts that probe for one name at the same time ---- */

	/** Collects the current record, which another host is about to claim. */
	#collect(link: Link, claims: Map<number, Claim[]>): void {
		const reader = this.#reader;
		const own = link.records.find(record => record.isUnique && this.#isNamed(link, record));
		const data = own && (reader.class & ~TOP_BIT) === IN ? reader.data : undefined;
		if (!own || !data)
			return;
		const list = claims.get(own.name);
		if (list)
			list.push({ type: reader.type, data });
		else
			claims.set(own.name, [{ type: reader.type, data }]);
	}

	/** Whether the other host's records come later in the order of section 8.2, for one of the names. Equal ones are
	 *  this host's own, of this link or of another one that leads into the same network. */
	#loses(link: Link, claims: Map<number, Claim[]>): boolean {
		for (const [name, others] of claims) {
			others.sort(compareClaims);
			// every link has the same names at the same places
			const order = ({ records, octets }: Link): number =>
				compareLists(
					records.filter(record => record.isUnique && isPresent(record) && record.name === name).map((
						{ type, data, dataLength },
					) => ({ type, data: octets.subarray(data, data + dataLength) })).sort(compareClaims),
					others,
				);
			if (order(link) < 0 && this.#links.every(other => order(other) !== 0))
				return true;
		}
		return false;
	}
}

/** Whether a record is one that exists; otherwise it says what does not. */
function isPresent({ type }: OwnRecord): boolean {
	return type !== Type.NSEC;
}

/** @returns whether a record may be sent to the group, `interval` milliseconds after the last time */
function isDue(now: number, interval: number): (record: OwnRecord) => boolean {
	return ({ sent }) => now - sent >= interval;
}

function add<T>(list: T[], items: readonly T[]): void {
	for (const item of items) {
		if (!list.includes(item))
			list.push(item);
	}
}

function compareClaims(a: Claim, b: Claim): number {
	return a.type - b.type || compareBytes(a.data, b.data);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		if (a[i] !== b[i])
			return a[i]! - b[i]!;
	}
	return a.length - b.length;
}

function compareLists(a: readonly Claim[], b: readonly Claim[]): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		const order = compareClaims(a[i]!, b[i]!);
		if (order !== 0)
			return order;
	}
	return a.length - b.length;
}
