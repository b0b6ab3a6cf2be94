// SPDX-License-Identifier: MIT
/** The controls of the simulated sensor: those of an OV2640 whose effect can be shown on the test card. */

import { checkInteger } from "camera/options";
import { sensorControls } from "camera/sensorcontrols";
import type { Control, Controls } from "../../modules/camera/source";

/** In the order of core/look.h. */
const NAMES: readonly string[] = Object.freeze(["brightness", "contrast", "saturation", "special_effect", "mirror",
	"flip"]);

const LIST: readonly Control[] = Object.freeze(
	NAMES.map(name => sensorControls.find(control => control.name === name)!.ov2640!),
);

export class SimulatedControls implements Controls {
	readonly list = LIST;
	readonly #values: number[] = NAMES.map(() => 0);
	readonly #apply: (index: number, value: number) => void;

	/** @param apply changes the look. It may throw, and then changes nothing */
	constructor(apply: (index: number, value: number) => void) {
		this.#apply = apply;
	}

	get(name: string): number | undefined {
		return this.#values[NAMES.indexOf(name)];
	}

	set(name: string, value: number): void {
		const index = NAMES.indexOf(name);
		if (index < 0)
			throw new RangeError(`the simulated sensor has no ${name}`);
		const { minimum, maximum } = LIST[index]!;
		this.#apply(index, checkInteger(value, name, minimum, maximum));
		this.#values[index] = value;
	}
}
