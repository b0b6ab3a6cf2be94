/** A camera over the fake driver, closed behind its test, and what has to hold then. */

import { equal } from "../../unit/harness";
import { jpeg } from "../faults/rig";
import { until, type Test } from "../harness";
import { stress } from "../stress";
import type { CameraOptions } from "camera/options";
import Camera from "esp32camera/camera";
import FakeDriver from "./fake/driver";

/** In every frame: what RTP can carry. */
export const image = jpeg(1500);

/** Processor time, milliseconds. */
const STRESS = 300;

/** Nothing is out, open or running, and the driver was used as it may be. */
export async function settled(): Promise<void> {
	await until(() => FakeDriver.semaphores() === 0);
	equal([FakeDriver.get("out"), FakeDriver.get("inits") - FakeDriver.get("deinits"), FakeDriver.get("violations")], [0, 0, 0], "out, open, violations");
}

/** A driver as at the start. */
export async function fresh(numbers: Record<string, number> = {}): Promise<void> {
	await until(() => FakeDriver.semaphores() === 0);
	FakeDriver.reset(image);
	// every test begins under it; all of it would take minutes
	stress(STRESS);
	for (const [name, value] of Object.entries(numbers))
		FakeDriver.set(name, value);
}

/** QVGA with three buffers, as fast as the driver. */
export function open(test: Test, options: Partial<CameraOptions> = {}): Camera {
	return test.close(new Camera({ size: "QVGA", frameRate: 120, onReadable: () => undefined, ...options }));
}

/** Opens a camera, whose every call of `onReadable` counts. */
export function counting(test: Test, options: Partial<CameraOptions> = {}): { camera: Camera; calls: () => number } {
	let calls = 0;
	const camera = open(test, { ...options, onReadable: () => calls += 1 });
	return { camera, calls: () => calls };
}
