// SPDX-License-Identifier: MIT
/** URLs of receivers. */

import { parseRTSPURL, type RTSPTarget } from "common/rtspurl";
import { equal, type Suite } from "../harness";

const TARGETS: [string, RTSPTarget][] = [
	["rtsp://h", { user: "", password: "", host: "h", port: 554, url: "rtsp://h/" }],
	["RTSP://media.example:8554/live/cam?key=1", { user: "", password: "", host: "media.example", port: 8554,
		url: "rtsp://media.example:8554/live/cam?key=1" }],
	["rtsp://h:/x", { user: "", password: "", host: "h", port: 554, url: "rtsp://h/x" }],
	["rtsp://h?key", { user: "", password: "", host: "h", port: 554, url: "rtsp://h/?key" }],
	["rtsp://u:p@10.0.0.1/x", { user: "u", password: "p", host: "10.0.0.1", port: 554, url: "rtsp://10.0.0.1/x" }],
	["rtsp://u@h/x", { user: "u", password: "", host: "h", port: 554, url: "rtsp://h/x" }],
	["rtsp://u%40d:p%2F%3a:@@h/x", { user: "u@d", password: "p/::@", host: "h", port: 554, url: "rtsp://h/x" }],
	["rtsp://u:%C3%A4@h/x", { user: "u", password: "ä", host: "h", port: 554, url: "rtsp://h/x" }],
];

const WRONG: [string, string][] = [
	["", "does not begin with rtsp://"],
	["camera", "does not begin with rtsp://"],
	["http://h/x", "does not begin with rtsp://"],
	["rtsps://u:secret@h/x", "rtsps:// (TLS) is not supported"],
	["rtsp://", "no valid host"],
	["rtsp:///x", "no valid host"],
	["rtsp://h_ü/x", "visible ASCII"],
	["rtsp://h x/x", "visible ASCII"],
	["rtsp://h\r\nX: 1/x", "visible ASCII"],
	["rtsp://h!/x", "no valid host"],
	["rtsp://[::1]:554/x", "IPv6"],
	["rtsp://h:0/x", "port"],
	["rtsp://h:65536/x", "port"],
	["rtsp://h:1e3/x", "port"],
	["rtsp://h:55:4/x", "port"],
	["rtsp://h/x#y", "fragment"],
	["rtsp://u%:p@h/x", "malformed"],
	["rtsp://u%0D%0AX:secret@h/x", "malformed"],
	["rtsp://u%22:secret@h/x", "malformed"],
	["rtsp://:secret@h/x", "malformed"],
	[`rtsp://${"h".repeat(254)}/x`, "no valid host"],
	[`rtsp://h/${"x".repeat(1000)}`, "1000 characters"],
];

export default function (suite: Suite): void {
	suite.test("rtsp-url-gives-host-port-and-credentials", () => {
		for (const [text, target] of TARGETS)
			equal(parseRTSPURL(text), { ...target }, text);
	});

	suite.test("rtsp-url-that-is-wrong-is-refused-with-a-reason-without-the-password", () => {
		for (const [text, reason] of WRONG) {
			const result = parseRTSPURL(text);
			equal(typeof result === "string" && result.includes(reason) && !result.includes("secret"), true,
				`${text}: ${JSON.stringify(result)}`);
		}
	});
}
