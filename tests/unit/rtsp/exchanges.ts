// SPDX-License-Identifier: MIT
/**
 * Complete exchanges of real clients, as byte streams. `@` stands for the Session id.
 * ffmpeg, GStreamer and curl were recorded on loopback; the others are written after their sources.
 */

import { frame } from "./fixture";

export interface RecordedExchange {
	readonly name: string;
	readonly text: string;
	/** Transport that the fixture refuses. */
	readonly refuses?: "udp";
	readonly statuses: readonly number[];
	readonly events: readonly string[];
}

/** RR and SDES of GStreamer 1.22, on channel 1. */
const RECEIVER_REPORT = frame(1,
	"\x81\xc9\0\x07\xdeE\x13\xfd.\xcf|\x01\0\0\0\0\0\0\xbb\x1b\0\0\0\x0b\xb9\xebj\xc0\0\x01\xb6m"
		+ "\x81\xca\0\x06\xdeE\x13\xfd\x01\x10user1557-host-cd\0\0");

function lines(...text: string[]): string {
	return `${text.join("\r\n")}\r\n\r\n`;
}

const FFMPEG = "User-Agent: Lavf59.27.100";
const GST = "User-Agent: GStreamer/1.22.0";
const DATE = "Date: Sun, 22 Nov 2026 18:58:51 GMT";
const LIVE = "User-Agent: LibVLC/3.0.18 (LIVE555 Streaming Media v2016.11.28)";
const SATIP = "User-Agent: VLC/3.0.18";
const GO2RTC = "User-Agent: go2rtc/1.9.4";

