// SPDX-License-Identifier: MIT
/** The simulated camera on a board: to try a board without its sensor, or to tell network faults from camera faults. */

import type { CameraOptions } from "camera/options";
import Simulator from "simulator/camera";

export default class SimulatedCamera extends Simulator {
	/** @throws RangeError if `camera` asks for a sensor
	 *  @throws whatever the simulator's constructor throws */
	constructor(options: CameraOptions) {
		if (options.camera && options.camera !== "simulated")
			throw new RangeError(`camera=${options.camera}: this program was built for a board without a sensor`);
		super(options);
		options.onNotice?.(`camera: simulated, ${this.size}`);
	}
}
