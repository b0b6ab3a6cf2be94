/** What this sensor can be told, with the ranges of its kind. */

import { checkInteger } from "camera/options";
import { sensorControls } from "camera/sensorcontrols";
import type { Control, Controls } from "../../../modules/camera/source";

/** Who passes it on to the sensor. */
interface Sensor {
	/** @throws RangeError the sensor has no such thing
	 *  @throws Error it has not taken the value */
	setControl(name: string, value: number): void;
	getControl(name: string): number | undefined;
}

/** They have the ranges of the OV5640, whose registers they share for the most part. */
const WIDE: readonly string[] = Object.freeze(["OV3660", "OV5640"]);

export class SensorControls implements Controls {
	readonly list: readonly Control[];
	#sensor: Sensor | undefined;
	/** What was set, to be set again. */
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
		// the driver remembers gain ceilings in 8 bits
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

	/** Tells the sensor again what it was told. What it does not take this time, it does not take. */
	restore(): void {
		for (const [name, value] of this.#values) {
			try {
				this.#sensor?.setControl(name, value);
			}
			catch {
				// it has taken the size that this came with: nothing can be done for the rest
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
