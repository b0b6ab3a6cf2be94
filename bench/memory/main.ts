/** The camera that tells, several times a second, what is left in its memory after a collection: a line of JSON. */

import Camera from "camera";
import config from "mc/config";
import Process from "process";
import { readSettings } from "settings/settings";
import { CameraServer } from "stream/server";
import Timer from "timer";

const SLOTS = 0, CHUNK_BYTES = 2;

const settings = readSettings(config);
const { fps, size, quality, buffers } = settings;

const server = new CameraServer({
	...settings,
	frameRate: fps,
	openSource: onReadable => new Camera({ size: size as never, quality, frameRate: fps, bufferCount: buffers, onReadable }),
	onNotice: message => Process.error(message),
});

trace(`rtsp://127.0.0.1:${server.port}/${settings.path}\n`);
Timer.repeat(() => {
	Process.collect();
	trace(JSON.stringify({ slots: Process.memory(SLOTS), chunkBytes: Process.memory(CHUNK_BYTES) }), "\n");
}, 250);
Process.onStop(() => {
	server.close();
	Process.exit(0);
});
