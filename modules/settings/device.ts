/**
 * What can be set of a board beside the settings that every platform has: network, name, set-up, light. The names are those of
 * `config` in the manifests and of mcconfig's command line; no desktop's `--help` lists them.
 */

import { frozen, nearestName, optionName, readOption, settingOptions, SettingsError, type Option } from "./settings";

export interface DeviceSettings {
	/** Network to join; empty: none, the set-up page asks for one. */
	readonly ssid: string;
	/** Its password; empty for an open network. */
	readonly password: string;
	/** Name in the network (`NAME.local`) and of the set-up network; empty: made of the MAC address. */
	readonly name: string;
	/** Password of the set-up network; empty: one is made up and kept; "open": none, by intent. */
	readonly apPassword: string;
	/** Seconds after the start without the network until set-up begins. */
	readonly wifiTimeout: number;
	/** Time server; empty: none. */
	readonly sntp: string;
	/** Whether the radio sleeps between beacons while nobody watches. */
	readonly powerSave: boolean;
	/** Whether name and stream are announced by multicast DNS. */
	readonly discovery: boolean;
	/** Whether what the set-up page has stored is used. */
	readonly stored: boolean;
	/** Seconds after which the board restarts when the camera cannot be opened; 0: it does not. */
	readonly restartDelay: number;
	/** GPIO of the light, -1 for none, and the level that lights it: the board's manifest knows. */
	readonly ledPin: number;
	readonly ledOn: number;
}

/** IEEE 802.11: an SSID is 32 bytes at most. */
const SSID_BYTES = 32;
/** A label of DNS has 63 characters at most; the set-up network's name, which is the same, 32. */
const NAME_LENGTH = 24;

const WIFI_PASSWORD = "8 to 63 characters, or 64 hexadecimal digits; empty for an open network";

const options = frozen<Option>([
	{ name: "ssid", help: "Wi-Fi network", text: "a name of 32 bytes at most; empty for set-up", read: text => utf8Length(text) > SSID_BYTES ? undefined : text },
	{ name: "name", help: "name of the camera in the network", text: "letters, digits and '-', 24 at most; empty for one of the MAC address", read: readName },
	{ name: "apPassword", help: "password of the set-up network", text: "8 to 63 printable ASCII characters; empty for one that the log tells; open for none", read: readAccessPointPassword },
	{ name: "wifiTimeout", help: "seconds without the Wi-Fi network until set-up begins", minimum: 10, maximum: 3600, integer: true },
	{ name: "sntp", help: "time server", text: "a host name; empty for none", read: text => text.length > 253 || text.includes(" ") ? undefined : text },
	{ name: "powerSave", help: "radio sleeps while nobody watches", values: ["on", "off"] },
	{ name: "discovery", help: "name and stream are announced in the network", values: ["on", "off"] },
	{ name: "stored", help: "what the set-up page has stored", values: ["use", "ignore"] },
	{ name: "restartDelay", help: "seconds until a board without a camera restarts, 0 for never", minimum: 0, maximum: 86400, integer: true },
	{ name: "led_pin", help: "GPIO of the light, -1 for none", minimum: -1, maximum: 48, integer: true },
	{ name: "led_on", help: "level that lights it", minimum: 0, maximum: 1, integer: true },
]);

/** Boards say what light they have; a manifest that says nothing has none. */
const LED_DEFAULTS: Record<string, unknown> = Object.freeze({ led_pin: -1, led_on: 1 });

/** @throws SettingsError naming the setting and what would be right; no password is in the message */
export function readDeviceSettings(config: Record<string, unknown>): DeviceSettings {
	const result: Record<string, unknown> = {};
	for (const option of options)
		result[option.name] = readDeviceOption(option, config[option.name] ?? LED_DEFAULTS[option.name]);
	const ssid = result["ssid"] as string;
	return {
		ssid,
		password: readWiFiPassword(ssid === "" ? undefined : config["password"]),
		name: result["name"] as string,
		apPassword: result["apPassword"] as string,
		wifiTimeout: result["wifiTimeout"] as number,
		sntp: result["sntp"] as string,
		powerSave: result["powerSave"] === "on",
		discovery: result["discovery"] === "on",
		stored: result["stored"] === "use",
		restartDelay: result["restartDelay"] as number,
		ledPin: result["led_pin"] as number,
		ledOn: result["led_on"] as number,
	};
}

/** The SDK and boards put names of their own into `config`, so that an unknown name is no error. But one that is nearly a
 *  setting's is a slip: `fsp=10` would otherwise go unnoticed.
 *  @throws SettingsError naming both */
export function checkNames(config: Record<string, unknown>): void {
	for (const name of Object.keys(config)) {
		const known = (option: Option): boolean => option.name === name;
		if (name === "password" || name === "rtspPassword" || options.some(known) || settingOptions().some(known))
			continue;
		const option = optionName(name);
		// "--" counts for nothing: of a short name, half may not be wrong
		const distance = name.length < 6 ? 2 : 3;
		const near = sameLetters(name) ?? nearestName(option, settingOptions(), distance) ?? nearestName(option, options, distance);
		if (near !== undefined)
			throw new SettingsError(`${name} is no setting: did you mean ${near}?`);
	}
}

/** A setting that differs by capitals or by two letters exchanged. */
function sameLetters(name: string): string | undefined {
	const wanted = sorted(name);
	for (const table of [settingOptions(), options]) {
		for (const option of table) {
			if (sorted(option.name) === wanted)
				return option.name;
		}
	}
	return undefined;
}

function sorted(text: string): string {
	return text.toLowerCase().split("").sort().join("");
}

/** A password that is wrong is not told. */
function readDeviceOption(option: Option, value: unknown): unknown {
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
	return text === "" || text === "open" || (isPrintable(text) && text.length >= 8 && text.length <= 63) ? text : undefined;
}

function readName(text: string): string | undefined {
	if (text.length > NAME_LENGTH || text.startsWith("-") || text.endsWith("-"))
		return undefined;
	for (const character of text) {
		if (!((character >= "a" && character <= "z") || (character >= "A" && character <= "Z") || (character >= "0" && character <= "9") || character === "-"))
			return undefined;
	}
	return text;
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
