// SPDX-License-Identifier: MIT
/** `GET /api/status`: the camera, its stream, and where the bottleneck is. */

import type { Bottleneck } from "../../stream/bottleneck";
import type { Answer, HTTPRequest, Route } from "../types";
import type { APIOptions, HeapFigures, PushFigures } from "./context";
import { answerJSON, rounded, GET } from "./json";
import { VERSION } from "./version";

const PATHS: readonly string[] = Object.freeze(["/api/status"]);

/** Addresses of the stream: `rtsp` for players, the others relative to this server. */
export interface StreamDocument {
	readonly rtsp: string;
	readonly mjpeg: string;
	readonly snapshot: string;
}

export interface CameraDocument {
	/** Name of the sensor; null without one. */
	readonly sensor: string | null;
	/** null: files are replayed. */
	readonly size: string | null;
	readonly width: number;
	readonly height: number;
	readonly quality: number | null;
	/** Requested frames per second; 0: as many as possible. */
	readonly frameRate: number;
	readonly measuredFrameRate: number;
	/** Number of times that the camera was reopened. */
	readonly reopened: number;
}

/** The status without the addresses, which depend on the name that the client has for the camera. */
export interface StatusDocument {
	readonly name: string;
	/** Absent: anybody may watch. */
	readonly user?: string;
	readonly version: string;
	/** Seconds. */
	readonly uptime: number;
	readonly camera: CameraDocument;
	readonly clients: number;
	readonly connections: number;
	/** Frames; octets of payload. */
	readonly captured: number;
	readonly sent: number;
	readonly dropped: number;
	readonly octets: number;
	/** kbit/s of payload, in the last second. */
	readonly bitrate: number;
	readonly bottleneck: Bottleneck;
	readonly heap?: HeapFigures;
	/** There is `/api/setup`. */
	readonly setup?: true;
	readonly push?: PushFigures;
}

export function describeStatus({ camera, name, user, notices, heap, setup, push }: APIOptions): StatusDocument {
	const { hub, health, statistics } = camera, { source, frameRate } = hub;
	const { connections, playing, captured, sent, dropped, octets, reopened } = statistics;
	return {
		name,
		...(user === undefined ? {} : { user }),
		version: VERSION,
		uptime: rounded(notices.now),
		camera: {
			sensor: source.sensor ?? null,
			size: source.size ?? null,
			width: source.width,
			height: source.height,
			quality: source.size === undefined ? null : source.quality ?? null,
			frameRate: frameRate === Infinity ? 0 : rounded(frameRate, 3),
			measuredFrameRate: rounded(health.frameRate),
			reopened,
		},
		clients: playing,
		connections,
		captured,
		sent,
		dropped,
		octets,
		bitrate: Math.round(health.bitrate),
		bottleneck: health.bottleneck,
		...(heap ? { heap: heap() } : {}),
		...(setup ? { setup: true } : {}),
		...(push ? { push: describePush(push()) } : {}),
	};
}

function describePush(figures: PushFigures): PushFigures {
	return { ...figures, since: rounded(figures.since) };
}

/** @param host value of the Host header; undefined: the client named none */
export function describeStream({ camera, path }: APIOptions, host: string | undefined): StreamDocument {
	return { rtsp: `rtsp://${hostName(host ?? "") || "camera"}:${camera.port}/${path}`, mjpeg: "/stream",
		snapshot: "/snapshot.jpg" };
}

/** @param host with or without port; "[::1]:8080" gives "[::1]" */
function hostName(host: string): string {
	const colon = host.indexOf(":", host.startsWith("[") ? host.indexOf("]") : 0);
	return colon < 0 ? host : host.slice(0, colon);
}

export class StatusRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #options: APIOptions;

	constructor(options: APIOptions) {
		this.#options = options;
	}

	handle({ headers }: HTTPRequest): Answer {
		const options = this.#options;
		return answerJSON({ stream: describeStream(options, headers.get("host")), ...describeStatus(options) });
	}
}
