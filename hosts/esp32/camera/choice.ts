// SPDX-License-Identifier: MIT
/** A board's `camera`: its sensor, or the simulated camera if `camera=simulated` is set. The program contains both. */

import type { CameraConstructor, CameraOptions } from "camera/options";
import SensorCamera from "esp32camera/camera";
import SimulatedCamera from "esp32camera/simulated";

class Choice {
	/** @returns the camera itself, not a Choice
	 *  @throws whatever the camera's constructor throws */
	constructor(options: CameraOptions) {
		return options.camera === "simulated" ? new SimulatedCamera(options) : new SensorCamera(options);
	}
}

export default Choice as CameraConstructor;
