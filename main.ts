// SPDX-License-Identifier: MIT
/**
 * The program: reads the settings and starts camera and server. It is the same on the board, in the simulator and on
 * the desktop; the platform supplies the modules `host` and `camera`.
 */

import Camera from "camera";
import platform from "host";
import { toError } from "common/errortext";
import { hostName } from "common/names";
import { NoticeLog } from "common/noticelog";
import { Uptime } from "common/uptime";
import { openDiscovery } from "discovery/open";
import type { Discovery } from "discovery/types";
import { API } from "http/api/api";
import { PageRoute } from "http/page/route";
import { pictureRoutes } from "http/routes";
import { HTTPServer } from "http/server";
import config from "mc/config";
import { openPush } from "push/open";
import type { Push } from "push/types";
import { readSettings, SettingsError, type Settings } from "settings/settings";
import { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/contract";

type NoticeHandler = (message: string) => void;

function start(settings: Settings, onNotice: NoticeHandler): CameraServer {
	const { buffers, controls } = settings;
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

function startPush(settings: Settings, server: CameraServer, name: string, onNotice: NoticeHandler): Push | undefined {
	const { push: url, stallTimeout } = settings;
	if (url !== "" && !openPush)
		onNotice("this program was built without push: --push has no effect");
	return url === ""
		? undefined
		: openPush?.({ url, stream: server, access: server.access, name, stallTimeout, onNotice });
}

/** The API's options besides the camera. */
interface Description {
	readonly host: RunningHost;
	readonly values: Record<string, unknown>;
	readonly notices: NoticeLog;
	readonly push: Push | undefined;
	/** Name of the camera, for people. */
	readonly name: string;
}

function openAPI(settings: Settings, server: CameraServer, { host, values, notices, push, name }: Description): API {
	return new API({
		camera: server,
		name,
		user: settings.user || undefined,
		path: settings.path,
		notices,
		store: host.openStore?.(values),
		restart: host.restart ? () => host.restart!() : undefined,
		heap: host.heap ? () => host.heap!() : undefined,
		setup: host.setup,
		push: push && (() => push.status),
	});
}

function startHTTP(settings: Settings, server: CameraServer, api: API, onNotice: NoticeHandler): HTTPServer {
	const camera = server.access;
	return new HTTPServer({
		...settings,
		access: camera,
		httpHosts: settings.httpHosts.split(","),
		routes: [new PageRoute(), ...pictureRoutes({ ...settings, camera }), ...api.routes],
		onNotice,
	});
}

/** @param ports where the servers listen */
function startDiscovery(
	settings: Settings,
	host: RunningHost,
	ports: { readonly rtspPort: number; readonly httpPort: number | undefined },
	onNotice: NoticeHandler,
): Discovery | undefined {
	const { discovery, name, address, interfaces, path } = settings;
	if (!discovery)
		return undefined;
	if (!openDiscovery) {
		onNotice("the camera is not announced: this build has no discovery");
		return undefined;
	}
	return openDiscovery({
		...ports,
		path,
		name: host.name ?? hostName(host.hardwareAddress, name),
		interfaces: (address === "0.0.0.0" ? interfaces : address || interfaces).split(",").filter(Boolean),
		onNotice,
	});
}

function run(values: Record<string, unknown>, host: RunningHost): void {
	try {
		const settings = readSettings(values);
		const notices = host.notices ?? new NoticeLog({ clock: new Uptime() });
		const onNotice = (message: string): void => {
			if (!host.notices)
				notices.add(message);
			host.notice(message);
		};
		const server = start(settings, onNotice), name = host.name ?? "RTSP camera";
		const push = startPush(settings, server, name, onNotice);
		const isServed = settings.httpPort !== 0 || settings.streamPort !== 0;
		const api = isServed ? openAPI(settings, server, { host, values, notices, push, name }) : undefined;
		const http = api && startHTTP(settings, server, api, onNotice);
		if (settings.user === "" && settings.auth !== "none")
			onNotice("no user is set: anybody who can reach the port can watch");
		const ports = { rtspPort: server.port, httpPort: http?.port };
		const discovery = startDiscovery(settings, host, ports, onNotice);
		host.started({
			address: settings.address,
			port: server.port,
			path: settings.path,
			httpPort: http?.port,
			statistics: () => server.statistics,
			stop: () => {
				discovery?.close();
				api?.close();
				http?.close();
				push?.close();
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
