// SPDX-License-Identifier: MIT
/** A camera that implements only `captureImage`: everything else is inherited. */

import Image from "camera/image";
import type { CameraOptions } from "camera/options";
import { PolledCamera } from "camera/polled";
import { isWithinSize, type FrameSize } from "camera/sizes";
import type { Frame } from "camera/source";
import { assert, equal, throws } from "../../unit/harness";
import { Allocations, AsyncSuite, delay, until, type Test } from "../harness";
import { jpeg } from "../stream/smalljpeg";

const suite = new AsyncSuite();

class TestCamera extends PolledCamera {
	/** What `captureImage` does. */
	capture: () => object | undefined = () => jpeg(100);
	captures = 0;

	protected override captureImage(): object | undefined {
		this.captures += 1;
		return this.capture();
	}
}

interface Rig {
	readonly camera: TestCamera;
	readonly notices: string[];
	readonly readable: () => number;
}

function open(test: Test, options: Partial<CameraOptions> = {}): Rig {
	let readable = 0;
	const notices: string[] = [];
	const camera = test.close(
		new TestCamera({ frameRate: 100, onReadable: () => readable += 1, onNotice: notice => notices.push(notice),
			...options }),
	);
	return { camera, notices, readable: () => readable };
}

const bytesOf = (frame: Frame): Uint8Array => new Uint8Array(frame as unknown as ArrayBuffer);

suite.test("frame-has-the-bytes-of-the-image-and-its-size", async test => {
	const { camera, readable } = open(test);
	const image = jpeg(1000);
	camera.capture = () => image;
	equal(`${camera.width}x${camera.height}`, "640x480", "before the first image");
	camera.start();
	await until(() => readable() > 0);
	const frame = camera.read()!;
	equal(frame.byteLength, image.byteLength);
	equal(bytesOf(frame).join(), image.join());
	equal(`${camera.width}x${camera.height}`, "16x8");
	assert(frame.captureTime > 0 && frame.captureTime <= camera.now(), "capture time");
	frame.close();
	equal(frame.byteLength, 0, "after close");
});

suite.test("image-may-be-an-array-buffer-a-view-or-a-host-buffer", async test => {
	const { camera } = open(test);
	const image = jpeg(50), padded = new Uint8Array(image.byteLength + 10), host = new Image();
	padded.set(image, 5);
	host.assign(image);
	camera.start();
	for (const form of [image.buffer, padded.subarray(5, 5 + image.byteLength), host]) {
		camera.capture = () => form;
		camera.read()?.close();
		let frame: Frame | undefined;
		await until(() => (frame = camera.read()) !== undefined);
		equal(bytesOf(frame!).join(), image.join());
		frame!.close();
	}
});

suite.test("newest-image-replaces-one-that-was-not-read", async test => {
	const { camera, readable } = open(test);
	let length = 0;
	camera.capture = () => jpeg(length += 1);
	camera.start();
	await until(() => readable() >= 5);
	camera.capture = () => undefined;
	const last = length, frame = camera.read()!;
	equal(frame.byteLength, jpeg(last).byteLength);
	equal(camera.read(), undefined, "the same frame twice");
	frame.close();
});

suite.test("leased-frames-stay-as-they-are-and-images-without-a-buffer-are-lost", async test => {
	const { camera, readable } = open(test, { bufferCount: 2 });
	const frames: Frame[] = [];
	for (let i = 0; i < 2; i++) {
		camera.capture = () => jpeg(10 + i);
		camera.start();
		const before = readable();
		await until(() => readable() > before);
		frames.push(camera.read()!);
		camera.stop();
	}
	camera.capture = () => jpeg(500);
	camera.start();
	const captures = camera.captures;
	await until(() => camera.captures > captures + 3);
	equal(camera.read(), undefined, "a third frame of two buffers");
	equal(frames.map(frame => frame.byteLength).join(), [10, 11].map(length => jpeg(length).byteLength).join());
	frames[0]!.close();
	await until(() => (frames[0] = camera.read()!) !== undefined);
	equal(frames[0]!.byteLength, jpeg(500).byteLength);
	frames.forEach(frame => frame.close());
});

