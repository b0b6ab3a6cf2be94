// SPDX-License-Identifier: MIT
/**
 * The session description (RFC 4566, RFC 2326 appendix C) of one JPEG track (RFC 2435 section 3, RFC 3551 table 5).
 */

import type { StreamDescription } from "./types";
import { TRACK_PREFIX } from "./url";
import { toVisible } from "./text";

/** Largest width or height that an RTP/JPEG header can carry, pixels: 255 blocks of 8. */
const HEADER_LIMIT = 2040;

export interface SDPWriterOptions {
	/** Numeric session identifier of `o=`: unsigned 32-bit, different at each start of the server. */
	readonly id: number;
	/** Session name, shown to users. */
	readonly name: string;
}

export class SDPWriter {
	readonly #id: number;
	readonly #name: string;
	#media = "";
	#version = 0;

	constructor({ id, name }: SDPWriterOptions) {
		this.#id = id;
		this.#name = toVisible(name) || "-";
	}

	/** @param localAddress IP literal that the client connected to */
	format(description: StreamDescription, localAddress: string | undefined): string {
		const media = formatMedia(description);
		// a changed description needs a new version (RFC 4566 section 5.2)
		if (media !== this.#media) {
			this.#media = media;
			this.#version += 1;
		}
		const address = localAddress ?? "0.0.0.0";
		// GStreamer takes the address family of its UDP sockets from c=. The multicast group is not named here:
		// GStreamer would then ask for multicast only. ffmpeg and GStreamer take group, port and time to live from the
		// Transport reply.
		const isIPv6 = address.includes(":");
		return "v=0\r\n"
			+ `o=- ${this.#id} ${this.#version} IN ${isIPv6 ? "IP6" : "IP4"} ${address}\r\n`
			+ `s=${this.#name}\r\n`
			+ `c=IN ${isIPv6 ? "IP6 ::" : "IP4 0.0.0.0"}\r\n`
			+ "t=0 0\r\n"
			+ "a=control:*\r\n"
			+ "a=range:npt=now-\r\n"
			+ media;
	}
}

function formatMedia({ width, height, frameRate }: StreamDescription): string {
	let text = "m=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\n";
	if (frameRate > 0 && frameRate !== Infinity)
		text += `a=framerate:${Math.round(frameRate * 100) / 100}\r\n`;
	// the RTP/JPEG header then has 0 for both; GStreamer and live555 read the size here
	if (width > HEADER_LIMIT || height > HEADER_LIMIT)
		text += `a=x-dimensions:${width},${height}\r\n`;
	return `${text}a=control:${TRACK_PREFIX}0\r\n`;
}
