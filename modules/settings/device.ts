// SPDX-License-Identifier: MIT
/**
 * The settings of a board besides those of every platform: name, clock, light, restarts. Their names are those of
 * `config` in the manifests and of mcconfig's command line. The desktop's `--help` does not list them.
 */

import { frozen, integer, nameOption, nearestRow, optionName, readTable, settingOptions, SettingsError, text,
	type Option, type Values } from "./settings";
import { wifiOptions } from "./wifi";

const options = frozen([
	nameOption,
	text("sntp", "time server", "a host name; empty for none", "pool.ntp.org",
		text => text.length > 253 || text.includes(" ") ? undefined : text),
	integer("restartDelay", "seconds until a board without a camera restarts, 0 for never", 0, 86400, 60),
	integer("led_pin", "GPIO of the light, -1 for none; the board's manifest sets it", -1, 48, -1),
	integer("led_on", "level that turns the light on; the board's manifest sets it", 0, 1, 1),
]);

/** A property per row of the table. */
export type DeviceSettings = Values<typeof options>;

/** The table, to look up names. */
export function deviceOptions(): readonly Option[] {
	return options;
}

/** @throws SettingsError naming the setting and the allowed values */
export function readDeviceSettings(config: Record<string, unknown>): DeviceSettings {
	return readTable(options, config);
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
			throw new SettingsError(`${name} is not a setting: did you mean ${near.name} (${near.help})?`);
	}
}

function nearestOf(name: string): Option | undefined {
	// "--" is in every option and does not count: less than half of a short name may be wrong
	const option = optionName(name), distance = name.length < 6 ? 2 : 3;
	for (const table of tables) {
		const near = nearestRow(option, table, distance);
		if (near !== undefined)
			return near;
	}
	return undefined;
}

/** Finds a setting that differs only in case or in the order of its letters. */
function sameLetters(name: string): Option | undefined {
	const wanted = sorted(name);
	for (const table of tables) {
		for (const option of table) {
			if (sorted(option.name) === wanted)
				return option;
		}
	}
	return undefined;
}

function sorted(text: string): string {
	return text.toLowerCase().split("").sort().join("");
}
