// SPDX-License-Identifier: MIT
/** The simulated camera on the engine: it behaves like a sensor with a few frame buffers. The argument is a folder with
 *  frames of two sizes, some of which RTP cannot carry. */

import Camera from "camera";
import Process from "process";
import type { Frame } from "../../../modules/camera/source";
import { assert, equal, throws } from "../../unit/harness";
import { Allocations, AsyncSuite, delay, thrown, until, type Test } from "../harness";
import packets from "./packets";

const suite = new AsyncSuite();
const onReadable = () => undefined;

type Options = Partial<ConstructorParameters<typeof Camera>[0]>;

/** A small, fast camera that is closed after the test. */
function open(test: Test, options: Options = {}): Camera {
	return test.close(new Camera({ size: "QVGA", frameRate: 100, onReadable, ...options }));
}

/** Runs a camera until `take` has received `count` frames. Closes each frame unless `take` returns true to keep it. */
function frames(
	camera: (onReadable: () => void) => Camera,
	count: number,
	take: (frame: Frame, index: number) => boolean | void,
): Promise<Camera> {
	return new Promise((resolve, reject) => {
		let index = 0;
		const it = camera(() => {
			if (index >= count)
				return;
			const frame = it.read();
			if (!frame)
				return;
			try {
				if (!take(frame, index))
					frame.close();
			}
			catch (error) {
				reject(error);
			}
			index += 1;
			if (index === count) {
				it.stop();
				resolve(it);
			}
		});
		it.start();
	});
}

function bytesOf(frame: Frame): Uint8Array {
	return new Uint8Array(frame as unknown as ArrayBuffer);
}

suite.test("wrong-options-are-told-what-would-be-right", () => {
	const cases: readonly [Record<string, unknown>, new (...args: never[]) => Error, string][] = [
		[{ size: "FOO" }, RangeError, "size must be one of QQVGA"],
		[{ width: 1, height: 2 }, RangeError, "width and height must be one of"],
		[{ size: "VGA", width: 1 }, RangeError, "size VGA is 640x480"],
		[{ quality: 64 }, RangeError, "quality must be an integer from 0 to 63"],
		[{ quality: "4" }, TypeError, "quality must be a number"],
		[{ frameRate: 0 }, RangeError, "frameRate must be 0.1 to 1000"],
		[{ frameRate: 1001 }, RangeError, "frameRate must be 0.1 to 1000"],
		[{ bufferCount: 1 }, RangeError, "bufferCount must be an integer from 2 to 8"],
		[{ bufferCount: 9 }, RangeError, "bufferCount must be an integer from 2 to 8"],
		[{ sampling: "4:4:4" }, RangeError, "sampling must be"],
		[{ restartInterval: 65536 }, RangeError, "restartInterval must be"],
		[{ onReadable: undefined }, TypeError, "onReadable must be a function"],
		[{ onNotice: 1 }, TypeError, "onNotice must be a function"],
		[{ frames: "" }, TypeError, "frames must be the path of a folder"],
	];
	for (const [options, type, text] of cases) {
		const { message } = thrown(() => new Camera({ onReadable, ...options } as never), type);
		assert(message.includes(text), `"${message}" for ${JSON.stringify(options)}`);
	}
});

suite.test("folder-without-a-usable-frame-is-an-error", () => {
	for (const folder of ["/nonexistent", "/"])
		throws(() => new Camera({ frames: folder, onReadable }), Error, folder);
});

suite.test("frame-is-a-whole-jpeg-with-its-capture-time", async test => {
	let before = 0;
	const camera = await frames(callback => open(test, { onReadable: callback }), 3, frame => {
		const bytes = bytesOf(frame);
		equal([bytes[0], bytes[1], bytes[frame.byteLength - 2], bytes[frame.byteLength - 1]], [0xff, 0xd8, 0xff, 0xd9]);
		assert(frame.byteLength > 2000 && frame.captureTime > before);
		before = frame.captureTime;
	});
	assert(camera.now() >= before);
	equal([camera.width, camera.height, camera.size], [320, 240, "QVGA"]);
});

