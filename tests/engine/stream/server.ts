// SPDX-License-Identifier: MIT
/** Opening the server, and the parameters of GET_PARAMETER and SET_PARAMETER. */

import { readSettings } from "settings/settings";
import { StreamParameters } from "stream/streamparameters";
import { Tuning } from "stream/tuning";
import { completeOptions, type CameraServerOptions } from "stream/options";
import { CameraServer } from "stream/server";
import { openListener } from "sockets/sockets";
import type { FrameSource } from "camera/source";
import { UDPPorts } from "stream/udp";
import { equal, type Suite } from "../../unit/harness";
import { rig } from "./rig";

/** Limits that let clients set everything that the camera supports. */
const ANYTHING = { writable: true, minFrameRate: 0.1, maxFrameRate: 120, bestQuality: 0, worstQuality: 63,
	maxSize: "UXGA" } as const;

export default function (suite: Suite): void {
	suite.test("options-have-the-settings'-defaults-even-if-undefined-is-given", () => {
		const required = { port: 0, openSource: () => null as never };
		const bounds = (given: Partial<CameraServerOptions>): unknown[] => {
			const { frameRate, maxFrameRate, quality, bestQuality, maxSize, stallTimeout } = completeOptions({
				...required,
				...given,
			});
			return [frameRate, maxFrameRate, quality, bestQuality, maxSize, stallTimeout];
		};
		equal(bounds({}), [25, 25, 12, 12, "VGA", 10]);
		equal(
			bounds({ frameRate: undefined, quality: undefined, maxFrameRate: undefined, bestQuality: undefined,
				maxSize: undefined, stallTimeout: undefined }),
			[25, 25, 12, 12, "VGA", 10],
		);
		equal(bounds({ frameRate: 30, quality: 20, stallTimeout: 0 }), [30, 30, 20, 20, "VGA", 0]);
		equal(bounds({ frameRate: 30, maxFrameRate: 60, bestQuality: 5 }), [30, 60, 12, 5, "VGA", 10]);
		const settings = readSettings({}), complete = completeOptions(required);
		for (const name of ["burst", "connectionLimit", "headLimit", "nonceTimeout", "control"] as const)
			equal(complete[name], settings[name], name);
	});

	suite.test("camera-that-cannot-be-opened-leaves-no-port-taken", () => {
		const listener = openListener(0, () => undefined), { port } = listener;
		listener.close();
		const first = new UDPPorts({ port: 20_000 + (port % 1000) * 8 }), udpPort = first.rtpPort;
		first.close();
		const options = {
			port,
			udpPort,
			address: "127.0.0.1",
			multicast: "239.255.0.1",
			multicastPort: udpPort + 2,
			multicastInterface: "127.0.0.1",
			openSource: () => {
				throw new Error("no camera found");
			},
			onNotice: (message: string) => notices.push(message),
		};
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
		const again = new UDPPorts({ port: udpPort });
		again.close();
		equal(again.rtpPort, udpPort, "RTP's port");
	});

	suite.test("parameters-are-read-and-set-on-hub-and-camera", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
		const parameters = new StreamParameters({
			hub,
			tuning: new Tuning(hub, ANYTHING),
			statistics: () => ({ connections: 4, playing: 3, captured: 100, sent: 90, dropped: 10, octets: 12345,
				repeated: 0, reopened: 0, quality: undefined, multicastReports: 0 }),
		});
		const read = (names: string) => names.split(" ").map(name => parameters.read(name, undefined));
		equal(read("framerate size quality width height clients connections captured sent dropped octets jitter none"),
			["25", undefined, undefined, "16", "8", "3", "4", "100", "90", "10", "12345", undefined, undefined]);
		equal(["framerate", "size", "quality", "width", "none"].map(name => parameters.isWritable(name)), [true, false,
			false, false, false], "a camera that can't");
		equal(
			["0.1", "120", "0", "120.1", "-1", "", "fast", "Infinity"].map(value =>
				parameters.write("framerate", value)
			),
			[true, true, false, false, false, false, false, false],
		);
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
		equal([parameters.write("size", "svga"), parameters.write("quality", "64"), parameters.write("quality", "63"),
			parameters.write("framerate", "10")], [true, false, true, true]);
		equal(read("size quality framerate"), ["SVGA", "12", "10"]);
		equal([settable.frameRate, hub.maxFrameRate], [10, 10]);

		const { subscriber: it } = subscriber();
		const ask = (names: string) => names.split(" ").map(name => parameters.read(name, it));
		equal(ask("reports byes fraction_lost packets_lost jitter round_trip packets_sent octets_sent"), ["0", "0", "",
			"", "", "", "0", "0"]);
		const report = new Uint8Array(32);
		report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc, 64, 0xff, 0xff,
			0xff]);
		report[22] = 0x03;
		report[23] = 0x84;
		it.receiveControl(report);
		equal(ask("reports fraction_lost packets_lost jitter round_trip"), ["1", "0.250", "-1", "10.0", ""]);
	});

	suite.test("parameters-are-set-within-the-owners-limits-or-not-at-all", () => {
		const { hub, camera } = rig({ maxFrameRate: 25 });
		const control = { name: "mirror", minimum: 0, maximum: 1 }, clock = { name: "xclk", minimum: 6, maximum: 24 };
		let told = 0;
		Object.assign(camera, { size: "VGA", quality: 12, frameRate: 25,
			controls: { list: [control, clock], get: () => 0, set: () => told += 1 } });
		const statistics = (): never => {
			throw new Error("not asked for");
		};
		const limits = { writable: true, minFrameRate: 5, maxFrameRate: 30, bestQuality: 10, worstQuality: 40,
			maxSize: "SVGA" } as const;
		const parameters = new StreamParameters({ hub, tuning: new Tuning(hub, limits), statistics });
		const write = (name: string, ...values: string[]): boolean[] =>
			values.map(value => parameters.write(name, value));
		equal(write("framerate", "4.9", "5", "30", "30.1"), [false, true, true, false]);
		equal(write("quality", "9", "10", "40", "41"), [false, true, true, false]);
		equal(write("size", "XGA", "svga", "QQVGA", "FOO", ""), [false, true, true, false, false]);
		equal(["framerate", "quality", "size", "mirror", "xclk", "width"].map(name => parameters.isWritable(name)), [
			true,
			true,
			true,
			true,
			false,
			false,
		]);
		equal([parameters.write("mirror", "1"), told], [true, 1]);
		equal([hub.maxFrameRate, hub.quality, hub.source.size], [30, 40, "QQVGA"]);
		const closed = new StreamParameters({ hub, tuning: new Tuning(hub, { ...limits, writable: false }),
			statistics });
		equal(["framerate", "quality", "size", "mirror"].map(name => closed.isWritable(name)), [false, false, false,
			false]);
		equal(["framerate", "quality", "size", "mirror"].map(name => closed.read(name, undefined)), ["30", "40",
			"QQVGA", "0"]);
	});
}
