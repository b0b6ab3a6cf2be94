// SPDX-License-Identifier: MIT
/** Starts the board's `host` over fakes of the SDK's modules, as often as a test needs. */

import WiFi from "embedded:network/interface/wifi";
import board from "board";
import { until } from "../harness";
import { DEVICE } from "../../unit/network/fixture";
import type { RunningHost } from "../../../hosts/contract";
import type FakeWiFi from "./fakes/wifi";

export const wifis = (WiFi as unknown as typeof FakeWiFi).made;

export interface Started {
	readonly wifi: FakeWiFi;
	/** Settings at each start of the program. */
	readonly starts: Record<string, unknown>[];
}

/** Starts a board. */
export function start(config: Record<string, unknown>, run?: (host: RunningHost) => void): Started {
	const starts: Record<string, unknown>[] = [];
	board.ready!({ ...DEVICE, ...config }, (values, host) => {
		starts.push(values);
		run?.(host);
	});
	return { wifi: wifis[wifis.length - 1]!, starts };
}

/** Starts a board and lets it join its network. */
export async function join(config: Record<string, unknown>, run?: (host: RunningHost) => void): Promise<Started> {
	const started = start({ ssid: "home", ...config }, run);
	await until(() => started.wifi.connection === 300);
	started.wifi.become(500, "10.0.0.7");
	return started;
}