suite.test("closed-frame-is-empty-and-closing-twice-is-harmless", async test => {
	await frames(callback => open(test, { onReadable: callback }), 1, frame => {
		frame.close();
		frame.close();
		equal(frame.byteLength, 0);
	});
});

suite.test("read-gives-each-frame-once", async test => {
	let camera: Camera;
	await frames(callback => (camera = open(test, { onReadable: callback })), 2, () => equal(camera.read(), undefined));
});

suite.test("latest-frame-wins", async test => {
	const camera = open(test);
	camera.start();
	await until(() => camera.statistics.captured >= 5);
	const now = camera.now(), frame = camera.read()!;
	assert(now - frame.captureTime < 1_000_000);
	equal(camera.statistics.overwritten, camera.statistics.captured - 1);
	frame.close();
});

suite.test("leases-are-bounded-by-the-buffers-and-the-camera-recovers", async test => {
	const held: Frame[] = [];
	const camera = await frames(callback => open(test, { bufferCount: 3, onReadable: callback }), 3,
		frame => held.push(frame) > 0);
	equal(new Set(held).size, 3);
	camera.start();
	await until(() => camera.statistics.dropped >= 3);
	equal(camera.read(), undefined);
	held[1]!.close();
	await until(() => {
		const frame = camera.read();
		frame?.close();
		return frame !== undefined;
	});
	assert(held[0]!.byteLength > 2000);
});

suite.test("size-and-quality-change-while-frames-are-out", async test => {
	const held: Frame[] = [];
	const camera = await frames(callback => open(test, { size: "VGA", onReadable: callback }), 1,
		frame => held.push(frame) > 0);
	const vga = held[0]!.byteLength, before = bytesOf(held[0]!).slice(0, 700);
	camera.size = "QQVGA";
	camera.quality = 40;
	equal([camera.width, camera.height], [160, 120]);
	camera.start();
	let small: Frame | undefined;
	await until(() => (small = camera.read()) !== undefined);
	assert(small!.byteLength < vga / 2);
	small!.close();
	equal(bytesOf(held[0]!).slice(0, 700), before);
	equal(held[0]!.byteLength, vga);
	held[0]!.close();
	throws(() => camera.size = "HUGE" as never, RangeError);
	throws(() => camera.quality = 64, RangeError);
	throws(() => camera.frameRate = 0, RangeError);
	equal([camera.size, camera.quality], ["QQVGA", 40]);
});

suite.test("controls-change-the-picture-and-outlive-its-size", async test => {
	const camera = open(test), { controls } = camera;
	/** The length of the next frame. */
	const length = async (): Promise<number> => {
		let frame: Frame | undefined;
		camera.start();
		await until(() => (frame = camera.read()) !== undefined);
		camera.stop();
		const { byteLength } = frame!;
		frame!.close();
		return byteLength;
	};
	equal(controls!.list.map(({ name }) => name), ["brightness", "contrast", "saturation", "special_effect", "mirror",
		"flip"]);
	const plain = await length();
	// a grey picture has almost no bits of colour
	controls!.set("saturation", -2);
	equal([controls!.get("saturation"), controls!.get("flip"), controls!.get("sharpness")], [-2, 0, undefined]);
	const grey = await length();
	assert(grey < plain * 0.98, `${grey} bytes, ${plain} before`);
	camera.size = "VGA";
	const large = await length();
	controls!.set("saturation", 0);
	assert(large < await length() * 0.97, "a new size forgot its controls");
	camera.size = "QVGA";
	const again = await length();
	assert(again > (plain + grey) / 2, `${again} bytes, ${grey} in grey, ${plain} at first`);
	throws(() => controls!.set("sharpness", 1), RangeError);
	throws(() => controls!.set("contrast", 3), RangeError);
	throws(() => controls!.set("mirror", 0.5), RangeError);
	equal(controls!.get("contrast"), 0);
	camera.close();
	throws(() => controls!.set("flip", 1), Error);
});

