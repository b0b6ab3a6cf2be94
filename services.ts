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

/** @throws Error a port is in use
 *  @throws SettingsError a setting does not fit the machine */
export function openServices(options: ServicesOptions): Services {
	const push = startPush(options), { httpPort, streamPort } = options.settings;
	const isServed = httpPort !== 0 || streamPort !== 0;
	const api = isServed ? createAPI(options, push) : undefined, onvif = isServed ? createONVIF(options) : undefined;
	const http = api && startHTTP(options, [...api.routes, ...onvif?.routes ?? []]);
	const discovery = startDiscovery(options, http?.port, onvif?.endpoint);
	return {
		httpPort: http?.port,
		close: () => {
			discovery?.close();
			api?.close();
			http?.close();
			push?.close();
		},
	};
}

/** Name of the camera, for people. */
function nameOf({ host, settings }: ServicesOptions): string {
	return host.name ?? (settings.name || "RTSP camera");
}

function startPush(options: ServicesOptions): Push | undefined {
	const { settings, camera, onNotice } = options, { push: url, stallTimeout } = settings;
	if (url === "")
		return undefined;
	if (!openPush)
		onNotice("this program was built without push: --push has no effect");
	return openPush?.({ url, stream: camera, access: camera.access, name: nameOf(options), stallTimeout, onNotice });
}

function createAPI(options: ServicesOptions, push: Push | undefined): API {
	const { settings, values, host, camera, notices } = options;
	return new API({
		camera,
		name: nameOf(options),
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
function createONVIF(options: ServicesOptions): ONVIF | undefined {
	const { settings, host, camera, onNotice } = options;
	return !settings.onvif ? undefined : openONVIF?.({
		...settings,
		camera,
		name: nameOf(options),
		httpHosts: settings.httpHosts.split(","),
		hardwareAddress: host.hardwareAddress,
		isDiscoverable: settings.discovery && openDiscovery !== undefined,
		restart: restartOf(host),
		onNotice,
	});
}

function restartOf(host: RunningHost): (() => void) | undefined {
	return host.restart ? () => host.restart!() : undefined;
}

function startHTTP({ settings, camera, onNotice }: ServicesOptions, routes: readonly Route[]): HTTPServer {
	const { access } = camera;
	return new HTTPServer({
		...settings,
		access,
		httpHosts: settings.httpHosts.split(","),
		routes: [new PageRoute(), ...pictureRoutes({ ...settings, camera: access }), ...routes],
		onNotice,
	});
}

function startDiscovery(
	{ settings, host, camera, onNotice }: ServicesOptions,
	httpPort: number | undefined,
	endpoint: Endpoint | undefined,
): Discovery | undefined {
	const { discovery, name, address, interfaces, path } = settings;
	if (!discovery)
		return undefined;
	if (!openDiscovery)
		onNotice("the camera is not announced: this build has no discovery");
	return openDiscovery?.({
		rtspPort: camera.port,
		httpPort,
		endpoint,
		path,
		name: host.name ?? hostName(host.hardwareAddress, name),
		interfaces: (address || interfaces).split(",").filter(Boolean),
		now: camera.access.now,
		onNotice,
	});
}
