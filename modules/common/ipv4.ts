// SPDX-License-Identifier: MIT
/** IPv4 addresses as text and as numbers. */

/** @returns unsigned 32-bit; undefined if the text is not a dotted IPv4 address */
export function parseIPv4(text: string): number | undefined {
	const parts = text.split(".", 5);
	let address = 0;
	for (const part of parts) {
		const value = Number(part);
		if (String(value) !== part || !(value >= 0 && value <= 255) || Math.floor(value) !== value)
			return undefined;
		address = address * 256 + value;
	}
	return parts.length === 4 ? address : undefined;
}
