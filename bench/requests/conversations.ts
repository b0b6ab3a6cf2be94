// SPDX-License-Identifier: MIT
/**
 * What common clients send, from OPTIONS to TEARDOWN: the header fields of ffmpeg 5.1, GStreamer 1.22, VLC 3 (live555)
 * and go2rtc 1.9, in their order.
 */

export interface Client {
	readonly name: string;
	/** Fields of every request, after CSeq. */
	readonly fields: string;
	/** Fields of one method. */
	readonly describe: string;
	readonly play: string;
	/** Transport header of SETUP. `0` stands for the connection's number. */
	readonly transport: string;
	readonly keepalive: "GET_PARAMETER" | "OPTIONS";
	/** Whether the algorithm is named in the credentials, and how: live555 leaves it out. */
	readonly algorithm: string;
}

const RANGE = "Range: npt=0.000-\r\n", ACCEPT = "Accept: application/sdp\r\n";

const UDP = "RTP/AVP;unicast;client_port=41000-41001", TCP = "RTP/AVP/TCP;unicast;interleaved=0-1";

const FFMPEG = { fields: "User-Agent: Lavf59.27.100\r\n", describe: ACCEPT, play: RANGE,
	algorithm: ", algorithm=\"MD5\"" };
const GSTREAMER = { fields: "User-Agent: GStreamer/1.22.0\r\n", describe: ACCEPT, play: "Range: npt=0-\r\n",
	algorithm: ", algorithm=\"MD5\"" };
const LIVE555 = { fields: "User-Agent: LibVLC/3.0.18 (LIVE555 Streaming Media v2016.11.28)\r\n", describe: ACCEPT,
	play: RANGE, algorithm: "" };
const GO2RTC = { fields: "User-Agent: go2rtc/1.9.2\r\n", describe: ACCEPT, play: "", algorithm: "" };

export const CLIENTS: readonly Client[] = [
	{ name: "ffmpeg, UDP", ...FFMPEG, transport: "RTP/AVP/UDP;unicast;client_port=41000-41001",
		keepalive: "GET_PARAMETER" },
	{ name: "ffmpeg, TCP", ...FFMPEG, transport: TCP, keepalive: "GET_PARAMETER" },
	{ name: "GStreamer, UDP", ...GSTREAMER, transport: UDP, keepalive: "GET_PARAMETER" },
	{ name: "GStreamer, TCP", ...GSTREAMER, transport: TCP, keepalive: "OPTIONS" },
	{ name: "VLC, UDP", ...LIVE555, transport: UDP, keepalive: "GET_PARAMETER" },
	{ name: "VLC, TCP", ...LIVE555, transport: TCP, keepalive: "OPTIONS" },
	{ name: "go2rtc, TCP", ...GO2RTC, transport: TCP, keepalive: "OPTIONS" },
];
