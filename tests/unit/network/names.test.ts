// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { Light, patternOf, statusOfFailure } from "network/light";
import { hostName, numberedName } from "common/names";
import { makePassword } from "network/setuppassword";
import type { Status } from "network/link";

export default function (suite: Suite): void {
	suite.test("name-comes-from-the-user-or-the-board", () => {
		equal(hostName("24:6f:28:AB:cd:01", ""), "camera-abcd01");
		equal(hostName("24:6f:28:ab:cd:01", "porch"), "porch");
		equal(hostName("246f28abcd01", ""), "camera-abcd01");
		equal(hostName(undefined, ""), "camera");
		equal([1, 2, 9].map(attempt => numberedName("porch", attempt)), ["porch", "porch-2", "porch-9"]);
	});

	suite.test("generated-password-uses-its-alphabet-evenly", () => {
		let seed = 1;
		const counts: Record<string, number> = {};
		for (let i = 0; i < 300; i++) {
			const password = makePassword(() => seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
			equal(password.length, 12);
			for (const character of password)
				counts[character] = (counts[character] ?? 0) + 1;
		}
		equal(Object.keys(counts).sort().join(""), "23456789abcdefghjkmnpqrstuvwxyz");
		// 3,600 characters from an alphabet of 31: 116 of each on average
		assert(Object.values(counts).every(count => count > 60 && count < 180), JSON.stringify(counts));
		const given = [0xffffffff, 0, 0xf8000000, 0xf0000000];
		equal(
			makePassword(() => given[seed++ % 4]!).split("").every(character => character === "a" || character === "9"),
			true,
		);
	});

	suite.test("every-status-has-a-pattern-of-its-own", () => {
		const statuses: Status[] = ["joining", "setup", "ready", "streaming", "password", "not found", "refused",
			"no address", "no camera", "no PSRAM", "setting", "failed"];
		const seen = new Set(statuses.map(status => patternOf(status).join()));
		equal(seen.size, statuses.length);
		for (const status of statuses)
			assert(patternOf(status).length === 1 || patternOf(status).length % 2 === 0);
	});

	suite.test("light-flashes-a-problem's-count-and-restarts-with-another-problem", () => {
		const written: boolean[] = [];
		const light = new Light(lit => written.push(lit));
		light.show("password");
		const times: number[] = [];
		for (let i = 0; i < 7; i++)
			times.push(light.step());
		equal([written, times], [[true, false, true, false, true, false, true], [150, 300, 150, 300, 150, 1500, 150]]);
		equal([light.show("password"), light.show("streaming")], [false, true]);
		written.length = 0;
		equal([light.step(), light.step(), written], [1000, 1000, [true, true]]);
	});

	suite.test("failure-is-known-by-its-code", () => {
		const failure = (message: string, code?: string): Error =>
			Object.assign(new Error(message), code === undefined ? {} : { code });
		equal([statusOfFailure("--fps is \"x\""), statusOfFailure(failure("x", "no camera")),
			statusOfFailure(failure("x", "no PSRAM")), statusOfFailure(failure("x", "EADDRINUSE")),
			statusOfFailure(failure("RTSP port of the camera cannot be opened: no PSRAM"))], ["setting", "no camera",
			"no PSRAM", "failed", "failed"]);
	});
}
