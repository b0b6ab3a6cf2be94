// SPDX-License-Identifier: MIT
/** Frames of a camera as RTP packets: reassembly by a receiver, and fragmenters whose frame has been closed. */

import Camera from "camera";
import Fragmenter from "jpeg/fragmenter";
import Scan from "jpeg/scan";
import Process from "process";
import type { Frame } from "../../../modules/camera/source";
import { assert, equal, throws } from "../../unit/harness";
import { until, type AsyncSuite } from "../harness";

const CHANNEL_FRAMING = 4, RTP_HEADER = 12, JPEG_HEADER = 8, RESTART_HEADER = 4, TABLES_HEADER = 4, TABLES = 128;

function copyOf(buffer: unknown): Uint8Array {
	return new Uint8Array(buffer as ArrayBuffer).slice();
}

/** Index of the first difference, or -1. */
function difference(a: Uint8Array, b: Uint8Array): number {
	if (a.length !== b.length)
		return Math.min(a.length, b.length);
	for (let i = 0; i < a.length; i++)
		if (a[i] !== b[i])
			return i;
	return -1;
}

/** The parts of an image that go into packets, found by walking its markers, independently of the code under test. */
function takeApart(image: Uint8Array): { scan: Uint8Array; tables: Uint8Array } {
	const found: Uint8Array[] = [];
	let at = 2;
	for (;;) {
		const marker = image[at + 1]!, length = (image[at + 2]! << 8) | image[at + 3]!;
		const end = at + 2 + length;
		if (marker === 0xdb) {
			for (let table = at + 4; table < end; table += 65)
				found[image[table]! & 15] = image.slice(table + 1, table + 65);
		}
		at = end;
		if (marker === 0xda)
			break;
	}
	let end = at;
	while (image[end] !== 0xff || image[end + 1] !== 0xd9)
		end += 1;
	const tables = new Uint8Array(TABLES);
	tables.set(found[0]!);
	tables.set(found[1] ?? found[0]!, 64);
	return { scan: image.slice(at, end + 2), tables };
}

/** A camera that replays the files, and one frame for each of them. */
async function replay(count: number): Promise<{ camera: Camera; frames: Frame[] }> {
	const frames: Frame[] = [];
	const camera: Camera = new Camera({
		frames: Process.argument(0)!,
		frameRate: 60,
		bufferCount: 4,
		onReadable: () => {
			if (frames.length < count)
				frames.push(camera.read()!);
		},
	});
	camera.start();
	await until(() => frames.length === count);
	camera.stop();
	return { camera, frames };
}

export default function (suite: AsyncSuite): void {
	suite.test("packets-of-real-images-are-put-together-bit-exactly", async test => {
		const { camera, frames } = await replay(2);
		test.close(camera);
		const parse = new Scan();
		for (const frame of frames) {
			equal(parse.parse(frame), 0);
			const image = copyOf(frame), { scan, tables } = takeApart(image);
			equal(parse.byteLength, scan.length);
			for (const [limit, channel] of [[1400, undefined], [64000, 2], [256, undefined]] as const) {
				const fragmenter = new Fragmenter({ ssrc: 0xfffffff0, sequenceNumber: 0xffff, channel });
				const framing = channel === undefined ? 0 : CHANNEL_FRAMING;
				const received = new Uint8Array(scan.length);
				let offset = 0, count = 0;
				fragmenter.begin(0xffffffff);
				for (let length; (length = fragmenter.next(frame, parse, limit)) !== 0; count++) {
					const packet = copyOf(fragmenter.packet);
					equal(packet.length, length);
					assert(length <= limit + framing);
					if (channel !== undefined)
						equal([...packet.slice(0, 4)], [0x24, channel, (length - 4) >> 8, (length - 4) & 255]);
					let at = framing + RTP_HEADER;
					equal((packet[at + 1]! << 16) | (packet[at + 2]! << 8) | packet[at + 3]!, offset);
					at += JPEG_HEADER + (parse.type >= 64 ? RESTART_HEADER : 0);
					if (offset === 0) {
						equal(difference(packet.slice(at + TABLES_HEADER, at + TABLES_HEADER + TABLES), tables), -1,
							"tables");
						at += TABLES_HEADER + TABLES;
					}
					received.set(packet.subarray(at), offset);
					offset += packet.length - at;
				}
				fragmenter.restore(frame);
				equal([offset, difference(received, scan), count > 0], [scan.length, -1, true], `limit ${limit}`);
				equal(difference(copyOf(frame), image), -1, `frame after limit ${limit}`);
			}
			frame.close();
		}
		equal([parse.width, parse.height], [800, 600]);
	});

	suite.test("fragmenter-refuses-a-frame-that-was-closed-meanwhile", async test => {
		const { camera, frames } = await replay(2);
		test.close(camera);
		const scan = new Scan(), [frame, other] = frames as [Frame, Frame];
		equal(scan.parse(other), 0);
		const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
		fragmenter.begin(0);
		assert(fragmenter.next(other, scan, 1400) > 0);
		other.close();
		throws(() => fragmenter.next(other, scan, 1400), RangeError);
		equal(new Uint8Array(fragmenter.packet as unknown as ArrayBuffer).length, 0);
		throws(() => fragmenter.restore(other), RangeError);
		// a shorter frame: the saved bytes would fit, the scan does not
		throws(() => fragmenter.next(frame, scan, 1400), RangeError);
	});

	suite.test("fragmenter-never-touches-frames-of-a-closed-camera", async () => {
		const { camera, frames } = await replay(2);
		const scan = new Scan(), [, frame] = frames as [Frame, Frame];
		equal(scan.parse(frame), 0);
		const fragmenters = [1, 2, 3].map(ssrc => new Fragmenter({ ssrc, sequenceNumber: 0 }));
		for (const fragmenter of fragmenters) {
			fragmenter.begin(0);
			fragmenter.next(frame, scan, 1400);
			fragmenter.restore(frame);
		}
		fragmenters[0]!.next(frame, scan, 1400);
		// frees the frame's memory
		camera.close();
		Process.collect();
		for (const fragmenter of fragmenters) {
			throws(() => fragmenter.next(frame, scan, 1400), RangeError);
			equal(new Uint8Array(fragmenter.packet as unknown as ArrayBuffer).length, 0);
		}
		throws(() => fragmenters[0]!.restore(frame), RangeError);
		assert(scan.parse(frame) < 0);
	});
}
