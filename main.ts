// SPDX-License-Identifier: MIT
/**
 * The program: reads the settings, and starts the camera with its RTSP server and its other services. It is the same on
 * the board, in the simulator and on the desktop; the platform supplies the modules `host` and `camera`.
 */

import Camera from "camera";
import platform from "host";
import { toError } from "common/errortext";
import { NoticeLog } from "common/noticelog";
import { Uptime } from "common/uptime";
import config from "mc/config";
import { readSettings, SettingsError, type Settings } from "settings/settings";
import { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/contract";
import { openServices } from "services";

function startCamera(settings: Settings, uptime: Uptime, onNotice: (message: string) => void): CameraServer {
	const { buffers, controls } = settings;
	return new CameraServer({
		...settings,
		uptime,
		onNotice,
		openSource: onReadable =>
			new Camera({
				...settings,
				onReadable,
				onNotice,
				bufferCount: buffers,
				frames: settings.frames || undefined,
				xclk: controls["xclk"],
			}),
	});
}

function run(values: Record<string, unknown>, host: RunningHost): void {
	try {
		const settings = readSettings(values);
		// the server reads it every second, and the log rarely
		const uptime = new Uptime(), notices = host.notices ?? new NoticeLog({ clock: uptime });
		const onNotice = (message: string): void => {
			if (!host.notices)
				notices.add(message);
			host.notice(message);
		};
		const camera = startCamera(settings, uptime, onNotice);
		const services = openServices({ settings, values, host, camera, notices, onNotice });
		if (settings.user === "" && settings.auth !== "none")
			onNotice("no user is set: anybody who can reach the port can watch");
		host.started({
			address: settings.address,
			port: camera.port,
			path: settings.path,
			httpPort: services.httpPort,
			statistics: () => camera.statistics,
			stop: () => {
				services.close();
				camera.close();
			},
		});
	}
	catch (error) {
		// a wrong setting is for the user to fix, and the message says how; any other error needs its stack
		host.failed(error instanceof SettingsError ? error.message : toError(error));
	}
}

if (platform.ready)
	platform.ready(config, run);
else
	run(config, platform);