suite.test("image-larger-than-its-buffer-is-lost-counted-and-told-of-once", async test => {
	const notices: string[] = [];
	const camera = open(test, { size: "QVGA", quality: 0, onNotice: (message: string) => void notices.push(message) });
	camera.start();
	await until(() => camera.statistics.oversized >= 2);
	equal(camera.read(), undefined);
	equal(notices, [
		"images of 320x240 at quality 0 are larger than their buffer and are lost: use a higher quality number",
	]);
	camera.quality = 12;
	await until(() => {
		const frame = camera.read();
		frame?.close();
		return frame !== undefined;
	});
});

suite.test("frame-rate-does-not-drift", async test => {
	let first = 0, last = 0;
	const camera = await frames(callback => open(test, { size: "QQVGA", frameRate: 60, onReadable: callback }), 121,
		(frame, index) => {
			if (index === 0)
				first = frame.captureTime;
			last = frame.captureTime;
		});
	// captures missed on a busy machine are skipped, not made up for, and the grid stays
	const seconds = (last - first) / 1_000_000, rate = (120 + camera.statistics.missed) / seconds;
	assert(Math.abs(rate - 60) < 3, `${rate.toFixed(2)} frames/s`);
});

suite.test("camera-without-a-frame-rate-captures-in-every-turn-of-the-loop", async test => {
	let end = 0;
	const pauses: number[] = [], clock = open(test);
	const camera = await frames(
		callback => open(test, { size: "QQVGA", frameRate: Infinity, onReadable: callback }),
		101,
		frame => {
			pauses.push(frame.captureTime - end);
			end = clock.now();
		},
	);
	pauses.sort((a, b) => a - b);
	// with a timer of whole milliseconds it would be about 700 µs
	assert(pauses[50]! < 300, `${pauses[50]} microseconds`);
	equal([camera.frameRate, camera.statistics.missed], [Infinity, 0]);
	camera.frameRate = 5;
	await delay(30);
	const { captured } = camera.statistics;
	await delay(100);
	assert(camera.statistics.captured - captured <= 1);
});

suite.test("stopped-camera-captures-nothing-and-starts-again", async test => {
	const camera = open(test);
	camera.start();
	camera.start();
	await until(() => camera.statistics.captured >= 2);
	camera.stop();
	camera.stop();
	const { captured } = camera.statistics;
	equal(camera.read(), undefined);
	await delay(60);
	equal(camera.statistics.captured, captured);
	camera.start();
	await until(() => camera.statistics.captured > captured);
});

suite.test("close-with-frames-out-empties-them", async () => {
	const held: Frame[] = [];
	const camera = await frames(callback => new Camera({ size: "QVGA", frameRate: 100, onReadable: callback }), 2,
		frame => held.push(frame) > 0);
	camera.close();
	camera.close();
	for (const frame of held) {
		equal(frame.byteLength, 0);
		frame.close();
	}
	equal([camera.width, camera.height, camera.read()], [0, 0, undefined]);
	throws(() => camera.start(), Error, "start after close");
	throws(() => camera.size = "VGA", Error, "size after close");
	camera.stop();
});

suite.test("frame-outlives-a-camera-that-was-forgotten", async () => {
	let kept: Frame | undefined;
	await frames(callback => new Camera({ size: "QQVGA", frameRate: 100, onReadable: callback }), 1,
		frame => (kept = frame) !== undefined);
	for (let i = 0; i < 5; i++)
		Process.collect();
	const bytes = bytesOf(kept!);
	equal([bytes[0], bytes[kept!.byteLength - 1]], [0xff, 0xd9]);
	kept!.close();
});

