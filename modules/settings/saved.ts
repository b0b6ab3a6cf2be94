// SPDX-License-Identifier: MIT
/**
 * Settings that were saved while the camera ran: size, quality, frame rate, and the sensor's controls. They are one
 * JSON object with the names of the settings (settings.ts). They override the manifest, and the command line overrides
 * them.
 */

import { sensorControls } from "../camera/sensorcontrols";
import { errorText } from "../common/errortext";
import { readSettings, SettingsError } from "./settings";

/** Where they are kept. Any method may throw an Error that says what failed. */
export interface SettingsStore {
	/** @returns undefined if nothing is saved */
	read(): string | undefined;
	/** Replaces what is saved, completely or not at all. */
	write(text: string): void;
	/** Has no effect if nothing is saved. */
	remove(): void;
}

export type SavedValue = number | string;

/** What is saved beyond this is not, characters. */
const LONGEST = 4000;

/** Whether a setting can be saved. */
export function isSavable(name: string): boolean {
	return name === "fps" || name === "quality" || name === "size"
		|| (name !== "xclk" && sensorControls.some(control => control.name === name));
}

/** @returns values by name
 *  @throws Error the text is not one that `formatSaved` has written; the message says why */
export function parseSaved(text: string): Record<string, SavedValue> {
	if (text.length > LONGEST)
		throw new Error(`it is longer than ${LONGEST} characters`);
	const value: unknown = JSON.parse(text);
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new Error("it is not an object");
	const result: Record<string, SavedValue> = {};
	for (const [name, item] of Object.entries(value)) {
		if (!isSavable(name))
			throw new Error(`${name} is not a setting that can be saved`);
		if (typeof item !== "number" && typeof item !== "string")
			throw new Error(`${name} is neither a number nor a text`);
		result[name] = item;
	}
	return result;
}

export function formatSaved(values: Readonly<Record<string, SavedValue>>): string {
	return `${JSON.stringify(values, undefined, "\t")}\n`;
}

/** The owner's limits, and the settings that they have the values of if they are not given. */
const LIMITS = Object.freeze([["maxFps", "fps"], ["bestQuality", "quality"], ["maxSize", "size"]] as const);

/** Applies saved settings. A saved value that is not allowed is left out with a notice. A saved value does not become
 *  the limit for later ones: limits that are not given stay those without saved settings.
 *  @param base the manifest's `config`
 *  @param given what overrides saved settings: the command line
 *  @returns a new `config`; without saved settings, or if `base` and `given` are not valid, these two alone */
export function applySaved(
	base: Readonly<Record<string, unknown>>,
	given: Readonly<Record<string, unknown>>,
	store: SettingsStore,
	onNotice: (message: string) => void,
): Record<string, unknown> {
	const result: Record<string, unknown> = { ...base, ...given };
	let saved: Record<string, SavedValue>;
	try {
		const text = store.read();
		if (text === undefined)
			return result;
		saved = parseSaved(text);
	}
	catch (error) {
		onNotice(`the saved settings are not used: ${errorText(error)}`);
		return result;
	}
	try {
		const { maxFrameRate, bestQuality, maxSize } = readSettings(result);
		const limits = { maxFps: maxFrameRate === Infinity ? 0 : maxFrameRate, bestQuality, maxSize };
		for (const [limit, name] of LIMITS) {
			if (saved[name] !== undefined)
				result[limit] = limits[limit];
		}
	}
	catch (error) {
		if (error instanceof SettingsError)
			return result; // the program ends with the same error
		throw error;
	}
	for (const [name, value] of Object.entries(saved)) {
		if (given[name] !== undefined)
			continue;
		const before = result[name];
		result[name] = value;
		try {
			readSettings(result);
		}
		catch (error) {
			result[name] = before;
			onNotice(`the saved ${name} is not used: ${errorText(error)}`);
		}
	}
	return result;
}
