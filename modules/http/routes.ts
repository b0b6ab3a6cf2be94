// SPDX-License-Identifier: MIT
/**
 * The paths of pictures. Each stream and snapshot has the names under which programs know it: an integration that was
 * written for another camera then finds this one. docs/http.md lists who uses which.
 */

import random32 from "random";
import type { FrameSize } from "../camera/sizes";
import { errorText } from "../common/errortext";
import { toHex32 } from "../rtsp/text";
import type { CameraAccess } from "../stream/access";
import { MJPEGViewer, STREAM_HEAD } from "./mjpeg";
import { DISTURBS, Snapshot, type SnapshotOwner } from "./snapshot";
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

/** Answer to HEAD for a picture of another size or quality. The camera is not changed for it, so its length and ETag
 *  are unknown. */
const OTHER_HEAD: Answer = Object.freeze({
	status: 200,
	type: "image/jpeg",
	headers: "Cache-Control: private, no-cache\r\n",
});

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

	/** A snapshot of another size or quality borrows the camera. While anybody watches, it is refused: it would change
	 *  the stream of all viewers. */
	handle({ query, headers }: HTTPRequest, exchange: HTTPExchange): Answer | undefined {
		const { hub } = this, { tuning } = this.#camera;
		const size = query.get("size")?.toUpperCase(), quality = query.get("quality");
		const isOther = { size: size !== undefined && size !== tuning.get("size"),
			quality: quality !== undefined && quality !== tuning.get("quality")?.toString() };
		const refused = (isOther.size ? tuning.check("size", size) : undefined)
			?? (isOther.quality ? tuning.check("quality", Number(quality || NaN)) : undefined);
		if (refused)
			return tuning.has(refused.name)
				? { status: 400, type: "text/plain", body: `${refused.message}\r\n` }
				: { status: 409, type: "text/plain", body: `${refused.name} is fixed: leave it out\r\n` };
		const isBorrowing = isOther.size || isOther.quality;
		if (isBorrowing && exchange.headOnly) {
			if (hub.playing > 0)
				return DISTURBS;
			exchange.begin(OTHER_HEAD);
			return undefined;
		}
		const snapshot = new Snapshot(this, exchange, headers.get("if-none-match"), query.has("download"));
		exchange.watch(snapshot);
		hub.add(snapshot);
		if (isBorrowing) {
			const problem = borrow(snapshot, isOther.size ? size : undefined,
				isOther.quality ? Number(quality) : undefined);
			if (problem) {
				snapshot.closed();
				return problem;
			}
		}
		snapshot.take();
		return undefined;
	}
}

/** @param size a name that was checked
 *  @returns the refusal */
function borrow(snapshot: Snapshot, size: string | undefined, quality: number | undefined): Answer | undefined {
	try {
		return snapshot.borrow(size as FrameSize | undefined, quality) ? undefined : DISTURBS;
	}
	catch (error) {
		return { status: 503, type: "text/plain", body: `${errorText(error)}\r\n` };
	}
}

export function pictureRoutes(options: PictureRoutesOptions): Route[] {
	return [new StreamRoute(options), new SnapshotRoute(options)];
}
