// SPDX-License-Identifier: MIT
/**
 * What the program does with the camera besides RTSP: push, the HTTP port with its API and ONVIF, discovery. A build
 * can leave push, ONVIF and discovery out (docs/architecture.md): what opens them is then undefined.
 */

import { hostName } from "common/names";
import type { NoticeLog } from "common/noticelog";
import { openDiscovery } from "discovery/open";
import type { Discovery, Endpoint } from "discovery/types";
import { API } from "http/api/api";
import { PageRoute } from "http/page/route";
import { pictureRoutes } from "http/routes";
import { HTTPServer } from "http/server";
import type { Route } from "http/types";
import { openONVIF } from "onvif/open";
import type { ONVIF } from "onvif/types";
import { openPush } from "push/open";
import type { Push } from "push/types";
import type { Settings } from "settings/settings";
import type { CameraServer } from "stream/server";
import type { RunningHost } from "./hosts/contract";

export interface ServicesOptions {
	readonly settings: Settings;
	/** The settings as they were given, before they were read. */
	readonly values: Record<string, unknown>;
	readonly host: RunningHost;
	readonly camera: CameraServer;
	readonly notices: NoticeLog;
	readonly onNotice: (message: string) => void;
}

export interface Services {
	/** undefined: there is no HTTP. */
	readonly httpPort: number | undefined;
	/** Takes announcements back, and ends what is being sent. */
	close(): void;
}

/** What all of them need. */
interface Context extends ServicesOptions {
	/** Name of the camera, for people and in the network. */
	readonly name: string;
	/** Names by which browsers may call the camera. */
	readonly httpHosts: readonly string[];
}

/** @throws Error a port is in use
 *  @throws SettingsError a setting does not fit the machine */
export function openServices(options: ServicesOptions): Services {
	const { settings, host } = options;
	const context: Context = { ...options, name: host.name ?? hostName(host.hardwareAddress, settings.name),
		httpHosts: settings.httpHosts.split(",") };
	const push = startPush(context), routes: Route[] = [], http = startHTTP(context, routes), httpPort = http?.port;
	// the stream port has neither page nor API
	const api = httpPort === undefined ? undefined : createAPI(context, push);
	const onvif = httpPort === undefined ? undefined : createONVIF(context);
	if (api)
		routes.push(new PageRoute(), ...api.routes, ...onvif?.routes ?? []);
	const discovery = startDiscovery(context, httpPort, onvif?.endpoint);
	return {
		httpPort,
		close: () => {
			discovery?.close();
			api?.close();
			http?.close();
			push?.close();
		},
	};
}

function startPush({ settings, camera, name, onNotice }: Context): Push | undefined {
	const { push: url, stallTimeout } = settings;
	if (url === "")
		return undefined;
	if (!openPush)
		onNotice("this program was built without push: --push has no effect");
	return openPush?.({ url, stream: camera, access: camera.access, name, stallTimeout, onNotice });
}

function createAPI({ settings, values, host, camera, name, notices }: Context, push: Push | undefined): API {
	return new API({
		camera,
		name,
		user: settings.user || undefined,
		path: settings.path,
		notices,
		store: host.openStore?.(values),
		restart: restartOf(host),
		heap: host.heap ? () => host.heap!() : undefined,
		setup: host.setup,
		push: push && (() => push.status),
	});
}

/** @returns undefined if it is off, or left out of this build */
function createONVIF({ settings, host, camera, name, httpHosts, onNotice }: Context): ONVIF | undefined {
	return !settings.onvif ? undefined : openONVIF?.({
		...settings,
		camera,
		name,
		httpHosts,
		hardwareAddress: host.hardwareAddress,
		isDiscoverable: settings.discovery && openDiscovery !== undefined,
		restart: restartOf(host),
		onNotice,
	});
}

function restartOf(host: RunningHost): (() => void) | undefined {
	return host.restart ? () => host.restart!() : undefined;
}

/** Opens the ports, and adds the routes that both have.
 *  @returns undefined if both are off */
function startHTTP({ settings, camera, httpHosts, onNotice }: Context, routes: Route[]): HTTPServer | undefined {
	const { access } = camera;
	if (settings.httpPort === 0 && settings.streamPort === 0)
		return undefined;
	routes.push(...pictureRoutes({ ...settings, camera: access }));
	return new HTTPServer({
		...settings,
		access,
		httpHosts,
		routes,
		onNotice,
	});
}

function startDiscovery(
	{ settings, camera, name, onNotice }: Context,
	httpPort: number | undefined,
	endpoint: Endpoint | undefined,
): Discovery | undefined {
	const { discovery, address, interfaces, path } = settings;
	if (!discovery)
		return undefined;
	if (!openDiscovery)
		onNotice("the camera is not announced: this build has no discovery");
	return openDiscovery?.({
		rtspPort: camera.port,
		httpPort,
		endpoint,
		path,
		name,
		interfaces: (address || interfaces).split(",").filter(Boolean),
		now: camera.access.now,
		onNotice,
	});
}
