// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { CableLink } from "network/cablelink";

class Rig {
	readonly ethernet = { linked: false, address: undefined as string | undefined };
	readonly events: string[] = [];
	readonly link: CableLink;
	now = 5000;

	constructor() {
		this.link = new CableLink({
			ethernet: this.ethernet,
			onAddress: address => this.events.push(`address ${address}`),
			onLost: () => this.events.push("lost"),
			onNotice: message => this.events.push(message),
		});
	}

	/** Sets the hardware's state and advances the clock. */
	run(seconds: number, linked: boolean, address?: string): void {
		this.ethernet.linked = linked;
		this.ethernet.address = address;
		for (let i = 0; i < seconds; i++, this.now += 1000)
			this.link.tick(this.now);
	}
}

export default function (suite: Suite): void {
	suite.test("cable-with-an-address-is-reported-once", () => {
		const rig = new Rig();
		equal(rig.link.status, "joining");
		rig.run(2, false);
		rig.run(2, true);
		equal([rig.events, rig.link.status], [[], "joining"]);
		rig.run(100, true, "10.0.0.7");
		equal([rig.events, rig.link.status], [["address 10.0.0.7"], undefined]);
		rig.run(10, true, "10.0.0.8");
		equal(rig.events.slice(1), ["address 10.0.0.8"]);
	});

	suite.test("missing-cable-and-missing-address-are-reported-once-and-shown", () => {
		const rig = new Rig();
		rig.run(10, false);
		equal([rig.events.length, rig.link.status], [0, "joining"]);
		rig.run(100, false);
		equal([rig.events, rig.link.status], [["no Ethernet link: check the cable and the device at its other end"],
			"not found"]);
		rig.run(30, true);
		equal([rig.events.length, rig.link.status], [1, "joining"]);
		rig.run(100, true);
		equal([rig.events.slice(1), rig.link.status], [["the network assigns no address: check its DHCP server"],
			"no address"]);
		rig.run(1, true, "10.0.0.7");
		equal(rig.link.status, undefined);
	});

	suite.test("pulled-cable-is-lost-once-and-its-address-is-reported-again", () => {
		const rig = new Rig();
		rig.run(1, true, "10.0.0.7");
		// the interface keeps its address for a while without a link
		rig.run(5, false, "10.0.0.7");
		equal([rig.events.slice(1), rig.link.status], [["the Ethernet link is lost", "lost"], "joining"]);
		rig.run(5, false);
		rig.run(3, true, "10.0.0.7");
		equal([rig.events.slice(3), rig.link.status], [["address 10.0.0.7"], undefined]);
	});

	suite.test("expired-address-is-lost-while-the-link-stays", () => {
		const rig = new Rig();
		rig.run(1, true, "10.0.0.7");
		rig.run(29, true);
		equal([rig.events.slice(1), rig.link.status], [["the address is lost", "lost"], "joining"]);
		rig.run(2, true);
		equal(rig.link.status, "no address");
	});

	suite.test("time-without-a-cable-counts-from-the-pull", () => {
		const rig = new Rig();
		rig.run(1000, true, "10.0.0.7");
		rig.run(10, false);
		equal(rig.link.status, "joining");
		rig.run(1, false);
		equal(rig.link.status, "not found");
	});
}
