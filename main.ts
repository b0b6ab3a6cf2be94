// SPDX-License-Identifier: MIT
/**
 * The program: reads the settings and starts camera and server. It is the same on the board, in the simulator and on
 * the desktop; the platform supplies the modules `host` and `camera`.
 */

import Camera from "camera";
import platform from "host";
import { toError } from "common/errortext";
import { pictureRoutes } from "http/routes";
import { HTTPServer } from "http/server";
import config from "mc/config";
import { readSettings, SettingsError, type Settings } from "settings/settings";
import { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/contract";

function start(settings: Settings, host: RunningHost): CameraServer {
	const { buffers, controls } = settings;
	const onNotice = (message: string): void => host.notice(message);
	return new CameraServer({
		...settings,
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

function startHTTP(settings: Settings, host: RunningHost, server: CameraServer): HTTPServer | undefined {
	if (settings.httpPort === 0 && settings.streamPort === 0)
		return undefined;
	const camera = server.access;
	return new HTTPServer({
		...settings,
		camera,
		httpHosts: settings.httpHosts.split(","),
		routes: pictureRoutes({ ...settings, camera }),
		onNotice: message => host.notice(message),
	});
}

function run(values: Record<string, unknown>, host: RunningHost): void {
	try {
		const settings = readSettings(values);
		const server = start(settings, host), http = startHTTP(settings, host, server);
		if (settings.user === "" && settings.auth !== "none")
			host.notice("no user is set: anybody who can reach the port can watch");
		host.started({
			address: settings.address,
			port: server.port,
			path: settings.path,
			httpPort: http?.port,
			statistics: () => server.statistics,
			stop: () => {
				http?.close();
				server.close();
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
