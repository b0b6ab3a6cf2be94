// SPDX-License-Identifier: MIT
/** Opens cameras over the fake driver, which are closed after the test, and checks the state afterwards. */

import { equal } from "../../unit/harness";
import { jpeg } from "../faults/rig";
import { until, type Test } from "../harness";
import { stress } from "../stress";
import type { CameraOptions } from "camera/options";
import Camera from "esp32camera/camera";
import FakeDriver from "./fake/driver";

/** The image in every frame, which RTP can carry. */
export const image = jpeg(1500);

/** Processor time, milliseconds. */
const STRESS = 300;

/** Waits until no frame is out and the driver is closed, and checks that it was not misused. */
export async function settled(): Promise<void> {
	await until(() => FakeDriver.semaphores() === 0);
	equal([FakeDriver.get("out"), FakeDriver.get("inits") - FakeDriver.get("deinits"), FakeDriver.get("violations")], [
		0,
		0,
		0,
	], "out, open, violations");
}

/** Resets the driver. */
export async function fresh(numbers: Record<string, number> = {}): Promise<void> {
	await until(() => FakeDriver.semaphores() === 0);
	FakeDriver.reset(image);
	// only at the beginning of every test; a whole test would take minutes
	stress(STRESS);
	for (const [name, value] of Object.entries(numbers))
		FakeDriver.set(name, value);
}

/** Opens a camera: QVGA, three buffers, at the driver's rate. */
export function open(test: Test, options: Partial<CameraOptions> = {}): Camera {
	return test.close(new Camera({ size: "QVGA", frameRate: 120, onReadable: () => undefined, ...options }));
}

/** Opens a camera and counts the calls of `onReadable`. */
export function counting(test: Test, options: Partial<CameraOptions> = {}): { camera: Camera; calls: () => number } {
	let calls = 0;
	const camera = open(test, { ...options, onReadable: () => calls += 1 });
	return { camera, calls: () => calls };
}
