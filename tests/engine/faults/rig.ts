// SPDX-License-Identifier: MIT
/** A frame hub with cameras, sinks and a clock that are controlled by the test. */

import type Scan from "jpeg/scan";
import { FrameHub, type FrameHubOptions } from "stream/hub";
import { Control } from "stream/control";
import { Subscriber } from "stream/subscriber";
import type { Frame, FrameSource } from "camera/source";
import { FAILED, SENT, WAITING, type PacketSource, type SendResult, type Sink, type SinkOwner } from "stream/sink";
import TestFrame from "../stream/testframe";

/** A small JPEG, 16x8, 4:2:2: its tables, and a scan of `length` bytes. */
export function jpeg(length: number, first = 0): Uint8Array {
	const bytes: number[] = [0xff, 0xd8];
	for (let id = 0; id < 2; id++) {
		bytes.push(0xff, 0xdb, 0, 67, id);
		for (let i = 0; i < 64; i++)
			bytes.push(i + 1 + id);
	}
	bytes.push(0xff, 0xc0, 0, 17, 8, 0, 8, 0, 16, 3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 12, 3, 1, 0, 2,
		0x11, 3, 0x11, 0, 63, 0);
	for (let i = 0; i < length; i++)
		bytes.push((first + i) & 0x7f);
	bytes.push(0xff, 0xd9);
	return new Uint8Array(bytes);
}

type FaultyFrame = TestFrame & { captureTime: number; byteLength: number; close(): void };

/** A camera with `bufferCount` buffers and its own clock. */
export class FaultyCamera implements FrameSource {
	readonly width = 16;
	readonly height = 8;
	readonly bufferCount: number;
	readonly leased: boolean[] = [];
	running = false;
	closed = false;
	/** Number of leases when it was closed. */
	leasesAtClose = -1;
	/** Largest number of leases at a time. */
	peak = 0;
	/** The method that throws. */
	throwing: "nothing" | "read" | "start" | "stop" | "close" = "nothing";
	readonly #frames: FaultyFrame[] = [];
	readonly #rig: Rig;
	readonly #onReadable: () => void;
	/** Its clock's value when the rig's was 0, microseconds. */
	readonly #epoch: number;

	constructor(rig: Rig, bufferCount: number, bytes: Uint8Array, onReadable: () => void, epoch: number) {
		this.#rig = rig;
		this.bufferCount = bufferCount;
		this.#onReadable = onReadable;
		this.#epoch = epoch;
		for (let i = 0; i < bufferCount; i++) {
			const frame = new TestFrame(bytes) as FaultyFrame;
			frame.captureTime = 0;
			frame.close = () => {
				if (this.leased[i]) {
					this.leased[i] = false;
					frame.empty();
				}
			};
			frame.empty();
			this.#frames.push(frame);
			this.leased.push(false);
		}
	}

	get leases(): number {
		return this.leased.filter(item => item).length;
	}

	/** Notifies the program that a frame was captured. */
	signal(): void {
		this.#onReadable();
	}

	start(): void {
		this.#fail("start");
		this.running = true;
	}

	stop(): void {
		this.#fail("stop");
		this.running = false;
	}

	read(): Frame | undefined {
		this.#fail("read");
		const index = this.leased.indexOf(false);
		if (index < 0 || !this.running)
			return undefined;
		const frame = this.#frames[index]!;
		this.leased[index] = true;
		frame.fill();
		frame.captureTime = this.now() - this.#rig.age;
		this.peak = Math.max(this.peak, this.leases);
		return frame;
	}

	now(): number {
		return this.#rig.time * 1000 - this.#epoch;
	}

	close(): void {
		this.leasesAtClose = this.leases;
		this.closed = true;
		this.running = false;
		for (const frame of this.#frames)
			frame.empty();
		this.#fail("close");
	}

	#fail(what: FaultyCamera["throwing"]): void {
		if (this.throwing === what)
			throw new Error(`${what} fails`);
	}
}

/** A camera whose quality and frame rate can be set. */
export class AdaptableCamera extends FaultyCamera {
	quality = 12;
	frameRate = 25;
}

export interface Packet {
	readonly marker: boolean;
	readonly sequenceNumber: number;
	readonly timestamp: number;
	readonly first: number;
}

