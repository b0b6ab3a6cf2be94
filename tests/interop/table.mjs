// SPDX-License-Identifier: MIT
/**
 * Writes docs/interop.md, the table of tested clients. A cell is filled if all of its tests have passed in the run that
 * writes the table.
 *
 *   npm run interop-table        runs interop, auth and transports, and writes docs/interop.md
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { motion } from "../system.mjs";
import { CLIENTS, PYTHON } from "./harness.mjs";

export const FILE = path.join(ROOT, "docs/interop.md");

const columns = ["TCP", "UDP", "multicast", "HTTP tunnel", "Digest", "Basic", "frames bit by bit", "PAUSE and on",
	"after a restart", "the end"];
/** Column titles in the document, if they differ from the keys here. */
const titles = { "frames bit by bit": "frames byte by byte", "PAUSE and on": "PAUSE and resume" };

/** The tests that exist for every client program of programs.mjs. */
function usual(name) {
	return {
		"TCP": [`${name}-plays-over-tcp`],
		"UDP": [`${name}-plays-over-udp`],
		"multicast": [`${name}-plays-multicast`],
		"HTTP tunnel": [`${name}-plays-through-an-http-tunnel`],
		"Digest": [`${name}-plays-with-a-password-over-tcp`, `${name}-plays-with-a-password-over-udp`,
			`${name}-is-refused-with-another-password`],
		"Basic": [`${name}-plays-with-basic`],
		"frames bit by bit": [`${name}-rebuilds-the-file`],
		"after a restart": [`${name}-ends-with-the-camera-and-plays-again-after-its-restart`],
		"the end": [`${name}-ends-with-the-camera`],
	};
}

/** Rows: a function that returns the client's version, and the tests (prefixes of their names) behind each cell. "–":
 *  the client does not have the feature. */
export const clients = {
	"ffmpeg, ffprobe": {
		version: () => /version (\S+)/.exec(output("ffmpeg", "-version"))?.[1],
		...usual("ffmpeg"),
		"Digest": [...usual("ffmpeg").Digest, "ffprobe-plays-with-a-password-over-tcp",
			"ffprobe-plays-with-a-password-over-udp", "ffmpeg-plays-longer-than-its-nonce-is-valid"],
		"Basic": ["ffmpeg-plays-with-basic", "ffprobe-plays-with-basic"],
		"PAUSE and on": "–",
		"the end": ["ffmpeg-ends-by-itself-at-the-bye", "ffmpeg-ends-with-the-camera"],
	},
	"FFmpeg's newest libraries (npm: node-av)": {
		version: () => output(process.execPath, path.join(CLIENTS, "newest-ffmpeg.mjs")).trim(),
		...usual("newest-ffmpeg"),
		"PAUSE and on": "–",
	},
	"GStreamer rtspsrc": {
		version: () => /version (\S+)/.exec(output("gst-launch-1.0", "--version"))?.[1],
		...usual("gstreamer"),
		"PAUSE and on": ["gstreamer-pauses-and-resumes-over-tcp", "gstreamer-pauses-and-resumes-over-udp"],
	},
	"GStreamer rtspsrc in ONVIF mode": {
		version: () => /version (\S+)/.exec(output("gst-launch-1.0", "--version"))?.[1],
		...Object.fromEntries(columns.map(column => [column, "–"])),
		"TCP": ["gstreamer-in-onvif-mode-plays-over-tcp"],
		"UDP": ["gstreamer-in-onvif-mode-plays-over-udp"],
	},
	"OpenCV": {
		version: () => output(PYTHON, "-c", "import cv2; print(cv2.__version__)").trim(),
		...usual("opencv"),
		"frames bit by bit": "–",
		"PAUSE and on": "–",
	},
	"media-stream-library (npm)": {
		version: () =>
			JSON.parse(readFileSync(path.join(CLIENTS, "node_modules/media-stream-library/package.json"), "utf8"))
				.version,
		...usual("media-stream-library"),
		"TCP": ["media-stream-library-plays"],
		"UDP": "–",
		"multicast": "–",
		"HTTP tunnel": "–",
		"Digest": ["media-stream-library-plays-with-a-password-over-tcp",
			"media-stream-library-is-refused-with-another-password"],
		"PAUSE and on": ["media-stream-library-pauses-and-resumes"],
	},
	"mpv": {
		version: () => /mpv (\S+)/.exec(output("mpv", "--version"))?.[1],
		...usual("mpv"),
		"PAUSE and on": "–",
	},
	"openRTSP (live555, as in VLC)": {
		version: () => /20\d\d\.\d\d\.\d\d/.exec(output("sh", "-c", "cat \"$(command -v openRTSP)\""))?.[0],
		...usual("openrtsp"),
		"PAUSE and on": "–",
	},
	"testRTSPClient (live555)": {
		version: () => /20\d\d\.\d\d\.\d\d/.exec(output("sh", "-c", "cat \"$(command -v testRTSPClient)\""))?.[0],
		...usual("testrtspclient"),
		"TCP": "–",
		"multicast": "–",
		"HTTP tunnel": "–",
		"Digest": ["testrtspclient-plays-with-a-password-over-udp", "testrtspclient-is-refused-with-another-password"],
		"frames bit by bit": "–",
		"PAUSE and on": "–",
	},
	"ffmpeg into segments, as Frigate records": {
		version: () => /version (\S+)/.exec(output("ffmpeg", "-version"))?.[1],
		"TCP": ["segments-are-recorded-over-tcp"],
		"UDP": ["segments-are-recorded-over-udp"],
		"HTTP tunnel": ["segments-are-recorded-over-http"],
		"Digest": ["segments-are-recorded-with-digest"],
		"Basic": ["segments-are-recorded-with-basic"],
		"frames bit by bit": ["segments-contain-the-original-frames"],
		"PAUSE and on": "–",
		"after a restart": ["segments-are-recorded-again-after-the-camera-was-away"],
		"the end": "–",
	},
	"Motion, a recorder": {
		version: () => /Version ([\d.]+)/.exec(output("sh", "-c", `${motion()} -h; true`))?.[1],
		"TCP": ["motion-records-over-tcp"],
		"UDP": ["motion-records-over-udp"],
		"HTTP tunnel": ["motion-records-over-http"],
		"Digest": ["motion-records-with-digest"],
		"Basic": ["motion-records-with-basic"],
		"frames bit by bit": "–",
		"PAUSE and on": "–",
		"after a restart": ["motion-resumes-recording-after-the-camera-was-away"],
		"the end": "–",
	},
	"the tests' own receiver": {
		version: () => "looks at every field",
		"TCP": ["8-clients-at-once-get-the-same-frames", "sender-reports-count-what-was-sent"],
		"UDP": ["two-over-tcp-and-one-over-udp-play-at-once"],
		"multicast": ["multicast-one-send-serves-two-clients", "multicast-later-player-learns-the-next-packet"],
		"HTTP tunnel": ["http-tunnel-takes-requests-in-any-pieces-and-a-second-post"],
		"Digest": ["digest-sha256-on-request", "old-nonce-is-stale-except-where-it-was-used"],
		"Basic": ["basic-on-request"],
		"frames bit by bit": ["frames-are-rebuilt-bit-exactly"],
		"PAUSE and on": ["paused-stream-resumes-as-rtp-info-announces"],
		"after a restart": ["own-receiver-plays-again-after-the-camera-was-killed"],
		"the end": ["teardown-says-bye-and-ends-the-stream", "ctrl-c-says-bye-to-every-player-and-frees-the-port"],
	},
};

