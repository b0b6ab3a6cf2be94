// SPDX-License-Identifier: MIT
/** The camera's name in the network: unique by default, or chosen by the user. */

/** Number of names to try before giving up. */
export const NAME_ATTEMPTS = 9;

/** The camera's host name.
 *  @param mac six bytes in hexadecimal with colons
 *  @param name the user's choice; empty: `camera-` and the last three bytes of `mac` */
export function hostName(mac: string | undefined, name: string): string {
	if (name !== "")
		return name;
	const digits = (mac ?? "").split(":").slice(-3).join("").toLowerCase();
	return digits === "" ? "camera" : `camera-${digits}`;
}

/** The name for an attempt, when the previous ones are taken: `porch`, `porch-2`, `porch-3`.
 *  @param attempt from 1 */
export function numberedName(name: string, attempt: number): string {
	return attempt === 1 ? name : `${name}-${attempt}`;
}

/** Letters and digits that are not easily confused. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH = 12;

/** Generates a password for the set-up network: 12 of 31 characters, 59 bits.
 *  @param random32 source of unpredictable unsigned 32-bit numbers */
export function makePassword(random32: () => number): string {
	let text = "";
	while (text.length < PASSWORD_LENGTH) {
		// five bits make an index; values beyond the alphabet are discarded, so all characters are equally likely
		const index = random32() >>> 27;
		if (index < ALPHABET.length)
			text += ALPHABET.charAt(index);
	}
	return text;
}

/** The TXT record of the stream (RFC 6763 section 6): strings of `key=value`, each preceded by its length.
 *  @param path ASCII, without a leading slash */
export function streamText(path: string): Uint8Array {
	const text = `path=/${path}`.slice(0, 255);
	const bytes = new Uint8Array(text.length + 1);
	bytes[0] = text.length;
	for (let i = 0; i < text.length; i++)
		bytes[i + 1] = text.charCodeAt(i);
	return bytes;
}
