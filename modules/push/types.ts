// SPDX-License-Identifier: MIT
/** What the program gives to push, and gets from it. */

import type { CameraAccess } from "../stream/access";
import type { StreamControl } from "../rtsp/types";

export interface PushOptions {
	/** `rtsp://user:password@host:port/path`, as the settings have checked it. */
	readonly url: string;
	/** The stream, and what its servers share. */
	readonly stream: StreamControl;
	readonly access: CameraAccess;
	/** Name of the session, shown to viewers. */
	readonly name: string;
	/** Seconds that a receiver may take no data while some is waiting; 0 for no limit. */
	readonly stallTimeout: number;
	/** Takes a notice for the user, one line without credentials. */
	readonly onNotice: (message: string) => void;
}

/** `waiting`: for the next attempt. */
export type PushState = "connecting" | "sending" | "waiting";

export interface PushStatus {
	/** Without credentials. */
	readonly url: string;
	readonly state: PushState;
	/** Seconds since the state began. */
	readonly since: number;
	/** Attempts that followed a failure, since the start. */
	readonly retries: number;
	/** Why the last attempt or stream ended; null: none has. */
	readonly error: string | null;
}

/** A running push. */
export interface Push {
	readonly status: PushStatus;
	/** Ends the stream, with BYE and TEARDOWN. */
	close(): void;
}

export type PushOpener = (options: PushOptions) => Push;
