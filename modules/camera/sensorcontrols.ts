// SPDX-License-Identifier: MIT
/**
 * The controls of a sensor besides size and quality, with their ranges. They have the names of esp32-camera's
 * functions, except for the two that everybody uses: mirror and flip.
 */

/** Range of a control on one kind of sensor. */
export interface ControlRange {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
}

export interface SensorControl {
	readonly name: string;
	/** Range on an OV2640, and assumed for unknown sensors; undefined if there is no such control. */
	readonly ov2640: ControlRange | undefined;
	/** Range on an OV3660 or OV5640. */
	readonly ov5640: ControlRange;
}

type Range = readonly [minimum: number, maximum: number];

const SWITCH: Range = Object.freeze([0, 1] as const);

/** Completely frozen, so that it stays in flash. */
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

/** Range that covers every sensor: settings are read before the sensor is known. */
export function widestRange(
	{ name, ov2640 = { name, minimum: Infinity, maximum: -Infinity }, ov5640 }: SensorControl,
): ControlRange {
	return { name, minimum: Math.min(ov2640.minimum, ov5640.minimum),
		maximum: Math.max(ov2640.maximum, ov5640.maximum) };
}
