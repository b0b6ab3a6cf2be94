// SPDX-License-Identifier: MIT
/** Announces the camera by multicast DNS and, for ONVIF, by WS-Discovery. A build can leave this folder out
 *  (absent/manifest.json). */

import random32 from "random";
import Timer from "timer";
import { errorText } from "../common/errortext";
import type { Service } from "./dns/records";
import { MDNS_GROUP, MDNS_PORT, Responder, type ResponderOptions, type Timers } from "./dns/responder";
import { MulticastPort, type MulticastPortOptions, type Received } from "./multicastport";
import { WSDiscovery } from "./ws/service";
import type { Discovery, DiscoveryOptions, OpenDiscovery } from "./types";

/** RFC 6762 section 11. */
const TIME_TO_LIVE = 255;

/** Options, clock, timers and events of port and responder: one object, which takes less of a board's heap. */
class Announcement implements Discovery, MulticastPortOptions, ResponderOptions, Timers {
	readonly #options: DiscoveryOptions;
	readonly #responder: Responder;
	readonly services: readonly Service[];
	readonly transport: MulticastPort;

	/** @throws Error the port is in use by a program that does not share it */
	constructor(options: DiscoveryOptions) {
		const { rtspPort, path, httpPort } = options, rtsp = { type: "_rtsp", port: rtspPort, path: `/${path}` };
		this.#options = options;
		this.services = httpPort === undefined ? [rtsp] : [rtsp, { type: "_http", port: httpPort, path: "/" }];
		this.transport = new MulticastPort(this);
		try {
			this.#responder = new Responder(this);
		}
		catch (error) {
			this.transport.close();
			throw error;
		}
		if (this.transport.interfaces.length === 0)
			options.onNotice("the camera is not announced yet: no interface that is up can multicast or is chosen");
	}

	close(): void {
		this.#responder.close();
		this.transport.close();
	}

	/* ---- options of the port ---- */

	get port(): number {
		return MDNS_PORT;
	}

	get group(): string {
		return MDNS_GROUP;
	}

	get timeToLive(): number {
		return TIME_TO_LIVE;
	}

	get interfaces(): readonly string[] {
		return this.#options.interfaces;
	}

	onReceived(received: Received): void {
		this.#responder.receive(received);
	}

	onInterfaces(): void {
		this.#responder.restart();
	}

	/* ---- options of the responder ---- */

	get name(): string {
		return this.#options.name;
	}

	get timers(): Timers {
		return this;
	}

	now(): number {
		return this.#options.now();
	}

	random(): number {
		return random32() / 0x100000000;
	}

	onClaimed(name: string): void {
		const { onNotice, rtspPort, path, httpPort } = this.#options;
		if (httpPort !== undefined)
			onNotice(`http://${name}.local:${httpPort}/`);
		onNotice(`rtsp://${name}.local:${rtspPort}/${path}`);
	}

	onTaken(): void {
		const { onNotice, name } = this.#options;
		onNotice(`${name}.local and its numbered variants are taken: the camera has no name`);
	}

	/* ---- timers ---- */

	/** An error, when memory is short, ends neither the program nor the announcement: the responder starts again. */
	set(callback: () => void, milliseconds: number): unknown {
		return Timer.set(() => {
			try {
				callback();
			}
			catch {
				this.transport.retry();
			}
		}, milliseconds);
	}

	clear(timer: unknown): void {
		Timer.clear(timer as Timer | undefined);
	}
}

export const openDiscovery: OpenDiscovery | undefined = options => {
	const { endpoint, httpPort, interfaces, now, onNotice } = options, parts: Discovery[] = [];
	const add = (open: () => Discovery): void => {
		try {
			parts.push(open());
		}
		catch (error) {
			onNotice(`the camera is not announced: ${errorText(error)}`);
		}
	};
	add(() => new Announcement(options));
	if (endpoint && httpPort !== undefined)
		add(() => new WSDiscovery({ endpoint, httpPort, interfaces, now, unixTime: () => Date.now() }));
	return { close: () => parts.forEach(part => part.close()) };
};
