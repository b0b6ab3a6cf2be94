// SPDX-License-Identifier: MIT
/** `/api/settings` over a camera that the test closes and opens. */

import { equal, type Suite } from "../harness";
import { bytesOf } from "../rtsp/fixture";
import { SettingsRoute } from "http/api/settings";
import type { APIOptions } from "http/api/context";
import type { Answer, HTTPRequest } from "http/types";
import type { FrameSource } from "camera/source";
import { WatchedCamera } from "camera/watched";
import type { FrameHub } from "stream/hub";
import { Tuning } from "stream/tuning";

class Camera {
	/** The source cannot be opened. */
	isAway = false;
	/** Sizes that the source refuses. */
	refusedSize = "";
	saved: string | undefined;
	readonly route: SettingsRoute;
	readonly tuning: Tuning;
	readonly #source: WatchedCamera;

	constructor() {
		const source = this.#source = new WatchedCamera({ openSource: () => this.#open(), timeout: 10, frameRate: 25,
			uptime: () => 0, owner: { capture: () => undefined, vacate: () => undefined }, onNotice: () => undefined });
		const hub = {
			source,
			maxFrameRate: 25,
			get quality() {
				return source.quality;
			},
			set quality(value) {
				source.quality = value;
			},
		};
		// a stand-in has only what is used
		this.tuning = new Tuning(hub as unknown as FrameHub, { writable: true, minFrameRate: 5, maxFrameRate: 30,
			bestQuality: 10, worstQuality: 40, maxSize: "UXGA" });
		const store = { read: () => this.saved, write: (text: string) => this.saved = text,
			remove: () => this.saved = undefined };
		const options = { camera: { tuning: this.tuning }, store };
		this.route = new SettingsRoute(options as unknown as APIOptions);
	}

	#open(): FrameSource {
		if (this.isAway)
			throw new Error("the sensor does not answer");
		let mirror = 0, size = "VGA";
		const { refusedSize } = this;
		const source = {
			width: 640,
			height: 480,
			frameRate: 25,
			quality: 12,
			get size() {
				return size;
			},
			set size(value) {
				if (value === refusedSize)
					throw new Error("no memory");
				size = value;
			},
			controls: { list: [{ name: "mirror", minimum: 0, maximum: 1 }], get: () => mirror,
				set: (_name: string, value: number) => mirror = value },
			bufferCount: 2,
			now: () => 0,
			read: () => undefined,
			start: () => undefined,
			stop: () => undefined,
			close: () => undefined,
		};
		return source;
	}

	reopen(isAway: boolean): void {
		this.isAway = isAway;
		this.#source.reopen();
	}

	patch(body: string): Answer {
		const headers = new Map([["content-type", "application/json"]]);
		return this.route.change({ headers, body: new Uint8Array(bytesOf(body)) } as unknown as HTTPRequest);
	}
}

const CLOSED = [503, "camera"];

function errorOf({ status, body }: Answer): unknown[] {
	const { error } = JSON.parse(String(body)) as { error?: { name: string; allowed?: unknown } };
	return error?.allowed === undefined ? [status, error?.name] : [status, error.name, error.allowed];
}

export default function (suite: Suite): void {
	suite.test("settings-of-a-closed-camera-are-neither-saved-nor-set", () => {
		const camera = new Camera(), all = "{\"fps\":25,\"quality\":30,\"size\":\"VGA\",\"mirror\":1}";
		const stored = (): unknown => JSON.parse(camera.saved!);
		equal(camera.patch("{\"quality\":30,\"mirror\":1}").status, 200);
		equal([camera.route.store(false).status, stored()], [200, JSON.parse(all)]);
		camera.reopen(true);
		equal(errorOf(camera.route.store(false)), CLOSED, "save");
		equal(stored(), JSON.parse(all), "what was saved before");
		for (const body of ["{\"quality\":20}", "{\"size\":\"QVGA\"}", "{\"framerate\":10}", "{\"mirror\":0}"])
			equal(errorOf(camera.patch(body)), CLOSED, body);
		equal(errorOf(camera.route.reset()), CLOSED, "reset");
		equal(errorOf(camera.patch("{\"quality\":")), [400, "body"], "a wrong body is the client's fault");
		camera.reopen(false);
		equal([camera.route.store(false).status, stored()], [200, JSON.parse(all)], "once it is open again");
		equal(camera.route.reset().status, 200);
		equal([camera.tuning.get("quality"), camera.tuning.get("mirror")], [12, 0]);
		camera.reopen(true);
		equal([camera.route.store(true).status, camera.saved], [200, undefined], "what is saved can be forgotten");
	});

	suite.test("setting-that-is-named-twice-is-put-back", () => {
		const camera = new Camera();
		camera.refusedSize = "UXGA";
		camera.reopen(false);
		equal(errorOf(camera.patch("{\"quality\":20,\"quality\":30,\"size\":\"UXGA\"}")).slice(0, 2), [400, "size"]);
		equal([camera.tuning.get("quality"), camera.tuning.get("size")], [12, "VGA"]);
	});
}
