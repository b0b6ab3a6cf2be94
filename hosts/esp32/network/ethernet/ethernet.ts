// SPDX-License-Identifier: MIT
/** The board's Ethernet interface (ethernet.c). There is only one, and it stays open. */

import type { Ethernet } from "network/link";

function open(this: void, onChanged: () => void): void {
	native("xs_ethernet_open").call(this, onChanged);
}
function start(this: void, hostName: string): void {
	native("xs_ethernet_start").call(this, hostName);
}
function linked(this: void): boolean {
	return native("xs_ethernet_linked").call(this);
}
function address(this: void): string | undefined {
	return native("xs_ethernet_address").call(this);
}
function mac(this: void): string {
	return native("xs_ethernet_mac").call(this);
}

export class EthernetInterface implements Ethernet {
	/** Sets up the hardware, without bringing up the link.
	 *  @param onChanged `linked` or `address` may have changed. Its exceptions are ignored
	 *  @throws Error the hardware does not answer; the message says what to check */
	constructor(onChanged: () => void) {
		open(() => {
			try {
				onChanged();
			}
			catch {
				// the next tick tries again
			}
		});
	}

	/** Brings up the link and requests an address by DHCP.
	 *  @param hostName for DHCP
	 *  @throws Error from ESP-IDF */
	start(hostName: string): void {
		start(hostName);
	}

	get linked(): boolean {
		return linked();
	}

	get address(): string | undefined {
		return address();
	}

	/** Six bytes in hexadecimal with colons. */
	get mac(): string {
		return mac();
	}
}
