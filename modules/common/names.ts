// SPDX-License-Identifier: MIT
/** The camera's name in the network: unique by default, or chosen by the user. */

/** Number of names to try before giving up. */
export const NAME_ATTEMPTS = 9;

/** The camera's host name.
 *  @param mac six bytes in hexadecimal, with or without colons
 *  @param name the user's choice; empty: `camera-` and the last three bytes of `mac` */
export function hostName(mac: string | undefined, name: string): string {
	if (name !== "")
		return name;
	const digits = (mac ?? "").split(":").join("").slice(-6).toLowerCase();
	return digits === "" ? "camera" : `camera-${digits}`;
}

/** The name for an attempt, when the previous ones are taken: `porch`, `porch-2`, `porch-3`.
 *  @param attempt from 1 */
export function numberedName(name: string, attempt: number): string {
	return attempt === 1 ? name : `${name}-${attempt}`;
}
