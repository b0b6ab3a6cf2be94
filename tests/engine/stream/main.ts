/** The frame hub and its subscribers, on the engine, with a camera and sinks that do as the test says. */

import Process from "process";
import { FrameHub } from "stream/hub";
import { Parameters } from "stream/parameters";
import { CameraServer } from "stream/server";
import { openListener } from "stream/sockets";
import { Subscriber } from "stream/subscriber";
import { SENT, WAITING, FAILED, type Frame, type FrameSource, type PacketSource, type SendResult, type Sink, type SinkOwner } from "stream/types";
import { UDPPorts } from "stream/udp";
import Time from "time";
import Timer from "timer";
import { assert, equal, Suite } from "../../unit/harness";
import groups from "./groups";
import shared from "./shared";
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

/** A camera with `bufferCount` buffers that captures when it is told to. */
class FakeCamera implements FrameSource {
	readonly width = 16;
	readonly height = 8;
	readonly bufferCount: number;
	readonly frames: LeasedFrame[] = [];
	running = false;
	starts = 0;
	closed = false;
	time = 1_000_000;
	/** Largest number of leases that were out at once. */
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

	/** Time passes, and a frame is captured. */
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
class FakeSink implements Sink {
	readonly controlPrefix = new Uint8Array(0);
	readonly rtpPort = 6970;
	readonly rtcpPort = 6971;
	readonly channel = undefined;
	readonly packets: Packet[] = [];
	readonly reports: Uint8Array[] = [];
	/** Everything in the order of its sending. */
	readonly log: string[] = [];
	room = Infinity;
	failing = false;
	closed = false;
	owner: SinkOwner | undefined;

