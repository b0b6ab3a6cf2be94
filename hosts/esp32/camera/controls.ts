// SPDX-License-Identifier: MIT
/** The sensor's controls, with the ranges of its model. */

import { checkInteger } from "camera/options";
import { sensorControls } from "camera/sensorcontrols";
import type { Control, Controls } from "../../../modules/camera/source";

/** Access to the sensor's registers. */
interface Sensor {
	/** @throws RangeError the sensor does not have this control
	 *  @throws Error it did not accept the value */
	setControl(name: string, value: number): void;
	getControl(name: string): number | undefined;
}

/** Sensors with the ranges of the OV5640, most of whose registers they share. */
const WIDE: readonly string[] = Object.freeze(["OV3660", "OV5640"]);

export class SensorControls implements Controls {
	readonly list: readonly Control[];
	#sensor: Sensor | undefined;
	/** Values that were set, for `restore`. */
	readonly #values = new Map<string, number>();

	/** @param name of the sensor */
	constructor(name: string, sensor: Sensor) {
		this.#sensor = sensor;
		const wide = WIDE.includes(name), list: Control[] = [];
		for (const { name: control, ov2640, ov5640 } of sensorControls) {
			const range = wide ? ov5640 : ov2640;
			if (range && sensor.getControl(control) !== undefined)
				list.push(range);
		}
		this.list = list;
	}

	get(name: string): number | undefined {
		if (!this.#find(name) || !this.#sensor)
			return undefined;
		// the driver stores gain ceilings in only 8 bits
		return this.#values.get(name) ?? this.#sensor.getControl(name);
	}

	set(name: string, value: number): void {
		const control = this.#find(name);
		if (!control)
			throw new RangeError(`the sensor has no ${name}`);
		checkInteger(value, name, control.minimum, control.maximum);
		if (!this.#sensor)
			throw new Error("camera is closed");
		this.#sensor.setControl(name, value);
		this.#values.set(name, value);
	}

	/** Sets all values again. Errors are ignored. */
	restore(): void {
		for (const [name, value] of this.#values) {
			try {
				this.#sensor?.setControl(name, value);
			}
			catch {
				// the size itself was set; there is nothing to do about a control that fails
			}
		}
	}

	close(): void {
		this.#sensor = undefined;
	}

	#find(name: string): Control | undefined {
		return this.list.find(control => control.name === name);
	}
}
