// SPDX-License-Identifier: MIT
/** What can be set of a board that is in its network by Wi-Fi: which one, and set-up. */

import { frozen, optionName, readOption, SettingsError, type Option } from "./settings";

export interface WiFiSettings {
	/** Network to join; empty: none, the set-up page asks for one. */
	readonly ssid: string;
	/** Its password; empty for an open network. */
	readonly password: string;
	/** Password of the set-up network; empty: one is made up and kept; "open": none, by intent. */
	readonly apPassword: string;
	/** Seconds after the start without the network until set-up begins. */
	readonly wifiTimeout: number;
	/** Whether the radio sleeps between beacons while nobody watches. */
	readonly powerSave: boolean;
	/** Whether what the set-up page has stored is used. */
	readonly stored: boolean;
}

/** IEEE 802.11: an SSID is 32 bytes at most. */
const SSID_BYTES = 32;

const WIFI_PASSWORD = "8 to 63 characters, or 64 hexadecimal digits; empty for an open network";

const options = frozen<Option>([
	{ name: "ssid", help: "Wi-Fi network", text: "a name of 32 bytes at most; empty for set-up",
		read: text => utf8Length(text) > SSID_BYTES ? undefined : text },
	{ name: "apPassword", help: "password of the set-up network",
		text: "8 to 63 printable ASCII characters; empty for one that the log tells; open for none",
		read: readAccessPointPassword },
	{ name: "wifiTimeout", help: "seconds without the Wi-Fi network until set-up begins", minimum: 10, maximum: 3600,
		integer: true },
	{ name: "powerSave", help: "radio sleeps while nobody watches", values: ["on", "off"] },
	{ name: "stored", help: "what the set-up page has stored", values: ["use", "ignore"] },
]);

/** The table, for those who look for names in it. */
export function wifiOptions(): readonly Option[] {
	return options;
}

/** @throws SettingsError naming the setting and what would be right; no password is in the message */
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

/** A password that is wrong is not told. */
function readWiFiOption(option: Option, value: unknown): unknown {
	if (option.name === "apPassword" && option.read!(String(value ?? "")) === undefined)
		throw new SettingsError(`${optionName(option.name)} takes ${option.text!}`);
	return readOption(option, value);
}

function readWiFiPassword(value: unknown): string {
	const text = value === undefined ? "" : String(value);
	const { length } = text;
	if (length === 0 || (isPrintable(text) && length >= 8 && (length <= 63 || (length === 64 && isHexadecimal(text)))))
		return text;
	throw new SettingsError(`the Wi-Fi password takes ${WIFI_PASSWORD}`);
}

function readAccessPointPassword(text: string): string | undefined {
	return text === "" || text === "open" || (isPrintable(text) && text.length >= 8 && text.length <= 63)
		? text
		: undefined;
}

/** What IEEE 802.11 allows in a passphrase. */
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

/** Bytes of the text in UTF-8. By iterator: XS counts a character beyond 16 bits as one, Node as two. */
function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	}
	return length;
}