	send(source: PacketSource, frame: Frame, scan: unknown, packetSize: number): SendResult {
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
			const word = (offset: number) => ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
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

	/** Room for more packets, and the owner is told. */
	open(room: number): void {
		this.room = room;
		this.owner!.resume();
	}

	close(): void {
		this.closed = true;
	}
}

interface Rig {
	readonly hub: FrameHub;
	readonly camera: FakeCamera;
	readonly notices: string[];
	/** @param step from one random number to the next */
	subscriber(random?: number, step?: number): { readonly subscriber: Subscriber; readonly sink: FakeSink };
}

function rig({ bufferCount = 3, bytes = jpeg(2000), maxFrameRate = Infinity, leaseDeadline = 1000 } = {}): Rig {
	let camera: FakeCamera | undefined;
	const notices: string[] = [];
	const hub = new FrameHub({
		openSource: onReadable => (camera = new FakeCamera(bufferCount, bytes, onReadable)),
		maxFrameRate, leaseDeadline,
		onNotice: message => notices.push(message),
	});
	return {
		hub, notices,
		camera: camera!,
		subscriber(random = 1000, step = 1) {
			const sink = new FakeSink();
			const subscriber = new Subscriber({
				hub,
				openSink: owner => {
					sink.owner = owner;
					return sink;
				},
				packetSize: 500,
				random32: () => (random += step) - step,
				cname: "test",
				unixTime: () => 1_600_000_000_000,
				onAlive: () => sink.log.push("alive"),
			});
			hub.add(subscriber);
			return { subscriber, sink };
		},
	};
}

const suite = new Suite();

suite.test("camera-that-cannot-be-opened-leaves-no-port-taken", () => {
	const listener = openListener(0, () => undefined), { port } = listener;
	listener.close();
	const first = new UDPPorts({ port: 20_000 + (port % 1000) * 8, burst: 0, spacing: 5 }), udpPort = first.rtpPort;
	first.close();
	const options = {
		port, udpPort,
		path: "", frameRate: 25, controls: {}, tcpPacketSize: 1400, udpPacketSize: 1400, burst: 0, spacing: 5,
		multicast: "239.255.0.1", multicastPort: udpPort + 2, multicastTtl: 1, multicastInterface: "127.0.0.1",
		sessionTimeout: 60, leaseDeadline: 1000, stallTimeout: 10, cameraTimeout: 10, bitrate: 0, quality: 12, worstQuality: 40, minFps: 5,
		user: "", password: "", auth: "none", nonceTimeout: 300, failureLimit: 10, lockTime: 60,
		connectionLimit: 8, sessionLimit: 8, headLimit: 4096, headerLimit: 64, bodyLimit: 4096, requestTimeout: 10,
		openSource: () => {
			throw new Error("no camera found");
		},
		onNotice: (message: string) => notices.push(message),
	} as const;
	const notices: string[] = [], failures: string[] = [];
	for (let i = 0; i < 2; i++) {
		try {
			new CameraServer(options).close();
		}
		catch (error) {
			failures.push((error as Error).message);
		}
	}
	equal([failures, notices], [["no camera found", "no camera found"], []]);
	const again = new UDPPorts({ port: udpPort, burst: 0, spacing: 5 });
	again.close();
	equal(again.rtpPort, udpPort, "RTP's port");
});

suite.test("one-capture-serves-every-subscriber", () => {
	const { hub, camera, subscriber } = rig();
	const a = subscriber(1), b = subscriber(100);
	a.subscriber.play();
	b.subscriber.play();
	camera.capture();
	equal(hub.statistics.captured, 1);
	equal(hub.statistics.sent, 2);
	equal(a.sink.packets.length, b.sink.packets.length);
	assert(a.sink.packets.length > 1 && a.sink.packets[a.sink.packets.length - 1]!.marker);
	equal(a.sink.packets.filter(packet => packet.marker).length, 1);
	equal(camera.leases, 0);
});

suite.test("camera-runs-only-while-somebody-plays", () => {
	const { camera, subscriber } = rig();
	const a = subscriber(), b = subscriber();
	assert(!camera.running);
	a.subscriber.play();
	b.subscriber.play();
	equal(camera.starts, 1);
	a.subscriber.pause();
	assert(camera.running);
	b.subscriber.close();
	assert(!camera.running);
	a.subscriber.play();
	assert(camera.running);
});

suite.test("play-announces-the-first-packet", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber(0xfffffff0);
	const point = it.play();
	camera.capture();
	equal(sink.packets[0]!.sequenceNumber, point.sequenceNumber);
	equal(sink.packets[0]!.timestamp, point.timestamp);
	equal(sink.packets[0]!.ssrc, it.ssrc);
});

suite.test("play-twice-announces-the-same", () => {
	const { subscriber } = rig();
	const { subscriber: it } = subscriber();
	equal(it.play(), it.play());
});

suite.test("play-of-a-running-stream-knows-the-next-packet-and-no-timestamp", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber(0xfff8);
	const first = it.play();
	equal(it.play(), first, "nothing has been sent yet");
	camera.capture();
	const { sequenceNumber, timestamp } = it.play();
	const sent = sink.packets.length;
	camera.capture();
	equal([timestamp, sink.packets[sent]!.sequenceNumber], [undefined, sequenceNumber]);
	assert(sink.packets[sent - 1]!.marker);
});

suite.test("timestamps-follow-the-capture-clock", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	it.play();
	camera.capture();
	camera.capture(40_000);
	camera.capture(33_333);
	const stamps = sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
	equal(stamps[1]! - stamps[0]!, 3600);
	assert(Math.abs(stamps[2]! - stamps[1]! - 3000) <= 1);
	assert(sink.packets.every(packet => stamps.includes(packet.timestamp)));
});

suite.test("sequence-numbers-are-contiguous-across-frames-and-pause", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber(0xfff8);
	it.play();
	camera.capture();
	it.pause();
	camera.capture();
	const point = it.play();
	camera.capture();
	for (let i = 1; i < sink.packets.length; i++)
		equal(sink.packets[i]!.sequenceNumber, (sink.packets[i - 1]!.sequenceNumber + 1) & 0xffff);
	const resumed = sink.packets.findIndex(packet => packet.sequenceNumber === point.sequenceNumber);
	assert(resumed > 0);
	equal(sink.packets[resumed]!.timestamp, point.timestamp);
});

suite.test("resumed-stream-goes-on-at-the-present-instant", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	it.play();
	camera.capture();
	const before = sink.packets[0]!.timestamp;
	it.pause();
	camera.time += 10_000_000;
	const { timestamp } = it.play();
	equal((timestamp! - before) >>> 0, 900_000);
});

