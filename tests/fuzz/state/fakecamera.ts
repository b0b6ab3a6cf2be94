// SPDX-License-Identifier: MIT
/** A camera with three buffers. The bytes of its pictures' scans depend on their offset, so that every packet can be
 *  checked on its own. */

import { jpeg } from "../../engine/stream/smalljpeg";
import TestFrame from "../../engine/stream/testframe";
import type { Frame, FrameSource } from "camera/source";

/** Lengths of the scans in bytes, without EOI. */
export const SCANS: readonly number[] = Object.freeze([500, 1300, 3700]);

class Picture {
	readonly memory: TestFrame;
	leased = false;

	constructor(length: number) {
		const memory = this.memory = new TestFrame(jpeg(length));
		const frame = memory as unknown as { captureTime: number; close(): void };
		frame.captureTime = 0;
		frame.close = () => {
			if (this.leased && globalThis.world.camera!.checks())
				this.#check(length);
			this.leased = false;
			memory.empty();
		};
		memory.empty();
	}

	/** Checks that no packet headers are left in the memory. */
	#check(length: number): void {
		const bytes = new Uint8Array(this.memory.bytes()), begin = bytes.byteLength - length - 2;
		for (let i = 0; i < length; i++) {
			if (bytes[begin + i] !== (i & 0x7f)) {
				globalThis.world.fail(`a frame was given back with byte ${i} of its scan changed`);
				return;
			}
		}
	}
}

export class FakeCamera implements FrameSource {
	readonly width = 16;
	readonly height = 8;
	readonly bufferCount = 3;
	frameRate = 25;
	quality = 20;
	size = "QVGA";
	/** Whether the camera has frames. */
	delivers = true;
	#running = false;
	#closed = false;
	#count = 0;
	#now = 0;
	readonly #pictures: Picture[];
	#onReadable: () => void;

	/** @param pictures shared by all cameras of a run, because their native memory is reused */
	constructor(pictures: Picture[], onReadable: () => void) {
		this.#pictures = pictures;
		this.#onReadable = onReadable;
		globalThis.world.camera = this;
	}

	static pictures(): Picture[] {
		return SCANS.map(length => new Picture(length));
	}

	get running(): boolean {
		return this.#running;
	}

	get leases(): number {
		return this.#pictures.filter(({ leased }) => leased).length;
	}

	/** @returns whether to check the memory this time: once in 64 frames */
	checks(): boolean {
		this.#count += 1;
		return this.#count % 64 === 0;
	}

	capture(): void {
		if (this.#running && this.delivers)
			this.#onReadable();
	}

	start(): void {
		this.#running = true;
	}

	stop(): void {
		this.#running = false;
	}

	read(): Frame | undefined {
		const free = this.#pictures.find(({ leased }) => !leased);
		if (!free || this.#closed)
			return undefined;
		free.leased = true;
		free.memory.fill();
		(free.memory as unknown as { captureTime: number }).captureTime = this.now();
		// use another picture next time
		this.#pictures.push(this.#pictures.shift()!);
		return free.memory as unknown as Frame;
	}

	/** @returns the time in microseconds. All instants differ, also on the 90 kHz clock. */
	now(): number {
		return this.#now = Math.max(this.#now + 15, globalThis.world.time * 1000);
	}

	close(): void {
		this.#closed = true;
		this.#running = false;
		if (this.leases)
			globalThis.world.fail(`the camera was closed with ${this.leases} frames out`);
	}
}
