// SPDX-License-Identifier: MIT
/** Viewers and snapshots over a hub and a socket that the test controls. */

import Process from "process";
import { EventsRoute } from "http/api/events";
import { MJPEGViewer } from "http/mjpeg";
import { Snapshot } from "http/snapshot";
import { countAsSent } from "./sentpicture";
import type { Frame } from "camera/source";
import type { Answer, HTTPExchange, HTTPPeer, HTTPRequest, Watcher } from "http/types";
import type Picture from "pictureburst";
import type { CameraAccess } from "stream/access";
import { FAILED, SENT, WAITING, type SendResult } from "stream/sink";
import { equal, Suite } from "../../unit/harness";
import { rig, type Rig } from "../stream/rig";
import { jpeg } from "../stream/smalljpeg";

/** A connection whose socket takes each picture whole, or as much of it as the test says. */
class FakeExchange implements HTTPExchange, HTTPPeer {
	readonly peer = this;
	readonly remoteAddress = "10.0.0.2";
	readonly idle = true;
	headOnly = false;
	/** What happened, in order. */
	readonly log: string[] = [];
	watcher: Watcher | undefined;
	result: SendResult = SENT;
	/** Bytes that the socket takes of a picture although it has to wait. */
	room = 0;
	/** The frame that was to be sent last. */
	frame: Frame | undefined;

	respond({ status }: Answer): void {
		this.log.push(`${status}`);
	}
	begin(): boolean {
		this.log.push("stream");
		return true;
	}
	beginBody(_head: Answer, byteLength: number): void {
		this.log.push(`body ${byteLength}`);
	}
	write(): boolean {
		return true;
	}
	finish(): void {
		this.log.push("finish");
	}
	end(): void {
		this.log.push("end");
	}
	watch(watcher: Watcher): void {
		this.watcher = watcher;
	}
	onClose(): void {
		// nobody asks for it here
	}
	sendText(): void {
		// not seen here
	}
	sendBody(): void {
		// not seen here
	}
	sendIfRoom(): boolean {
		return true;
	}
	sendPicture(picture: Picture, frame: Frame | undefined): SendResult {
		if (this.result !== FAILED)
			countAsSent(picture, this.result === SENT ? Infinity : this.room);
		this.frame = frame;
		this.log.push(this.result === SENT ? "sent" : this.result === WAITING ? "waits" : "fails");
		return this.result;
	}
	openRoute(): undefined {
		return undefined;
	}
	hold(): void {
		// nothing is received here
	}
	stalled(): void {
		this.log.push("stalled");
	}
	close(): void {
		this.log.push("close");
	}
	drop(): void {
		this.log.push("drop");
		this.watcher?.closed();
	}
	/** @returns the log since the last call */
	take(): string {
		const text = this.log.join(" ");
		this.log.length = 0;
		return text;
	}
}

const AGE = 80_000;

function owner({ hub }: Rig, greatestAge = AGE): ConstructorParameters<typeof Snapshot>[0] {
	return { hub, greatestAge, stallTimeout: 3, run: "r", copyCount: 0, unixTime: () => 1_800_000_000_000 };
}

function snapshot(of: ReturnType<typeof owner>, rigged: Rig, result: SendResult = SENT): FakeExchange {
	const exchange = new FakeExchange();
	exchange.result = result;
	const taken = new Snapshot(of, exchange, undefined, false);
	exchange.watch(taken);
	rigged.hub.add(taken);
	taken.take();
	return exchange;
}

function viewer(
	{ hub }: Rig,
	frameRate = Infinity,
	exchange = new FakeExchange(),
): { viewer: MJPEGViewer; exchange: FakeExchange } {
	// the viewer uses nothing else of it
	const camera = { hub, viewerCount: 0 } as CameraAccess;
	const made = new MJPEGViewer({ camera, exchange, frameRate, stallTimeout: 3 });
	hub.add(made);
	made.play();
	return { viewer: made, exchange };
}

const suite = new Suite();