/** Takes as many packets as it has room for. */
export class FakeSink implements Sink {
	readonly framing = 0;
	readonly rtpPort = 6970;
	readonly rtcpPort = 6971;
	readonly channel: number | undefined;
	readonly packets: Packet[] = [];
	/** Calls of `send`. */
	attempts = 0;
	room = Infinity;
	failing = false;
	owner: SinkOwner | undefined;
	stalled: (() => void) | undefined;

	constructor(channel?: number) {
		this.channel = channel;
	}

	/** RTP timestamps of the frames that were sent completely. */
	get stamps(): number[] {
		return this.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
	}

	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		this.attempts += 1;
		let result: SendResult = SENT;
		for (;;) {
			if (this.failing || this.room <= 0) {
				result = this.failing ? FAILED : WAITING;
				break;
			}
			if (source.next(frame, scan, packetSize) === 0)
				break;
			this.room -= 1;
			const bytes = new Uint8Array(source.packet as ArrayBuffer);
			const at = this.channel === undefined ? 0 : 4;
			const word = ((bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!)
				>>> 0;
			this.packets.push({
				marker: (bytes[at + 1]! & 0x80) !== 0,
				sequenceNumber: (bytes[at + 2]! << 8) | bytes[at + 3]!,
				timestamp: word,
				first: bytes[at + 12 + 8 + 4 + 128]!,
			});
		}
		source.restore(frame);
		return result;
	}

	sendControl(): void {}

	open(room = Infinity): void {
		this.room = room;
		this.owner!.resume();
	}

	close(): void {}
}

export class Rig {
	readonly hub: FrameHub;
	/** Every camera that was opened; the last is the one in use. */
	readonly cameras: FaultyCamera[] = [];
	readonly notices: string[] = [];
	/** The clock, milliseconds. */
	time = 1000;
	/** Age of a frame when it is read, microseconds. */
	age = 0;
	/** Error thrown when the camera is opened; undefined: none. */
	failure: unknown;
	attempts = 0;
	#random = 1000;

	constructor(
		{ bufferCount = 3, adaptable = false, ...options }:
			& { bufferCount?: number; adaptable?: boolean }
			& Partial<FrameHubOptions> = {},
	) {
		this.hub = new FrameHub({
			openSource: onReadable => {
				this.attempts += 1;
				if (this.failure !== undefined)
					throw this.failure;
				// every camera's clock starts at a new value
				const Class = adaptable ? AdaptableCamera : FaultyCamera;
				const camera = new Class(this, bufferCount, jpeg(2000, this.cameras.length * 16), onReadable,
					this.cameras.length ? this.time * 1000 : 0);
				this.cameras.push(camera);
				return camera;
			},
			uptime: () => this.time,
			cameraTimeout: 10,
			onNotice: message => this.notices.push(message),
			...options,
		});
	}

	get camera(): FaultyCamera {
		return this.cameras[this.cameras.length - 1]!;
	}

	subscriber(
		{ channel, stallTimeout, onStalled }: { channel?: number; stallTimeout?: number; onStalled?: () => void } = {},
	): { subscriber: Subscriber; sink: FakeSink } {
		const sink = new FakeSink(channel);
		sink.stalled = onStalled;
		const subscriber = new Subscriber({
			client: { kind: "rtsp-udp", address: "192.0.2.1" },
			hub: this.hub,
			openSink: owner => {
				sink.owner = owner;
				return sink;
			},
			packetSize: 500,
			random32: () => this.#random++,
			control: new Control("test", () => 1_600_000_000_000),
			onAlive: () => undefined,
			stallTimeout,
		});
		this.hub.add(subscriber);
		subscriber.play();
		return { subscriber, sink };
	}

	/** Advances the clock and captures a frame. */
	capture(milliseconds = 40): void {
		this.time += milliseconds;
		this.camera.signal();
	}

	/** Advances the clock by seconds without a frame. Each second ends with the hub's tick. */
	silence(seconds: number): void {
		for (let i = 0; i < seconds; i++) {
			this.time += 1000;
			this.hub.tick();
		}
	}

	/** Advances the clock by seconds with `rate` frames in each. */
	deliver(seconds: number, rate = 25): void {
		for (let i = 0; i < seconds; i++) {
			for (let j = 0; j < rate; j++)
				this.capture(1000 / rate);
			this.hub.tick();
		}
	}
}
