/** A board's link by cable. There is no set-up: DHCP is all that it needs, and settings are those that it was programmed with. */

import { CableLink } from "network/cablelink";
import { hostName } from "network/names";
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
		// a cable has nothing to save
	}
}

/** @throws Error there is no such hardware: the message says what to look at */
export function openLink(options: LinkOptions): DeviceLink {
	return new Cable(options);
}

/** @returns settings as they hold: nothing is stored here, what another program has stored is not used
 *  @throws SettingsError */
export function prepareConfig(config: Config, onNotice: (message: string) => void): Config {
	readDeviceSettings(config);
	readSettings(config);
	for (const { name } of wifiOptions()) {
		if (config[name] !== undefined)
			onNotice(`${name} is for Wi-Fi and not used: this board is in its network by a cable`);
	}
	return config;
}
