// SPDX-License-Identifier: MIT
/** The machine's network interfaces. The native is implemented by the host (desktop/io or esp32/io). */

/** Describes the IPv4 addresses of all interfaces that are up, a line each, loopback first. Each line has six words:
 *  index and name of the interface, address, mask, MAC address as 12 hexadecimal digits or `-`, and flags: `l`
 *  loopback, `m` can multicast, `-` neither. All of it is one text: comparing it with the last one shows a change. */
export function readInterfaces(): string {
	return native("xs_interfaces_read").call(undefined) as string;
}
