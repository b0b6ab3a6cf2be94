// SPDX-License-Identifier: MIT
/**
 * The settings of a board besides those of every platform: name, clock, light, restarts. Their names are those of
 * `config` in the manifests and of mcconfig's command line. The desktop's `--help` does not list them.
 */

import { frozen, nearestName, optionName, readOption, settingOptions, SettingsError, type Option } from "./settings";
import { wifiOptions } from "./wifi";

export interface DeviceSettings {
	/** Name in the network (`NAME.local`) and of the set-up network. Empty: derived from the MAC address. */
	readonly name: string;
	/** Time server; empty for none. */
	readonly sntp: string;
	/** Whether name and stream are announced by multicast DNS. */
	readonly discovery: boolean;
	/** Seconds after which the board restarts if the camera cannot be opened, 0 for never. */
	readonly restartDelay: number;
	/** GPIO of the light, -1 for none, and the level that lights it. The board's manifest sets them. */
	readonly ledPin: number;
	readonly ledOn: number;
}

/** Longest name, characters. A DNS label has at most 63; the set-up network, which has the same name, at most 32. */
const NAME_LENGTH = 24;

const options = frozen<Option>([
	{ name: "name", help: "name of the camera in the network",
		text: "letters, digits and '-', at most 24; empty for a name from the MAC address", read: readName },
	{ name: "sntp", help: "time server", text: "a host name; empty for none",
		read: text => text.length > 253 || text.includes(" ") ? undefined : text },
	{ name: "discovery", help: "announcement of name and stream in the network", values: ["on", "off"] },
	{ name: "restartDelay", help: "seconds until a board without a camera restarts, 0 for never", minimum: 0,
		maximum: 86400, integer: true },
	{ name: "led_pin", help: "GPIO of the light, -1 for none", minimum: -1, maximum: 48, integer: true },
	{ name: "led_on", help: "level that turns the light on", minimum: 0, maximum: 1, integer: true },
]);

/** Defaults for a manifest that names no light. */
const LED_DEFAULTS: Record<string, unknown> = Object.freeze({ led_pin: -1, led_on: 1 });

/** @throws SettingsError naming the setting and the allowed values */
export function readDeviceSettings(config: Record<string, unknown>): DeviceSettings {
	const result: Record<string, unknown> = {};
	for (const option of options)
		result[option.name] = readOption(option, config[option.name] ?? LED_DEFAULTS[option.name]);
	return {
		name: result["name"] as string,
		sntp: result["sntp"] as string,
		discovery: result["discovery"] === "on",
		restartDelay: result["restartDelay"] as number,
		ledPin: result["led_pin"] as number,
		ledOn: result["led_on"] as number,
	};
}

/** Tables of all known names. */
const tables: readonly (readonly Option[])[] = Object.freeze([settingOptions(), options, wifiOptions()]);

/** Refuses unknown names that are similar to a setting's: `fsp=10` would otherwise go unnoticed. All other unknown
 *  names are allowed, because the SDK and boards put their own into `config`.
 *  @throws SettingsError naming both */
export function checkNames(config: Record<string, unknown>): void {
	for (const name of Object.keys(config)) {
		if (name === "password" || name === "rtspPassword"
			|| tables.some(table => table.some(option => option.name === name)))
			continue;
		const near = sameLetters(name) ?? nearestOf(name);
		if (near !== undefined)
			throw new SettingsError(`${name} is not a setting: did you mean ${near}?`);
	}
}

function nearestOf(name: string): string | undefined {
	// "--" is in every option and does not count: less than half of a short name may be wrong
	const option = optionName(name), distance = name.length < 6 ? 2 : 3;
	for (const table of tables) {
		const near = nearestName(option, table, distance);
		if (near !== undefined)
			return near;
	}
	return undefined;
}

/** Finds a setting that differs only in case or in the order of its letters. */
function sameLetters(name: string): string | undefined {
	const wanted = sorted(name);
	for (const table of tables) {
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

function readName(text: string): string | undefined {
	if (text.length > NAME_LENGTH || text.startsWith("-") || text.endsWith("-"))
		return undefined;
	for (const character of text) {
		if (!((character >= "a" && character <= "z") || (character >= "A" && character <= "Z")
			|| (character >= "0" && character <= "9") || character === "-"))
			return undefined;
	}
	return text;
}
