// SPDX-License-Identifier: MIT
/**
 * Requests of real clients to a server with a password, and the status codes of the answers. User "admin", password
 * "s3cret". Recorded on loopback against the fixture of these tests; its clock and random numbers make nonce and
 * Session id the same in every run. Those of go2rtc and live555 are written after their sources, with hashes computed
 * by Python's hashlib.
 */

import type { Scheme } from "rtsp/authenticator";

export interface AuthExchange {
	readonly name: string;
	readonly scheme: Scheme;
	/** Requests in order, each with the status of its answer. */
	readonly requests: readonly (readonly [status: number, text: string])[];
}

export const NONCE = "3e8-38b520b954fc385d9599b3d11d7b3a37";
export const SESSION = "0000000a0000000b0000000c0000000d";

function lines(...text: string[]): string {
	return `${text.join("\r\n")}\r\n\r\n`;
}

const URL = "rtsp://127.0.0.1:18554/";
const TRACK = `${URL}trackID=0`;
const HEAD = `Authorization: Digest username="admin", realm="rtsp-camera", nonce="${NONCE}", `;
const FFMPEG = "User-Agent: Lavf59.27.100";
const GST = "User-Agent: GStreamer/1.22.0";
const DATE = "Date: Sun, 22 Nov 2026 20:14:01 GMT";
const LIVE = "User-Agent: LibVLC/3.0.18 (LIVE555 Streaming Media v2016.11.28)";
const GO2RTC = "User-Agent: go2rtc/1.9.4";
const CNONCE = "YTEyMDM1NTc1NDkzMDZiY2YxNDQxZGRlOTQ1OTA4NTg=";
const BASIC = "Authorization: Basic YWRtaW46czNjcmV0";

const DESCRIBE = "cb10ccbc5d128e24b50ac19106e67922";
const SETUP = "0b41047b593028c676b57962c7871e45";
const PLAY = "1488665910237a3837a6725fb6d482a0";
const TEARDOWN = "5df526f5560f35fc7b1710e30b129b8b";

function ffmpeg(uri: string, response: string): string {
	return `${HEAD}uri="${uri}", response="${response}", algorithm="MD5"`;
}

function plain(uri: string, response: string): string {
	return `${HEAD}uri="${uri}", response="${response}"`;
}

