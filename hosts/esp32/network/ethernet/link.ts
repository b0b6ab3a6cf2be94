// SPDX-License-Identifier: MIT
/** A board's link by cable. It needs no set-up: the address comes from DHCP, and the settings from the build. */

import { CableLink } from "network/cablelink";
import { hostName } from "common/names";
import type { Status } from "network/link";
import { readDeviceSettings } from "settings/device";
import { readSettings } from "settings/settings";
import { wifiOptions } from "settings/wifi";
import { EthernetInterface } from "device/ethernet";
import type { Config, DeviceLink, LinkOptions } from "../devicelink";

class Cable implements DeviceLink {
	readonly name: string;
	readonly #link: CableLink;

	constructor({ config, onChanged, onAddress, onLost, onNotice }: LinkOptions) {
		const ethernet = new EthernetInterface(onChanged);
		this.name = hostName(ethernet.mac, readDeviceSettings(config).name);
		this.#link = new CableLink({ ethernet, onAddress, onLost, onNotice });
		ethernet.start(this.name);
	}

	get status(): Status | undefined {
		return this.#link.status;
	}

	tick(now: number): void {
		this.#link.tick(now);
	}

	rest(): void {
		// Ethernet has no power save
	}
}

/** @throws Error the hardware does not answer; the message says what to check */
export function openLink(options: LinkOptions): DeviceLink {
	return new Cable(options);
}

/** @returns the settings in effect. There is no set-up with this link, so none of its values are stored
 *  @throws SettingsError */
export function prepareConfig(config: Config, onNotice: (message: string) => void): Config {
	readDeviceSettings(config);
	readSettings(config);
	for (const { name } of wifiOptions()) {
		// "stored" is also about settings that the page has saved
		if (config[name] !== undefined && name !== "stored")
			onNotice(`${name} is ignored: it is for Wi-Fi, and this board uses Ethernet`);
	}
	return config;
}