suite.test("busy-subscriber-skips-whole-frames-and-delays-nobody", () => {
	const { hub, camera, subscriber } = rig();
	const slow = subscriber(1), fast = subscriber(100);
	slow.sink.room = 2;
	slow.subscriber.play();
	fast.subscriber.play();
	for (let i = 0; i < 5; i++)
		camera.capture();
	equal(hub.statistics.skipped, 4);
	equal(fast.sink.packets.filter(packet => packet.marker).length, 5);
	equal(slow.sink.packets.length, 2);
	slow.sink.open(Infinity);
	// it finishes the frame that it began
	const frame = slow.sink.packets.filter(packet => packet.timestamp === slow.sink.packets[0]!.timestamp);
	equal(frame.length, fast.sink.packets.length / 5);
	assert(frame[frame.length - 1]!.marker);
	equal(camera.leases, 0);
	camera.capture();
	// and goes on with the newest
	const stamps = slow.sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
	equal(stamps[1]! - stamps[0]!, 5 * 3600);
});

suite.test("hub-leaves-the-camera-a-buffer", () => {
	const { camera, subscriber } = rig({ bufferCount: 3 });
	for (let i = 0; i < 6; i++) {
		const { subscriber: it, sink } = subscriber(i * 10);
		sink.room = 1;
		it.play();
		camera.capture();
	}
	for (let i = 0; i < 10; i++)
		camera.capture();
	equal(camera.peak, 2);
});

suite.test("oldest-frame-is-taken-back-when-every-lease-is-held", () => {
	const { hub, camera, subscriber } = rig({ bufferCount: 3 });
	const a = subscriber(1), b = subscriber(100), c = subscriber(200);
	a.sink.room = 1;
	a.subscriber.play();
	camera.capture();
	b.sink.room = 1;
	b.subscriber.play();
	camera.capture();
	equal(camera.leases, 2);
	c.subscriber.play();
	camera.capture();
	equal(hub.statistics.abandoned, 1);
	equal(c.sink.packets.filter(packet => packet.marker).length, 1);
	// the one whose frame was taken back goes on with the new one
	equal(new Set(a.sink.packets.map(packet => packet.timestamp)).size, 1);
	a.sink.open(Infinity);
	assert(a.sink.packets[a.sink.packets.length - 1]!.marker);
	equal(new Set(a.sink.packets.map(packet => packet.timestamp)).size, 2);
	for (let i = 1; i < a.sink.packets.length; i++)
		equal(a.sink.packets[i]!.sequenceNumber, a.sink.packets[i - 1]!.sequenceNumber + 1);
});

suite.test("frame-held-past-the-deadline-is-taken-back", () => {
	const { hub, camera, subscriber } = rig({ leaseDeadline: 100 });
	const { subscriber: it, sink } = subscriber();
	sink.room = 1;
	it.play();
	camera.capture();
	camera.capture(90_000);
	equal(hub.statistics.abandoned, 0);
	camera.capture(20_000);
	equal(hub.statistics.abandoned, 1);
});

suite.test("two-buffers-are-enough", () => {
	const { hub, camera, subscriber } = rig({ bufferCount: 2 });
	const slow = subscriber(1), fast = subscriber(100);
	slow.sink.room = 1;
	slow.subscriber.play();
	fast.subscriber.play();
	for (let i = 0; i < 4; i++)
		camera.capture();
	equal(fast.sink.packets.filter(packet => packet.marker).length, 4);
	equal(camera.peak, 1);
	equal(hub.statistics.captured, 4);
});

suite.test("frame-rate-cap-keeps-the-rate-and-the-rhythm", () => {
	const { hub, camera, subscriber } = rig({ maxFrameRate: 10 });
	const { subscriber: it, sink } = subscriber();
	it.play();
	for (let i = 0; i < 300; i++)
		camera.capture(33_333);
	const stamps = sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
	assert(stamps.length >= 99 && stamps.length <= 101, `${stamps.length} frames of 300 in 10 s`);
	equal(hub.statistics.capped, 300 - stamps.length);
	for (let i = 1; i < stamps.length; i++)
		assert(Math.abs(stamps[i]! - stamps[i - 1]! - 9000) <= 3001);
});

suite.test("frame-rate-cap-at-the-camera's-own-rate-drops-nothing", () => {
	const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
	subscriber().subscriber.play();
	// a camera's clock is never quite the cap's
	for (let i = 0; i < 200; i++)
		camera.capture(i & 1 ? 38_000 : 42_000);
	equal(hub.statistics.capped, 0);
});

