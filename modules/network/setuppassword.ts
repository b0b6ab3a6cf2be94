// SPDX-License-Identifier: MIT
/** The password of the set-up network. */

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
