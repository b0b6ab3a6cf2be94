// SPDX-License-Identifier: MIT
/** Set-up of a board on Wi-Fi: checks values, and stores them for the next start. */

import { errorText } from "../common/errortext";
import { CONTROL, LINE_END, TAB, classesOf } from "../octets/octets";
import { readDeviceSettings } from "../settings/device";
import { readSettings, SettingsError, withConfigNames } from "../settings/settings";
import type { Setup, SetupName, SetupRefusal, SetupState, SetupValues } from "../settings/setup";
import { readWiFiSettings } from "../settings/wifi";
import { forgetStored, overlay, STORED_NAMES, writeStored, type Store, type StoredValues } from "./stored";

/** Looks for nearby networks. */
export interface NetworkFinder {
	/** Names, strongest first. */
	readonly networks: readonly string[];
	readonly isSearching: boolean;
	search(): void;
}

export interface BoardSetupOptions {
	/** Settings in effect: manifest, command line and flash. */
	readonly config: Record<string, unknown>;
	readonly store: Store;
	readonly finder: NetworkFinder;
	/** Settings were stored. They may take effect only after the response is sent. */
	readonly onStored: () => void;
	readonly onNotice: (message: string) => void;
}

type Config = Record<string, unknown>;

/** Whose fault it is if reading fails, in this order: what is read is valid but for that value. */
const CHECKS: readonly (readonly [SetupName, (config: Config) => void])[] = Object.freeze([
	["name", (config: Config): void => void readDeviceSettings(config)],
	["ssid", (config: Config): void => void readWiFiSettings({ ...config, password: "" })],
	["password", (config: Config): void => void readWiFiSettings(config)],
	["user", (config: Config): void => void readSettings(config)],
]);

export class BoardSetup implements Setup {
	readonly #options: BoardSetupOptions;
	/** Settings including those stored since the start, so that a second change builds on the first. */
	#config: Config;

	constructor(options: BoardSetupOptions) {
		this.#options = options;
		this.#config = options.config;
	}

	get state(): SetupState {
		const { networks, isSearching } = this.#options.finder;
		return { ssid: this.#present("ssid"), name: this.#present("name"), user: this.#present("user"), networks,
			searching: isSearching };
	}

	search(): void {
		this.#options.finder.search();
	}

	save(values: SetupValues): SetupRefusal | undefined {
		const complete = this.#complete(values), refusal = this.#check(complete);
		if (refusal)
			return refusal;
		const { store, onStored, onNotice } = this.#options;
		try {
			writeStored(store, complete);
		}
		catch {
			onNotice("the settings of set-up could not be stored");
			return { name: "store", message: "The settings could not be saved." };
		}
		this.#config = overlay(this.#config, complete);
		onNotice("new settings are stored");
		onStored();
		return undefined;
	}

	forget(): SetupRefusal | undefined {
		const { store, onStored, onNotice } = this.#options;
		try {
			forgetStored(store);
		}
		catch {
			onNotice("the stored settings could not be deleted");
			return { name: "store", message: "The settings could not be deleted." };
		}
		onNotice("the stored settings are deleted");
		onStored();
		return undefined;
	}

	#present(name: SetupName): string {
		return String(this.#config[name] ?? "");
	}

	/** Network and password belong together, as do user and password: adds the other half. */
	#complete({ ssid, password, open = false, name, user, rtspPassword }: SetupValues): StoredValues {
		const result: StoredValues = name === undefined ? {} : { name };
		if (ssid !== undefined || password !== undefined || open) {
			result.ssid = ssid ?? this.#present("ssid");
			result.password = open ? "" : password || this.#kept("ssid", result.ssid, "password");
		}
		if (user !== undefined || rtspPassword !== undefined) {
			result.user = user ?? this.#present("user");
			result.rtspPassword = rtspPassword || this.#kept("user", result.user, "rtspPassword");
		}
		return result;
	}

	/** The present secret of an unchanged owner; "" of another. */
	#kept(name: SetupName, owner: string, secret: SetupName): string {
		return owner === this.#present(name) ? this.#present(secret) : "";
	}

	#check(values: StoredValues): SetupRefusal | undefined {
		for (const name of STORED_NAMES) {
			if (classesOf(values[name] ?? "") & (CONTROL | LINE_END | TAB))
				return { name, message: "Use no control characters." };
		}
		if ((values.ssid ?? this.#present("ssid")) === "")
			return { name: "ssid", message: "Enter the name of the Wi-Fi network." };
		if (values.user && values.rtspPassword === "")
			return { name: "rtspPassword", message: "Enter a password for this user." };
		if (values.user === "" && values.rtspPassword)
			return { name: "user", message: "Enter the user of this password." };
		const config = overlay(this.#config, values);
		for (const [name, check] of CHECKS) {
			try {
				check(config);
			}
			catch (error) {
				if (error instanceof SettingsError)
					return { name, message: withConfigNames(errorText(error)) };
				throw error;
			}
		}
		return undefined;
	}
}
