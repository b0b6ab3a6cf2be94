// SPDX-License-Identifier: MIT
/** Tests of the board's `host`, with fakes of the SDK's modules below it. */

import Digital from "embedded:io/digital";
import Preference from "preference";
import SNTP from "sntp";
import Process from "process";
import * as extras from "device/radioextras";
import * as chip from "device/restart";
import { SetupServer } from "device/setupserver";
import { AsyncSuite, delay, until } from "../harness";
import { assert, equal } from "../../unit/harness";
import type { RunningHost } from "../../../hosts/contract";
import registerRestarts from "./restarts";
import { Chip } from "./fakes/chip/chip";
import { join, start, wifis } from "./rig";

const SLOTS = 0;
/** Slots that docs/device.md allows for the host. */
const HOST_SLOTS = 445;

const setups = (SetupServer as unknown as { log: string[] }).log;
const written = (Digital as unknown as { written: Map<number, number[]> }).written;
const hosts = (SNTP as unknown as { hosts: string[] }).hosts;
const radio = (extras as unknown as { log: string[] }).log;

const restarted = (chip as unknown as { restarted: { count: number } }).restarted;

/** The state of a running server. */
class FakeServer {
	playing = 0;
	readonly statistics = () =>
		({ playing: this.playing, sent: 0, captured: 0, octets: 0, connections: 0, dropped: 0 }) as never;
}

const suite = new AsyncSuite();

suite.test("program-starts-with-the-first-address-once", async () => {
	const server = new FakeServer();
	const { wifi, starts } = start({ ssid: "home", password: "wifi pass", led_pin: 33, led_on: 0,
		sntp: "time.example" },
		host =>
			host.started({ address: "", port: 554, path: "porch", statistics: server.statistics, stop: () =>
				undefined }));
	await until(() => wifi.log.length > 1);
	equal(wifi.log, ["hostname camera-abcd01", "connect home wifi pass"]);
	wifi.become(400);
	equal(starts.length, 0);
	wifi.become(500, "10.0.0.7");
	equal([starts.length, starts[0]!["ssid"]], [1, "home"]);
	await until(() => hosts.length === 1 && radio.length > 0);
	equal([hosts, radio], [["time.example"], ["power save true"]]);

	server.playing = 1;
	await until(() => radio.length === 2);
	equal(radio[1], "power save false");
	const levels = written.get(33)!;
	const before = levels.length;
	await until(() => levels.length >= before + 2);
	// level 0 lights it, and it stays lit
	equal(levels.slice(-2), [0, 0]);

	wifi.become(200);
	await until(() => wifi.log.length === 3);
	wifi.become(500, "10.0.0.8");
	equal([starts.length, wifi.log[2]], [1, "connect home wifi pass"]);
});

suite.test("board-without-a-network-offers-set-up-under-a-password-that-stays", async () => {
	radio.length = setups.length = 0;
	const { starts } = start({});
	await until(() => setups.length === 1);
	const password = String(
		(Preference as unknown as { get(domain: string, key: string): unknown }).get("camera", "apPassword"),
	);
	assert(password.length === 12);
	equal([radio, setups, starts.length], [[`open camera-abcd01 ${password}`], ["open 80"], 0]);
	radio.length = 0;
	start({});
	await until(() => setups.length === 2);
	equal(radio, [`open camera-abcd01 ${password}`]);
	radio.length = 0;
	start({ name: "porch", apPassword: "open" });
	await until(() => setups.length === 3);
	equal(radio, ["open porch "]);
	radio.length = 0;
});

suite.test("set-up-ends-when-the-network-comes-back", async () => {
	setups.length = 0;
	const { wifi, starts } = start({ ssid: "home", password: "wifi pass", wifiTimeout: 10 });
	const refusing = until(() => {
		if (wifi.connection === 300)
			wifi.become(200);
		return setups.length > 0;
	});
	await refusing;
	equal([setups, starts.length], [["open 80"], 0]);
	// the next attempt
	await until(() => wifi.connection === 300);
	wifi.become(500, "10.0.0.7");
	equal([setups, starts.length], [["open 80", "close"], 1]);
});

suite.test("board-without-a-camera-restarts-after-a-while", async () => {
	const before = restarted.count;
	const { wifi } = start({ ssid: "home", restartDelay: 1, led_pin: 4 },
		host => host.failed(new Error("no camera found: check its ribbon cable")));
	await until(() => wifi.connection === 300);
	wifi.become(500, "10.0.0.7");
	await delay(500);
	equal(restarted.count, before);
	await until(() => restarted.count > before);
	equal(restarted.count, before + 1);
});

registerRestarts(suite, () => restarted.count);

suite.test("board-tells-its-free-memory-and-visits-the-blocks-once-a-second", async () => {
	const hosts: RunningHost[] = [];
	await join({ restartDelay: 1 }, host => hosts.push(host));
	const host = hosts[0]!, before = Chip.visits();
	equal(host.heap!(), { free: 100_000, largest: 50_000 });
	Chip.setPSRAM(4_000_000);
	equal(host.heap!(), { free: 100_000, largest: 50_000 });
	equal(Chip.visits() - before, 2);
	await delay(1050);
	equal(host.heap!(), { free: 100_000, largest: 50_000, psram: { free: 4_000_000, largest: 2_000_000 } });
	equal(Chip.visits() - before, 4);
	Chip.setPSRAM(0);
});

suite.test("board-in-its-network-has-set-up-which-stores-and-restarts", async () => {
	const hosts: RunningHost[] = [], before = restarted.count;
	await join({ password: "wifi pass", name: "porch" }, host => hosts.push(host));
	const setup = hosts[0]!.setup!;
	equal(setup.state, { ssid: "home", name: "porch", user: "", networks: [], searching: false });
	setup.search();
	equal(setup.save({ name: "a b" })?.name, "name");
	equal(setup.save({ name: "gate" }), undefined);
	const get = (name: string): unknown =>
		(Preference as unknown as { get(domain: string, key: string): unknown }).get("camera", name);
	// what was not given is not stored
	equal([get("name"), get("ssid"), setup.state.name], ["gate", undefined, "gate"]);
	await until(() => restarted.count > before);
	equal(setup.forget(), undefined);
	equal(get("name"), undefined);
	await until(() => restarted.count > before + 1);
});

suite.test("wrong-settings-start-nothing-and-restart-nothing", async () => {
	const count = wifis.length, before = restarted.count;
	for (const config of [{ ssid: "home", fps: "fast" }, { ssid: "home", fsp: 10 }, { ssid: "home", password: "short" },
		{ led_pin: 5, wifiTimeout: "x" }, { led_pin: "a" }])
		equal(start(config).starts, []);
	equal(wifis.length, count);
	await delay(1500);
	equal(restarted.count, before);
});

suite.test("error-of-the-program-in-a-callback-ends-nothing", async () => {
	const { wifi } = start({ ssid: "home" }, () => {
		throw new Error("of the program");
	});
	await until(() => wifi.connection === 300);
	wifi.become(500, "10.0.0.7");
	await delay(1200);
	equal(wifi.connection, 500);
});

suite.test("host-of-a-board-leaves-the-memory-to-the-camera", async () => {
	Process.collect();
	const before = Process.memory(SLOTS);
	const { wifi } = start({ ssid: "home", password: "wifi pass", led_pin: 33 });
	await until(() => wifi.connection === 300);
	wifi.become(500, "10.0.0.7");
	await delay(1200);
	Process.collect();
	const taken = Process.memory(SLOTS) - before;
	assert(taken <= HOST_SLOTS, `${taken} slots`);
});

suite.run();