suite.test("frame-that-comes-late-does-not-cost-the-next-one", () => {
	const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
	subscriber().subscriber.play();
	for (const microseconds of [40_000, 40_000, 135_000, 5_000, 20_000, 40_000, 79_000, 1_000, 40_000])
		camera.capture(microseconds);
	// 20 ms after two frames in a row is above the rate
	equal(hub.statistics.capped, 1);
});

suite.test("frame-that-rtp-cannot-carry-is-refused-by-name-once", () => {
	const { hub, camera, notices, subscriber } = rig({ bytes: jpeg(100, { greyscale: true }) });
	const { subscriber: it, sink } = subscriber();
	it.play();
	camera.capture();
	camera.capture();
	equal(hub.statistics.refused, 2);
	equal(sink.packets.length, 0);
	equal(notices.length, 1);
	assert(notices[0]!.includes("greyscale"), notices[0]);
	equal(camera.leases, 0);
});

suite.test("failed-sink-drops-the-frame-and-returns-the-lease", () => {
	const { hub, camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	it.play();
	sink.failing = true;
	camera.capture();
	equal(hub.statistics.failed, 1);
	equal(camera.leases, 0);
	sink.failing = false;
	camera.capture();
	equal(hub.statistics.sent, 1);
});

suite.test("pause-and-close-in-the-middle-of-a-frame-return-the-lease", () => {
	const { camera, subscriber } = rig();
	const a = subscriber(1), b = subscriber(100);
	a.sink.room = b.sink.room = 1;
	a.subscriber.play();
	b.subscriber.play();
	camera.capture();
	equal(camera.leases, 1);
	a.subscriber.pause();
	equal(camera.leases, 1);
	b.subscriber.close();
	equal(camera.leases, 0);
	assert(b.sink.closed);
});

suite.test("frame-is-whole-again-while-a-slow-subscriber-waits", () => {
	const bytes = jpeg(2000);
	const { camera, subscriber } = rig({ bytes });
	const { subscriber: it, sink } = subscriber();
	sink.room = 2;
	it.play();
	camera.capture();
	equal(new Uint8Array(camera.frames.find(item => item.leased)!.frame.bytes()), bytes);
});

suite.test("sender-report-comes-before-the-first-packet-and-names-one-instant", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	const { timestamp } = it.play();
	equal(sink.log.length, 0);
	camera.capture();
	equal(sink.log[0], "report");
	const report = sink.reports[0]!;
	const word = (offset: number) => ((report[offset]! << 24) | (report[offset + 1]! << 16) | (report[offset + 2]! << 8) | report[offset + 3]!) >>> 0;
	equal(report[1], 200);
	equal(word(4), it.ssrc);
	equal(word(8), 1_600_000_000 + 2_208_988_800);
	equal(word(16), timestamp);
	equal([word(20), word(24)], [0, 0]);
});

suite.test("sender-reports-follow-every-2.5-to-7.5-seconds-with-what-was-sent", () => {
	const word = (report: Uint8Array, offset: number) => ((report[offset]! << 24) | (report[offset + 1]! << 16) | (report[offset + 2]! << 8) | report[offset + 3]!) >>> 0;
	// the random number that each interval takes, and the seconds until the report
	const intervals: [random: number, seconds: number][] = [[0, 2], [0x80000000, 5], [0xffffffff, 7], [0x40000000, 4]];
	for (const [random, seconds] of intervals) {
		const { hub, camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber(random, 0);
		it.play();
		camera.capture();
		for (let round = 1; round <= 3; round++) {
			for (let i = 1; i < seconds; i++)
				hub.tick();
			equal(sink.reports.length, round, `early for ${random}`);
			hub.tick();
			equal(sink.reports.length, round + 1, `late for ${random}`);
		}
		const report = sink.reports[2]!;
		equal(word(report, 20), sink.packets.length);
		equal(word(report, 24), sink.packets.reduce((sum, packet) => sum + packet.byteLength - 12, 0));
	}
});

suite.test("bye-is-said-once-and-only-by-who-has-played", () => {
	const { camera, subscriber } = rig();
	const a = subscriber(1), b = subscriber(100);
	a.subscriber.play();
	camera.capture();
	a.subscriber.close();
	a.subscriber.close();
	b.subscriber.close();
	equal(a.sink.log.filter(item => item === "bye").length, 1);
	equal(b.sink.log.length, 0);
});

suite.test("receiver-report-counts-as-life-and-is-kept", () => {
	const { subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	const report = new Uint8Array(32);
	report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc, 64, 0, 0, 5]);
	report[23] = 30;
	it.receiveControl(report);
	equal(sink.log, ["alive"]);
	equal(it.reception, { reports: 1, byes: 0, fractionLost: 64, cumulativeLost: 5, jitter: 30, roundTrip: undefined });
	// somebody else's stream
	report[11] = report[11]! ^ 1;
	report[12] = 1;
	it.receiveControl(report);
	equal([it.reception.reports, it.reception.fractionLost], [1, 64]);
	// garbage is no sign of life
	sink.log.length = 0;
	it.receiveControl(new Uint8Array(5));
	equal(sink.log, []);
});

