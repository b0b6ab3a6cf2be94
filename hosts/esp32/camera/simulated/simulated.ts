/** The simulated camera on a board: to try a board without its sensor, or to tell a fault of the network from one of the camera. */

import Simulator, { type CameraOptions as SimulatorOptions } from "simulator/camera";

export interface CameraOptions extends SimulatorOptions {
	/** Setting `camera`. Default, and empty: "simulated". */
	camera?: string;
}

export default class SimulatedCamera extends Simulator {
	/** @throws RangeError `camera` asks for a sensor
	 *  @throws whatever the simulator's constructor throws */
	constructor(options: CameraOptions) {
		if (options.camera && options.camera !== "simulated")
			throw new RangeError(`camera=${options.camera}: this program was built for a board without a sensor`);
		super(options);
		options.onNotice?.(`camera: simulated, ${this.size}`);
	}
}
