// SPDX-License-Identifier: MIT
/**
 * The camera's link by cable: watches for a link and an address. The hardware and DHCP run by themselves. The state is
 * polled every second and when a change is reported, so that a lost or late event does no harm.
 */

import type { Ethernet, Link, Status } from "./link";

/** Time without a link after which the cable counts as missing, milliseconds. Auto-negotiation takes up to 4
 *  seconds. */
const LINK_TIMEOUT = 10_000;
/** Time to wait for an address, milliseconds. DHCP waits 4, 8 and 16 seconds for replies. */
const ADDRESS_TIMEOUT = 30_000;

export interface CableLinkOptions {
	readonly ethernet: Ethernet;
	/** The camera has a new address. */
	readonly onAddress: (address: string) => void;
	/** The camera has lost its address. */
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

	/** Undefined while connected; "not found" without a link. */
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
			this.#options.onNotice(phase === "unplugged" ? "the Ethernet link is lost" : "the address is lost");
			this.#options.onLost();
		}
		const unplugged = phase === "unplugged";
		if (this.#problem === undefined && now - this.#since! >= (unplugged ? LINK_TIMEOUT : ADDRESS_TIMEOUT)) {
			this.#problem = unplugged ? "not found" : "no address";
			this.#options.onNotice(
				unplugged
					? "no Ethernet link: check the cable and the device at its other end"
					: "the network assigns no address: check its DHCP server",
			);
		}
	}

	#enter(phase: Phase, now: number): void {
		this.#phase = phase;
		this.#since = now;
		this.#problem = undefined;
	}
}
