// SPDX-License-Identifier: MIT
/**
 * Implements network/'s radio with the SDK's Wi-Fi.
 *
 * Properties of the SDK's `embedded:network/interface/wifi` (8.2.3): it makes one attempt and does not repeat it. It
 * reports "connection" when an attempt fails, without a reason. While it connects, `connect` and `scan` throw.
 * `disconnect` changes the state immediately, without a callback; the driver's later event has no effect. It reports
 * 500 only once it has an IPv6 address beside the IPv4 one, so the address itself is polled here. An exception in its
 * callbacks ends the program.
 */

import WiFi from "embedded:network/interface/wifi";
import type { Radio } from "network/link";
import { clearReason, closeAccessPoint, openAccessPoint, powerSave, reason, watch } from "device/radioextras";

const JOINING = 300, JOINED = 400;

export class WiFiRadio implements Radio {
	readonly #wifi: WiFi;

	/** @param onChanged `state` or `address` has changed. Its exceptions are ignored
	 *  @throws Error there is no memory for Wi-Fi */
	constructor(onChanged: () => void) {
		watch();
		this.#wifi = new WiFi({
			onChanged: () => {
				try {
					onChanged();
				}
				catch {
					// the next tick tries again
				}
			},
		});
	}

	get state(): "idle" | "joining" | "joined" {
		const { connection } = this.#wifi;
		return connection >= JOINED ? "joined" : connection >= JOINING ? "joining" : "idle";
	}

	get address(): string | undefined {
		// without an IPv4 address the SDK returns the IPv6 one
		const { address } = this.#wifi;
		return this.state === "joined" && address?.includes(".") ? address : undefined;
	}

	get reason(): number {
		return reason();
	}

	/** Six bytes in hexadecimal with colons. */
	get mac(): string | undefined {
		return this.#wifi.MAC;
	}

	/** Host name for DHCP. To be set before the first attempt. */
	set hostName(name: string) {
		this.#wifi.configure({ hostname: name });
	}

	set powerSave(on: boolean) {
		powerSave(on);
	}

	join(ssid: string, password: string): void {
		clearReason();
		this.#wifi.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password });
	}

	leave(): void {
		this.#wifi.disconnect();
	}

	scan(onFound: (ssid: string, strength: number) => void, onDone: () => void): void {
		this.#wifi.scan({ onFound: ({ SSID, RSSI }) => onFound(SSID, RSSI), onComplete: onDone });
	}

	openAccessPoint(ssid: string, password: string): void {
		openAccessPoint(ssid, password);
	}

	closeAccessPoint(): void {
		closeAccessPoint();
	}
}
