// SPDX-License-Identifier: MIT
/**
 * The paths of pictures. Each stream and snapshot has the names under which programs know it: an integration that was
 * written for another camera then finds this one. docs/http.md lists who uses which.
 */

import random32 from "random";
import { toHex32 } from "../rtsp/text";
import type { CameraAccess } from "../stream/access";
import { MJPEGViewer, STREAM_HEAD } from "./mjpeg";
import { Snapshot, type SnapshotOwner } from "./snapshot";
import type { Answer, HTTPExchange, HTTPRequest, Route } from "./types";

/** Streams of multipart/x-mixed-replace. */
const STREAM_PATHS: readonly string[] = Object.freeze([
	"/stream", // CameraWebServer and Tasmota on port 81, and their many relatives
	"/mjpeg/1", // esp32-cam-mjpeg, Micro-RTSP's example
	"/mjpeg",
	"/cam.mjpeg", // esp32cam; Tasmota on port 81
	"/video", // IP Webcam
]);

/** Snapshots. */
const SNAPSHOT_PATHS: readonly string[] = Object.freeze([
	"/snapshot.jpg", // Tasmota
	"/snapshot",
	"/capture", // CameraWebServer
	"/jpg", // esp32-cam-mjpeg, Micro-RTSP's example
	"/cam.jpg", // esp32cam; Tasmota on port 81
	"/wc.jpg", // Tasmota
	"/wc.mjpeg", // Tasmota: a single picture, in spite of its name
	"/shot.jpg", // IP Webcam
]);

const GET: readonly string[] = Object.freeze(["GET"]);

/** Frame intervals that a snapshot may be old. */
const SNAPSHOT_INTERVALS = 2;
/** Interval if the camera has no fixed one, frames per second. */
const USUAL_RATE = 25;
/** Bounds of `?fps=`. */
const LOWEST_RATE = 0.1, HIGHEST_RATE = 1000;

export interface PictureRoutesOptions {
	readonly camera: CameraAccess;
	/** Seconds after which a stalled client is dropped; 0 for never. */
	readonly stallTimeout: number;
}

class StreamRoute implements Route {
	readonly paths = STREAM_PATHS;
	readonly methods: readonly string[] = GET;
	readonly lasting = true;
	readonly stream = true;
	readonly #camera: CameraAccess;
	readonly #stallTimeout: number;

	constructor({ camera, stallTimeout }: PictureRoutesOptions) {
		this.#camera = camera;
		this.#stallTimeout = stallTimeout || Infinity;
	}

	handle({ query }: HTTPRequest, exchange: HTTPExchange): Answer | undefined {
		const fps = query.get("fps"), frameRate = fps === undefined ? Infinity : Number(fps || NaN);
		if (fps !== undefined && !(frameRate >= LOWEST_RATE && frameRate <= HIGHEST_RATE))
			return { status: 400, type: "text/plain", body: `fps: use ${LOWEST_RATE} to ${HIGHEST_RATE}\r\n` };
		if (exchange.headOnly) {
			exchange.begin(STREAM_HEAD);
			return undefined;
		}
		const viewer = new MJPEGViewer({ camera: this.#camera, exchange, frameRate, stallTimeout: this.#stallTimeout });
		this.#camera.hub.add(viewer);
		viewer.play();
		return undefined;
	}
}

class SnapshotRoute implements Route, SnapshotOwner {
	readonly paths = SNAPSHOT_PATHS;
	readonly methods: readonly string[] = GET;
	readonly stream = true;
	readonly run = toHex32(random32() >>> 0);
	readonly stallTimeout: number;
	copyCount = 0;
	readonly #camera: CameraAccess;

	constructor({ camera, stallTimeout }: PictureRoutesOptions) {
		this.#camera = camera;
		this.stallTimeout = stallTimeout || Infinity;
	}

	get hub(): CameraAccess["hub"] {
		return this.#camera.hub;
	}

	get greatestAge(): number {
		const rate = this.hub.maxFrameRate;
		return SNAPSHOT_INTERVALS * 1_000_000 / (rate === Infinity ? USUAL_RATE : rate);
	}

	unixTime(time: number): number {
		return this.#camera.unixTime(time);
	}

	/** A snapshot of another size or quality would change the stream of all viewers, so it is refused. */
	handle({ query, headers }: HTTPRequest, exchange: HTTPExchange): Answer | undefined {
		const { source, quality } = this.hub;
		const conflict = conflictOf("size", query.get("size")?.toUpperCase(), source.size)
			?? conflictOf("quality", query.get("quality"), quality?.toString());
		if (conflict !== undefined)
			return conflict;
		const snapshot = new Snapshot(this, exchange, headers.get("if-none-match"), query.has("download"));
		this.hub.add(snapshot);
		snapshot.take();
		return undefined;
	}
}

/** @returns the refusal of another value than the present one */
function conflictOf(name: string, wanted: string | undefined, present: string | undefined): Answer | undefined {
	return wanted === undefined || wanted === present ? undefined : {
		status: 409,
		type: "text/plain",
		body: `${name} is ${present ?? "fixed"}: set it for all viewers, or leave it out\r\n`,
	};
}

export function pictureRoutes(options: PictureRoutesOptions): Route[] {
	return [new StreamRoute(options), new SnapshotRoute(options)];
}
