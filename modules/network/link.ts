// SPDX-License-Identifier: MIT
/** What the state machines of network/ are given and what they are to a host. Times are milliseconds of a monotonic
 *  clock. */

/** The camera's way into the network: Wi-Fi (wifilink.ts) or a cable (cablelink.ts). */
export interface Link {
	/** What the light is to say; undefined: the network is well. */
	readonly status: Status | undefined;
	/** Looks what has happened and does what is due: every second, and when the hardware says that something has
	 *  changed. */
	tick(now: number): void;
}

/** The Ethernet hardware. Any call may throw. */
export interface Ethernet {
	/** Whether the cable has a working end on the other side. */
	readonly linked: boolean;
	/** IPv4 address, undefined when it has none. */
	readonly address: string | undefined;
}

/** The Wi-Fi hardware. Any call may throw: hardware is busy, or refuses. */
export interface Radio {
	/** Of the station: not associated, trying to be, associated. */
	readonly state: "idle" | "joining" | "joined";
	/** The station's IPv4 address, undefined when it has none. */
	readonly address: string | undefined;
	/** Why the station was refused last, as IEEE 802.11 and Espressif number it; 0 when it was not. */
	readonly reason: number;
	/** One attempt to join; `state` tells what becomes of it. */
	join(ssid: string, password: string): void;
	leave(): void;
	/** Networks around, one by one; not while the station joins. */
	scan(onFound: (ssid: string, strength: number) => void): void;
	/** @param password empty: open */
	openAccessPoint(ssid: string, password: string): void;
	closeAccessPoint(): void;
}

/** Why the camera is in no network. */
export type Problem = "password" | "not found" | "refused" | "no address";

/** What the light says; see `patternOf`. */
export type Status =
	| "joining"
	| "setup"
	| "ready"
	| "streaming"
	| Problem
	| "no camera"
	| "no PSRAM"
	| "setting"
	| "failed";
