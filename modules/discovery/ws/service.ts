// SPDX-License-Identifier: MIT
/** WS-Discovery on the network: Hello, replies after a random delay, and Bye. */

import random32 from "random";
import Timer from "timer";
import { isClockSet } from "../../common/clockset";
import { remove } from "../../common/list";
import { uuidOf } from "../../hash/uuid";
import { isOnLink, type NetworkInterface } from "../../sockets/networkinterface";
import { MulticastPort, type Received } from "../multicastport";
import type { Endpoint } from "../types";
import { writeBye, writeHello, writeReply, type Description, type Sequence } from "./messages";
import { Responder } from "./responder";

export interface WSDiscoveryOptions {
	readonly endpoint: Endpoint;
	readonly httpPort: number;
	/** Names and addresses of interfaces; empty: all that can multicast. */
	readonly interfaces: readonly string[];
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Milliseconds since 1970. */
	readonly unixTime: () => number;
}

const PORT = 3702, GROUP = "239.255.255.250";
/** The local network's routers pass nothing on (WS-Discovery, section 2.4, leaves it open; ONVIF's clients use 1). */
const TIME_TO_LIVE = 1;
/** Longest delay of a reply, so that the replies of many cameras do not collide, milliseconds (section 2.4). */
const LONGEST_DELAY = 500;

export class WSDiscovery {
	readonly #options: WSDiscoveryOptions;
	readonly #port: MulticastPort;
	readonly #responder: Responder;
	/** Delayed replies. Their number has the responder's limit. */
	readonly #timers: Timer[] = [];
	readonly #instance: number;
	#number = 0;

	/** @throws Error the port is in use by a program that does not share it */
	constructor(options: WSDiscoveryOptions) {
		this.#options = options;
		this.#responder = new Responder(options.now());
		const time = options.unixTime();
		// it has to rise with every start; without a clock, it rises half of the time
		this.#instance = isClockSet(time) ? Math.floor(time / 1000) : random32() >>> 1;
		this.#port = new MulticastPort({ port: PORT, group: GROUP, timeToLive: TIME_TO_LIVE,
			interfaces: options.interfaces, onReceived: received => this.#receive(received),
			onInterfaces: () => this.#hello() });
		this.#hello();
	}

	/** Says Bye and closes the port. */
	close(): void {
		for (const timer of this.#timers)
			Timer.clear(timer);
		this.#timers.length = 0;
		for (const item of this.#port.interfaces)
			this.#port.send(new Uint8Array(writeBye(this.#describe(item), this.#next(), newID())), item);
		this.#port.close();
	}

	#hello(): void {
		for (const item of this.#port.interfaces)
			this.#port.send(new Uint8Array(writeHello(this.#describe(item), this.#next(), newID())), item);
	}

	#receive({ bytes, address, port, isOnLink: isNear, interface: item }: Received): void {
		const answerable = this.#responder.receive({ bytes, address, port, isOnLink: isNear },
			() => this.#describe(item, address), this.#options.now());
		if (answerable === undefined)
			return;
		const { question, description } = answerable;
		const reply = new Uint8Array(writeReply(question, description, this.#next(), newID()));
		// neither throws in the callback
		const timer = Timer.set(() => {
			remove(this.#timers, timer);
			this.#port.reply(reply, address, port);
		}, (random32() >>> 0) % LONGEST_DELAY);
		this.#timers.push(timer);
	}

	/** @param client address that the camera must be reachable from */
	#describe(item: NetworkInterface, client?: string): Description {
		const { endpoint: { uuid, scopes, path }, httpPort } = this.#options, { addresses } = item;
		const own = addresses.find(each => client !== undefined && isOnLink({ ...item, addresses: [each] }, client))
			?? addresses[0];
		return { uuid, scopes: scopes(), address: `http://${own?.address ?? ""}:${httpPort}${path}` };
	}

	#next(): Sequence {
		this.#number += 1;
		return { instance: this.#instance, number: this.#number };
	}
}

/** Identifier of a message. */
function newID(): string {
	return `urn:uuid:${uuidOf([random32(), random32(), random32(), random32()].join())}`;
}
