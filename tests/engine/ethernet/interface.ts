// SPDX-License-Identifier: MIT
/** The native half of the Ethernet link, over a fake ESP-IDF. One interface is opened for the whole program. */

import { EthernetInterface } from "../../../hosts/esp32/network/ethernet/ethernet";
import { stress } from "../stress";
import { FakeIDF } from "./fake/idf";
import { thrown, type AsyncSuite } from "../harness";
import { assert, equal } from "../../unit/harness";

/** As in the fake esp_err.h. */
const TIMEOUT = 0x107;
/** Processor time, milliseconds. */
const STRESS = 300;

export default function (suite: AsyncSuite): void {
	let calls = 0;
	const open = () =>
		new EthernetInterface(() => {
			calls += 1;
			if (FakeIDF.starts() === 0)
				throw new Error("of the program");
		});
	let ethernet: EthernetInterface;

	suite.test("hardware-that-is-not-there-is-named", () => {
		FakeIDF.setHardware(0, 0, 0);
		assert(thrown(open, Error).message.startsWith("no Ethernet: there is no memory for its drivers"));
		FakeIDF.setHardware(1, TIMEOUT, 0);
		equal(thrown(open, Error).message,
			"no Ethernet: its chip does not answer. Check the pins in the board's manifest (defines.ethernet) "
				+ "(ESP-IDF's error 0x107)");
	});

	suite.test("chip-without-a-mac-address-gets-the-one-of-the-esp32", () => {
		stress(STRESS);
		FakeIDF.setHardware(1, 0, 0);
		ethernet = open();
		equal([ethernet.mac, ethernet.linked, ethernet.address], ["24:6f:28:ab:cd:04", false, undefined]);
		equal(thrown(open, Error).message, "Ethernet is open");
	});

	suite.test("name-is-there-before-the-link-starts-and-errors-of-the-program-end-nothing", () => {
		FakeIDF.link(1);
		equal([FakeIDF.deliver(), calls], [1, 1]);
		ethernet.start("camera-abcd04");
		equal([FakeIDF.hostName(), FakeIDF.starts()], ["camera-abcd04", 1]);
	});

	suite.test("many-events-are-one-message-and-the-state-is-that-of-the-last", () => {
		calls = 0;
		FakeIDF.link(0);
		FakeIDF.link(1);
		FakeIDF.address(7);
		equal([FakeIDF.deliver(), calls, ethernet.linked, ethernet.address], [1, 1, true, "10.0.0.7"]);
		FakeIDF.address(255);
		equal([FakeIDF.deliver(), ethernet.address], [1, "10.0.0.255"]);
		FakeIDF.address(0);
		equal([FakeIDF.deliver(), ethernet.linked, ethernet.address], [1, true, undefined]);
		FakeIDF.address(7);
		FakeIDF.link(0);
		equal([FakeIDF.deliver(), calls, ethernet.linked, ethernet.address], [1, 4, false, undefined]);
		FakeIDF.others();
		equal([FakeIDF.deliver(), ethernet.address], [0, undefined]);
	});

	suite.test("full-queue-holds-up-nothing-and-the-next-event-is-told", () => {
		calls = 0;
		FakeIDF.setQueueLength(0);
		FakeIDF.link(1);
		equal([FakeIDF.deliver(), calls, ethernet.linked], [0, 0, true]);
		FakeIDF.setQueueLength(8);
		FakeIDF.address(7);
		equal([FakeIDF.deliver(), calls, ethernet.address], [1, 1, "10.0.0.7"]);
	});
}
