/** A board's `camera`: its sensor, or the simulated camera when `camera=simulated` is set. Both are in the program. */

import SensorCamera from "esp32camera/camera";
import SimulatedCamera, { type CameraOptions as SimulatedOptions } from "esp32camera/simulated";
import type { FrameSource } from "../../../modules/stream/types";

export type CameraOptions = ConstructorParameters<typeof SensorCamera>[0] & SimulatedOptions;

class Choice {
	/** @returns the camera itself, not a Choice
	 *  @throws whatever its constructor throws */
	constructor(options: CameraOptions) {
		return options.camera === "simulated" ? new SimulatedCamera(options) : new SensorCamera(options);
	}
}

export default Choice as new (options: CameraOptions) => FrameSource;