/** The test that checks packets rather than a client. */
const judge = { name: "Wireshark's dissectors (tshark)",
	version: () => /(\d+\.\d+\.\d+)/.exec(output("tshark", "--version"))?.[1],
	test: "wireshark-finds-no-malformed-packet" };

function output(program, ...args) {
	try {
		return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
	}
	catch {
		return "";
	}
}

/** Formats the page.
 *  @param {string[]} lines result lines of a run: "ok NAME", "not ok NAME", "skip NAME"
 *  @returns {string} the page; a cell is empty unless all of its tests have run and passed */
export function format(lines) {
	const outcome = test => {
		const of = start => lines.filter(line => line.startsWith(`${start} ${test}`)).length;
		return of("not ok") === 0 && of("skip") === 0 && of("ok") > 0;
	};
	const cell = tests => (tests === undefined ? "" : tests === "–" ? "–" : tests.every(outcome) ? "yes" : "");
	const rows = Object.entries(clients).map(([name, { version, ...cells }]) =>
		`| ${name} | ${version() ?? ""} | ${columns.map(column => cell(cells[column])).join(" | ")} |`
	);
	return [
		"# Which clients play it",
		"",
		"`npm run interop-table` writes this page from a run of the test groups `interop`, `auth` and `transports`.",
		"",
		"- yes: all tests behind the cell have passed. `tests/interop/table.mjs` names them.",
		"- –: the client has no such feature, or the tests have no such case for it.",
		"- empty: not tested.",
		"",
		`| client | version | ${columns.map(column => titles[column] ?? column).join(" | ")} |`,
		`|---|---|${columns.map(() => "---|").join("")}`,
		...rows,
		"",
		`${judge.name} ${judge.version() ?? ""}: `
		+ `${outcome(judge.test) ? "no packet malformed, RTSP, SDP, RTP, RTP/JPEG, RTCP" : "did not run"}.`,
		"",
		"**frames byte by byte.** The JPEG files that the client rebuilds are compared with those that were "
		+ "sent: VGA and UXGA,",
		"4:2:2 and 4:2:0, with and without restart markers, over TCP and UDP, a picture of a real OV2640, and "
		+ "one of odd size.",
		"mpv, which contains Debian's ffmpeg, was given four of the folders, ffmpeg's segments one. "
		+ "media-stream-library takes",
		"4:2:2 with restart markers for 4:2:0. That is its own fault and not in its cell.",
		"",
		"**after a restart.** The camera ends while the client plays, and comes back. The client, started "
		+ "again, plays. Motion",
		"continues by itself.",
		"",
		"**openRTSP** and **testRTSPClient** are in `livemedia-utils`, which Debian 12 lacks. Without them on the "
		+ "path their tests",
		"are skipped. This run had them from live555's sources.",
		"",
		"**Not tested.** VLC over RTSP: Debian builds it without. [integrations](integrations/README.md) tells what "
		+ "was run of",
		"Frigate, go2rtc, MediaMTX, ZoneMinder, OBS and others.",
		"",
	].join("\n");
}

/** Compares the table in docs/ with the rows, columns and cells that a fully passed run would write.
 *  @returns {string} the problem; empty if there is none */
export function problems() {
	const all = [...new Set(Object.values(clients).flatMap(({ version, ...cells }) => Object.values(cells).flat()))]
		.filter(test => test !== "–");
	const cells = text =>
		text.split("\n").filter(line => line.startsWith("|")).map(line =>
			line.split("|").map(part => part.trim()).filter((_part, i) => i !== 2).join("|")
		).join("\n");
	const wanted = cells(format(all.map(test => `ok ${test}`)));
	return cells(readFileSync(FILE, "utf8")) === wanted
		? ""
		: "docs/interop.md is out of date. Run `npm run interop-table`.";
}
