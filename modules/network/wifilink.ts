// SPDX-License-Identifier: MIT
/**
 * The camera's way into a Wi-Fi network: the station, and set-up where that does not get anywhere.
 *
 * Set-up is an access point of the camera's own with a page on it. It opens when there is no network to join, or when
 * the network was not joined within a time from the start. It does not open for a network that was joined once since
 * the start and is lost: otherwise whoever jams the network could bring the camera to offer set-up. Who wants set-up
 * then turns the camera off and on. While it is open the station goes on trying, so that a camera that came up before
 * its router finds it in the end; but not while somebody uses the page, since the radio leaves the channel of its
 * access point for seconds to look for the network.
 */

import { errorText } from "../common/errortext";
import { Station } from "./station";
import type { Link, Radio, Status } from "./link";

/** How long after a request set-up counts as used, milliseconds. */
const USE_TIME = 120_000;
/** Networks that are remembered, the strongest. */
const NETWORK_LIMIT = 16;
/** Distance between scans, milliseconds. */
const SCAN_INTERVAL = 15_000;
/** Until the access point has an address, milliseconds: a task of IDF's own sees to it, and before it has, the SDK's
 *  sockets are refused with "no network" where there is no other. */
const SETTLE_TIME = 500;

export interface WiFiLinkOptions {
	readonly radio: Radio;
	/** Empty: no network. */
	readonly ssid: string;
	readonly password: string;
	/** Name and password (empty: open) of the set-up network. */
	readonly setupName: string;
	readonly setupPassword: string;
	/** Milliseconds from the first tick. */
	readonly timeout: number;
	readonly onAddress: (address: string) => void;
	readonly onLost: () => void;
	/** Sockets can be opened for set-up, or set-up is over. */
	readonly onSetup: (open: boolean) => void;
	readonly onNotice: (message: string) => void;
}

export class WiFiLink implements Link {
	readonly #options: WiFiLinkOptions;
	readonly #station: Station | undefined;
	#begun: number | undefined;
	/** Whether the network was ever joined. */
	#joined = false;
	#open = false;
	#opened = 0;
	/** Whether `onSetup` knows of it. */
	#offered = false;
	#usedUntil = -Infinity;
	#scanned = -Infinity;
	readonly #networks: { readonly ssid: string; strength: number }[] = [];

	constructor(options: WiFiLinkOptions) {
		this.#options = options;
		const { radio, ssid, password, onLost, onNotice } = options;
		if (ssid !== "")
			this.#station = new Station({ radio, ssid, password, onLost, onNotice,
				onAddress: address => this.#connect(address) });
	}

	/** Names of the networks around, the strongest first. */
	get networks(): string[] {
		return this.#networks.map(network => network.ssid);
	}

	/** Whether set-up is open. */
	get isSetup(): boolean {
		return this.#open;
	}

	/** What the light is to say; undefined: the network is well. */
	get status(): Status | undefined {
		if (this.#station?.connected)
			return undefined;
		return this.#station?.problem ?? (this.#open ? "setup" : "joining");
	}

	/** Every second, and when the radio's state has changed. */
	tick(now: number): void {
		const begun = this.#begun ??= now;
		this.#station?.tick(now, !this.#open || now >= this.#usedUntil);
		// a second after it has opened: the mode of the radio is not changed under a scan
		if (this.#open && this.#scanned === -Infinity)
			this.#scan(now);
		if (this.#open && !this.#offered && now - this.#opened >= SETTLE_TIME)
			this.#offer();
		const late = !this.#station || (!this.#joined && now - begun >= this.#options.timeout);
		// not in the middle of an attempt: the access point would put the radio on another channel
		if (late && !this.#open && !this.#station?.busy && !this.#station?.connected)
			this.#begin(now);
	}

	/** Somebody uses set-up. */
	touch(now: number): void {
		this.#usedUntil = now + USE_TIME;
		this.#scan(now);
	}

	#begin(now: number): void {
		const { radio, setupName, setupPassword } = this.#options;
		try {
			radio.openAccessPoint(setupName, setupPassword);
			this.#open = true;
			this.#opened = now;
		}
		catch (error) {
			this.#fail(error);
		}
	}

	#offer(): void {
		try {
			this.#options.onSetup(true);
			this.#offered = true;
		}
		catch (error) {
			this.#fail(error);
		}
	}

	/** Half open is closed; the next tick tries again. */
	#fail(error: unknown): void {
		this.#open = false;
		this.#close();
		this.#options.onNotice(`set-up cannot begin: ${errorText(error)}`);
	}

	#connect(address: string): void {
		this.#joined = true;
		if (this.#open) {
			this.#open = false;
			if (this.#offered) {
				this.#offered = false;
				this.#options.onSetup(false);
			}
			this.#close();
		}
		this.#options.onAddress(address);
	}

	#close(): void {
		try {
			this.#options.radio.closeAccessPoint();
		}
		catch {
			// there is nothing that could be done about it
		}
	}

	#scan(now: number): void {
		if (now - this.#scanned < SCAN_INTERVAL || this.#station?.busy)
			return;
		this.#scanned = now;
		try {
			this.#options.radio.scan((ssid, strength) => this.#found(ssid, strength));
		}
		catch {
			// the radio is busy: the page asks for the name in any case
		}
	}

	#found(ssid: string, strength: number): void {
		if (ssid === "")
			return;
		const networks = this.#networks;
		const known = networks.find(network => network.ssid === ssid);
		if (known)
			known.strength = strength;
		else
			networks.push({ ssid, strength });
		networks.sort((a, b) => b.strength - a.strength);
		if (networks.length > NETWORK_LIMIT)
			networks.length = NETWORK_LIMIT;
	}
}
