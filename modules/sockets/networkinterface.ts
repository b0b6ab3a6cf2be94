// SPDX-License-Identifier: MIT
/** The machine's network interfaces, from the text that a host's `readInterfaces` gives. */

import { parseIPv4 } from "../common/ipv4";

export interface InterfaceAddress {
	/** IP literals. */
	readonly address: string;
	readonly mask: string;
}

/** An interface that is up, with its IPv4 addresses: at least one. */
export interface NetworkInterface {
	/** The system's number of it, from 1. */
	readonly index: number;
	readonly name: string;
	readonly addresses: readonly InterfaceAddress[];
	/** MAC address, 12 hexadecimal digits, lower case. */
	readonly hardwareAddress: string | undefined;
	readonly isLoopback: boolean;
	readonly canMulticast: boolean;
}

/** @param text a line each address: index, name, address, mask, MAC address or `-`, flags
 *  @returns an entry each interface, in the order of the text */
export function parseInterfaces(text: string): NetworkInterface[] {
	const found: (NetworkInterface & { readonly addresses: InterfaceAddress[] })[] = [];
	for (const line of text.split("\n")) {
		const [index = "", name = "", address = "", mask = "", mac = "", flags] = line.split(" ");
		if (flags === undefined)
			continue;
		const known = found.find(item => item.index === Number(index));
		if (known)
			known.addresses.push({ address, mask });
		else
			found.push({
				index: Number(index),
				name,
				addresses: [{ address, mask }],
				hardwareAddress: mac === "-" ? undefined : mac,
				isLoopback: flags.includes("l"),
				canMulticast: flags.includes("m"),
			});
	}
	return found;
}

/** Chooses interfaces for multicast.
 *  @param wanted names and addresses; empty: every interface that can multicast, without loopback. An address chooses
 *    its interface with this address only */
export function chooseInterfaces(
	all: readonly NetworkInterface[],
	wanted: readonly string[],
): NetworkInterface[] {
	if (wanted.length === 0)
		return all.filter(({ canMulticast, isLoopback }) => canMulticast && !isLoopback);
	const chosen: NetworkInterface[] = [];
	for (const item of all) {
		const addresses = wanted.includes(item.name)
			? item.addresses
			: item.addresses.filter(({ address }) => wanted.includes(address));
		if (addresses.length > 0)
			chosen.push({ ...item, addresses });
	}
	return chosen;
}

/** Whether a host with this address is on the interface's own network, as its masks say.
 *  @param address IP literal */
export function isOnLink({ addresses }: NetworkInterface, address: string): boolean {
	const other = parseIPv4(address);
	return other !== undefined && addresses.some(own => {
		const mask = parseIPv4(own.mask) ?? 0xffffffff;
		return (parseIPv4(own.address)! & mask) === (other & mask);
	});
}

/** @returns the MAC address of the first interface that has one, 12 hexadecimal digits, lower case */
export function hardwareAddressOf(all: readonly NetworkInterface[]): string | undefined {
	return all.find(({ hardwareAddress }) => hardwareAddress !== undefined)?.hardwareAddress;
}
