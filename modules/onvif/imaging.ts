// SPDX-License-Identifier: MIT
/** The imaging service (ONVIF Imaging Service Specification): controls of the sensor. Each is told, and set, as 0 to
 *  100; the sensor has steps within that. */

import type { TuningValue } from "../stream/tuning";
import type { Arguments } from "./arguments";
import { IMAGING_CAPABILITIES, type Call, type Service } from "./device";
import { invalid, NO_SOURCE, NOT_SUPPORTED, PROHIBITED, type Fault } from "./fault";
import { numberOf, rangeElement, SOURCE } from "./media";
import type { ONVIFOptions } from "./types";

/** Names of ONVIF in the order of its schema, and of the sensor's controls. */
const CONTROLS = Object.freeze(
	[["Brightness", "brightness"], ["ColorSaturation", "saturation"], ["Contrast", "contrast"], ["Sharpness",
		"sharpness"]] as const,
);

const SCALE = 100;

export class Imaging implements Service {
	readonly #options: ONVIFOptions;

	constructor(options: ONVIFOptions) {
		this.#options = options;
	}

	isOpen(name: string): boolean {
		return name === "GetServiceCapabilities";
	}

	changes(name: string): boolean {
		return name === "SetImagingSettings";
	}

	answer({ name, values }: Call): string | Fault {
		if (!values.means("VideoSourceToken", SOURCE))
			return NO_SOURCE;
		switch (name) {
			case "GetServiceCapabilities":
				return response(name, IMAGING_CAPABILITIES);
			case "GetImagingSettings":
				return response(name,
					this.#list("ImagingSettings",
						(element, control) => `<tt:${element}>${this.#present(control)}</tt:${element}>`));
			case "GetOptions":
				return response(name, this.#list("ImagingOptions", element => rangeElement(element, 0, SCALE)));
			case "SetImagingSettings":
				return this.#set(values) ?? response(name, "");
			default:
				return NOT_SUPPORTED;
		}
	}

	/** @param describe text for each control that the sensor has */
	#list(element: string, describe: (element: string, control: string) => string): string {
		const { tuning } = this.#options.camera;
		let text = "";
		for (const [name, control] of CONTROLS) {
			if (tuning.has(control))
				text += describe(name, control);
		}
		return `<timg:${element}>${text}</timg:${element}>`;
	}

	/** Present value, 0 to 100. */
	#present(control: string): number {
		const { tuning } = this.#options.camera, range = tuning.range(control), value = Number(tuning.get(control));
		return range && "maximum" in range && range.maximum > range.minimum
			? Math.round((value - range.minimum) / (range.maximum - range.minimum) * SCALE)
			: 0;
	}

	/** Sets what differs from the present values. What the sensor has not is left out.
	 *  @returns the refusal */
	#set(values: Arguments): Fault | undefined {
		const { tuning } = this.#options.camera, changes: [string, TuningValue][] = [];
		if (!tuning.limits.writable)
			return PROHIBITED;
		for (const [name, control] of CONTROLS) {
			const text = values.get(name, "ImagingSettings"), range = tuning.range(control);
			// libonvif sends all four, also those that it has not read
			if (text === undefined || !range || !("maximum" in range) || numberOf(text) === this.#present(control))
				continue;
			const value = numberOf(text);
			if (value === undefined || value < 0 || value > SCALE)
				return invalid("SettingsInvalid", `${name}: use 0 to ${SCALE}`);
			changes.push([control, Math.round(range.minimum + value / SCALE * (range.maximum - range.minimum))]);
		}
		const refused = tuning.set(changes);
		return refused && invalid("SettingsInvalid", refused.message);
	}
}

function response(name: string, content: string): string {
	return `<timg:${name}Response>${content}</timg:${name}Response>`;
}
