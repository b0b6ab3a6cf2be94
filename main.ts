/**
 * The camera: settings, camera, server. The same on the board, in the simulator and on the desktop; `host` and `camera` are what
 * the platform brings.
 */

import Camera from "camera";
import platform from "host";
import config from "mc/config";
import { readSettings, SettingsError, type Settings } from "settings/settings";
import { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/types";

function start(settings: Settings, host: RunningHost): CameraServer {
	const { fps, camera, size, maxSize, quality, frames, sampling, restartInterval, buffers, controls } = settings;
	return new CameraServer({
		...settings,
		frameRate: fps,
		openSource: onReadable => {
			// each platform's camera takes what it has of these
			const options = {
				camera, size, maxSize, quality, sampling, restartInterval, onReadable,
				frameRate: fps,
				bufferCount: buffers,
				xclk: controls["xclk"],
				onNotice: (message: string) => host.notice(message),
				...(frames ? { frames } : {}),
			};
			return new Camera(options);
		},
		onNotice: message => host.notice(message),
	});
}

function run(values: Record<string, unknown>, host: RunningHost): void {
	try {
		const settings = readSettings(values);
		const server = start(settings, host);
		if (settings.user === "" && settings.auth !== "none")
			host.notice("no user is set: whoever reaches the port sees the picture");
		host.started({ address: settings.address, port: server.port, path: settings.path, statistics: () => server.statistics, stop: () => server.close() });
	}
	catch (error) {
		// a wrong setting is the user's to mend: the message says how. Anything else is ours: it needs the stack
		host.failed(error instanceof SettingsError ? error.message : error instanceof Error ? error : String(error));
	}
}

if (platform.ready)
	platform.ready(config, run);
else
	run(config, platform);
