// SPDX-License-Identifier: MIT
/**
 * What a sensor can be told about the picture, besides size and quality: names, and the range of each. The names are
 * those of esp32-camera's functions, but for the two that everybody uses: mirror and flip.
 */

/** What a kind of sensor takes. */
export interface ControlRange {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
}

export interface SensorControl {
	readonly name: string;
	/** What an OV2640 takes, and what is expected of sensors that are not known here; undefined: it has no such
	 *  thing. */
	readonly ov2640: ControlRange | undefined;
	/** What an OV3660 or OV5640 takes. */
	readonly ov5640: ControlRange;
}

type Range = readonly [minimum: number, maximum: number];

const SWITCH: Range = Object.freeze([0, 1] as const);

/** Frozen, all of it: it stays in flash. */
function control(name: string, ov2640: Range | undefined, ov5640: Range = ov2640!): SensorControl {
	return Object.freeze({ name, ov2640: ov2640 && named(name, ov2640), ov5640: named(name, ov5640) });
}

function named(name: string, [minimum, maximum]: Range): ControlRange {
	return Object.freeze({ name, minimum, maximum });
}

export const sensorControls: readonly SensorControl[] = Object.freeze([
	control("brightness", [-2, 2], [-3, 3]),
	control("contrast", [-2, 2], [-3, 3]),
	control("saturation", [-2, 2], [-4, 4]),
	control("sharpness", undefined, [-3, 3]),
	control("denoise", undefined, [0, 8]),
	control("special_effect", [0, 6]),
	control("mirror", SWITCH),
	control("flip", SWITCH),
	control("agc", SWITCH),
	control("agc_gain", [0, 30], [0, 64]),
	control("gain_ceiling", [0, 6], [0, 1023]),
	control("aec", SWITCH),
	control("aec2", SWITCH),
	control("ae_level", [-2, 2], [-5, 5]),
	control("aec_value", [0, 1200], [0, 2047]),
	control("awb", SWITCH),
	control("awb_gain", SWITCH),
	control("wb_mode", [0, 4]),
	control("lenc", SWITCH),
	control("bpc", SWITCH),
	control("wpc", SWITCH),
	control("raw_gma", SWITCH),
	control("dcw", SWITCH),
	control("colorbar", SWITCH),
	control("xclk", [6, 24]),
]);

/** What any sensor takes: settings are read before it is known which one there is. */
export function widestRange(
	{ name, ov2640 = { name, minimum: Infinity, maximum: -Infinity }, ov5640 }: SensorControl,
): ControlRange {
	return { name, minimum: Math.min(ov2640.minimum, ov5640.minimum),
		maximum: Math.max(ov2640.maximum, ov5640.maximum) };
}
