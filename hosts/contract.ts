// SPDX-License-Identifier: MIT
/** Interface of every host's `host` module to main.ts. */

import type { NoticeLog } from "../modules/common/noticelog";
import type { HeapFigures } from "../modules/http/api/context";
import type { SettingsStore } from "../modules/settings/saved";
import type { Setup } from "../modules/settings/setup";
import type { ServerStatistics } from "../modules/stream/statistics";

/** The running server. */
export interface Running {
	/** IP literal that the server is bound to; empty: all addresses of the machine. */
	readonly address: string;
	readonly port: number;
	/** Stream name. */
	readonly path: string;
	/** HTTP port; undefined if there is none. */
	readonly httpPort?: number | undefined;
	readonly statistics: () => ServerStatistics;
	/** Sends BYE to all clients and frees everything. */
	readonly stop: () => void;
}

/** Receives the program's notices and its outcome. */
export interface RunningHost {
	/** A message for the user. */
	notice(message: string): void;
	/** The notices of this host and of the program, if the host keeps them itself. */
	readonly notices?: NoticeLog;
	/** Name of the camera, for people and in the network. Default: --name, or one from the MAC address. */
	readonly name?: string;
	/** MAC address of the machine: 12 hexadecimal digits, lower case. Absent if there is no interface with one. */
	readonly hardwareAddress?: string | undefined;
	/** @param config the settings in effect
	 *  @returns where settings can be saved; undefined: nowhere */
	openStore?(config: Record<string, unknown>): SettingsStore | undefined;
	/** Set-up of a board that has one. */
	readonly setup?: Setup | undefined;
	/** Free memory of a board. */
	heap?(): HeapFigures;
	/** Restarts the board after a few seconds. Absent where that is not possible. */
	restart?(): void;
	/** The server runs. The host shows the user its address and, from then on, its status. */
	started(running: Running): void;
	/** The server could not be started. A text is for the user, an Error for the developer. */
	failed(error: string | Error): void;
}

/** A platform's host. */
export interface Host extends RunningHost {
	/** Optional. If present, it is called instead of starting the server immediately. It calls `start` once, when the
	 *  server may start, with the settings in effect and the host to notify.
	 *  If the server cannot start, it tells the user why instead. */
	ready?(config: Record<string, unknown>, start: (config: Record<string, unknown>, host: RunningHost) => void): void;
}
