// SPDX-License-Identifier: MIT
/**
 * The camera with instrumentation: every second it prints a line of JSON with the cost of the frames captured since the
 * last line. The allocations for the line itself are excluded: the counters are read again after it.
 */

import Camera from "camera";
import config from "mc/config";
import { pictureRoutes } from "http/routes";
import { HTTPServer } from "http/server";
import Process from "process";
import { openPush } from "push/open";
import { readSettings } from "settings/settings";
import { CameraServer } from "stream/server";
import Timer from "timer";

const INTERVAL = 1000;
const SLOTS = 0, CHUNK_BYTES = 2;

const settings = readSettings(config);
const { frameRate, size, quality, frames, sampling, restartInterval, buffers } = settings;

let captured = 0, slots = 0, chunkBytes = 0, sent = 0, octets = 0, dropped = 0, copied = 0;

function report(): void {
	const slotsNow = Process.memory(SLOTS), chunkBytesNow = Process.memory(CHUNK_BYTES), copiedNow = Process.copied();
	const { statistics } = server;
	trace(JSON.stringify({
		frames: statistics.captured - captured,
		playing: statistics.playing,
		slots: slotsNow - slots,
		chunkBytes: chunkBytesNow - chunkBytes,
		copied: copiedNow - copied,
		sent: statistics.sent - sent,
		dropped: statistics.dropped - dropped,
		octets: statistics.octets - octets,
		multicastReports: statistics.multicastReports,
	}), "\n");
	({ captured, sent, octets, dropped } = statistics);
	copied = copiedNow;
	slots = Process.memory(SLOTS);
	chunkBytes = Process.memory(CHUNK_BYTES);
}

const server = new CameraServer({
	...settings,
	openSource: onReadable =>
		new Camera({
			size,
			sampling,
			quality,
			restartInterval,
			frameRate,
			bufferCount: buffers,
			onReadable,
			...(frames ? { frames } : {}),
		}),
	onNotice: message => Process.error(message),
});

const http = new HTTPServer({ ...settings, access: server.access, httpHosts: [],
	routes: pictureRoutes({ ...settings, camera: server.access }), onNotice: message => Process.error(message) });

const push = settings.push === ""
	? undefined
	: openPush?.({ url: settings.push, stream: server, access: server.access, name: "measure",
		stallTimeout: settings.stallTimeout, onNotice: message => Process.error(message) });

Timer.repeat(report, INTERVAL);
trace(`rtsp://127.0.0.1:${server.port}/${settings.path}\n`);
Process.onStop(() => {
	http.close();
	push?.close();
	server.close();
	Process.exit(0);
});
