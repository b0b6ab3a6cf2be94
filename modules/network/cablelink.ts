// SPDX-License-Identifier: MIT
/**
 * The camera's way into the network by a cable: looks whether there is a link and an address. Hardware and DHCP go on
 * by themselves. As the station does, it looks at the state every second, and when it is told of a change, and trusts
 * no order of events.
 */

import type { Ethernet, Link, Status } from "./link";

/** Without a link for so long the cable is missing, milliseconds: auto-negotiation takes up to 4 seconds. */
const LINK_TIMEOUT = 10_000;
/** DHCP asks for 4, 8, 16 seconds. */
const ADDRESS_TIMEOUT = 30_000;

export interface CableLinkOptions {
	readonly ethernet: Ethernet;
	/** The camera has an address, or another one than before. */
	readonly onAddress: (address: string) => void;
	/** The address is gone. */
	readonly onLost: () => void;
	readonly onNotice: (message: string) => void;
}

type Phase = "unplugged" | "plugged" | "connected";

export class CableLink implements Link {
	readonly #options: CableLinkOptions;
	#phase: Phase = "unplugged";
	/** When the phase began; undefined before the first tick. */
	#since: number | undefined;
	#address: string | undefined;
	#problem: "not found" | "no address" | undefined;

	constructor(options: CableLinkOptions) {
		this.#options = options;
	}

	/** "not found": no link. */
	get status(): Status | undefined {
		return this.#phase === "connected" ? undefined : this.#problem ?? "joining";
	}

	tick(now: number): void {
		this.#since ??= now;
		const { ethernet } = this.#options;
		const { linked } = ethernet;
		const address = linked ? ethernet.address : undefined;
		if (address !== undefined)
			this.#connect(address, now);
		else
			this.#wait(linked ? "plugged" : "unplugged", now);
	}

	#connect(address: string, now: number): void {
		this.#enter("connected", now);
		if (address === this.#address)
			return;
		this.#address = address;
		this.#options.onAddress(address);
	}

	#wait(phase: "unplugged" | "plugged", now: number): void {
		const lost = this.#address !== undefined;
		if (phase !== this.#phase)
			this.#enter(phase, now);
		if (lost) {
			this.#address = undefined;
			this.#options.onNotice(phase === "unplugged" ? "the cable's link is lost" : "the address is lost");
			this.#options.onLost();
		}
		const unplugged = phase === "unplugged";
		if (this.#problem === undefined && now - this.#since! >= (unplugged ? LINK_TIMEOUT : ADDRESS_TIMEOUT)) {
			this.#problem = unplugged ? "not found" : "no address";
			this.#options.onNotice(
				unplugged
					? "no link: look at the cable and at what it is plugged into"
					: "the network gives no address: look for its DHCP server",
			);
		}
	}

	#enter(phase: Phase, now: number): void {
		this.#phase = phase;
		this.#since = now;
		this.#problem = undefined;
	}
}
