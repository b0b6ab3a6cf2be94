// SPDX-License-Identifier: MIT
/** What a camera server shares with another server of the same camera: frames, places, and the user's password. */

import type { Authenticator } from "../rtsp/authenticator";
import type { Places } from "../rtsp/places";
import type { TCPConnections } from "../sockets/connections";
import type { FrameHub } from "./hub";
import type { Tuning } from "./tuning";

export interface CameraAccess {
	readonly hub: FrameHub;
	readonly tuning: Tuning;
	readonly places: Places;
	readonly connections: TCPConnections;
	/** Number of RTSP sessions of an address, playing or not. */
	readonly sessionsOf: (address: string) => number;
	/** undefined if no password is required. */
	readonly authenticator: Authenticator | undefined;
	/** Number of viewers that the other server sends the stream to. It keeps this up to date. */
	viewerCount: number;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Wall-clock time of an instant on the hub's clock: milliseconds since 1970. */
	readonly unixTime: (time: number) => number;
}
