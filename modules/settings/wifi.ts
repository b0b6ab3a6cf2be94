// SPDX-License-Identifier: MIT
/** The settings of a board on Wi-Fi: its network, and set-up. */

import { frozen, optionName, readOption, SettingsError, type Option } from "./settings";

export interface WiFiSettings {
	/** Network to join. Empty: none, the set-up page asks for one. */
	readonly ssid: string;
	/** Its password; empty for an open network. */
	readonly password: string;
	/** Password of the set-up network. Empty: one is generated and stored. "open": no password, on purpose. */
	readonly apPassword: string;
	/** Seconds without the network after the start until set-up begins. */
	readonly wifiTimeout: number;
	/** Whether the radio sleeps between beacons while nobody watches. */
	readonly powerSave: boolean;
	/** Whether settings stored by the set-up page are used. */
	readonly stored: boolean;
}

/** An SSID has at most 32 bytes (IEEE 802.11). */
const SSID_BYTES = 32;

const WIFI_PASSWORD = "8 to 63 characters, or 64 hexadecimal digits; empty for an open network";

const options = frozen<Option>([
	{ name: "ssid", help: "Wi-Fi network", text: "a name of at most 32 bytes; empty for set-up",
		read: text => utf8Length(text) > SSID_BYTES ? undefined : text },
	{ name: "apPassword", help: "password of the set-up network",
		text: "8 to 63 printable ASCII characters; empty for one that the log shows; open for none",
		read: readAccessPointPassword },
	{ name: "wifiTimeout", help: "seconds without the Wi-Fi network until set-up begins", minimum: 10, maximum: 3600,
		integer: true },
	{ name: "powerSave", help: "sleep of the radio while nobody watches", values: ["on", "off"] },
	{ name: "stored", help: "settings stored by the set-up page", values: ["use", "ignore"] },
]);

/** The table, to look up names. */
export function wifiOptions(): readonly Option[] {
	return options;
}

/** @throws SettingsError naming the setting and the allowed values; the message contains no password */
export function readWiFiSettings(config: Record<string, unknown>): WiFiSettings {
	const result: Record<string, unknown> = {};
	for (const option of options)
		result[option.name] = readWiFiOption(option, config[option.name]);
	const ssid = result["ssid"] as string;
	return {
		ssid,
		password: readWiFiPassword(ssid === "" ? undefined : config["password"]),
		apPassword: result["apPassword"] as string,
		wifiTimeout: result["wifiTimeout"] as number,
		powerSave: result["powerSave"] === "on",
		stored: result["stored"] === "use",
	};
}

/** Reads an option. The message about a wrong password does not contain it. */
function readWiFiOption(option: Option, value: unknown): unknown {
	if (option.name === "apPassword" && option.read!(String(value ?? "")) === undefined)
		throw new SettingsError(`${optionName(option.name)} is not valid: use ${option.text!}`);
	return readOption(option, value);
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