suite.test("round-trip-comes-from-the-report-that-answers-the-last-sender-report", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	it.play();
	camera.capture();
	const sent = sink.reports[0]!;
	// bytes 10 to 14 of the sender report are LSR; DLSR is half a second
	const report = new Uint8Array(32);
	report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc]);
	report.set(sent.subarray(10, 14), 24);
	report.set([0, 0, 0x80, 0], 28);
	camera.time += 530_000;
	it.receiveControl(report);
	assert(Math.abs(it.reception.roundTrip! - 30) < 0.1, `${it.reception.roundTrip} ms`);
	// one that answers something else says nothing of it
	report[24] = report[24]! ^ 1;
	camera.time += 1_000_000;
	it.receiveControl(report);
	equal(it.reception.reports, 2);
	assert(Math.abs(it.reception.roundTrip! - 30) < 0.1);
});

suite.test("bye-of-the-client-is-counted-and-ends-nothing", () => {
	const { camera, subscriber } = rig();
	const { subscriber: it, sink } = subscriber();
	it.play();
	camera.capture();
	const before = sink.packets.length;
	it.receiveControl(new Uint8Array([0x80, 201, 0, 1, 0, 0, 0, 9, 0x81, 203, 0, 1, 0, 0, 0, 9]));
	camera.capture();
	equal(it.reception.byes, 1);
	assert(sink.packets.length > before && it.playing);
});

suite.test("frame-rate-cap-can-change-while-it-plays", () => {
	const { hub, camera, subscriber } = rig({ maxFrameRate: 1 });
	const { subscriber: it, sink } = subscriber();
	const frames = () => sink.packets.filter(packet => packet.marker).length;
	it.play();
	for (let i = 0; i < 15; i++)
		camera.capture();
	equal(frames(), 1);
	hub.maxFrameRate = 25;
	for (let i = 0; i < 25; i++)
		camera.capture();
	equal([frames(), hub.maxFrameRate], [26, 25]);
});

suite.test("parameters-are-read-and-set-on-hub-and-camera", () => {
	const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
	const parameters = new Parameters({
		hub, statistics: () => ({ connections: 4, playing: 3, captured: 100, sent: 90, dropped: 10, octets: 12345, repeated: 0, reopened: 0, quality: undefined, multicastReports: 0 }),
	});
	const read = (names: string) => names.split(" ").map(name => parameters.read(name, undefined));
	equal(read("framerate size quality width height clients connections captured sent dropped octets jitter none"),
		["25", undefined, undefined, "16", "8", "3", "4", "100", "90", "10", "12345", undefined, undefined]);
	equal(["framerate", "size", "quality", "width", "none"].map(name => parameters.isWritable(name)), [true, false, false, false, false], "a camera that can't");
	equal(["0.1", "120", "0", "120.1", "-1", "", "fast", "Infinity"].map(value => parameters.write("framerate", value)), [true, true, false, false, false, false, false, false]);
	equal(hub.maxFrameRate, 120);

	const settable = camera as FrameSource;
	settable.size = "VGA";
	settable.frameRate = 25;
	Object.defineProperty(settable, "quality", {
		get: () => 12,
		set: (value: number) => {
			if (!(value >= 0 && value <= 63))
				throw new RangeError("quality");
		},
	});
	equal(["framerate", "size", "quality"].map(name => parameters.isWritable(name)), [true, true, true]);
	equal([parameters.write("size", "svga"), parameters.write("quality", "64"), parameters.write("quality", "63"), parameters.write("framerate", "10")], [true, false, true, true]);
	equal(read("size quality framerate"), ["SVGA", "12", "10"]);
	equal([settable.frameRate, hub.maxFrameRate], [10, 10]);

	const { subscriber: it } = subscriber();
	const ask = (names: string) => names.split(" ").map(name => parameters.read(name, it));
	equal(ask("reports byes fraction_lost packets_lost jitter round_trip packets_sent octets_sent"), ["0", "0", "", "", "", "", "0", "0"]);
	const report = new Uint8Array(32);
	report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc, 64, 0xff, 0xff, 0xff]);
	report[22] = 0x03;
	report[23] = 0x84;
	it.receiveControl(report);
	equal(ask("reports fraction_lost packets_lost jitter round_trip"), ["1", "0.250", "-1", "10.0", ""]);
});

