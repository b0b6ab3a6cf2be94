// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { WiFiLink } from "network/wifilink";
import { FakeRadio } from "./fixture";

class Rig {
	readonly radio = new FakeRadio();
	readonly events: string[] = [];
	readonly link: WiFiLink;
	now = 0;
	/** Error with which opening the page's socket fails. */
	refusal: string | undefined;

	constructor(ssid = "home") {
		this.link = new WiFiLink({
			radio: this.radio,
			ssid,
			password: "secret pass",
			setupName: "camera-1",
			setupPassword: "open sesame",
			timeout: 60_000,
			onAddress: address => this.events.push(`address ${address}`),
			onLost: () => this.events.push("lost"),
			onSetup: open => {
				if (open && this.refusal !== undefined)
					throw new Error(this.refusal);
				this.events.push(open ? "setup" : "no setup");
			},
			onNotice: message => this.events.push(message),
		});
	}

	/** @param answer sets the radio's reaction to an attempt */
	run(seconds: number, answer?: (radio: FakeRadio) => void): void {
		for (let i = 0; i < seconds; i++, this.now += 1000) {
			const before = this.radio.count("join");
			this.link.tick(this.now);
			if (this.radio.count("join") > before)
				answer?.(this.radio);
		}
	}
}

export default function (suite: Suite): void {
	suite.test("set-up-begins-at-once-without-a-network", () => {
		const rig = new Rig("");
		rig.run(1);
		equal([rig.radio.log, rig.link.status], [["open camera-1 open sesame"], "setup"]);
		rig.run(1000);
		equal([rig.radio.log.slice(1), rig.events.length], [["scan"], 1]);
	});

	suite.test("set-up-is-offered-after-the-access-point-has-its-address", () => {
		const rig = new Rig("");
		for (const [now, events] of [[7000, 0], [7001, 0], [7499, 0], [7500, 1], [7501, 1], [8500, 1]] as const) {
			rig.link.tick(now);
			equal([rig.radio.count("open"), rig.events.length], [1, events], `${now} ms`);
		}
		equal(rig.events, ["setup"]);
	});

	suite.test("page-that-fails-to-open-is-retried-with-the-access-point", () => {
		const rig = new Rig("");
		rig.refusal = "no network";
		rig.run(2);
		equal([rig.radio.count("open"), rig.events], [1 + 1, ["set-up cannot start: no network"]]);
		rig.refusal = undefined;
		rig.run(1);
		equal([rig.radio.count("open"), rig.radio.count("close"), rig.events.slice(1)], [2, 1, ["setup"]]);
	});

	suite.test("network-joined-before-set-up-is-offered-ends-no-set-up", () => {
		const rig = new Rig();
		rig.run(60, radio => radio.refuse(15));
		rig.link.tick(68_900);
		rig.link.tick(69_000);
		equal([rig.radio.count("open"), rig.radio.state], [1, "joining"]);
		rig.radio.accept("10.0.0.7");
		rig.link.tick(69_100);
		rig.link.tick(70_000);
		equal([rig.radio.count("close"), rig.link.isSetup, rig.events.slice(-1)], [1, false, ["address 10.0.0.7"]]);
		equal(rig.events.filter(event => event.endsWith("setup")), []);
	});

	suite.test("set-up-begins-when-joining-times-out-and-ends-when-it-succeeds", () => {
		const rig = new Rig();
		equal(rig.link.status, "joining");
		rig.run(60, radio => radio.refuse(15));
		equal([rig.radio.count("open"), rig.link.status], [0, "password"]);
		rig.run(1, radio => radio.refuse(15));
		equal([rig.radio.count("open"), rig.link.isSetup], [1, true]);
		// attempts continue
		const attempts = rig.radio.count("join");
		rig.run(300, radio => radio.refuse(15));
		equal(rig.radio.count("join") - attempts, 5);
		rig.run(62, radio => radio.accept("10.0.0.7"));
		equal([rig.radio.count("close"), rig.link.isSetup, rig.link.status], [1, false, undefined]);
		equal(rig.events.slice(-3), ["setup", "no setup", "address 10.0.0.7"]);
	});

	suite.test("lost-network-starts-no-set-up", () => {
		const rig = new Rig();
		rig.run(2, radio => radio.accept("10.0.0.7"));
		rig.radio.refuse(200);
		rig.run(3600, radio => radio.refuse(201));
		equal([rig.radio.count("open"), rig.link.status], [0, "not found"]);
		rig.run(62, radio => radio.accept("10.0.0.7"));
		equal(rig.link.status, undefined);
	});

	suite.test("page-in-use-is-not-disturbed-by-attempts", () => {
		const rig = new Rig();
		rig.run(130, radio => radio.refuse(201));
		const attempts = rig.radio.count("join");
		for (let i = 0; i < 10; i++) {
			rig.link.touch();
			rig.run(60, radio => radio.refuse(201));
		}
		equal(rig.radio.count("join"), attempts);
		rig.run(62, radio => radio.refuse(201));
		equal(rig.radio.count("join"), attempts + 1);
	});

	suite.test("access-point-does-not-open-in-the-middle-of-an-attempt", () => {
		const rig = new Rig();
		// attempts without an answer begin at 0, 21 and 43 seconds, and end after 20
		rig.run(62);
		equal([rig.radio.state, rig.radio.count("open")], ["joining", 0]);
		rig.run(3);
		equal([rig.radio.count("open"), rig.link.isSetup], [1, true]);
	});

	suite.test("failed-access-point-is-retried", () => {
		const rig = new Rig("");
		rig.radio.throwing = "open";
		rig.run(3);
		equal([rig.link.isSetup, rig.events.length, rig.radio.count("close")], [false, 3, 3]);
		rig.radio.throwing = "close";
		rig.run(1);
		equal(rig.link.isSetup, true);
		rig.radio.throwing = "scan";
		rig.run(20);
		rig.link.touch();
		equal([rig.radio.count("scan"), rig.link.isSearching], [2, false]);
	});

	suite.test("networks-are-unique-sorted-by-strength-and-limited", () => {
		const rig = new Rig("");
		rig.radio.nearby.push(["", -10], ["weak", -80], ["strong", -40], ["weak", -70]);
		for (let i = 0; i < 30; i++)
			rig.radio.nearby.push([`n${i}`, -90 - i]);
		rig.run(2);
		equal([rig.link.networks.slice(0, 3), rig.link.networks.length], [["strong", "weak", "n0"], 16]);
		rig.radio.nearby.length = 0;
		rig.radio.nearby.push(["weak", -20]);
		rig.link.touch();
		equal(rig.radio.count("scan"), 1, "no second scan so soon");
		rig.run(16);
		rig.link.touch();
		equal(rig.link.networks[0], "weak");
	});

	suite.test("search-ends-with-the-radio's-word-or-after-a-while-and-needs-no-set-up", () => {
		const rig = new Rig();
		rig.link.search();
		equal(rig.radio.count("scan"), 1);
		rig.run(2, radio => radio.accept("10.0.0.7"));
		equal(rig.link.isSearching, true);
		rig.radio.endScan!();
		equal(rig.link.isSearching, false);
		rig.run(20);
		rig.link.search();
		rig.run(9);
		equal([rig.radio.count("scan"), rig.link.isSearching], [2, true]);
		rig.run(2);
		equal(rig.link.isSearching, false);
	});
}
