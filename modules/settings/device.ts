// SPDX-License-Identifier: MIT
/**
 * What can be set of a board beside the settings that every platform has: name, clock, light, restarts. The names are
 * those of `config` in the manifests and of mcconfig's command line; no desktop's `--help` lists them.
 */

import { frozen, nearestName, optionName, readOption, settingOptions, SettingsError, type Option } from "./settings";
import { wifiOptions } from "./wifi";

export interface DeviceSettings {
	/** Name in the network (`NAME.local`) and of the set-up network; empty: made of the MAC address. */
	readonly name: string;
	/** Time server; empty: none. */
	readonly sntp: string;
	/** Whether name and stream are announced by multicast DNS. */
	readonly discovery: boolean;
	/** Seconds after which the board restarts when the camera cannot be opened; 0: it does not. */
	readonly restartDelay: number;
	/** GPIO of the light, -1 for none, and the level that lights it: the board's manifest knows. */
	readonly ledPin: number;
	readonly ledOn: number;
}

/** A label of DNS has 63 characters at most; the set-up network's name, which is the same, 32. */
const NAME_LENGTH = 24;

const options = frozen<Option>([
	{ name: "name", help: "name of the camera in the network",
		text: "letters, digits and '-', 24 at most; empty for one of the MAC address", read: readName },
	{ name: "sntp", help: "time server", text: "a host name; empty for none",
		read: text => text.length > 253 || text.includes(" ") ? undefined : text },
	{ name: "discovery", help: "name and stream are announced in the network", values: ["on", "off"] },
	{ name: "restartDelay", help: "seconds until a board without a camera restarts, 0 for never", minimum: 0,
		maximum: 86400, integer: true },
	{ name: "led_pin", help: "GPIO of the light, -1 for none", minimum: -1, maximum: 48, integer: true },
	{ name: "led_on", help: "level that lights it", minimum: 0, maximum: 1, integer: true },
]);

/** Boards say what light they have; a manifest that says nothing has none. */
const LED_DEFAULTS: Record<string, unknown> = Object.freeze({ led_pin: -1, led_on: 1 });

/** @throws SettingsError naming the setting and what would be right */
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

/** Tables whose names are known. */
const tables: readonly (readonly Option[])[] = Object.freeze([settingOptions(), options, wifiOptions()]);

/** The SDK and boards put names of their own into `config`, so that an unknown name is no error. But one that is nearly
 *  a setting's is a slip: `fsp=10` would otherwise go unnoticed.
 *  @throws SettingsError naming both */
export function checkNames(config: Record<string, unknown>): void {
	for (const name of Object.keys(config)) {
		if (name === "password" || name === "rtspPassword"
			|| tables.some(table => table.some(option => option.name === name)))
			continue;
		const near = sameLetters(name) ?? nearestOf(name);
		if (near !== undefined)
			throw new SettingsError(`${name} is no setting: did you mean ${near}?`);
	}
}

function nearestOf(name: string): string | undefined {
	// "--" counts for nothing: of a short name, half may not be wrong
	const option = optionName(name), distance = name.length < 6 ? 2 : 3;
	for (const table of tables) {
		const near = nearestName(option, table, distance);
		if (near !== undefined)
			return near;
	}
	return undefined;
}

/** A setting that differs by capitals or by two letters exchanged. */
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
