// SPDX-License-Identifier: MIT
/** Figures of clients and of the stream, and what is judged from them. Settings are set all or none. */

import type { FrameLosses } from "camera/source";
import { ConsumerMeter } from "stream/consumermeter";
import { Health } from "stream/health";
import { Tuning } from "stream/tuning";
import { assert, equal, type Suite } from "../../unit/harness";
import { rig } from "./rig";

const LIMITS = { writable: true, minFrameRate: 5, maxFrameRate: 30, bestQuality: 10, worstQuality: 40,
	maxSize: "SVGA" } as const;

export default function (suite: Suite): void {
	suite.test("octets-are-counted-beyond-32-bits", () => {
		const meter = new ConsumerMeter();
		equal(meter.octets(3_000_000_000), 3_000_000_000);
		equal(meter.octets(1_000_000_000), 5_294_967_296);
		equal(meter.octets(1_000_000_000), 5_294_967_296);
	});

	suite.test("each-client-has-its-number-rates-and-counts", () => {
		const { hub, camera, subscriber } = rig();
		const fast = subscriber(1), slow = subscriber(100);
		fast.subscriber.play();
		slow.subscriber.play();
		slow.sink.room = 2;
		hub.tick();
		for (let i = 0; i < 25; i++)
			camera.capture(40_000);
		hub.tick();
		const [one, other] = hub.consumers.all;
		equal([one!.meter.id, other!.meter.id, hub.consumers.nextNumber()], [1, 2, 3]);
		equal([one!.sentCount, one!.skippedCount, one!.waitCount, Math.round(one!.meter.frameRate)], [25, 0, 0, 25]);
		equal([other!.sentCount, other!.skippedCount, Math.round(other!.meter.frameRate)], [0, 24, 0]);
		assert(other!.waitCount >= 1, "no wait is counted");
		equal(hub.consumers.octetCount, one!.octetCount + other!.octetCount);
		const octets = hub.consumers.octetCount;
		fast.subscriber.close();
		equal(hub.consumers.octetCount, octets, "octets of a client that left");
	});

	suite.test("health-has-the-rates-of-the-last-second-and-their-cause", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
		const losses: FrameLosses = { late: 0, unbuffered: 0, unusable: 0 };
		Object.assign(camera, { readLosses: (into: FrameLosses) => Object.assign(into, losses) });
		let now = 0;
		const health = new Health(hub, () => now);
		const second = (frames: number): void => {
			for (let i = 0; i < frames; i++)
				camera.capture(1_000_000 / frames);
			now += 1000;
			hub.tick();
			health.tick();
		};
		equal(health.bottleneck.text, "Nobody watches: the camera is stopped.");
		const { subscriber: it } = subscriber();
		it.play();
		second(25);
		equal([health.bottleneck.where, health.bottleneck.text], ["none", "Just started: measuring."]);
		for (let i = 0; i < 5; i++)
			second(25);
		equal([health.bottleneck.where, Math.round(health.frameRate)], ["none", 25]);
		equal(Math.round(health.bitrate), Math.round((it.octetCount / 6 * 8) / 1000));
		for (let i = 0; i < 8; i++)
			second(10);
		equal(health.bottleneck.where, "sensor", health.bottleneck.text);
		for (let i = 0; i < 8; i++) {
			losses.late += 15;
			second(10);
		}
		equal(health.bottleneck.where, "processor", health.bottleneck.text);
		// a reopened camera counts from 0
		losses.late = 0;
		second(25);
		assert(health.late >= 0 && health.late < 15, `late: ${health.late}`);
	});

	suite.test("settings-are-set-all-or-none", () => {
		const { hub, camera } = rig({ maxFrameRate: 25 });
		const values: Record<string, number> = { mirror: 0, flip: 0 };
		Object.assign(camera, { size: "VGA", quality: 12, frameRate: 25, controls: {
			list: [{ name: "mirror", minimum: 0, maximum: 1 }, { name: "flip", minimum: 0, maximum: 1 }, { name: "xclk",
				minimum: 6, maximum: 24 }],
			get: (name: string) => values[name],
			set: (name: string, value: number) => {
				if (name === "flip")
					throw new Error("the sensor does not answer");
				values[name] = value;
			},
		} });
		const tuning = new Tuning(hub, LIMITS);
		const state = (): unknown[] => tuning.names.map(name => tuning.get(name));
		equal(tuning.names, ["framerate", "quality", "size", "mirror", "flip"]);
		equal(tuning.set([["quality", 20], ["size", "qvga"], ["framerate", 12.5], ["mirror", 1]]), undefined);
		equal(state(), [12.5, 20, "QVGA", 1, 0]);
		const refused = (...given: [string, unknown][]): unknown[] => {
			const refusal = tuning.set([["quality", 30], ...given])!;
			return [refusal.name, refusal.message, refusal.allowed];
		};
		equal(refused(["quality", 41]), ["quality", "quality is 41: use 10 to 40", { minimum: 10, maximum: 40 }]);
		equal(refused(["size", "XGA"])[1], "size is \"XGA\": use QQVGA, QCIF, HQVGA, QVGA, CIF, HVGA, VGA, SVGA");
		equal(refused(["quality", "20"])[1], "quality is \"20\": use 10 to 40");
		equal(refused(["quality", 20.5])[1], "quality is 20.5: use 10 to 40");
		equal(refused(["framerate", 0])[1], "framerate is 0: use 5 to 30");
		equal(refused(["xclk", 10]), ["xclk", "the camera has no setting xclk", undefined]);
		equal(refused(["mirror", 0], ["flip", 1])[1], "flip 1 is not possible: the sensor does not answer");
		equal(refused(["quality", 25], ["quality", 35], ["flip", 1])[0], "flip");
		equal(state(), [12.5, 20, "QVGA", 1, 0], "after refusals");
		const unlimited = new Tuning(hub, { ...LIMITS, maxFrameRate: Infinity });
		equal(unlimited.set([["framerate", 0]]), undefined);
		equal([unlimited.get("framerate"), hub.maxFrameRate === Infinity], [0, true]);
	});
}
