// SPDX-License-Identifier: MIT
/**
 * The camera: settings, camera, server. The same on the board, in the simulator and on the desktop; `host` and `camera`
 * are what the platform brings.
 */

import Camera from "camera";
import platform from "host";
import config from "mc/config";
import { readSettings, SettingsError, type Settings } from "settings/settings";
import { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/contract";

function start(settings: Settings, host: RunningHost): CameraServer {
	const { fps, buffers, controls } = settings;
	const onNotice = (message: string): void => host.notice(message);
	return new CameraServer({
		...settings,
		onNotice,
		frameRate: fps,
		openSource: onReadable =>
			new Camera({
				...settings,
				onReadable,
				onNotice,
				frameRate: fps,
				bufferCount: buffers,
				frames: settings.frames || undefined,
				xclk: controls["xclk"],
			}),
	});
}

function run(values: Record<string, unknown>, host: RunningHost): void {
	try {
		const settings = readSettings(values);
		const server = start(settings, host);
		if (settings.user === "" && settings.auth !== "none")
			host.notice("no user is set: whoever reaches the port sees the picture");
		host.started({ address: settings.address, port: server.port, path: settings.path, statistics: () =>
			server.statistics, stop: () => server.close() });
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
