// SPDX-License-Identifier: MIT
/**
 * The camera with instrumentation: after every 100 captured frames, it prints a line of JSON with their cost. The cost
 * of the line itself is excluded: the counters are read again after it.
 */

import Camera from "camera";
import config from "mc/config";
import Process from "process";
import { readSettings } from "settings/settings";
import { CameraServer } from "stream/server";

const REPORT = 100;
const SLOTS = 0, CHUNK_BYTES = 2;

const settings = readSettings(config);
const { frameRate, size, quality, frames, sampling, restartInterval, buffers } = settings;

let captured = 0, slots = 0, chunkBytes = 0, sent = 0, octets = 0, dropped = 0, copied = 0;

function report(): void {
	const slotsNow = Process.memory(SLOTS), chunkBytesNow = Process.memory(CHUNK_BYTES), copiedNow = Process.copied();
	const { statistics } = server;
	trace(JSON.stringify({
		frames: REPORT,
		playing: statistics.playing,
		slots: slotsNow - slots,
		chunkBytes: chunkBytesNow - chunkBytes,
		copied: copiedNow - copied,
		sent: statistics.sent - sent,
		dropped: statistics.dropped - dropped,
		octets: statistics.octets - octets,
		multicastReports: statistics.multicastReports,
	}), "\n");
	({ sent, octets, dropped } = statistics);
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
			onReadable() {
				onReadable();
				captured += 1;
				if (captured % REPORT === 0)
					report();
			},
			...(frames ? { frames } : {}),
		}),
	onNotice: message => Process.error(message),
});

trace(`rtsp://127.0.0.1:${server.port}/${settings.path}\n`);
Process.onStop(() => {
	server.close();
	Process.exit(0);
});