suite.test("snapshot-is-the-newest-frame-while-it-is-new", () => {
	const rigged = rig({ cameraTimeout: 100 }), { camera } = rigged;
	rigged.subscriber().subscriber.play();
	camera.capture();
	camera.time += AGE;
	equal(snapshot(owner(rigged), rigged).take(), "body 2175 sent finish");
	camera.time += 1;
	const late = snapshot(owner(rigged), rigged);
	equal(late.take(), "", "older than two intervals");
	camera.capture();
	equal(late.take(), "body 2175 sent finish");
});

suite.test("snapshot-is-never-an-old-frame-that-is-repeated", () => {
	const rigged = rig({ cameraTimeout: 100 }), { camera, hub } = rigged;
	rigged.subscriber().subscriber.play();
	camera.capture();
	camera.time += 1_000_000;
	const waiting = snapshot(owner(rigged), rigged);
	hub.tick();
	equal([hub.statistics.repeated, waiting.take()], [1, ""]);
	equal(snapshot(owner(rigged), rigged).take(), "", "one that comes right after the repetition");
	camera.capture();
	equal(waiting.take(), "body 2175 sent finish");
});

suite.test("snapshot-is-never-a-frame-from-before-the-camera-was-started", () => {
	const rigged = rig(), { camera } = rigged;
	const waiting = snapshot(owner(rigged), rigged);
	equal([camera.running, waiting.take()], [true, ""]);
	camera.capture(-AGE - 1);
	equal(waiting.take(), "", "a frame that lay in the driver");
	camera.capture(AGE + 40_000);
	equal([waiting.take(), camera.running, camera.leases], ["body 2175 sent finish", false, 0]);
});

suite.test("snapshot-of-a-silent-camera-is-answered-503", () => {
	const rigged = rig(), { camera, hub } = rigged;
	const waiting = snapshot(owner(rigged), rigged);
	camera.time += 4_999_999;
	hub.tick();
	equal([waiting.take(), camera.running], ["", true]);
	camera.time += 1;
	hub.tick();
	equal([waiting.take(), camera.running], ["503", false]);
	camera.capture();
	equal(waiting.take(), "");
});

suite.test("snapshot-of-a-slow-camera-is-the-frame-of-its-start", () => {
	const rigged = rig({ maxFrameRate: 0.1 }), { camera } = rigged, shared = owner(rigged, 20_000_000);
	for (let i = 0; i < 3; i++) {
		const waiting = snapshot(shared, rigged);
		camera.capture();
		equal([waiting.take(), camera.running], ["body 2175 sent finish", false], `snapshot ${i}`);
	}
});

suite.test("snapshot-may-be-a-frame-that-is-repeated-if-it-is-new", () => {
	const rigged = rig({ cameraTimeout: 100, maxFrameRate: 0.1 }), { camera, hub } = rigged;
	const shared = owner(rigged, 20_000_000), times: number[] = [];
	shared.unixTime = time => times.push(time);
	rigged.subscriber().subscriber.play();
	camera.capture();
	const captured = camera.time;
	for (let i = 0; i < 3; i++) {
		camera.time += 1_000_000;
		hub.tick();
		equal([hub.statistics.repeated, snapshot(shared, rigged).take()], [i + 1, "body 2175 sent finish"]);
	}
	equal(times, [captured, captured, captured], "its time is that of its capture");
	camera.time = captured + 20_000_001;
	hub.tick();
	equal([hub.statistics.repeated, snapshot(shared, rigged).take()], [4, ""], "older than two intervals");
});

suite.test("snapshot-of-a-slow-camera-waits-for-two-intervals", () => {
	const rigged = rig({ maxFrameRate: 0.1 }), { camera, hub } = rigged;
	const waiting = snapshot(owner(rigged, 20_000_000), rigged);
	camera.time += 19_999_999;
	hub.tick();
	equal(waiting.take(), "");
	camera.time += 1;
	hub.tick();
	equal(waiting.take(), "503");
});

suite.test("snapshot-of-another-size-has-its-width-and-its-height", () => {
	for (const [height, log] of [[720, ""], [1024, "body 2175 sent finish"]] as const) {
		const bytes = jpeg(2000), frame = bytes.indexOf(0xc0) + 4;
		bytes.set([height >> 8, height & 0xff, 1280 >> 8, 1280 & 0xff], frame);
		const rigged = rig({ bytes }), { camera, hub } = rigged, exchange = new FakeExchange();
		const taken = new Snapshot(owner(rigged), exchange, undefined, false);
		exchange.watch(taken);
		hub.add(taken);
		equal(taken.borrow("SXGA", undefined), true);
		taken.take();
		camera.capture(AGE);
		equal(exchange.take(), log, `1280x${height}`);
	}
});

