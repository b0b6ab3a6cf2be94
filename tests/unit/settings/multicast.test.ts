// SPDX-License-Identifier: MIT
/** Settings of multicast: accepted and refused groups, ports and interfaces. */

import { readSettings, SettingsError } from "settings/settings";
import { assert, equal, type Suite } from "../harness";
import { DEFAULTS } from "./defaults";

const GROUPS: readonly (readonly [text: string, taken: boolean])[] = [
	["", true],
	["224.0.1.0", true],
	["239.255.255.255", true],
	["239.255.42.42", true],
	["224.0.0.255", false],
	["223.255.255.255", false],
	["240.0.0.0", false],
	["127.0.0.1", false],
	["239.1.1", false],
	["239.1.1.1.1", false],
	["239.1.1.256", false],
	["239.1.1.-1", false],
	["239.1.1.", false],
	["239.01.1.1", false],
	["239.1.1.1 ", false],
	["ff02::1", false],
	["group", false],
];

const OTHERS: readonly (readonly [name: string, value: unknown, taken: boolean])[] = [
	["multicastPort", 5004, true],
	["multicastPort", 5005, false],
	["multicastPort", 80, false],
	["multicastTtl", 1, true],
	["multicastTtl", "255", true],
	["multicastTtl", 0, false],
	["multicastTtl", 256, false],
	["multicastInterface", "", true],
	["multicastInterface", "127.0.0.1", true],
	["multicastInterface", "eth0", false],
	["discovery", 1, true],
	["discovery", "off", true],
	["discovery", "yes", false],
	["interfaces", "", true],
	["interfaces", "eth0,192.168.1.7", true],
	["interfaces", "eth0, wlan0", false],
	["interfaces", "eth0,", false],
	["name", "porch-2", true],
	["name", "a_b", false],
];

function take(name: string, value: unknown): string | undefined {
	try {
		readSettings({ ...DEFAULTS, [name]: value });
		return undefined;
	}
	catch (error) {
		assert(error instanceof SettingsError, String(error));
		return error.message;
	}
}

export default function (suite: Suite): void {
	for (const [name, value, taken] of [...GROUPS.map(([text, taken]) => ["multicast", text, taken] as const),
		...OTHERS])
	{
		suite.test(`setting-${name}-${JSON.stringify(value)}-is-${taken ? "taken" : "refused"}`, () => {
			const message = take(name, value);
			equal(message === undefined, taken, message);
			assert(taken || message!.includes(`--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)} is`),
				message);
		});
	}
}
