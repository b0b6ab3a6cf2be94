// SPDX-License-Identifier: MIT
/** Interfaces of the state machines in network/: to the hardware below and to the host above. Times are milliseconds on
 *  a monotonic clock. */

/** The camera's link to its network: Wi-Fi (wifilink.ts) or a cable (cablelink.ts). */
export interface Link {
	/** Status for the light; undefined while the camera is connected. */
	readonly status: Status | undefined;
	/** Checks the state and takes the next step. To be called every second, and when the hardware reports a change. */
	tick(now: number): void;
}

/** The Ethernet hardware. Any call may throw. */
export interface Ethernet {
	/** Whether the cable connects to a working device. */
	readonly linked: boolean;
	/** IPv4 address; undefined if there is none. */
	readonly address: string | undefined;
}

/** The Wi-Fi hardware. Any call may throw, for example while the hardware is busy. */
export interface Radio {
	/** State of the station: not associated, associating, associated. */
	readonly state: "idle" | "joining" | "joined";
	/** The station's IPv4 address; undefined if it has none. */
	readonly address: string | undefined;
	/** Reason code of the station's last refusal, from IEEE 802.11 or Espressif; 0: none. */
	readonly reason: number;
	/** Starts one attempt to join. `state` shows the outcome. */
	join(ssid: string, password: string): void;
	leave(): void;
	/** Reports nearby networks, one by one, and then the end of the search. Not allowed while the station joins. */
	scan(onFound: (ssid: string, strength: number) => void, onDone: () => void): void;
	/** @param password empty: an open network */
	openAccessPoint(ssid: string, password: string): void;
	closeAccessPoint(): void;
}

/** Why the camera is not connected. */
export type Problem = "password" | "not found" | "refused" | "no address";

/** A status that the light shows; see `patternOf`. */
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