suite.test("steady-state-allocates-nothing", async test => {
	const allocations = new Allocations();
	await frames(callback => open(test, { size: "QQVGA", frameRate: 120, onReadable: callback }), 210,
		(frame, index) => {
			if (index === 9)
				allocations.begin();
			if (index === 209)
				allocations.end();
			frame.close();
		});
	allocations.expectNone("200 frames");
});

suite.test("replay-goes-in-name-order-and-skips-what-cannot-be-sent-by-name", async test => {
	const notices: string[] = [], sizes: string[] = [];
	let camera: Camera;
	await frames(callback => (camera = open(test, {
		frames: Process.argument(0)!,
		frameRate: 50,
		onReadable: callback,
		onNotice: message => notices.push(message),
	})), 4, frame => {
		sizes.push(`${camera.width}x${camera.height}`);
		assert(frame.byteLength > 1000);
	});
	equal(sizes, ["227x149", "800x600", "227x149", "800x600"]);
	equal(notices.length, 2);
	assert(notices[0]!.startsWith("b-text.jpg: ") && notices[0]!.endsWith(", skipped"), notices[0]);
	assert(notices[1]!.startsWith("c-cut.jpg: "), notices[1]);
	equal(camera!.size, undefined);
	throws(() => camera.size = "VGA", Error, "size while files are replayed");
});

suite.test("replay-keeps-its-order-while-a-frame-is-held", async test => {
	const sizes: string[] = [];
	let held: Frame | undefined, heldBytes = "";
	const contents = (frame: Frame): string => new Uint8Array(frame as unknown as ArrayBuffer).subarray(-64).join();
	const camera: Camera = open(test, {
		frames: Process.argument(0)!,
		frameRate: 50,
		onReadable() {
			const frame = camera.read();
			if (!frame)
				return;
			sizes.push(`${camera.width}`);
			if (held)
				frame.close();
			else {
				held = frame;
				heldBytes = contents(frame);
			}
		},
	});
	camera.start();
	await until(() => sizes.length >= 12);
	camera.stop();
	equal(sizes.slice(0, 12).join(), "227,800,227,800,227,800,227,800,227,800,227,800");
	equal(contents(held!), heldBytes);
	held!.close();
});

// a closed frame's picture once stayed at its index as well: when it was an orphan at another one, the next capture at
// the first freed it under its reader
suite.test("picture-held-for-a-round-outlives-captures-into-its-earlier-buffer", async test => {
	// two files, three times each: more than the buffers
	const PICTURES = 6, BUFFERS = 4;
	const contents = (frame: Frame): string => bytesOf(frame).subarray(-64).join();
	const closeAll = (list: Frame[]): void => {
		for (const frame of list.splice(0))
			frame.close();
	};
	const held: Frame[] = [], round = BUFFERS - 1 + PICTURES;
	let before = "";
	const camera = await frames(
		callback => open(test, { frames: Process.argument(0)!, bufferCount: BUFFERS, onReadable: callback }),
		round + PICTURES + BUFFERS - 1,
		(frame, index) => {
			// all buffers; then this picture comes again into the first one, and is held while the others pass
			if (index >= BUFFERS && index < round || index > round && index < round + PICTURES)
				return false;
			held.push(frame);
			if (index === BUFFERS - 1)
				closeAll(held);
			if (index === round)
				before = contents(frame);
			return true;
		},
	);
	equal(held.length, BUFFERS);
	equal(new Set(held).size, BUFFERS);
	equal(contents(held[0]!), before);
	equal(contents(held[1]!), before, "its copy");
	closeAll(held);
	camera.start();
	const { captured } = camera.statistics;
	await until(() => camera.statistics.captured >= captured + 2 * PICTURES);
});

suite.test("notice-that-throws-leaves-nothing-behind", () => {
	throws(() =>
		new Camera({
			frames: Process.argument(0)!,
			onReadable,
			onNotice: () => {
				throw new RangeError("from the notice");
			},
		}), RangeError);
	Process.collect();
});

packets(suite);
suite.run();
