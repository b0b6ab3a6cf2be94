// SPDX-License-Identifier: MIT
/** What main.ts gives to ONVIF, and what it gets. */

import type { Endpoint } from "../discovery/types";
import type { Route } from "../http/types";
import type { CameraAccess } from "../stream/access";
import type { FrameHub } from "../stream/hub";
import type { Tuning } from "../stream/tuning";

/** The camera server, as ONVIF sees it. */
export interface ONVIFCamera {
	readonly hub: FrameHub;
	readonly tuning: Tuning;
	readonly access: CameraAccess;
	/** The RTSP port. */
	readonly port: number;
}

export interface ONVIFOptions {
	readonly camera: ONVIFCamera;
	/** Name of the camera, for people. */
	readonly name: string;
	/** Name of the RTSP stream, without leading `/`. */
	readonly path: string;
	/** Of the user. Used only where the camera needs a password: WS-Security's digest is made with the password
	 *  itself. */
	readonly password: string;
	/** Names of the camera besides those of guard.ts, in lower case. */
	readonly httpHosts: readonly string[];
	/** The stream's multicast group; "" for none. */
	readonly multicast: string;
	/** kbit/s that the stream is adapted to; 0 and Infinity for none. */
	readonly bitrate: number;
	/** MAC address, 12 hexadecimal digits. */
	readonly hardwareAddress?: string | undefined;
	/** Whether the camera answers to WS-Discovery. */
	readonly isDiscoverable: boolean;
	/** Restarts the board a few seconds later; undefined: that is not possible. */
	readonly restart?: (() => void) | undefined;
	/** Takes a notice for the user. */
	readonly onNotice: (message: string) => void;
}

export interface ONVIF {
	readonly routes: readonly Route[];
	readonly endpoint: Endpoint;
}
