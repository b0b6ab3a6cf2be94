// SPDX-License-Identifier: MIT
/** Announces the camera by multicast DNS. A build can leave this folder out (absent/manifest.json). */

import random32 from "random";
import Timer from "timer";
import { errorText } from "../common/errortext";
import { Uptime } from "../common/uptime";
import { MDNS_GROUP, MDNS_PORT, Responder, type Timers } from "./dns/responder";
import { MulticastPort } from "./multicastport";
import type { Discovery, DiscoveryOptions, OpenDiscovery } from "./types";

/** RFC 6762 section 11. */
const TIME_TO_LIVE = 255;
/** Pause after an error of a timer's callback, milliseconds. */
const RECOVERY = 10_000;

class Announcement implements Discovery {
	readonly #options: DiscoveryOptions;
	readonly #port: MulticastPort;
	readonly #responder: Responder;
	#recovery: Timer | undefined;

	/** @throws Error the port is in use by a program that does not share it */
	constructor(options: DiscoveryOptions) {
		const { name, rtspPort, path, httpPort, interfaces, onNotice } = options;
		const uptime = new Uptime();
		this.#options = options;
		this.#port = new MulticastPort({
			port: MDNS_PORT,
			group: MDNS_GROUP,
			timeToLive: TIME_TO_LIVE,
			interfaces,
			onReceived: received => this.#responder.receive(received),
			onInterfaces: () => this.#responder.restart(),
		});
		this.#responder = new Responder({
			port: this.#port,
			timers: this.#timers(),
			now: () => uptime.now(),
			random: () => random32() / 0x100000000,
			name,
			services: [
				{ type: "_rtsp", port: rtspPort, path: `/${path}` },
				...httpPort === undefined ? [] : [{ type: "_http", port: httpPort, path: "/" }],
			],
			onClaimed: claimed => this.#tell(claimed),
			onTaken: () => onNotice(`${name}.local and its numbered variants are taken: the camera has no name`),
		});
	}

	close(): void {
		Timer.clear(this.#recovery);
		this.#recovery = undefined;
		this.#responder.close();
		this.#port.close();
	}

	#tell(name: string): void {
		const { onNotice, rtspPort, path, httpPort } = this.#options;
		if (httpPort !== undefined)
			onNotice(`http://${name}.local:${httpPort}/`);
		onNotice(`rtsp://${name}.local:${rtspPort}/${path}`);
	}

	/** Timers whose errors, when memory is short, end neither the program nor the announcement. */
	#timers(): Timers {
		return {
			set: (callback, milliseconds) =>
				Timer.set(() => {
					try {
						callback();
					}
					catch {
						this.#recover();
					}
				}, milliseconds),
			clear: timer => Timer.clear(timer as Timer | undefined),
		};
	}

	#recover(): void {
		this.#recovery ??= Timer.set(() => {
			this.#recovery = undefined;
			try {
				this.#responder.restart();
			}
			catch {
				this.#recover();
			}
		}, RECOVERY);
	}
}

export const openDiscovery: OpenDiscovery | undefined = options => {
	try {
		return new Announcement(options);
	}
	catch (error) {
		options.onNotice(`the camera is not announced: ${errorText(error)}`);
		return { close: () => undefined };
	}
};
