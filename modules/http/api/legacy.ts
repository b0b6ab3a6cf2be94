// SPDX-License-Identifier: MIT
/**
 * `/status` and `/control?var=NAME&val=NUMBER` as Espressif's example CameraWebServer has them, for its clients.
 *
 * Its names differ from ours for some settings. A frame size is an index of esp32-camera's table, as it was from 2020
 * to 2024 (VGA is 8). The name of a size is accepted as well.
 */

import type { Tuning, TuningValue } from "../../stream/tuning";
import type { Answer, HTTPRequest, Route } from "../types";
import type { APIOptions } from "./context";
import { answerError, answerJSON, GET } from "./json";
import { answerRefusal, refuseChange } from "./settings";

const STATUS_PATHS: readonly string[] = Object.freeze(["/status"]);
const CONTROL_PATHS: readonly string[] = Object.freeze(["/control"]);

/** By index; "" for sizes that no camera here has. */
const FRAME_SIZES: readonly string[] = Object.freeze(["", "QQVGA", "QCIF", "HQVGA", "", "QVGA", "CIF", "HVGA", "VGA",
	"SVGA", "XGA", "HD", "SXGA", "UXGA"]);

/** [ours, theirs] */
const NAMES = Object.freeze(
	[["size", "framesize"], ["gain_ceiling", "gainceiling"], ["mirror", "hmirror"], ["flip", "vflip"]] as const,
);

/** esp32-camera's number of the pixel format JPEG. */
const PIXFORMAT_JPEG = 4;

function theirName(name: string): string {
	return NAMES.find(([ours]) => ours === name)?.[1] ?? name;
}

function ourName(name: string): string {
	return NAMES.find(([, theirs]) => theirs === name)?.[0] ?? name;
}

/** @returns the settings that the camera has, with their names there */
function describe(tuning: Tuning): Record<string, TuningValue> {
	const values: Record<string, TuningValue> = { pixformat: PIXFORMAT_JPEG };
	for (const name of [...tuning.names, "xclk"]) {
		const value = tuning.get(name);
		// it has no setting for the frame rate
		if (value !== undefined && name !== "framerate")
			values[theirName(name)] = name === "size" ? FRAME_SIZES.indexOf(String(value)) : value;
	}
	return values;
}

export class LegacyStatusRoute implements Route {
	readonly paths = STATUS_PATHS;
	readonly methods = GET;
	readonly #tuning: Tuning;

	constructor({ camera }: APIOptions) {
		this.#tuning = camera.tuning;
	}

	handle(): Answer {
		return answerJSON(describe(this.#tuning));
	}
}

export class LegacyControlRoute implements Route {
	readonly paths = CONTROL_PATHS;
	readonly methods = GET;
	readonly changes = true;
	readonly #tuning: Tuning;

	constructor({ camera }: APIOptions) {
		this.#tuning = camera.tuning;
	}

	handle({ query }: HTTPRequest): Answer {
		const tuning = this.#tuning, refusal = refuseChange(tuning);
		if (refusal)
			return refusal;
		const variable = query.get("var") ?? "", text = query.get("val") ?? "", name = ourName(variable);
		if (variable === "" || text === "")
			return answerError(400, "query", "use /control?var=NAME&val=NUMBER, for example var=quality&val=20");
		const number = Number(text);
		const value = name === "size" ? FRAME_SIZES[number] || text : number;
		const refused = tuning.set([[name, value]]);
		return refused ? answerRefusal(refused, tuning) : { status: 200, body: "" };
	}
}
