// SPDX-License-Identifier: MIT
/** What servers share: places, connections and the user's password, and with a camera server also its frames. */

import type { Authenticator } from "../rtsp/authenticator";
import type { Places } from "../rtsp/places";
import type { TCPConnections } from "../sockets/connections";
import type { FrameHub } from "./hub";
import type { Tuning } from "./tuning";

export interface ServerAccess {
	readonly places: Places;
	readonly connections: TCPConnections;
	/** Number of RTSP sessions of an address, playing or not; 0 without a camera server. */
	readonly sessionsOf: (address: string) => number;
	/** undefined if no password is required. */
	readonly authenticator: Authenticator | undefined;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
}

export interface CameraAccess extends ServerAccess {
	readonly hub: FrameHub;
	readonly tuning: Tuning;
	/** Number of viewers that the other server sends the stream to. It keeps this up to date. */
	viewerCount: number;
	/** Wall-clock time of an instant on the hub's clock: milliseconds since 1970. */
	readonly unixTime: (time: number) => number;
}
