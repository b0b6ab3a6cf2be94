// SPDX-License-Identifier: MIT
/** A frame hub with a camera and sinks controlled by the test. */

import type { Route } from "fanout";
import type Scan from "jpeg/scan";
import { FrameHub } from "stream/hub";
import { Control } from "stream/control";
import { Subscriber } from "stream/subscriber";
import type { Frame, FrameSource } from "camera/source";
import { SENT, WAITING, FAILED, type PacketSource, type SendResult, type Sink, type SinkOwner } from "stream/sink";
import { jpeg } from "./smalljpeg";
import TestFrame from "./testframe";

class LeasedFrame {
	readonly frame: TestFrame & Frame;
	leased = false;

	constructor(bytes: Uint8Array, onClose: () => void) {
		const frame = new TestFrame(bytes) as TestFrame & { captureTime: number; close(): void };
		frame.captureTime = 0;
		frame.close = () => {
			if (!this.leased)
				return;
			this.leased = false;
			frame.empty();
			onClose();
		};
		frame.empty();
		this.frame = frame as TestFrame & Frame;
	}
}

/** A camera with `bufferCount` buffers that captures on request. */
class FakeCamera implements FrameSource {
	readonly width = 16;
	readonly height = 8;
	readonly bufferCount: number;
	readonly frames: LeasedFrame[] = [];
	running = false;
	starts = 0;
	closed = false;
	time = 1_000_000;
	/** Largest number of leases at a time. */
	peak = 0;
	#onReadable: () => void;

	constructor(bufferCount: number, bytes: Uint8Array, onReadable: () => void) {
		this.bufferCount = bufferCount;
		this.#onReadable = onReadable;
		for (let i = 0; i < bufferCount; i++)
			this.frames.push(new LeasedFrame(bytes, () => undefined));
	}

	get leases(): number {
		return this.frames.filter(item => item.leased).length;
	}

	/** Advances the clock and captures a frame. */
	capture(microseconds = 40_000): void {
		this.time += microseconds;
		if (this.running)
			this.#onReadable();
	}

	start(): void {
		this.running = true;
		this.starts += 1;
	}

	stop(): void {
		this.running = false;
	}

	read(): Frame | undefined {
		const free = this.frames.find(item => !item.leased);
		if (!free)
			return undefined;
		free.leased = true;
		free.frame.fill();
		(free.frame as { captureTime: number }).captureTime = this.time;
		this.peak = Math.max(this.peak, this.leases);
		return free.frame;
	}

	now(): number {
		return this.time;
	}

	close(): void {
		this.closed = true;
	}
}

interface Packet {
	readonly marker: boolean;
	readonly sequenceNumber: number;
	readonly timestamp: number;
	readonly ssrc: number;
	readonly byteLength: number;
}

/** Takes as many packets as it has room for. */
export class FakeSink implements Sink {
	readonly framing = 0;
	readonly rtpPort = 6970;
	readonly rtcpPort = 6971;
	readonly channel = undefined;
	readonly packets: Packet[] = [];
	readonly reports: Uint8Array[] = [];
	/** Everything sent, in order. */
	readonly log: string[] = [];
	room = Infinity;
	failing = false;
	closed = false;
	owner: SinkOwner | undefined;
	openRoute?: () => Route;

	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		let result: SendResult = SENT;
		for (;;) {
			if (this.failing) {
				result = FAILED;
				break;
			}
			if (this.room <= 0) {
				result = WAITING;
				break;
			}
			const length = source.next(frame, scan, packetSize);
			if (length === 0)
				break;
			this.room -= 1;
			const bytes = new Uint8Array(source.packet as ArrayBuffer);
			const word = (offset: number) =>
				((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!)
				>>> 0;
			this.packets.push({
				marker: (bytes[1]! & 0x80) !== 0,
				sequenceNumber: (bytes[2]! << 8) | bytes[3]!,
				timestamp: word(4),
				ssrc: word(8),
				byteLength: length,
			});
			this.log.push("rtp");
		}
		source.restore(frame);
		return result;
	}

	sendControl(packet: Uint8Array): void {
		this.reports.push(packet.slice());
		this.log.push(packet[packet.byteLength - 7] === 203 ? "bye" : "report");
	}

	/** Makes room for more packets and notifies the owner. */
	open(room: number): void {
		this.room = room;
		this.owner!.resume();
	}

	close(): void {
		this.closed = true;
	}
}

export interface Rig {
	readonly hub: FrameHub;
	readonly camera: FakeCamera;
	readonly notices: string[];
	/** @param step between consecutive random numbers */
	subscriber(
		random?: number,
		step?: number,
		sink?: FakeSink,
	): { readonly subscriber: Subscriber; readonly sink: FakeSink };
}

/** A hub with a camera and subscribers controlled by the test. */
export function rig(
	{ bufferCount = 3, bytes = jpeg(2000), maxFrameRate = Infinity, leaseDeadline = 1000, burst = 0, spacing = 5,
		cameraTimeout = Infinity } = {},
): Rig {
	let camera: FakeCamera | undefined;
	const notices: string[] = [];
	const hub = new FrameHub({
		openSource: onReadable => (camera = new FakeCamera(bufferCount, bytes, onReadable)),
		maxFrameRate,
		leaseDeadline,
		burst,
		spacing,
		cameraTimeout,
		onNotice: message => notices.push(message),
	});
	return {
		hub,
		notices,
		camera: camera!,
		subscriber(random = 1000, step = 1, sink = new FakeSink()) {
			const subscriber = new Subscriber({
				client: { kind: "rtsp-udp", address: "192.0.2.1" },
				hub,
				openSink: owner => {
					sink.owner = owner;
					return sink;
				},
				packetSize: 500,
				random32: () => (random += step) - step,
				control: new Control("test", () => 1_600_000_000_000),
				onAlive: () => sink.log.push("alive"),
			});
			hub.add(subscriber);
			return { subscriber, sink };
		},
	};
}
