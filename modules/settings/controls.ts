/**
 * What a sensor can be told about the picture, besides size and quality: names, and the range of each. The names are those of
 * esp32-camera's functions, but for the two that everybody uses: mirror and flip.
 */

export interface Range {
	readonly minimum: number;
	readonly maximum: number;
}

export interface SensorControl {
	readonly name: string;
	/** What an OV2640 takes, and what is expected of sensors that are not known here; undefined: it has no such thing. */
	readonly ov2640: Range | undefined;
	/** What an OV3660 or OV5640 takes; undefined: the same. */
	readonly ov5640: Range | undefined;
}

const SWITCH: Range = Object.freeze({ minimum: 0, maximum: 1 });

function range(minimum: number, maximum: number): Range {
	return Object.freeze({ minimum, maximum });
}

function control(name: string, ov2640: Range | undefined, ov5640?: Range): SensorControl {
	return Object.freeze({ name, ov2640, ov5640 });
}

export const sensorControls: readonly SensorControl[] = Object.freeze([
	control("brightness", range(-2, 2), range(-3, 3)),
	control("contrast", range(-2, 2), range(-3, 3)),
	control("saturation", range(-2, 2), range(-4, 4)),
	control("sharpness", undefined, range(-3, 3)),
	control("denoise", undefined, range(0, 8)),
	control("special_effect", range(0, 6)),
	control("mirror", SWITCH),
	control("flip", SWITCH),
	control("agc", SWITCH),
	control("agc_gain", range(0, 30), range(0, 64)),
	control("gain_ceiling", range(0, 6), range(0, 1023)),
	control("aec", SWITCH),
	control("aec2", SWITCH),
	control("ae_level", range(-2, 2), range(-5, 5)),
	control("aec_value", range(0, 1200), range(0, 2047)),
	control("awb", SWITCH),
	control("awb_gain", SWITCH),
	control("wb_mode", range(0, 4)),
	control("lenc", SWITCH),
	control("bpc", SWITCH),
	control("wpc", SWITCH),
	control("raw_gma", SWITCH),
	control("dcw", SWITCH),
	control("colorbar", SWITCH),
	control("xclk", range(6, 24)),
]);

/** What any sensor takes: settings are read before it is known which one there is. */
export function widestRange({ ov2640, ov5640 }: SensorControl): Range {
	const narrow = ov2640 ?? ov5640!, wide = ov5640 ?? narrow;
	return { minimum: Math.min(narrow.minimum, wide.minimum), maximum: Math.max(narrow.maximum, wide.maximum) };
}
