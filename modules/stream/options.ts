// SPDX-License-Identifier: MIT
/** The options of a camera server. All but the camera and the port have defaults, those of the settings. */

import type { FrameSize } from "../camera/sizes";
import type { FrameSource } from "../camera/source";
import type { Uptime } from "../common/uptime";
import { readSettings } from "../settings/settings";

export interface CameraServerSettings {
	/** IPv4 address to listen on; empty for all. */
	readonly address: string;
	/** Stream name, `rtsp://camera/NAME`; empty for `rtsp://camera/`. */
	readonly path: string;
	/** Highest frame rate sent, also given in SDP, frames per second. */
	readonly frameRate: number;
	/** Initial JPEG quality number, on the OV2640's scale: 0 (best) to 63. */
	readonly quality: number;
	/** Initial values of the sensor's controls, by name. */
	readonly controls: Readonly<Record<string, number>>;
	/** Largest RTP packets, bytes. */
	readonly tcpPacketSize: number;
	readonly udpPacketSize: number;
	/** First UDP port to try for RTP, even; RTCP uses the next. */
	readonly udpPort: number;
	/** UDP packets sent in a row, to all clients together, before a pause; 0 for no pause. */
	readonly burst: number;
	/** The pause, milliseconds. */
	readonly spacing: number;
	/** Multicast group, IPv4; empty for none. */
	readonly multicast: string;
	/** UDP port of the group for RTP, even; RTCP uses the next. */
	readonly multicastPort: number;
	/** IP time to live of multicast, 1 to 255. */
	readonly multicastTtl: number;
	/** IPv4 address of the interface for multicast; empty to follow the routes. */
	readonly multicastInterface: string;
	/** Seconds after which a silent session ends. */
	readonly sessionTimeout: number;
	/** Longest time that a client may hold a frame, milliseconds. */
	readonly leaseDeadline: number;
	/** Seconds after which a stalled TCP client is dropped; 0 for never. */
	readonly stallTimeout: number;
	/** Seconds without a frame after which the camera is reopened. */
	readonly cameraTimeout: number;
	/** Bit rate to keep, kbit/s; 0 for no adaptation, Infinity to follow the links. */
	readonly bitrate: number;
	/** Clients that may set parameters: all that may watch, the authenticated user, or none. */
	readonly control: "anybody" | "user" | "nobody";
	/** Bounds for what clients may set, and for the adaptation. Default of `maxFrameRate` and `bestQuality`:
	 *  `frameRate` and `quality`. */
	readonly minFrameRate: number;
	readonly maxFrameRate: number;
	readonly bestQuality: number;
	readonly worstQuality: number;
	readonly maxSize: FrameSize;
	/** User name; empty to let anyone watch. */
	readonly user: string;
	readonly password: string;
	readonly auth: "digest" | "digest-sha256" | "basic" | "none";
	/** Seconds that a Digest nonce is valid. */
	readonly nonceTimeout: number;
	/** Wrong passwords after which an address is locked out; 0 for never. */
	readonly failureLimit: number;
	/** Seconds that an address stays locked out. */
	readonly lockTime: number;
	/** Maximum numbers of connections and sessions, of sessions per connection, and of sessions per address without a
	 *  user. */
	readonly connectionLimit: number;
	readonly sessionLimit: number;
	readonly connectionSessions: number;
	readonly addressSessions: number;
	/** Limits of a request: bytes of its head, number of header fields, bytes of its body. */
	readonly headLimit: number;
	readonly headerLimit: number;
	readonly bodyLimit: number;
	/** Seconds that a new connection has for its first request. */
	readonly requestTimeout: number;
	/** Takes a notice for the user, one line. */
	readonly onNotice: (message: string) => void;
}

export interface CameraServerOptions extends Partial<CameraServerSettings> {
	/** RTSP port; 0 for any free one. */
	readonly port: number;
	/** The server reads it every second. Default: its own. */
	readonly uptime?: Uptime;
	/** Opens the camera, and reopens it after a failure. The camera calls `onReadable` for each frame. May throw. */
	readonly openSource: (onReadable: () => void) => FrameSource;
}

/** The options, with defaults filled in. */
export type CompleteOptions = CameraServerSettings & CameraServerOptions;

const settings = readSettings({});

const DEFAULTS: CameraServerSettings = Object.freeze({ ...settings, controls: Object.freeze(settings.controls),
	onNotice: () => undefined });

/** @param given an undefined option has its default, like an absent one */
export function completeOptions(given: CameraServerOptions): CompleteOptions {
	const { port, openSource, frameRate = DEFAULTS.frameRate, quality = DEFAULTS.quality } = given;
	const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
	return { ...DEFAULTS, maxFrameRate: frameRate, bestQuality: quality, ...defined, port, openSource };
}