suite.test("snapshot-whose-client-leaves-lets-the-camera-stop", () => {
	const rigged = rig(), { camera } = rigged;
	const waiting = snapshot(owner(rigged), rigged);
	waiting.watcher!.closed();
	equal(camera.running, false);
	const sending = snapshot(owner(rigged), rigged, WAITING);
	camera.capture();
	equal([sending.take(), camera.leases, camera.running], ["body 2175 waits", 1, false]);
	sending.watcher!.closed();
	equal(camera.leases, 0);
});

suite.test("snapshot-goes-on-from-a-copy-when-its-frame-is-taken-away", () => {
	const rigged = rig(), { camera, hub } = rigged, shared = owner(rigged);
	const slow = [1, 2, 3].map(() => snapshot(shared, rigged, WAITING));
	camera.capture();
	equal([slow.map(exchange => exchange.take()), camera.leases], [Array(3).fill("body 2175 waits"), 1]);
	camera.time += 1_000_001;
	hub.tick();
	equal([camera.leases, shared.copyCount], [0, 2]);
	equal(slow.map(exchange => exchange.take()).sort(), ["", "", "drop"]);
	for (const exchange of slow) {
		exchange.result = SENT;
		exchange.watcher!.resume();
	}
	equal(slow.map(exchange => exchange.take()).sort(), ["", "sent finish", "sent finish"]);
	equal(shared.copyCount, 0);
});

suite.test("frame-that-is-taken-back-is-taken-from-every-snapshot", () => {
	for (const how of ["the deadline", "a free consumer", "a camera that closes"]) {
		const rigged = rig(), { camera, hub } = rigged, shared = owner(rigged);
		// there is memory for two copies: the others are dropped, and leave the hub while it goes through its list
		const slow = Array.from({ length: 6 }, () => snapshot(shared, rigged, WAITING));
		camera.capture();
		const { sink, subscriber: busy } = rigged.subscriber();
		sink.room = 1;
		busy.play();
		camera.capture();
		equal([camera.leases, hub.consumers.all.length], [2, 7], how);
		slow.forEach(exchange => exchange.take());
		if (how === "a camera that closes")
			hub.vacate();
		else {
			rigged.subscriber().subscriber.play();
			camera.capture(how === "the deadline" ? 1_000_001 : 40_000);
		}
		equal(slow.map(exchange => exchange.take()).sort(), ["", "", ...Array<string>(4).fill("drop")], how);
		equal(hub.consumers.all.filter(({ client }) => client.kind === "snapshot").map(({ lease }) => lease), [
			undefined,
			undefined,
		], how);
		equal([hub.statistics.abandoned, hub.statistics.unwanted], [how === "a free consumer" ? 4 : 5, 0], how);
	}
});

suite.test("frames-leave-to-others-when-a-connection-ends-with-all-its-consumers", () => {
	for (const how of ["offer", "close"]) {
		const rigged = rig(), { camera, hub } = rigged, shared = owner(rigged);
		const waiting = [snapshot(shared, rigged), snapshot(shared, rigged), snapshot(shared, rigged)];
		// the last one, which is asked first, takes the two before it along
		const last = waiting[2]!;
		last.finish = last.drop = () => {
			last.log.push("last");
			waiting[1]!.watcher!.closed();
			waiting[0]!.watcher!.closed();
		};
		if (how === "offer")
			camera.capture();
		else
			hub.close();
		equal(waiting.map(exchange => exchange.take()), ["", "", how === "offer" ? "body 2175 sent last" : "last"],
			how);
		equal([hub.consumers.all.length, camera.leases, rigged.notices], [0, 0, []], how);
	}
});

