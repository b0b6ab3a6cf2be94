// SPDX-License-Identifier: MIT
/**
 * The camera's link by Wi-Fi: the station, and set-up if the station does not succeed.
 *
 * Set-up is an access point of the camera's own, with a page. It opens if no network is configured, or if the network
 * was not joined within a timeout from the start. It does not open for a network that was joined since the start and
 * then lost: otherwise a jammer could make the camera offer set-up. In that case, the user turns the camera off and on
 * to get set-up.
 *
 * While set-up is open, the station keeps trying, so that a camera that starts before its router finds it in the end.
 * It pauses while the page is in use, because the radio leaves the channel of its access point for seconds to search
 * for the network.
 */

import { errorText } from "../common/errortext";
import type { NetworkFinder } from "./setup";
import { Station } from "./station";
import type { Link, Radio, Status } from "./link";

/** Time after a request during which set-up counts as in use, milliseconds. */
const USE_TIME = 120_000;
/** Maximum number of networks to remember; the strongest are kept. */
const NETWORK_LIMIT = 16;
/** Minimum time between scans, milliseconds. */
const SCAN_INTERVAL = 15_000;
/** Longest search, milliseconds. The radio does not report the end of one that was cut short. */
const SCAN_TIME = 10_000;
/** Time until the access point has an address, milliseconds. A task of IDF assigns it. Before that, the SDK's sockets
 *  fail with "no network" if there is no other network. */
const SETTLE_TIME = 500;

export interface WiFiLinkOptions {
	readonly radio: Radio;
	/** Empty: no network. */
	readonly ssid: string;
	readonly password: string;
	/** Name and password (empty: open) of the set-up network. */
	readonly setupName: string;
	readonly setupPassword: string;
	/** Time until set-up opens, milliseconds from the first tick. */
	readonly timeout: number;
	readonly onAddress: (address: string) => void;
	readonly onLost: () => void;
	/** Set-up has opened and sockets can be opened for it, or set-up has ended. */
	readonly onSetup: (open: boolean) => void;
	readonly onNotice: (message: string) => void;
}

export class WiFiLink implements Link, NetworkFinder {
	readonly #options: WiFiLinkOptions;
	readonly #station: Station | undefined;
	#begun: number | undefined;
	/** Whether the network was joined since the start. */
	#joined = false;
	#open = false;
	#opened = 0;
	/** Whether `onSetup` was called with true. */
	#offered = false;
	#usedUntil = -Infinity;
	#scanned = -Infinity;
	#searching = false;
	/** Time of the last tick. */
	#now = 0;
	readonly #networks: { readonly ssid: string; strength: number }[] = [];

	constructor(options: WiFiLinkOptions) {
		this.#options = options;
		const { radio, ssid, password, onLost, onNotice } = options;
		if (ssid !== "")
			this.#station = new Station({ radio, ssid, password, onLost, onNotice,
				onAddress: address => this.#connect(address) });
	}

	/** Names of nearby networks, strongest first. */
	get networks(): string[] {
		return this.#networks.map(network => network.ssid);
	}

	/** Whether a search for networks is under way. */
	get isSearching(): boolean {
		return this.#searching && this.#now - this.#scanned < SCAN_TIME;
	}

	/** Whether set-up is open. */
	get isSetup(): boolean {
		return this.#open;
	}

	/** Status for the light; undefined while the camera is connected. */
	get status(): Status | undefined {
		if (this.#station?.connected)
			return undefined;
		return this.#station?.problem ?? (this.#open ? "setup" : "joining");
	}

	/** To be called every second, and when the radio's state has changed. */
	tick(now: number): void {
		const begun = this.#begun ??= now;
		this.#now = now;
		this.#station?.tick(now, !this.#open || now >= this.#usedUntil);
		// a second after opening, so that the radio's mode does not change during a scan
		if (this.#open && this.#scanned === -Infinity)
			this.search();
		if (this.#open && !this.#offered && now - this.#opened >= SETTLE_TIME)
			this.#offer();
		const late = !this.#station || (!this.#joined && now - begun >= this.#options.timeout);
		// not during an attempt: the access point would move the radio to another channel
		if (late && !this.#open && !this.#station?.busy && !this.#station?.connected)
			this.#begin(now);
	}

	/** Records that set-up is in use. */
	touch(): void {
		this.#usedUntil = this.#now + USE_TIME;
		this.search();
	}

	/** Begins a search for networks, unless there was one shortly before. Meanwhile the radio leaves its channel again
	 *  and again, for 120 ms each time. */
	search(): void {
		const now = this.#now;
		if (now - this.#scanned < SCAN_INTERVAL || this.#station?.busy)
			return;
		this.#scanned = now;
		try {
			this.#searching = true;
			this.#options.radio.scan((ssid, strength) => this.#found(ssid, strength), () => this.#searching = false);
		}
		catch {
			this.#searching = false;
			// the radio is busy; the page lets the user type the name in any case
		}
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

	/** Closes a half-open set-up. The next tick tries again. */
	#fail(error: unknown): void {
		this.#open = false;
		this.#close();
		this.#options.onNotice(`set-up cannot start: ${errorText(error)}`);
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
			// nothing can be done about it
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
