// SPDX-License-Identifier: MIT
/** The settings of a board on Wi-Fi: its network, and set-up. */

import { flag, frozen, integer, readTable, SettingsError, text, type Option, type Values } from "./settings";

/** An SSID has at most 32 bytes (IEEE 802.11). */
const SSID_BYTES = 32;

const WIFI_PASSWORD = "8 to 63 characters, or 64 hexadecimal digits; empty for an open network";

const options = frozen([
	text("ssid", "Wi-Fi network to join", "a name of at most 32 bytes; empty for set-up", "",
		text => utf8Length(text) > SSID_BYTES ? undefined : text),
	{
		...text("apPassword", "password of the set-up network",
			"8 to 63 printable ASCII characters; empty for one that the log shows; open for none", "",
			readAccessPointPassword),
		secret: true,
	},
	integer("wifiTimeout", "seconds without the Wi-Fi network after the start until set-up begins", 10, 3600, 60),
	flag("powerSave", "sleep of the radio between beacons while nobody watches", "on", "off"),
	flag("stored", "settings stored by the set-up page or the camera's page", "use", "ignore"),
]);

/** A property per row of the table, and the network's password. */
export type WiFiSettings = Values<typeof options> & {
	/** Empty for an open network. */
	readonly password: string;
};

/** The table, to look up names. */
export function wifiOptions(): readonly Option[] {
	return options;
}

/** @throws SettingsError naming the setting and the allowed values; the message contains no password */
export function readWiFiSettings(config: Record<string, unknown>): WiFiSettings {
	const settings = readTable(options, config);
	return { ...settings, password: readWiFiPassword(settings.ssid === "" ? undefined : config["password"]) };
}

function readWiFiPassword(value: unknown): string {
	const text = value === undefined ? "" : String(value);
	const { length } = text;
	if (length === 0 || (isPrintable(text) && length >= 8 && (length <= 63 || (length === 64 && isHexadecimal(text)))))
		return text;
	throw new SettingsError(`the Wi-Fi password is not valid: use ${WIFI_PASSWORD}`);
}

function readAccessPointPassword(text: string): string | undefined {
	return text === "" || text === "open" || (isPrintable(text) && text.length >= 8 && text.length <= 63)
		? text
		: undefined;
}

/** Whether the text has only characters that IEEE 802.11 allows in a passphrase. */
function isPrintable(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 0x20 || code > 0x7e)
			return false;
	}
	return true;
}

function isHexadecimal(text: string): boolean {
	for (const character of text) {
		if (!"0123456789abcdefABCDEF".includes(character))
			return false;
	}
	return true;
}

/** Length of the text in UTF-8, bytes. Iterates over characters: beyond 16 bits, XS counts one as one, Node as two. */
function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	}
	return length;
}