suite.test("snapshot-that-is-not-read-is-dropped", () => {
	const rigged = rig(), { camera, hub } = rigged;
	const exchange = snapshot(owner(rigged), rigged, WAITING);
	camera.capture();
	exchange.take();
	camera.time += 2_999_999;
	hub.tick();
	equal(exchange.take(), "");
	camera.time += 1;
	hub.tick();
	equal(exchange.take(), "stalled");
});

suite.test("viewer-that-waits-is-sent-the-newest-frame", () => {
	const rigged = rig({ cameraTimeout: 100 }), { camera } = rigged, { viewer: slow, exchange } = viewer(rigged);
	exchange.result = WAITING;
	camera.capture();
	camera.capture();
	equal([exchange.take(), slow.skippedCount], ["stream waits", 1]);
	exchange.result = SENT;
	exchange.watcher!.resume();
	equal([exchange.take(), slow.lease, slow.sentCount], ["sent", undefined, 1]);
	camera.capture();
	equal([exchange.take(), slow.sentCount], ["sent", 2]);
});

suite.test("viewer-at-a-lower-rate-keeps-its-grid", () => {
	const rigged = rig(), { camera } = rigged, { viewer: slow, exchange } = viewer(rigged, 10);
	for (let i = 0; i < 100; i++)
		camera.capture(i & 1 ? 39_000 : 41_000);
	// 4 seconds
	equal([slow.sentCount, slow.skippedCount], [40, 0]);
	exchange.take();
	camera.capture(2_000_000);
	camera.capture(40_000);
	camera.capture(60_000);
	equal(exchange.take(), "sent sent", "after a pause, a new grid begins");
});

suite.test("viewer-holds-a-frame-until-the-deadline", () => {
	const rigged = rig(), { camera, hub } = rigged, { viewer: slow, exchange } = viewer(rigged);
	exchange.result = WAITING;
	camera.capture();
	camera.time += 1_000_001;
	hub.tick();
	equal([camera.leases, slow.lease, hub.statistics.abandoned], [0, undefined, 1]);
	exchange.result = SENT;
	exchange.take();
	camera.capture();
	equal(exchange.take(), "sent", "nothing of the picture had been sent: the next one follows");
});

suite.test("viewer-whose-frame-cannot-be-sent-goes-on-with-the-next", () => {
	const rigged = rig({ cameraTimeout: 100 }), { camera, hub } = rigged, { viewer: it, exchange } = viewer(rigged);
	exchange.result = FAILED;
	camera.capture();
	equal([exchange.take(), it.lease, hub.statistics.failed, it.skippedCount], ["stream fails", undefined, 1, 1]);
	exchange.result = SENT;
	camera.capture();
	equal([exchange.take(), it.sentCount], ["sent", 1], "nothing of the picture had been sent");
	exchange.result = WAITING;
	exchange.room = 300;
	camera.capture();
	equal([exchange.take(), it.lease?.frame === exchange.frame], ["waits", true]);
	// the first attempt fails, and the second one fills the picture up
	const { sendPicture } = exchange;
	exchange.result = FAILED;
	exchange.sendPicture = (picture, frame) => {
		const result = sendPicture.call(exchange, picture, frame);
		exchange.result = SENT;
		return result;
	};
	exchange.watcher!.resume();
	equal([exchange.take(), exchange.frame, it.lease, hub.statistics.failed], ["fails sent", undefined, undefined, 2]);
	camera.capture();
	equal([exchange.take(), it.sentCount, it.skippedCount], ["sent", 2, 2]);
});

suite.test("viewer-whose-picture-cannot-even-be-filled-up-is-dropped", () => {
	for (const meanwhile of [false, true]) {
		const rigged = rig(), { camera, hub } = rigged, { viewer: it, exchange } = viewer(rigged);
		exchange.result = WAITING;
		exchange.room = 300;
		camera.capture();
		if (meanwhile)
			it.abandon();
		exchange.take();
		exchange.result = FAILED;
		exchange.watcher!.resume();
		equal(exchange.take(), meanwhile ? "fails drop" : "fails fails drop");
		equal([hub.consumers.all.length, hub.playing, camera.leases, camera.running], [0, 0, 0, false]);
	}
});