suite.test("closing-the-hub-closes-everybody-and-the-camera", () => {
	const { hub, camera, subscriber } = rig();
	const a = subscriber(1), b = subscriber(100);
	a.sink.room = 1;
	a.subscriber.play();
	b.subscriber.play();
	camera.capture();
	hub.close();
	assert(a.sink.closed && b.sink.closed && camera.closed);
	equal(camera.leases, 0);
	equal(hub.playing, 0);
});

/** A frame of `count` packets, without a frame. */
class FakePackets implements PacketSource {
	readonly packet = new Uint8Array(100);
	left: number;

	constructor(count: number) {
		this.left = count;
	}

	next(): number {
		if (this.left === 0)
			return 0;
		this.left -= 1;
		return this.packet.byteLength;
	}

	restore(): void {}
}

/** UDP packets leave in bursts, to all subscribers together: watched for as long as it takes. */
function watchBursts(done: (problem: string | undefined) => void): void {
	const spacing = 40;
	const ports = new UDPPorts({ port: 31_300, burst: 3, spacing });
	const sources = [new FakePackets(7), new FakePackets(4)];
	const bursts: { readonly ticks: number; readonly count: number }[] = [];
	const left = () => sources.reduce((sum, source) => sum + source.left, 0);
	const sinks: Sink[] = [];
	let before = left();
	const note = () => {
		const now = left(), last = bursts[bursts.length - 1], ticks = Time.ticks;
		if (now === before)
			return;
		// all that leaves in one turn is one burst
		if (last && Time.delta(last.ticks, ticks) < spacing / 4)
			bursts[bursts.length - 1] = { ticks: last.ticks, count: last.count + before - now };
		else
			bursts.push({ ticks, count: before - now });
		before = now;
	};
	const send = (i: number) => {
		const result = sinks[i]!.send(sources[i]!, undefined as unknown as Frame, undefined, 100);
		note();
		return result;
	};
	for (let i = 0; i < 2; i++)
		sinks.push(ports.openSink({ address: "127.0.0.1", rtpPort: 31_390, rtcpPort: 31_391 }, { resume: () => void send(i), receiveControl: () => undefined }));
	const first = send(0), second = send(1);
	Timer.set(() => {
		ports.close();
		const counts = bursts.map(burst => burst.count).join();
		const gaps = bursts.slice(1).map((burst, i) => Time.delta(bursts[i]!.ticks, burst.ticks));
		done(first !== WAITING || second !== WAITING ? `did not wait: ${first} ${second}`
			: left() !== 0 ? `${left()} packets never left`
			: counts !== "3,3,3,2" ? `bursts of ${counts}`
			// a late burst shortens the gap behind it: what counts is that none comes before its time
			: gaps.reduce((sum, gap) => sum + gap, 0) < 3 * spacing - 5 ? `gaps of ${gaps.join()} ms`
			: undefined);
	}, 600);
}

shared(suite);
const result = suite.run(line => trace(`${line}\n`));

function note(name: string, problem: string | undefined): void {
	if (problem === undefined)
		result.passed += 1;
	else
		result.failed += 1;
	trace(problem === undefined ? "ok" : "not ok", ` ${name}`, problem === undefined ? "" : `: ${problem}`, "\n");
}

watchBursts(problem => {
	note("udp-packets-leave-in-bursts-shared-by-all", problem);
	groups((name, problem) => {
		note(name, problem);
		trace(`${result.passed} passed, ${result.failed} failed\n`);
		Process.exit(result.failed ? 1 : 0);
	});
});
