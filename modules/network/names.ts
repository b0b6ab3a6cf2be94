// SPDX-License-Identifier: MIT
/** The camera's name in the network: unlike that of any other camera, unless the user has given it one. */

/** Tries after which a name that others have is given up. */
export const NAME_ATTEMPTS = 9;

/** @param mac six bytes in hexadecimal with colons
 *  @param name what the user wants; empty: `camera-` and the last three bytes */
export function hostName(mac: string | undefined, name: string): string {
	if (name !== "")
		return name;
	const digits = (mac ?? "").split(":").slice(-3).join("").toLowerCase();
	return digits === "" ? "camera" : `camera-${digits}`;
}

/** The name to try when somebody else has it: `porch`, `porch-2`, `porch-3`. @param attempt from 1 */
export function numberedName(name: string, attempt: number): string {
	return attempt === 1 ? name : `${name}-${attempt}`;
}

/** Letters and digits that are not taken for one another. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH = 12;

/** A password for the set-up network: 12 of 31 characters, 59 bits.
 *  @param random32 unsigned 32-bit numbers that cannot be guessed */
export function makePassword(random32: () => number): string {
	let text = "";
	while (text.length < PASSWORD_LENGTH) {
		// five bits of a number are used, and thrown away where they are no index: all characters are equally likely
		const index = random32() >>> 27;
		if (index < ALPHABET.length)
			text += ALPHABET.charAt(index);
	}
	return text;
}

/** The TXT record of the stream (RFC 6763 section 6): strings of `key=value`, each behind its length.
 *  @param path ASCII, without a leading slash */
export function streamText(path: string): Uint8Array {
	const text = `path=/${path}`.slice(0, 255);
	const bytes = new Uint8Array(text.length + 1);
	bytes[0] = text.length;
	for (let i = 0; i < text.length; i++)
		bytes[i + 1] = text.charCodeAt(i);
	return bytes;
}