suite.test("snapshot-that-cannot-be-sent-ends-its-connection", () => {
	const rigged = rig(), { camera, hub } = rigged, exchange = snapshot(owner(rigged), rigged, FAILED);
	camera.capture();
	equal([exchange.take(), camera.leases, hub.consumers.all.length], ["body 2175 fails drop", 0, 0]);
});

suite.test("viewer-that-pads-a-part-takes-no-frame-from-others", () => {
	const rigged = rig({ bufferCount: 3 }), { camera, hub } = rigged;
	const begin = (): ReturnType<typeof viewer> => {
		const begun = viewer(rigged);
		begun.exchange.result = WAITING;
		begun.exchange.room = 300;
		camera.capture();
		return begun;
	};
	const first = begin(), others = [begin(), begin()];
	// each viewer was free when it came: the third one got the first one's place
	equal([hub.statistics.abandoned, first.viewer.lease, first.viewer.busy, camera.leases], [1, undefined, true, 2]);
	const before = first.viewer.skippedCount, leases = others.map(({ viewer: { lease } }) => lease);
	camera.capture();
	equal(others.map(({ viewer: { lease } }) => lease), leases, "what they have begun becomes complete");
	equal([hub.statistics.abandoned, hub.statistics.unwanted, first.viewer.skippedCount], [1, 1, before + 1]);
	first.exchange.result = SENT;
	first.exchange.watcher!.resume();
	equal(first.viewer.busy, false);
	camera.capture();
	equal([hub.statistics.abandoned, first.viewer.sentCount], [2, 1], "it is free again");
});

suite.test("viewer-that-reads-nothing-is-dropped", () => {
	const rigged = rig(), { camera, hub } = rigged, { exchange } = viewer(rigged);
	exchange.result = WAITING;
	for (let i = 0; i < 4; i++) {
		camera.capture(1_000_000);
		hub.tick();
	}
	equal(exchange.take().includes("stalled"), true);
});

suite.test("viewer-whose-connection-ends-gives-everything-back", () => {
	for (const result of [SENT, WAITING, FAILED] as const) {
		const rigged = rig(), { camera, hub } = rigged, { exchange } = viewer(rigged);
		exchange.result = result;
		camera.capture();
		equal(camera.running, true);
		exchange.watcher!.closed();
		exchange.watcher!.closed();
		equal([camera.running, camera.leases, hub.playing], [false, 0, 0], `result ${result}`);
	}
});

suite.test("viewer-whose-stream-cannot-begin-leaves-the-hub", () => {
	const rigged = rig(), { camera, hub } = rigged;
	// as a connection does that has no memory for the head
	const ended = new FakeExchange();
	ended.begin = () => {
		ended.watcher!.closed();
		return false;
	};
	viewer(rigged, Infinity, ended);
	const thrown = new FakeExchange();
	thrown.begin = () => {
		throw new RangeError("memory full");
	};
	try {
		viewer(rigged, Infinity, thrown);
	}
	catch {
		thrown.watcher!.closed();
	}
	equal([hub.consumers.all.length, hub.playing, camera.running], [0, 0, false]);
});

suite.test("reader-of-events-whose-stream-cannot-begin-leaves-the-list", () => {
	const exchange = new FakeExchange();
	const route = new EventsRoute({ describeStream: () => ({}), describe: () => ({}), nextNumber: () => 1,
		uptime: () => 0 });
	exchange.begin = () => {
		equal(route.list().length, 1);
		throw new RangeError("memory full");
	};
	const headers = { get: () => undefined };
	try {
		route.handle({ headers } as unknown as HTTPRequest, exchange);
	}
	catch {
		exchange.watcher!.closed();
	}
	equal(route.list().length, 0);
});

suite.test("viewers-and-snapshots-end-with-the-hub", () => {
	const rigged = rig(), { hub, camera } = rigged, { exchange } = viewer(rigged);
	const waiting = snapshot(owner(rigged), rigged);
	hub.close();
	equal([exchange.take(), waiting.take(), camera.closed, camera.leases], ["stream end", "drop", true, 0]);
});

const { passed, failed } = suite.run(line => trace(`${line}\n`));
trace(`${passed} passed, ${failed} failed\n`);
Process.exit(failed ? 1 : 0);
