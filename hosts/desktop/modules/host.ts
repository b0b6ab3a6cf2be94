// SPDX-License-Identifier: MIT
/** `host` on the desktop: status on a terminal or in a log, Ctrl-C, the machine's addresses. */

import { readInterfaces } from "interfaces";
import Process from "process";
import Timer from "timer";
import type { SettingsStore } from "settings/saved";
import { SettingsFile } from "settingsfile";
import { hardwareAddressOf, parseInterfaces } from "sockets/networkinterface";
import type { Host } from "../../contract";
import { StatusLine } from "hosts/statusline";

const host: Host = Object.freeze({
	notice(message) {
		Process.error(message);
	},

	get hardwareAddress() {
		return hardwareAddressOf(parseInterfaces(readInterfaces()));
	},

	openStore({ settingsFile = "" }: Record<string, unknown>): SettingsStore | undefined {
		return settingsFile === "" ? undefined : new SettingsFile(String(settingsFile));
	},

	started({ address: own, port, path, httpPort, statistics, stop }) {
		for (const address of own === "" ? allAddresses() : [own]) {
			if (httpPort !== undefined)
				trace(`http://${address}:${httpPort}/\n`);
			trace(`rtsp://${address}:${port}/${path}\n`);
		}
		const terminal = Process.isTerminal();
		if (terminal)
			trace("Press Ctrl-C to stop\n");
		const status = new StatusLine();
		const startTime = Date.now();
		let last = startTime, playing = 0;
		const show = (): void => {
			const now = Date.now(), numbers = statistics();
			if (terminal) {
				// overwrites the line in place and clears the rest of a longer one
				trace(`\r${status.format(numbers, (now - last) / 1000)}\u001b[K`);
				last = now;
			}
			else if (numbers.playing !== playing || (numbers.playing && now - last >= 10_000)) {
				trace(`${status.format(numbers, (now - last) / 1000)}\n`);
				playing = numbers.playing;
				last = now;
			}
		};
		const timer = Timer.repeat(() => {
			try {
				show();
			}
			catch {
				// no memory for a line: the next one follows in a second
			}
		}, 1000);
		Process.onStop(() => {
			Timer.clear(timer);
			stop();
			if (terminal)
				trace("\n");
			Process.exit(0);
		});
	},

	failed(error) {
		Process.error(typeof error === "string" ? error : error.message);
		Process.abort(typeof error === "string" ? 2 : 1);
	},
} satisfies Host);

/** The machine's IPv4 addresses, loopback first. */
function allAddresses(): string[] {
	return parseInterfaces(readInterfaces()).flatMap(({ addresses }) => addresses.map(({ address }) => address));
}

export default host;
