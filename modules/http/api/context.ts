// SPDX-License-Identifier: MIT
/** What the API's handlers work with. */

import type { NoticeLog } from "../../common/noticelog";
import type { SettingsStore } from "../../settings/saved";
import type { Setup } from "../../settings/setup";
import type { FrameHub } from "../../stream/hub";
import type { Health } from "../../stream/health";
import type { ServerStatistics } from "../../stream/statistics";
import type { Tuning } from "../../stream/tuning";

/** The camera server, as the API sees it. */
export interface APICamera {
	readonly hub: FrameHub;
	readonly health: Health;
	readonly tuning: Tuning;
	readonly statistics: ServerStatistics;
	/** The RTSP port. */
	readonly port: number;
}

/** Free memory, bytes. */
export interface MemoryFigures {
	readonly free: number;
	/** The largest block. */
	readonly largest: number;
}

/** Free memory of a board: the chip's own, and PSRAM where there is one. */
export interface HeapFigures extends MemoryFigures {
	readonly psram?: MemoryFigures;
}

/** The receiver that the camera sends the stream to. */
export interface PushFigures {
	/** Without credentials. */
	readonly url: string;
	readonly state: "connecting" | "sending" | "waiting";
	/** Seconds since the state began. */
	readonly since: number;
	/** Attempts that followed a failure. */
	readonly retries: number;
	/** Why the last attempt or stream ended; null: none has. */
	readonly error: string | null;
}

export interface APIOptions {
	readonly camera: APICamera;
	/** Name of the camera, for people. */
	readonly name: string;
	/** Name of the user that players need; undefined: they need none. */
	readonly user?: string | undefined;
	/** Name of the RTSP stream, without leading `/`. */
	readonly path: string;
	readonly notices: NoticeLog;
	/** Where settings are saved; undefined: nowhere. */
	readonly store?: SettingsStore | undefined;
	/** Restarts the board a few seconds later; undefined: the camera is reopened instead. */
	readonly restart?: (() => void) | undefined;
	readonly heap?: (() => HeapFigures) | undefined;
	/** Set-up of a board that has one. */
	readonly setup?: Setup | undefined;
	/** undefined: the camera sends to no receiver. */
	readonly push?: (() => PushFigures) | undefined;
}
