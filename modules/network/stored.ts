// SPDX-License-Identifier: MIT
/** What the set-up page has stored in flash, laid over the manifest's and the command line's `config`. */

import { errorText } from "../common/errortext";
import { readDeviceSettings } from "../settings/device";
import { readSettings } from "../settings/settings";
import { readWiFiSettings } from "../settings/wifi";

/** Where it is kept. Any call may throw: flash may be full, or broken. */
export interface Store {
	get(name: string): unknown;
	set(name: string, value: string): void;
	delete(name: string): void;
}

/** What the page may change. A secret is written, and deleted, before what it belongs to: where that is cut off, it
 *  shows. */
export const STORED_NAMES = Object.freeze(["password", "ssid", "name", "rtspPassword", "user"] as const);

export type StoredName = typeof STORED_NAMES[number];
export type StoredValues = Partial<Record<StoredName, string>>;

/** Checks as at the start, by the same code.
 *  @throws SettingsError */
export function checkConfig(config: Record<string, unknown>): void {
	readDeviceSettings(config);
	readWiFiSettings(config);
	readSettings(config);
}

/** Network and password belong together, as user and password do: a stored one brings its own, or none.
 *  @returns a copy of `config` with the values over it */
export function overlay(config: Record<string, unknown>, values: StoredValues): Record<string, unknown> {
	const result = { ...config };
	// where no network is given, "password" is the stream's; from here on it is always the Wi-Fi's
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
	/** Of what cannot be read, nothing. */
	readonly values: StoredValues;
	/** Whether a user was, or may have been, stored who cannot be asked for his password now. */
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

/** `config` with what is stored over it, as far as that is right: what was stored by an older program may not be, and
 *  flash fails, or loses power between two writes. A camera that was given a password is not open to everybody then: it
 *  leaves its network, so that there is set-up, where a user can be chosen again.
 *  @throws SettingsError when `config` itself is wrong */
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

/** The command line's values hold again. @throws whatever the store throws */
export function forgetStored(store: Store): void {
	for (const name of STORED_NAMES)
		store.delete(name);
}