export const EXCHANGES: readonly RecordedExchange[] = [
	{
		name: "ffmpeg-tcp",
		text: lines("OPTIONS rtsp://127.0.0.1:8654/ RTSP/1.0", "CSeq: 1", FFMPEG)
			+ lines("DESCRIBE rtsp://127.0.0.1:8654/ RTSP/1.0", "Accept: application/sdp", "CSeq: 2", FFMPEG)
			+ lines("SETUP rtsp://127.0.0.1:8654/trackID=0 RTSP/1.0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
				"CSeq: 3", FFMPEG)
			+ lines("PLAY rtsp://127.0.0.1:8654/ RTSP/1.0", "Range: npt=0.000-", "CSeq: 4", FFMPEG, "Session: @")
			+ frame(1, "\x80\xc9\0\x01\0\0\0\x01")
			+ lines("GET_PARAMETER rtsp://127.0.0.1:8654/ RTSP/1.0", "CSeq: 5", FFMPEG, "Session: @")
			+ lines("TEARDOWN rtsp://127.0.0.1:8654/ RTSP/1.0", "CSeq: 6", FFMPEG, "Session: @"),
		statuses: [200, 200, 200, 200, 200, 200],
		events: ["send 200", "send 200", "send 200", "A play", "send 200", "A rtcp 8", "send 200", "A close",
			"send 200"],
	},
	{
		name: "ffmpeg-udp-refused",
		text: lines("OPTIONS rtsp://127.0.0.1:8654 RTSP/1.0", "CSeq: 1", FFMPEG)
			+ lines("DESCRIBE rtsp://127.0.0.1:8654 RTSP/1.0", "Accept: application/sdp", "CSeq: 2", FFMPEG)
			+ lines("SETUP rtsp://127.0.0.1:8654/trackID=0 RTSP/1.0",
				"Transport: RTP/AVP/UDP;unicast;client_port=32284-32285", "CSeq: 3", FFMPEG)
			+ lines("SETUP rtsp://127.0.0.1:8654/trackID=0 RTSP/1.0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
				"CSeq: 4", FFMPEG)
			+ lines("PLAY rtsp://127.0.0.1:8654/ RTSP/1.0", "Range: npt=0.000-", "CSeq: 5", FFMPEG, "Session: @")
			+ lines("TEARDOWN rtsp://127.0.0.1:8654/ RTSP/1.0", "CSeq: 6", FFMPEG, "Session: @"),
		refuses: "udp",
		statuses: [200, 200, 461, 200, 200, 200],
		events: ["send 200", "send 200", "send 461", "send 200", "A play", "send 200", "A close", "send 200"],
	},
	{
		name: "gstreamer-udp-multicast-tcp",
		text: lines("OPTIONS rtsp://127.0.0.1:8656/ RTSP/1.0", "CSeq: 1", GST, DATE)
			+ lines("DESCRIBE rtsp://127.0.0.1:8656/ RTSP/1.0", "CSeq: 2", GST, "Accept: application/sdp", DATE)
			+ lines("SETUP rtsp://127.0.0.1:8656/trackID=0 RTSP/1.0", "CSeq: 3", GST,
				"Transport: RTP/AVP;unicast;client_port=35990-35991", DATE)
			+ lines("SETUP rtsp://127.0.0.1:8656/trackID=0 RTSP/1.0", "CSeq: 4", GST, "Transport: RTP/AVP;multicast",
				DATE)
			+ lines("SETUP rtsp://127.0.0.1:8656/trackID=0 RTSP/1.0", "CSeq: 5", GST,
				"Transport: RTP/AVP/TCP;unicast;interleaved=0-1", DATE)
			+ lines("PLAY rtsp://127.0.0.1:8656/ RTSP/1.0", "CSeq: 6", GST, "Range: npt=now-", "Session: @", DATE)
			+ RECEIVER_REPORT
			+ lines("PAUSE rtsp://127.0.0.1:8656/ RTSP/1.0", "CSeq: 7", GST, "Session: @", DATE)
			+ lines("TEARDOWN rtsp://127.0.0.1:8656/ RTSP/1.0", "CSeq: 8", GST, "Session: @", DATE),
		refuses: "udp",
		statuses: [200, 200, 461, 461, 200, 200, 200, 200],
		events: [
			"send 200",
			"send 200",
			"send 461",
			"send 461",
			"send 200",
			"A play",
			"send 200",
			"A rtcp 60",
			"A pause",
			"send 200",
			"A close",
			"send 200",
		],
	},
	{
		name: "live555-udp",
		text: lines("OPTIONS rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 2", LIVE)
			+ lines("DESCRIBE rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 3", LIVE, "Accept: application/sdp")
			+ lines("SETUP rtsp://192.0.2.1:8554/trackID=0 RTSP/1.0", "CSeq: 4", LIVE,
				"Transport: RTP/AVP;unicast;client_port=52718-52719")
			+ lines("PLAY rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 5", LIVE, "Session: @", "Range: npt=0.000-")
			+ lines("GET_PARAMETER rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 6", LIVE, "Session: @")
			+ lines("PAUSE rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 7", LIVE, "Session: @")
			+ lines("PLAY rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 8", LIVE, "Session: @")
			+ lines("TEARDOWN rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 9", LIVE, "Session: @"),
		statuses: [200, 200, 200, 200, 200, 200, 200, 200],
		events: [
			"send 200",
			"send 200",
			"send 200",
			"A play",
			"send 200",
			"send 200",
			"A pause",
			"send 200",
			"A play",
			"send 200",
			"A close",
			"send 200",
		],
	},
	{
		name: "vlc-satip",
		text:
			lines("SETUP rtsp://192.0.2.1:8554/?src=1 RTSP/1.0", "CSeq: 0", SATIP,
				"Transport: RTP/AVP;unicast;client_port=9000-9001")
			+ lines("PLAY rtsp://192.0.2.1:8554/stream=0 RTSP/1.0", "CSeq: 1", SATIP, "Session: @")
			+ lines("TEARDOWN rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 2", SATIP, "Session: @"),
		statuses: [200, 404, 200],
		events: ["send 200", "send 404", "A close", "send 200"],
	},
	{
		name: "go2rtc",
		text: lines("OPTIONS rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 1", GO2RTC)
			+ lines("DESCRIBE rtsp://192.0.2.1/ RTSP/1.0", "Accept: application/sdp", "Cseq: 2",
				"Require: www.onvif.org/ver20/backchannel", GO2RTC)
			+ lines("DESCRIBE rtsp://192.0.2.1/ RTSP/1.0", "Accept: application/sdp", "Cseq: 3", GO2RTC)
			+ lines("SETUP rtsp://192.0.2.1/trackID=0 RTSP/1.0", "Cseq: 4",
				"Transport: RTP/AVP/TCP;unicast;interleaved=0-1", GO2RTC)
			+ lines("PLAY rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 5", "Session: @", GO2RTC)
			+ lines("OPTIONS rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 6", "Session: @", GO2RTC)
			+ lines("TEARDOWN rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 7", "Session: @", GO2RTC),
		statuses: [200, 551, 200, 200, 200, 200, 200],
		events: ["send 200", "send 551", "send 200", "send 200", "A play", "send 200", "send 200", "A close",
			"send 200"],
	},
	{
		name: "media-stream-library",
		text: lines("OPTIONS rtsp://192.0.2.1/ RTSP/1.0", "CSeq: 0")
			+ lines("DESCRIBE rtsp://192.0.2.1/ RTSP/1.0", "CSeq: 1", "Accept: application/sdp")
			+ lines("SETUP rtsp://192.0.2.1/trackID=0 RTSP/1.0", "CSeq: 2", "Blocksize: 64000",
				"Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
			+ lines("PLAY rtsp://192.0.2.1/ RTSP/1.0", "CSeq: 3", "Session: @")
			+ lines("TEARDOWN rtsp://192.0.2.1/ RTSP/1.0", "CSeq: 4", "Session: @"),
		statuses: [200, 200, 200, 200, 200],
		events: ["send 200", "send 200", "send 200", "A play", "send 200", "A close", "send 200"],
	},
	{
		name: "curl",
		text: lines("OPTIONS * RTSP/1.0", "CSeq: 1", "User-Agent: curl/7.88.1"),
		statuses: [200],
		events: ["send 200"],
	},
	{
		name: "telnet-with-folded-lines-and-a-body",
		text: "\r\n\n\r\nGET_PARAMETER / RTSP/1.0\nCSeq:\n  7\nContent-Length : 14\nX-Empty:\nRange: one\r\n\ttwo\n  "
			+ " three\n\nposition\r\n\r\n\r\n",
		statuses: [451],
		events: ["send 451"],
	},
];
