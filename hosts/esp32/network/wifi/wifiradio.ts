/**
 * network/'s radio on the SDK's Wi-Fi.
 *
 * Of the SDK's `embedded:network/interface/wifi` (8.2.3): it makes one attempt and does not repeat it. It says "connection" when
 * an attempt fails, and not why. While it connects, `connect` and `scan` throw. `disconnect` changes the state at once and calls
 * nothing back; what the driver says of it later changes nothing more. It waits for an IPv6 address beside the IPv4 one before it
 * says 500, so that the address itself is asked for. What throws in its callbacks ends the program.
 */

import WiFi from "embedded:network/interface/wifi";
import type { Radio } from "network/link";
import { clearReason, closeAccessPoint, openAccessPoint, powerSave, reason, watch } from "device/radioextras";

const JOINING = 300, JOINED = 400;

export class WiFiRadio implements Radio {
	readonly #wifi: WiFi;

	/** @param onChanged `state` or `address` has changed; nothing that it throws gets through
	 *  @throws Error when there is no memory for Wi-Fi */
	constructor(onChanged: () => void) {
		watch();
		this.#wifi = new WiFi({
			onChanged: () => {
				try {
					onChanged();
				}
				catch {
					// the next tick looks again
				}
			},
		});
	}

	get state(): "idle" | "joining" | "joined" {
		const { connection } = this.#wifi;
		return connection >= JOINED ? "joined" : connection >= JOINING ? "joining" : "idle";
	}

	get address(): string | undefined {
		// without an IPv4 address the SDK gives the IPv6 one
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

	/** For DHCP: before the first attempt. */
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

	scan(onFound: (ssid: string, strength: number) => void): void {
		this.#wifi.scan({ onFound: ({ SSID, RSSI }) => onFound(SSID, RSSI) });
	}

	openAccessPoint(ssid: string, password: string): void {
		openAccessPoint(ssid, password);
	}

	closeAccessPoint(): void {
		closeAccessPoint();
	}
}
