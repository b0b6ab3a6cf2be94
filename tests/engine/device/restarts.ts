// SPDX-License-Identifier: MIT
/** Restarts: the record that survives them, and the pauses of a board that keeps restarting.
 *  The glue is the board's, the chip a fake. */

import Digital from "embedded:io/digital";
import board from "board";
import { restartMemory } from "device/restartmemory";
import { SetupServer } from "device/setupserver";
import { NUMBERS } from "network/restartlog";
import type { Site } from "network/site";
import { bytesOf } from "octets/octets";
import { Allocations, delay, until, type AsyncSuite } from "../harness";
import { assert, equal } from "../../unit/harness";
import { Chip } from "./fakes/chip/chip";
import { join, start, wifis } from "./rig";

/** As numbered in the fake esp_system.h. */
const POWER_ON = 0, SOFTWARE = 1, PANIC = 2, BROWNOUT = 6, REASONS = 16;

const { written, times } = Digital as unknown as { written: Map<number, number[]>; times: Map<number, number[]> };

/** The global object, as seen by the engine. */
const engine = globalThis as unknown as { abort(reason: string, exception: unknown): unknown };

/** Leaves the record of a board whose program has crashed for the first time. */
function crashOnce(): void {
	restartMemory.clear();
	restartMemory.write(NUMBERS.kind, 1);
	restartMemory.write(NUMBERS.row, 1);
	restartMemory.write(NUMBERS.begun, 1);
}

/** Shortest time that the light was lit, milliseconds. */
function shortestFlash(pin: number): number {
	const levels = written.get(pin)!, instants = times.get(pin)!;
	let shortest = Infinity;
	for (let i = 1; i + 1 < levels.length; i++) {
		if (levels[i] === 1)
			shortest = Math.min(shortest, instants[i + 1]! - instants[i]!);
	}
	return shortest;
}

/** Sends a request to the set-up page's site. @returns status and body of its response */
function request(method: string, path: string, body = ""): string {
	const { site } = SetupServer as unknown as { site: Site };
	const route = site.routes.find(({ methods, paths }) => methods.includes(method) && paths.includes(path))!;
	const answer = route.handle({ path, body: new Uint8Array(bytesOf(body)) });
	return `${answer.status} ${answer.body ?? ""}`;
}

