// SPDX-License-Identifier: MIT
/**
 * The camera with instrumentation: four times a second, it collects garbage and prints a line of JSON with the memory
 * in use and the memory allocated since the previous line. The memory for the line itself is excluded: the counters are
 * read again after it.
 */

import Camera from "camera";
import { NoticeLog } from "common/noticelog";
import { Uptime } from "common/uptime";
import config from "mc/config";
import Process from "process";
import { readSettings } from "settings/settings";
import { CameraServer } from "stream/server";
import Timer from "timer";
import { openServices } from "services";

const SLOTS = 0, CHUNK_BYTES = 2, SLOT_BYTES = 4, NATIVE_BYTES = 5;

const settings = readSettings(config);
const { frameRate, size, quality, buffers } = settings;
let slotsBefore = 0, chunkBytesBefore = 0;

function report(): void {
	const newSlots = Process.memory(SLOTS) - slotsBefore,
		newChunkBytes = Process.memory(CHUNK_BYTES) - chunkBytesBefore;
	Process.collect();
	const { connections, captured, playing, dropped } = server.statistics;
	trace(
		JSON.stringify({ slots: Process.memory(SLOTS), chunkBytes: Process.memory(CHUNK_BYTES), newSlots, newChunkBytes,
			nativeBytes: Process.memory(NATIVE_BYTES), slotBytes: Process.memory(SLOT_BYTES), connections, captured,
			playing, dropped }),
		"\n",
	);
	slotsBefore = Process.memory(SLOTS);
	chunkBytesBefore = Process.memory(CHUNK_BYTES);
}

const server = new CameraServer({
	...settings,
	openSource: onReadable => new Camera({ size, quality, frameRate, bufferCount: buffers, onReadable }),
	onNotice: message => Process.error(message),
});

const services = openServices({
	settings,
	values: {},
	camera: server,
	notices: new NoticeLog({ clock: new Uptime() }),
	onNotice: message => Process.error(message),
	host: { notice: () => undefined, started: () => undefined, failed: () => undefined },
});

trace(`rtsp://127.0.0.1:${server.port}/${settings.path}\n`);
Timer.repeat(report, 250);
Process.onStop(() => {
	services.close();
	server.close();
	Process.exit(0);
});
