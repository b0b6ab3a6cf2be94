// SPDX-License-Identifier: MIT
/** A board's link by Wi-Fi: joins the configured network, or offers a set-up page on an access point of its own. */

import { hostName } from "common/names";
import { BoardSetup } from "network/setup";
import { makePassword } from "network/setuppassword";
import { Site } from "network/site";
import { applyStored } from "network/stored";
import type { Status } from "network/link";
import { WiFiLink } from "network/wifilink";
import random32 from "random";
import { readDeviceSettings } from "settings/device";
import type { Setup } from "settings/setup";
import { readWiFiSettings, type WiFiSettings } from "settings/wifi";
import { flash } from "device/flash";
import { SetupServer } from "device/setupserver";
import { WiFiRadio } from "device/wifiradio";
import type { Config, DeviceLink, LinkOptions } from "../devicelink";

/** IDF's default address for the access point. */
const SETUP_ADDRESS = "192.168.4.1";
const SETUP_PORT = 80;

class WiFi implements DeviceLink {
	readonly name: string;
	readonly #options: LinkOptions;
	readonly #settings: WiFiSettings;
	readonly #radio: WiFiRadio;
	readonly #link: WiFiLink;
	readonly setup: Setup;
	#server: SetupServer | undefined;

	constructor(options: LinkOptions) {
		const { config, onChanged, onAddress, onLost, onStored, onNotice } = options;
		this.#options = options;
		this.#settings = readWiFiSettings(config);
		this.#radio = new WiFiRadio(onChanged);
		this.name = hostName(this.#radio.mac, readDeviceSettings(config).name);
		try {
			this.#radio.hostName = this.name;
		}
		catch {
			onNotice("the camera's name cannot be set for DHCP");
		}
		const { ssid, password, wifiTimeout } = this.#settings;
		this.#link = new WiFiLink({
			radio: this.#radio,
			ssid,
			password,
			onAddress,
			onLost,
			onNotice,
			setupName: this.name,
			setupPassword: this.#setupPassword(),
			timeout: wifiTimeout * 1000,
			onSetup: open => this.#offerSetup(open),
		});
		this.setup = new BoardSetup({ config, store: flash, finder: this.#link, onStored, onNotice });
	}

	get status(): Status | undefined {
		return this.#link.status;
	}

	tick(now: number): void {
		this.#link.tick(now);
	}

	/** Lets the radio sleep between beacons, which delays packets by up to 300 ms. */
	rest(may: boolean): void {
		try {
			this.#radio.powerSave = may && this.#settings.powerSave;
		}
		catch {
			this.#options.onNotice("the radio's power save cannot be set");
		}
	}

	#offerSetup(open: boolean): void {
		this.#server?.close();
		this.#server = undefined;
		if (!open)
			return;
		const { onNotice } = this.#options;
		this.#server = new SetupServer({
			port: SETUP_PORT,
			onNotice,
			site: new Site({
				setup: this.setup,
				hosts: [SETUP_ADDRESS, `${SETUP_ADDRESS}:${SETUP_PORT}`],
				token: `${random32().toString(16)}${random32().toString(16)}`,
				onUse: () => this.#link.touch(),
			}),
		});
		onNotice(`set-up: join the Wi-Fi network "${this.name}" and open http://${SETUP_ADDRESS}/`);
	}

	/** A generated password is stored and written to the log, which can only be read by cable. */
	#setupPassword(): string {
		const { onNotice, onSecret } = this.#options, { apPassword } = this.#settings;
		if (apPassword === "open")
			return "";
		if (apPassword !== "")
			return apPassword;
		let password: unknown;
		try {
			password = flash.get("apPassword");
			if (typeof password !== "string" || password.length < 8)
				flash.set("apPassword", password = makePassword(random32));
		}
		catch {
			onNotice("the set-up network's password cannot be stored: it changes at the next start");
		}
		const text = typeof password === "string" ? password : makePassword(random32);
		onSecret(`password of the set-up network "${this.name}": ${text}`);
		return text;
	}
}

/** @throws Error there is no memory for Wi-Fi */
export function openLink(options: LinkOptions): DeviceLink {
	return new WiFi(options);
}

/** @returns the settings in effect: the build's, overridden by those that the set-up page has stored
 *  @throws SettingsError */
export function prepareConfig(config: Config, onNotice: (message: string) => void): Config {
	return applyStored(config, flash, onNotice);
}