/** @param restarts returns the number of restarts */
export default function (suite: AsyncSuite, restarts: () => number): void {
	suite.test("board-without-a-camera-restarts-later-each-time", async () => {
		for (const [pause, reason] of [[1000, POWER_ON], [2000, SOFTWARE]] as const) {
			Chip.reset(reason);
			const before = restarts(), begin = Date.now();
			await join({ restartDelay: 1 }, host => host.failed(new Error("no camera found")));
			await until(() => restarts() > before);
			const elapsed = Date.now() - begin;
			assert(elapsed >= pause, `${elapsed} ms`);
		}
	});

	suite.test("board-that-crashes-again-joins-its-network-and-starts-the-camera-later", async () => {
		for (const [pause, reason] of [[0, POWER_ON], [0, PANIC], [2000, PANIC]] as const) {
			Chip.reset(reason);
			const begin = Date.now();
			const { starts } = await join({ restartDelay: 2, led_pin: pause ? 13 : -1 });
			if (pause) {
				await delay(1500);
				equal(starts.length, 0);
				// 150 ms after a failure, 250 ms without one
				assert(shortestFlash(13) < 220, `${shortestFlash(13)} ms`);
			}
			await until(() => starts.length === 1);
			const elapsed = Date.now() - begin;
			assert(elapsed >= pause, `${elapsed} ms`);
		}
	});

	suite.test("network-that-is-lost-in-the-pause-starts-the-camera-when-it-is-back", async () => {
		crashOnce();
		Chip.reset(PANIC);
		const { wifi, starts } = await join({ restartDelay: 1 });
		wifi.become(200);
		await delay(1200);
		equal(starts.length, 0);
		await until(() => wifi.connection === 300);
		wifi.become(500, "10.0.0.7");
		equal(starts.length, 1);
	});

	suite.test("board-that-crashes-before-it-has-a-network-leaves-the-radio-alone-for-the-pause", async () => {
		const before = wifis.length;
		for (const reason of [POWER_ON, BROWNOUT]) {
			Chip.reset(reason);
			start({ ssid: "home" });
		}
		equal(wifis.length, before + 2);
		Chip.reset(BROWNOUT);
		start({ ssid: "home", restartDelay: 1 });
		await delay(500);
		equal(wifis.length, before + 2);
		await until(() => wifis.length === before + 3);
	});

	suite.test("restart-that-set-up-asks-for-is-no-crash", async () => {
		Chip.reset(POWER_ON);
		const before = restarts();
		start({});
		const setups = SetupServer as unknown as { site: Site | undefined };
		setups.site = undefined;
		await until(() => setups.site !== undefined);
		const [, token] = /name="token" value="(\w+)"/.exec(request("GET", "/"))!;
		const answer = request("POST", "/forget", `token=${token}`);
		assert(answer.startsWith("200 "), answer);
		await until(() => restarts() > before);
		for (const row of [0, 1]) {
			Chip.reset(SOFTWARE);
			start({});
			equal(restartMemory.read(NUMBERS.row), row);
		}
	});

	suite.test("last-notice-and-uptime-are-kept", async () => {
		Chip.reset(POWER_ON);
		start({ ssid: "home" });
		// not the password of the set-up network, which was the last message
		equal([restartMemory.reason(), restartMemory.isKept(), restartMemory.notice()], ["power on", true, ""]);
		Chip.run(100);
		board.notice("the camera delivers again: 20 \u20ac");
		equal([restartMemory.notice(), restartMemory.read(NUMBERS.noticeTime), restartMemory.read(NUMBERS.uptime)], [
			"the camera delivers again: 20 \u20ac",
			100,
			100,
		]);
		// until no notice is kept: the boards of previous tests still exist and may write one
		for (let now = 105, told = true; told; now += 5) {
			Chip.run(5);
			await delay(1200);
			told = restartMemory.read(NUMBERS.noticeTime) === now;
			equal(restartMemory.read(NUMBERS.uptime), now);
		}
	});

	suite.test("what-the-engine-ends-with-is-the-last-notice", () => {
		const cases: readonly [unknown, string][] = [
			[undefined, "memory full"],
			[new RangeError("from a callback"), "memory full: from a callback"],
			["x", "memory full"],
			[{ message: 5 }, "memory full"],
			[null, "memory full"],
		];
		for (const [exception, text] of cases) {
			restartMemory.clear();
			// anything returned would keep the engine going
			equal([engine.abort("memory full", exception), restartMemory.notice()], [undefined, text]);
		}
		restartMemory.clear();
		engine.abort("unhandled rejection", new Error("y".repeat(500)));
		equal(restartMemory.notice(), `unhandled rejection: ${"y".repeat(159 - 21)}`);
	});

	suite.test("engine-that-fails-while-it-ends-restarts-at-once-and-the-first-reason-stays", () => {
		restartMemory.clear();
		const before = Chip.restarts();
		engine.abort("unhandled exception", new Error("the first"));
		equal(Chip.restarts(), before);
		engine.abort("unhandled exception", new TypeError("cannot coerce undefined to object"));
		equal([Chip.restarts(), restartMemory.notice()], [before + 1, "unhandled exception: the first"]);
		restartMemory.clear();
	});

	suite.test("engine-that-ends-for-want-of-memory-needs-none-for-that", () => {
		restartMemory.clear();
		const error = new Error("from a callback"), allocations = new Allocations();
		allocations.begin();
		engine.abort("memory full", error);
		allocations.end();
		allocations.expectNone("abort");
	});

	suite.test("every-reason-has-a-name-of-its-own", () => {
		const names = new Set<string>();
		for (let reason = 0; reason < REASONS; reason++) {
			Chip.reset(reason);
			names.add(restartMemory.reason());
		}
		equal(names.size, REASONS);
		Chip.reset(POWER_ON);
	});
}
