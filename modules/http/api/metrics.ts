// SPDX-License-Identifier: MIT
/** `GET /metrics`: Prometheus' text format 0.0.4. */

import type { Place } from "../../stream/bottleneck";
import type { ClientKind } from "../../stream/consumer";
import type { Answer, Route } from "../types";
import type { APIOptions } from "./context";
import { rounded, GET } from "./json";
import { VERSION } from "./version";

const PATHS: readonly string[] = Object.freeze(["/metrics"]);

const PREFIX = "rtsp_camera_";
const KINDS: readonly ClientKind[] = Object.freeze(["rtsp-tcp", "rtsp-udp", "multicast", "mjpeg", "push"]);
const PLACES: readonly Place[] = Object.freeze(["none", "sensor", "processor", "network", "client"]);

export class MetricsRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #options: APIOptions;

	constructor(options: APIOptions) {
		this.#options = options;
	}

	handle(): Answer {
		return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: this.#write() };
	}

	#write(): string {
		const { camera, name, notices, heap } = this.#options, { hub, health, statistics } = camera;
		const { source, frameRate } = hub, { losses, bottleneck } = health, lines: string[] = [];
		family(lines, "info", "gauge", "The camera.");
		sample(lines, `info{name="${escaped(name)}",version="${VERSION}",sensor="${escaped(source.sensor ?? "")}"}`, 1);
		single(lines, "uptime_seconds", "gauge", "Time since the start of the program.", rounded(notices.now, 3));
		single(lines, "frames_captured_total", "counter", "Frames read from the camera.", statistics.captured);
		single(lines, "frames_sent_total", "counter", "Frames sent completely, per client.", statistics.sent);
		single(lines, "frames_dropped_total", "counter", "Frames not sent completely, per client.", statistics.dropped);
		single(lines, "payload_bytes_total", "counter", "Payload sent to all clients.", statistics.octets);
		single(lines, "camera_reopened_total", "counter", "Times that the camera was reopened.", statistics.reopened);
		family(lines, "frames_lost_total", "counter", "Frames that the camera lost since it was opened, by cause.");
		for (const cause of ["late", "unbuffered", "unusable"] as const)
			sample(lines, `frames_lost_total{cause="${cause}"}`, losses[cause]);
		single(lines, "frame_rate", "gauge", "Frames a second, measured in the last second.",
			rounded(health.frameRate));
		if (frameRate !== Infinity)
			single(lines, "frame_rate_requested", "gauge", "Frames a second, as requested.", rounded(frameRate, 3));
		if (source.size !== undefined && source.quality !== undefined)
			single(lines, "quality", "gauge", "JPEG quality number of the OV2640, 0 is best.", source.quality);
		single(lines, "connections", "gauge", "Open connections.", statistics.connections);
		family(lines, "clients", "gauge", "Clients that receive frames, by kind. A multicast group is one.");
		for (const kind of KINDS)
			sample(lines, `clients{kind="${kind}"}`, hub.consumers.countOf(kind));
		family(lines, "bottleneck", "gauge", "1 where the bottleneck is.");
		for (const where of PLACES)
			sample(lines, `bottleneck{where="${where}"}`, bottleneck.where === where ? 1 : 0);
		if (heap) {
			const internal = heap(), { psram } = internal;
			family(lines, "heap_free_bytes", "gauge", "Free memory.");
			memory(lines, "heap_free_bytes", internal.free, psram?.free);
			family(lines, "heap_largest_free_bytes", "gauge", "Largest free block of memory.");
			memory(lines, "heap_largest_free_bytes", internal.largest, psram?.largest);
		}
		return `${lines.join("\n")}\n`;
	}
}

function family(lines: string[], name: string, type: "counter" | "gauge", help: string): void {
	lines.push(`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} ${type}`);
}

function sample(lines: string[], name: string, value: number): void {
	lines.push(`${PREFIX}${name} ${value}`);
}

function memory(lines: string[], name: string, internal: number, psram: number | undefined): void {
	sample(lines, `${name}{memory="internal"}`, internal);
	if (psram !== undefined)
		sample(lines, `${name}{memory="psram"}`, psram);
}

function single(lines: string[], name: string, type: "counter" | "gauge", help: string, value: number): void {
	family(lines, name, type, help);
	sample(lines, name, value);
}

function escaped(text: string): string {
	return text.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n");
}
