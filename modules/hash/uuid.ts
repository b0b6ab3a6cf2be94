// SPDX-License-Identifier: MIT
/** Names that are unique and stay the same: UUIDs of version 8 (RFC 9562 section 5.8). */

import { sha256 } from "./hash";

/** The UUID of a text: the first 128 bits of its SHA-256, with version and variant. The same text gives the same UUID.
 *
 *    01234567-89ab-8def-8123-456789abcdef
 *                  ^    ^
 *                  version 8, variant 8 to b
 */
export function uuidOf(text: string): string {
	const digits = sha256(text), variant = (8 | parseInt(digits.slice(16, 17), 16) & 3).toString(16);
	return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${
		digits.slice(20, 32)
	}`;
}