export const AUTH_EXCHANGES: readonly AuthExchange[] = [
	{
		name: "ffmpeg",
		scheme: "digest",
		requests: [
			[200, lines(`OPTIONS ${URL} RTSP/1.0`, "CSeq: 1", FFMPEG)],
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "CSeq: 2", FFMPEG)],
			[200,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "CSeq: 3", FFMPEG, ffmpeg(URL, DESCRIBE))],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "CSeq: 4", FFMPEG,
					ffmpeg(TRACK, SETUP))],
			[200,
				lines(`PLAY ${URL} RTSP/1.0`, "Range: npt=0.000-", "CSeq: 5", FFMPEG, `Session: ${SESSION}`,
					ffmpeg(URL, PLAY))],
			[200, lines(`TEARDOWN ${URL} RTSP/1.0`, "CSeq: 6", FFMPEG, `Session: ${SESSION}`, ffmpeg(URL, TEARDOWN))],
		],
	},
	{
		name: "gstreamer",
		scheme: "digest",
		requests: [
			[200, lines(`OPTIONS ${URL} RTSP/1.0`, "CSeq: 1", GST, DATE)],
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 2", GST, "Accept: application/sdp", DATE)],
			[200,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 3", GST, "Accept: application/sdp", plain(URL, DESCRIBE),
					DATE)],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, "CSeq: 4", GST, "Transport: RTP/AVP;unicast;client_port=44292-44293",
					plain(TRACK, SETUP), DATE)],
			[200,
				lines(`PLAY ${URL} RTSP/1.0`, "CSeq: 5", GST, "Range: npt=now-", `Session: ${SESSION}`,
					plain(URL, PLAY), DATE)],
			[200, lines(`TEARDOWN ${URL} RTSP/1.0`, "CSeq: 6", GST, `Session: ${SESSION}`, plain(URL, TEARDOWN), DATE)],
		],
	},
	{
		name: "libcurl",
		scheme: "digest",
		requests: [
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 1", "Accept: application/sdp")],
			[200,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 2", "Accept: application/sdp",
					`${plain(URL, DESCRIBE)}, algorithm=MD5`)],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, "CSeq: 3", "Transport: RTP/AVP;unicast;client_port=5000-5001",
					`${plain(TRACK, SETUP)}, algorithm=MD5`)],
		],
	},
	{
		name: "libcurl",
		scheme: "digest-sha256",
		requests: [
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 1", "Accept: application/sdp")],
			[200,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 2", "Accept: application/sdp",
					`${HEAD}uri="${URL}", cnonce="${CNONCE}", nc=00000001, qop=auth, `
						+ "response=\"fd640cafb4105b1dc3ca21339356739a521278c4093ce472c9fb1f449034ef27\", "
						+ "algorithm=SHA-256")],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, "CSeq: 3", "Transport: RTP/AVP;unicast;client_port=5000-5001",
					`${HEAD}uri="${TRACK}", cnonce="${CNONCE}", `
						+ "nc=00000002, qop=auth, "
						+ "response=\"8ff44d13e5dd2cd89b119816f10fcaeeceb48b3ea6b9e3bf2b0cbb59b4fc0263\", "
						+ "algorithm=SHA-256")],
		],
	},
	{
		// GStreamer does not support SHA-256 and answers with MD5
		name: "gstreamer",
		scheme: "digest-sha256",
		requests: [
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 2", GST, "Accept: application/sdp", DATE)],
			[401,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 3", GST, "Accept: application/sdp", plain(URL, DESCRIBE),
					DATE)],
		],
	},
	{
		name: "ffmpeg",
		scheme: "basic",
		requests: [
			[200, lines(`OPTIONS ${URL} RTSP/1.0`, "CSeq: 1", FFMPEG)],
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "CSeq: 2", FFMPEG)],
			[200, lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "CSeq: 3", FFMPEG, BASIC)],
		],
	},
	{
		// spells Cseq this way, sends no password in the URL, asks for a backchannel first
		name: "go2rtc",
		scheme: "digest",
		requests: [
			[200, lines(`OPTIONS ${URL} RTSP/1.0`, "Cseq: 1", GO2RTC)],
			[551,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "Cseq: 2",
					"Require: www.onvif.org/ver20/backchannel", GO2RTC)],
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", "Cseq: 3", GO2RTC)],
			[200,
				lines(`DESCRIBE ${URL} RTSP/1.0`, "Accept: application/sdp", plain(URL, DESCRIBE), "Cseq: 4", GO2RTC)],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, plain(TRACK, SETUP), "Cseq: 5",
					"Transport: RTP/AVP/TCP;unicast;interleaved=0-1", GO2RTC)],
			[200, lines(`PLAY ${URL} RTSP/1.0`, plain(URL, PLAY), "Cseq: 6", `Session: ${SESSION}`, GO2RTC)],
			[200,
				lines(`OPTIONS ${URL} RTSP/1.0`, plain(URL, "00000000000000000000000000000000"), "Cseq: 7",
					`Session: ${SESSION}`, GO2RTC)],
			[200, lines(`TEARDOWN ${URL} RTSP/1.0`, plain(URL, TEARDOWN), "Cseq: 8", `Session: ${SESSION}`, GO2RTC)],
		],
	},
	{
		// hashes the base URL for the track as well
		name: "live555",
		scheme: "digest",
		requests: [
			[200, lines(`OPTIONS ${URL} RTSP/1.0`, "CSeq: 2", LIVE)],
			[401, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 3", LIVE, "Accept: application/sdp")],
			[200, lines(`DESCRIBE ${URL} RTSP/1.0`, "CSeq: 4", plain(URL, DESCRIBE), LIVE, "Accept: application/sdp")],
			[200,
				lines(`SETUP ${TRACK} RTSP/1.0`, "CSeq: 5", plain(URL, "45851da69e61be1bbb193cf15a42c2d6"), LIVE,
					"Transport: RTP/AVP;unicast;client_port=52718-52719")],
			[200,
				lines(`PLAY ${URL} RTSP/1.0`, "CSeq: 6", plain(URL, PLAY), LIVE, `Session: ${SESSION}`,
					"Range: npt=0.000-")],
			[200,
				lines(`GET_PARAMETER ${URL} RTSP/1.0`, "CSeq: 7", plain(URL, "ba998db19138873edc6d3a1b84d48232"), LIVE,
					`Session: ${SESSION}`)],
			[200, lines(`TEARDOWN ${URL} RTSP/1.0`, "CSeq: 8", plain(URL, TEARDOWN), LIVE, `Session: ${SESSION}`)],
		],
	},
];
