// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { problemOf } from "network/reason";
import { Station } from "network/station";
import { FakeRadio } from "./fixture";

class Rig {
	readonly radio = new FakeRadio();
	readonly events: string[] = [];
	readonly station: Station;
	now = 0;

	constructor() {
		this.station = new Station({
			radio: this.radio,
			ssid: "home",
			password: "secret pass",
			onAddress: address => this.events.push(`address ${address}`),
			onLost: () => this.events.push("lost"),
			onNotice: message => this.events.push(message),
		});
	}

	/** Ticks once a second.
	 *  @returns the times at which attempts began, in seconds */
	run(seconds: number, answer?: (radio: FakeRadio) => void): number[] {
		const times: number[] = [];
		for (let i = 0; i < seconds; i++, this.now += 1000) {
			const before = this.radio.count("join");
			this.station.tick(this.now);
			if (this.radio.count("join") > before) {
				times.push(this.now / 1000);
				answer?.(this.radio);
			}
		}
		return times;
	}
}

export default function (suite: Suite): void {
	suite.test("station-joins-and-reports-its-address", () => {
		const rig = new Rig();
		rig.run(1);
		equal([rig.radio.log, rig.station.busy, rig.station.connected], [["join home secret pass"], true, false]);
		rig.radio.accept();
		rig.run(5);
		equal([rig.events, rig.station.connected], [[], false]);
		rig.radio.address = "10.0.0.7";
		rig.run(1);
		equal([rig.events, rig.station.connected, rig.station.busy], [["address 10.0.0.7"], true, false]);
		rig.run(10);
		equal(rig.events.length, 1);
		rig.radio.address = "10.0.0.8";
		rig.run(1);
		equal(rig.events, ["address 10.0.0.7", "address 10.0.0.8"]);
	});

	suite.test("refused-station-retries-forever-at-growing-intervals", () => {
		const rig = new Rig();
		const times = rig.run(2000, radio => radio.refuse(201));
		const distances = times.slice(1).map((time, i) => time - times[i]!);
		// the refusal is seen a second after the attempt
		equal(distances.slice(0, 9), [2, 3, 5, 9, 17, 33, 61, 61, 61]);
		equal(distances.slice(9).every(distance => distance === 61), true);
		equal([rig.events, rig.station.problem], [["\"home\" is not found (reason 201)"], "not found"]);
	});

	suite.test("intervals-start-over-after-a-success", () => {
		const rig = new Rig();
		rig.run(300, radio => radio.refuse(15));
		rig.run(70, radio => radio.accept("10.0.0.7"));
		equal([rig.station.connected, rig.station.problem], [true, undefined]);
		rig.radio.refuse(200);
		const begin = rig.now / 1000;
		equal(rig.run(6, radio => radio.refuse(200)).map(time => time - begin), [1, 4]);
		equal(rig.events, ["\"home\" rejects the Wi-Fi password (reason 15)", "address 10.0.0.7",
			"connection to \"home\" lost (reason 200)", "lost", "\"home\" cannot be joined (reason 200)"]);
	});

	suite.test("unanswered-attempt-ends", () => {
		const rig = new Rig();
		equal(rig.run(45), [0, 21, 43]);
		equal(rig.station.problem, "refused");
	});

	suite.test("network-that-gives-no-address-is-left-and-retried", () => {
		const rig = new Rig();
		equal(rig.run(70, radio => radio.accept()), [0, 32, 65]);
		equal([rig.events, rig.station.problem], [["\"home\" assigns no address"], "no address"]);
	});

	suite.test("address-that-returns-is-reported-again", () => {
		const rig = new Rig();
		rig.run(2, radio => radio.accept("10.0.0.7"));
		rig.radio.address = undefined;
		rig.run(2);
		rig.radio.address = "10.0.0.7";
		rig.run(2);
		equal(rig.events, ["address 10.0.0.7", "connection to \"home\" lost (reason 0)", "lost", "address 10.0.0.7"]);
		equal(rig.radio.count("join"), 1);
	});

	suite.test("remaining-association-is-left-before-the-first-attempt", () => {
		const rig = new Rig();
		rig.radio.accept("10.0.0.9");
		equal(rig.run(5), [1]);
		equal(rig.radio.log.slice(0, 2), ["leave", "join home secret pass"]);
	});

	suite.test("radio-that-throws-is-a-failed-attempt", () => {
		for (const throwing of ["join", "leave"]) {
			const rig = new Rig();
			rig.radio.throwing = throwing;
			rig.run(30, radio => radio.refuse(202));
			equal(rig.radio.count("join"), 5, throwing);
			rig.radio.throwing = "";
			rig.run(40, radio => radio.accept("10.0.0.7"));
			equal(rig.station.connected, true);
		}
	});

	suite.test("attempt-waits-until-allowed", () => {
		const rig = new Rig();
		rig.station.tick(0, false);
		rig.station.tick(100_000, false);
		equal(rig.radio.log, []);
		rig.station.tick(100_001);
		equal(rig.radio.log.length, 1);
	});

	suite.test("reason-codes-map-to-problems", () => {
		equal([2, 8, 14, 15, 200, 201, 202, 203, 204, 205, 210, 211, 212].map(problemOf), ["refused", "refused",
			"password", "password", "refused", "not found", "password", "refused", "password", "refused", "password",
			"password", "not found"]);
	});
}
