// SPDX-License-Identifier: MIT
/** A board with Ethernet: its `host` and the native half of its link.
 *  tests/engine/device tests the parts shared with Wi-Fi boards. */

import Digital from "embedded:io/digital";
import { EthernetInterface } from "device/ethernet";
import * as chip from "device/restart";
import board from "board";
import testInterface from "./interface";
import type { RunningHost } from "../../../hosts/contract";
import type { EthernetInterface as FakeEthernet } from "../device/fakes/ethernet";
import { AsyncSuite, until } from "../harness";
import { assert, equal } from "../../unit/harness";
import { DEVICE } from "../../unit/network/fixture";

const Fake = EthernetInterface as unknown as typeof FakeEthernet;
const written = (Digital as unknown as { written: Map<number, number[]> }).written;
const notices: string[] = [];

const restarted = (chip as unknown as { restarted: { count: number } }).restarted;
const globals = globalThis as unknown as { trace: (text: string) => void };
const report = globals.trace;
globals.trace = text => {
	if (/^(not ok|ok|skip) /.test(text))
		report(text);
	else if (!text.startsWith("start: "))
		notices.push(text.trim());
};

/** Starts a board. @returns the starts of the program */
function start(config: Record<string, unknown>, run?: (host: RunningHost) => void): Record<string, unknown>[] {
	const starts: Record<string, unknown>[] = [];
	notices.length = 0;
	board.ready!({ ...DEVICE, ...config }, (values, host) => {
		starts.push(values);
		run?.(host);
	});
	return starts;
}

const suite = new AsyncSuite();
testInterface(suite);

suite.test("program-starts-with-the-first-address-under-the-name-of-the-mac-address", () => {
	const statistics = () => ({ playing: 0, sent: 0, captured: 0, octets: 0, connections: 0, dropped: 0 }) as never;
	const starts = start({ user: "me", password: "the stream's" },
		host => host.started({ address: "", port: 554, path: "porch", statistics, stop: () => undefined }));
	const ethernet = Fake.made[0]!;
	equal([ethernet.log, starts], [["start camera-abcd04"], []]);
	ethernet.become(true);
	equal(starts.length, 0);
	ethernet.become(true, "10.0.0.7");
	equal([starts.length, starts[0]!["password"], notices], [1, "the stream's", ["rtsp://10.0.0.7:554/porch"]]);
	ethernet.become(false, "10.0.0.7");
	equal(notices.slice(-1), ["the Ethernet link is lost"]);
	ethernet.become(true, "10.0.0.7");
	equal([starts.length, notices.slice(-1)], [1, ["rtsp://10.0.0.7:554/porch"]]);
});

suite.test("settings-of-wi-fi-are-told-not-to-be-used", () => {
	start({ ssid: "home", password: "12345678", apPassword: "open", name: "porch", stored: "ignore" });
	equal(notices, [
		"ssid is ignored: it is for Wi-Fi, and this board uses Ethernet",
		"apPassword is ignored: it is for Wi-Fi, and this board uses Ethernet",
	]);
	equal(Fake.made[Fake.made.length - 1]!.log, ["start porch"]);
	start({});
	equal(notices, []);
});

suite.test("wrong-settings-open-nothing", () => {
	const { length } = Fake.made;
	for (const config of [{ fps: "fast" }, { fsp: 10 }, { name: "a_b" }, { wifitimeout: 60 }])
		equal(start(config), []);
	equal(Fake.made.length, length);
});

suite.test("light-tells-of-a-cable-that-is-missing", async () => {
	start({ led_pin: 33, led_on: 1 });
	Fake.made[Fake.made.length - 1]!.become(false);
	// fast and even: searching for the network
	await until(() => written.get(33)!.length >= 4);
	equal(written.get(33)!.slice(0, 4), [0, 1, 0, 1]);
});

suite.test("board-whose-chip-does-not-answer-says-so-and-starts-nothing", () => {
	Fake.refusal = new Error("no Ethernet: its chip does not answer");
	const starts = start({});
	Fake.refusal = undefined;
	equal([starts, restarted.count], [[], 0]);
	assert(notices[0]!.startsWith("no Ethernet: its chip does not answer"), notices.join());
});

suite.test("value-that-is-thrown-and-no-error-is-told-and-is-no-wrong-setting", () => {
	for (const value of ["no chip", 5]) {
		Fake.refusal = value;
		start({});
		Fake.refusal = undefined;
		equal([notices[0]!.split("\n")[0], notices.at(-1)], [String(value), "restart in 60 s"]);
	}
});

suite.run();
