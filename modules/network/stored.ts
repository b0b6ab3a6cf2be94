// SPDX-License-Identifier: MIT
/** Settings that the set-up page has stored in flash. They override the `config` of manifest and command line. */

import { errorText } from "../common/errortext";
import { readDeviceSettings } from "../settings/device";
import { readSettings } from "../settings/settings";
import { readWiFiSettings } from "../settings/wifi";

/** Persistent storage. Any call may throw: flash may be full or broken. */
export interface Store {
	get(name: string): unknown;
	set(name: string, value: string): void;
	delete(name: string): void;
}

/** Settings that the page can change. A secret is written and deleted before the name it belongs to, so that an
 *  interruption in between can be detected. */
export const STORED_NAMES = Object.freeze(["password", "ssid", "name", "rtspPassword", "user"] as const);

export type StoredName = typeof STORED_NAMES[number];
export type StoredValues = Partial<Record<StoredName, string>>;

/** Checks settings with the same code as at the start.
 *  @throws SettingsError */
export function checkConfig(config: Record<string, unknown>): void {
	readDeviceSettings(config);
	readWiFiSettings(config);
	readSettings(config);
}

/** Overrides settings with stored ones. Network and password belong together, as do user and password: a stored network
 *  or user also replaces the password, with an empty one if none is stored.
 *  @returns a copy of `config` with the values applied */
export function overlay(config: Record<string, unknown>, values: StoredValues): Record<string, unknown> {
	const result = { ...config };
	// if no network is given, "password" is the stream's; from here on it is always the Wi-Fi's
	if (result["ssid"] === undefined) {
		result["ssid"] = "";
		result["rtspPassword"] ??= result["password"] ?? "";
		result["password"] = "";
	}
	for (const [name, secret] of [["ssid", "password"], ["user", "rtspPassword"]] as const) {
		if (values[name] !== undefined) {
			result[name] = values[name];
			result[secret] = values[secret] ?? "";
		}
	}
	if (values.name !== undefined)
		result["name"] = values.name;
	return result;
}

interface Reading {
	/** The values that could be read. */
	readonly values: StoredValues;
	/** Whether a user was, or may have been, stored whose password cannot be checked now. */
	loginInDoubt: boolean;
}

function readStored(store: Store, onNotice: (message: string) => void): Reading {
	const values: StoredValues = {};
	let failed = false;
	for (const name of STORED_NAMES) {
		try {
			const value = store.get(name);
			if (typeof value === "string")
				values[name] = value;
		}
		catch {
			onNotice(`the stored ${name} cannot be read`);
			failed ||= name === "user" || name === "rtspPassword";
		}
	}
	const { user, rtspPassword = "" } = values;
	return { values,
		loginInDoubt: failed || (user === undefined ? rtspPassword !== "" : user !== "" && rtspPassword === "") };
}

/** Applies the stored settings to `config`, if they are valid. Settings of an older program may be invalid, flash may
 *  fail, and power may be lost between two writes. If a stored login was lost in this way, the camera does not become
 *  open to everybody: it leaves its network, so that set-up opens and the user can choose a login again.
 *  @throws SettingsError `config` itself is invalid */
export function applyStored(
	config: Record<string, unknown>,
	store: Store,
	onNotice: (message: string) => void,
): Record<string, unknown> {
	let result = overlay(config, {});
	checkConfig(result);
	if (!readWiFiSettings(result).stored)
		return result;
	const reading = readStored(store, onNotice), { values } = reading;
	for (const group of [["ssid", "password"], ["user", "rtspPassword"], ["name"]] as const) {
		const part: StoredValues = {};
		for (const name of group) {
			const value = values[name];
			if (value !== undefined)
				part[name] = value;
		}
		const next = overlay(result, part);
		try {
			checkConfig(next);
			result = next;
		}
		catch (error) {
			onNotice(`the stored ${group[0]} is not used: ${errorText(error)}`);
			reading.loginInDoubt ||= group[0] === "user";
		}
	}
	if (reading.loginInDoubt && (result["user"] ?? "") === "") {
		onNotice(
			"nobody can watch: the stored user or password was lost. Choose both again on the set-up page, or "
				+ "program with stored=ignore",
		);
		return { ...result, ssid: "", password: "" };
	}
	return result;
}

/** @throws whatever the store throws */
export function writeStored(store: Store, values: StoredValues): void {
	for (const name of STORED_NAMES) {
		const value = values[name];
		if (value !== undefined)
			store.set(name, value);
	}
}

/** Deletes the stored values, so that those of the command line take effect again.
 *  @throws whatever the store throws */
export function forgetStored(store: Store): void {
	for (const name of STORED_NAMES)
		store.delete(name);
}