suite.test("frame-rate-is-kept-and-can-be-set", async test => {
	const { camera } = open(test, { frameRate: 50 });
	/** A loaded machine may come late, never early. */
	const mustCapture = async (frameRate: number): Promise<void> => {
		const before = camera.captures, begun = Date.now();
		await delay(500);
		const count = camera.captures - before, elapsed = Date.now() - begun;
		assert(count >= frameRate / 12 && count <= frameRate * elapsed / 1000 + 2,
			`${count} captures in ${elapsed} ms at ${frameRate} frames/s`);
	};
	camera.start();
	await mustCapture(50);
	camera.frameRate = 10;
	await mustCapture(10);
	throws(() => camera.frameRate = 0, RangeError);
	equal(camera.frameRate, 10);
});

suite.test("exception-or-unusable-image-costs-a-frame-and-is-told-once", async test => {
	const { camera, notices, readable } = open(test);
	const failing = [() => {
		throw new Error("no light");
	}, () => jpeg(20, { greyscale: true }), () => new Uint8Array(3), () => ({})];
	camera.start();
	for (const capture of failing) {
		const before = camera.captures, told = notices.length;
		camera.capture = capture;
		await until(() => camera.captures > before + 3);
		equal(notices.length, told + 1, notices.slice(told).join("; "));
	}
	assert(notices[0] === "The camera has no image: no light", notices[0]!);
	const before = readable();
	camera.capture = () => jpeg(20);
	await until(() => readable() > before);
	camera.read()!.close();
});

suite.test("stop-discards-and-close-empties-leased-frames", async test => {
	const { camera, readable } = open(test);
	camera.start();
	await until(() => readable() > 0);
	const leased = camera.read()!;
	await until(() => readable() > 1);
	camera.stop();
	equal(camera.read(), undefined, "after stop");
	const { captures } = camera;
	await delay(50);
	equal(camera.captures, captures, "captures after stop");
	assert(leased.byteLength > 0, "a leased frame after stop");
	camera.close();
	equal(leased.byteLength, 0, "a leased frame after close");
	leased.close();
});

suite.test("camera-that-closes-itself-while-it-captures-is-closed", async test => {
	const { camera, readable } = open(test);
	camera.capture = () => {
		camera.close();
		return jpeg(10);
	};
	camera.start();
	await delay(50);
	equal(camera.captures, 1);
	equal(readable(), 0);
	equal(camera.read(), undefined);
});

suite.test("options-are-checked", () => {
	const onReadable = (): void => undefined;
	throws(() => new TestCamera({ onReadable, frameRate: 1001 }), RangeError);
	throws(() => new TestCamera({ onReadable, bufferCount: 1 }), RangeError);
	throws(() => new TestCamera({ onReadable, bufferCount: 2.5 }), RangeError);
	throws(() => new TestCamera({ onReadable, bufferCount: "3" as unknown as number }), TypeError);
	throws(() => new TestCamera({ onReadable, frameRate: "25" as unknown as number }), TypeError);
	throws(() => new TestCamera({} as CameraOptions), TypeError);
	throws(() => new TestCamera({ onReadable, onNotice: "" as unknown as () => void }), TypeError);
	throws(() => new TestCamera({ onReadable, size: "4K" as FrameSize }), RangeError);
	throws(() => new TestCamera({ onReadable, width: 641, height: 480 }), RangeError);
	throws(() => new TestCamera({ onReadable, size: "VGA", width: 320 }), RangeError);
	const { width, height } = new TestCamera({ onReadable, width: 320, height: 240 });
	equal(`${width}x${height}`, "320x240");
});

suite.test("sizes-are-compared-by-name", () => {
	equal(isWithinSize("QVGA", "VGA"), true);
	equal(isWithinSize("VGA", "VGA"), true);
	equal(isWithinSize("SVGA", "VGA"), false);
	equal(isWithinSize("4K", "UXGA"), false);
});

suite.test("steady-state-allocates-nothing", async test => {
	const image = jpeg(2000), allocations = new Allocations();
	let captures = 0;
	const camera: TestCamera = test.close(new TestCamera({ frameRate: 100, onReadable: () => camera.read()!.close() }));
	// from the end of one capture to the beginning of the next: the camera copies, parses, offers and schedules
	camera.capture = () => {
		captures += 1;
		if (captures === 20)
			allocations.begin();
		if (captures === 40)
			allocations.end();
		return image;
	};
	camera.start();
	await new Promise<void>(resolve =>
		camera.capture = (before => () => {
			if (captures === 41)
				resolve();
			return before();
		})(camera.capture)
	);
	allocations.expectNone("20 frames");
});

suite.run();
