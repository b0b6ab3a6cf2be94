// SPDX-License-Identifier: MIT
/** Sections are those of RFC 6762. */

import { assert, equal, type Suite } from "../harness";
import { encodeName, MessageWriter, TOP_BIT, TRUNCATED, Type } from "discovery/dns/message";
import { describe, Network, query, queryOfAnyClass, response, toWrite } from "./network";

const RTSP = ["_rtsp", "_tcp", "local"], INSTANCE = ["porch", ...RTSP], HOST = ["porch", "local"];
const LIST = ["_services", "_dns-sd", "_udp", "local"];

const PROBE = [
	"? ANY porch._rtsp._tcp.local",
	"? ANY porch.local",
	"claim porch._rtsp._tcp.local SRV 120 8554 porch.local",
	"claim porch._rtsp._tcp.local TXT 4500 path=/live",
	"claim porch.local A 120 10.0.0.7",
];
const RECORDS = [
	"_services._dns-sd._udp.local PTR 4500 _rtsp._tcp.local",
	"_rtsp._tcp.local PTR 4500 porch._rtsp._tcp.local",
	"porch._rtsp._tcp.local SRV 120! 8554 porch.local",
	"porch._rtsp._tcp.local TXT 4500! path=/live",
	"porch.local A 120! 10.0.0.7",
];
const SERVICE = [RECORDS[1], ...[2, 3, 4].map(i => `+ ${RECORDS[i]}`), "+ porch.local NSEC 120!"];

/** A network with one host whose name has been claimed some time ago. */
function claimed(): Network {
	const network = new Network();
	network.open("porch");
	network.run(10_000);
	network.take();
	return network;
}

const OTHER_A = { name: encodeName(...HOST), type: Type.A, ttl: 120, data: new Uint8Array([10, 0, 0, 8]) };
const POINTER = { name: encodeName(...RTSP), type: Type.PTR, data: encodeName(...INSTANCE) };

export default function (suite: Suite): void {
	suite.test("dns-sd-name-is-probed-thrice-announced-twice-and-taken-back", () => {
		const network = new Network(), responder = network.open("porch");
		network.run(10_000);
		equal(network.sent.map(({ time }) => time), [125, 375, 625, 875, 1875]);
		equal(network.log, ["10.0.0.7 claimed porch"]);
		const all = [...RECORDS, "+ porch.local NSEC 120!"];
		equal(network.take(), [PROBE, PROBE, PROBE, all, all]);
		responder.close();
		responder.close();
		network.run(10_000);
		equal(network.take(), [RECORDS.map(line => line.replace(/ (120|4500)/, " 0"))]);
		network.inject(query([[Type.A, false, ...HOST]]));
		equal(network.take(), []);
	});

	suite.test("dns-sd-shared-answers-wait-and-unique-ones-do-not", () => {
		const network = new Network();
		network.open("porch", undefined, undefined, 0);
		network.run(10_000);
		network.take();
		network.inject(query([[Type.PTR, false, ...RTSP]]));
		network.run(19);
		equal(network.take(), []);
		network.run(1);
		equal(network.take(), [SERVICE]);
		network.run(1000);
		network.inject(query([[Type.A, false, "PORCH", "local"]]));
		equal(network.take(), [[RECORDS[4], "+ porch.local NSEC 120!"]]);
		network.run(1000);
		network.inject(query([[Type.ANY, false, ...INSTANCE], [Type.PTR, false, ...LIST]]));
		network.run(200);
		equal(network.take(), [[RECORDS[2], RECORDS[3], RECORDS[0], "+ " + RECORDS[4], "+ porch.local NSEC 120!"]]);
		network.run(1000);
		network.inject(queryOfAnyClass(Type.TXT, ...INSTANCE));
		equal(network.take(), [[RECORDS[3]]]);
	});

	suite.test("dns-sd-says-what-its-names-do-not-have", () => {
		const network = claimed();
		network.inject(query([[Type.AAAA, false, ...HOST]]));
		network.inject(query([[Type.A, false, ...INSTANCE]]));
		equal(network.take(), [["porch.local NSEC 120!"], ["porch._rtsp._tcp.local NSEC 120!"]]);
		for (const labels of [["porch2", "local"], ["porch", "_http", "_tcp", "local"], RTSP, ["local"]])
			network.inject(query([[Type.AAAA, false, ...labels]]));
		network.run(1000);
		equal(network.take(), []);
	});

	suite.test("dns-sd-known-answers-are-not-repeated", () => {
		const network = claimed();
		for (const [ttl, count] of [[4500, 0], [2250, 0], [2249, 1]] as const) {
			network.inject(query([[Type.PTR, false, ...RTSP]], [{ ...POINTER, ttl }]));
			network.run(2000);
			equal(network.take().length, count, `${ttl} s`);
		}
		// section 7.2: known answers in a message that follows
		network.inject(query([[Type.PTR, false, ...RTSP]], [], TRUNCATED));
		network.run(300);
		network.inject(query([], [{ ...POINTER, ttl: 4500 }]));
		network.run(1000);
		equal(network.take(), []);
		network.inject(query([[Type.PTR, false, ...RTSP]], [], TRUNCATED));
		network.inject(query([[Type.PTR, false, ...RTSP]]), { address: "10.0.0.98" });
		network.inject(query([], [{ ...POINTER, ttl: 4500 }]));
		network.run(1000);
		equal(network.take().length, 1, "another host has asked as well");
	});

	suite.test("dns-sd-sends-a-record-once-a-second", () => {
		const network = claimed();
		for (let i = 0; i < 50; i++) {
			network.inject(query([[Type.PTR, false, ...RTSP], [Type.A, false, ...HOST]]));
			network.run(60);
		}
		const counts = new Map<string, number>();
		for (const line of network.take().flat())
			counts.set(line.replace("+ ", ""), (counts.get(line.replace("+ ", "")) ?? 0) + 1);
		// 3 seconds
		equal([...counts.values()].every(count => count <= 3), true, [...counts].join("; "));
		equal(counts.get(RECORDS[1]!)! >= 2, true);
	});

	suite.test("dns-sd-question-within-the-second-is-answered-after-it", () => {
		const network = claimed(), ask = (): void => network.inject(query([[Type.PTR, false, ...RTSP]]));
		ask();
		network.run(200);
		equal(network.take().length, 1);
		const { now } = network;
		ask();
		ask();
		network.run(700);
		equal(network.take(), []);
		network.run(500);
		equal([network.sent.length, network.sent[0]!.time - now < 1000], [1, true]);
		network.run(5000);
		equal(network.take(), [SERVICE]);
	});

	suite.test("dns-sd-defends-its-name-at-once-and-four-times-a-second", () => {
		const network = claimed(), writer = new MessageWriter(512);
		writer.begin(0);
		writer.question(encodeName(...HOST), Type.ANY, 1);
		writer.record("authority", toWrite(OTHER_A));
		for (let i = 0; i < 20; i++) {
			network.inject(writer.message);
			network.run(50);
		}
		equal(network.take(), Array(4).fill(0).map((_, i) =>
			i % 4 === 0
				? [RECORDS[4], "+ porch.local NSEC 120!"]
				: [RECORDS[4]]
		));
	});

	suite.test("dns-sd-answers-by-unicast-where-that-is-welcome", () => {
		const network = claimed();
		// never since 30 s, a quarter of its time to live: by multicast, for all
		network.run(30_000);
		network.inject(query([[Type.A, true, ...HOST]]));
		equal(network.sent.map(({ to }) => to), [undefined]);
		network.take();
		network.inject(query([[Type.A, true, ...HOST]]));
		equal(network.sent.map(({ to }) => to), ["10.0.0.99:5353"]);
		equal(network.take(), [[RECORDS[4], "+ porch.local NSEC 120!"]]);
		// a question to this host alone
		network.inject(query([[Type.PTR, false, ...RTSP]]), { isMulticast: false });
		equal([network.sent.map(({ to }) => to), network.take()], [["10.0.0.99:5353"], [SERVICE]]);
		for (const isMulticast of [true, false])
			network.inject(query([[Type.A, true, ...HOST]]), { isMulticast, isOnLink: false });
		equal(network.take(), []);
	});

	suite.test("dns-sd-answers-plain-resolvers-with-their-question", () => {
		const network = claimed();
		network.inject(query([[Type.PTR, false, "_RTSP", "_tcp", "local"]]), { port: 40_000 });
		const { to, bytes } = network.sent[0]!;
		equal([to, bytes[0], bytes[1]], ["10.0.0.99:40000", 0x12, 0x34]);
		// pointers into the question repeat its case
		equal(network.take(), [["? PTR _RTSP._tcp.local",
			...SERVICE.map(line => line!.replace(/ (120|4500)!?/, " 10").replace(/^(\+ porch\.)?_rtsp/, "$1_RTSP"))]]);
		network.inject(query([[Type.PTR, false, ...RTSP]]), { port: 40_000, isOnLink: false });
		equal(network.take(), []);
	});

	suite.test("dns-sd-replies-by-unicast-are-limited", () => {
		const network = claimed();
		for (let i = 0; i < 500; i++) {
			network.inject(query([[Type.ANY, false, ...INSTANCE]]), { port: 40_000 });
			network.run(10);
		}
		// 20 at once and 10 a second, for 5 seconds
		const { length } = network.take();
		assert(length >= 69 && length <= 71, `${length}`);
	});

	suite.test("dns-sd-name-of-another-host-gets-a-number", () => {
		const network = new Network();
		network.open("porch");
		network.run(300);
		network.inject(response([OTHER_A]));
		network.run(10_000);
		equal(network.log, ["10.0.0.7 claimed porch-2"]);
		equal(network.take().at(-1)!.includes("porch-2._rtsp._tcp.local SRV 120! 8554 porch-2.local"), true);
		// the claimed name: probed again, and kept if the other host has gone
		network.inject(response([{ ...OTHER_A, name: encodeName("porch-2", "local") }]));
		network.run(10_000);
		equal([network.log.length, network.take().length], [1, 5]);
	});

	suite.test("dns-sd-two-hosts-with-one-name-end-with-two", () => {
		for (const [a, b] of [[0.5, 0.5], [0.2, 0.9], [0.9, 0.2]] as const) {
			const network = new Network();
			network.open("porch", ["10.0.0.7"], undefined, a);
			network.open("porch", ["10.0.0.8"], undefined, b);
			network.run(20_000);
			equal(network.log.map(line => line.split(" ")[2]).sort(), ["porch", "porch-2"], network.log.join());
		}
		// one address, two ports
		const network = new Network();
		network.open("porch");
		network.open("porch", undefined, [{ type: "_rtsp", port: 8555, path: "/live" }]);
		network.run(20_000);
		equal(network.log.map(line => line.split(" ")[2]).sort(), ["porch", "porch-2"]);
	});

	suite.test("dns-sd-later-records-win-a-tie", () => {
		const network = new Network();
		network.open("porch", ["10.0.0.7"]);
		network.open("porch", ["10.0.0.8"]);
		network.run(20_000);
		// section 8.2: 10.0.0.8 comes later
		equal(network.log, ["10.0.0.8 claimed porch", "10.0.0.7 claimed porch-2"]);
	});

	suite.test("dns-sd-host-with-two-interfaces-in-one-network-does-not-conflict-with-itself", () => {
		const network = new Network();
		network.open("porch", ["10.0.0.7", "10.0.0.8"]);
		network.run(10_000);
		equal([network.log, network.sent.length], [["10.0.0.7 claimed porch"], 10]);
	});

	suite.test("dns-sd-gives-up-when-all-names-are-taken-and-tries-again", () => {
		const network = new Network(), taken = { value: true };
		network.open("porch");
		for (let i = 0; i < 600; i++) {
			network.run(100);
			const asked = describe(network.sent.at(-1)?.bytes ?? new Uint8Array(12)).find(line =>
				line.startsWith("claim") && line.includes(" A ")
			);
			if (asked && taken.value)
				network.inject(
					response([{ ...OTHER_A, name: encodeName(asked.split(" ")[1]!.split(".")[0]!, "local") }]),
				);
			taken.value = network.log.length === 0;
			network.take();
		}
		equal(network.log, ["10.0.0.7 taken"]);
		network.run(60_000);
		equal(network.log, ["10.0.0.7 taken", "10.0.0.7 claimed porch"]);
	});

	suite.test("dns-sd-conflicts-of-claimed-names-slow-it-down", () => {
		const network = new Network(), responder = network.open("porch");
		let probes = 0;
		for (let i = 0; i < 3000; i++) {
			network.run(20);
			const { name } = responder, isLast = name === "porch-9", messages = network.take();
			probes += messages.length;
			// the last name is taken when it is claimed, the others when they are probed
			if (!isLast || messages.some(([line]) => line!.startsWith("_services")))
				network.inject(response([{ ...OTHER_A, name: encodeName(name, "local") }]));
		}
		// a minute: 330 without the pauses
		assert(network.log.length > 0 && probes < 270, `${probes} probes`);
	});

	suite.test("dns-sd-looks-at-so-much-of-a-message-and-at-so-many-messages", () => {
		const network = claimed(), other = [Type.A, false, "other", "local"] as const;
		const last = [Type.A, false, ...HOST] as const;
		network.inject(query([...Array(16).fill(other), last]));
		equal(network.take(), []);
		network.inject(query([...Array(15).fill(other), last]));
		equal(network.take().length, 1);
		network.run(2000);
		for (let i = 0; i < 100; i++)
			network.inject(query([other]));
		network.inject(query([last]));
		equal(network.take(), []);
		network.run(100);
		network.inject(query([last]));
		equal(network.take().length, 1);
	});

	suite.test("dns-sd-conflicts-without-end-slow-it-down", () => {
		const network = claimed();
		let probes = 0;
		for (let i = 0; i < 1200; i++) {
			network.inject(response([OTHER_A]));
			network.run(50);
			probes += network.take().length;
		}
		// a minute: each of the names at once, then after pauses
		assert(probes < 120, `${probes} messages`);
	});

	suite.test("dns-sd-record-that-another-host-takes-back-is-announced-again", () => {
		const network = claimed();
		network.inject(response([{ ...POINTER, ttl: 0 }]));
		network.run(500);
		equal(network.take(), [SERVICE]);
		network.run(2000);
		network.inject(query([[Type.PTR, false, ...RTSP]]));
		network.inject(response([{ ...POINTER, ttl: 4500 }]));
		network.run(500);
		equal(network.take(), [], "another host has answered (section 7.4)");
	});

	suite.test("dns-sd-ignores-broken-and-foreign-messages", () => {
		const network = claimed(), good = query([[Type.PTR, false, ...RTSP]], [{ ...POINTER, ttl: 1 }]);
		for (let length = 0; length < good.length; length++)
			network.inject(good.slice(0, length));
		network.run(1000);
		// a response from another port, or from another network
		network.inject(response([OTHER_A]), { port: 5354 });
		network.inject(response([OTHER_A]), { isMulticast: false, isOnLink: false });
		network.inject(good, { interface: { index: 9 } });
		const old = response([OTHER_A]).slice();
		network.inject(old.slice(0, old.length - 1));
		network.run(1000);
		equal([network.take(), network.log.length], [[], 1]);
	});

	suite.test("dns-sd-without-interfaces-waits-for-one", () => {
		const network = new Network(), addresses: string[] = [], responder = network.open("porch", addresses);
		network.run(10_000);
		equal([network.take(), network.log], [[], []]);
		addresses.push("10.0.0.9");
		responder.restart();
		network.run(10_000);
		equal(network.log.length, 1);
		equal(network.take().at(-1)!.includes("porch.local A 120! 10.0.0.9"), true);
		addresses.push("10.0.0.10");
		responder.restart();
		network.run(10_000);
		equal([network.log.length, network.take().length], [1, 10], "the name is told once");
		responder.close();
		responder.restart();
		network.run(10_000);
		equal(network.take().length, 2);
	});

	suite.test("dns-sd-reply-is-at-most-seven-times-its-question", () => {
		const names = [RTSP, INSTANCE, HOST, LIST, ["_http", "_tcp", "local"]];
		for (const labels of names) {
			for (const type of Object.values(Type)) {
				for (const port of [5353, 40_000]) {
					const network = new Network(), question = query([[type, true, ...labels]]);
					network.open("porch", ["10.0.0.7"], [
						{ type: "_rtsp", port: 8554, path: "/live" },
						{ type: "_http", port: 8080, path: "/" },
					]);
					network.run(10_000);
					network.sent.length = 0;
					network.inject(question, { port, isMulticast: false });
					network.run(2000);
					const octets = network.sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
					assert(octets <= 7 * question.length, `${octets} octets for ${question.length}`);
				}
			}
		}
	});

	suite.test("dns-sd-names-that-lead-through-hundreds-of-pointers-cost-little", () => {
		// a first record whose data are pointers, each to the one before it, and 63 whose name is the last of them
		const message = new Uint8Array(1469), pointers = 345, data = 23;
		message.set([0, 0, 0x84, 0, 0, 0, 0, 64]);
		message.set([0, 0, Type.A, 0, 1, 0, 0, 0, 120, 2 * pointers >> 8, 2 * pointers & 255], 12);
		const place = (at: number, target: number): void => message.set([0xc0 | target >> 8, target & 255], at);
		for (let i = 0; i < pointers; i++)
			place(data + 2 * i, i === 0 ? 12 : data + 2 * (i - 1));
		for (let at = data + 2 * pointers; at < message.length; at += 12) {
			place(at, data + 2 * (pointers - 1));
			message.set([0, Type.A, 0, 1, 0, 0, 0, 120, 0, 0], at + 2);
		}
		let reads = 0;
		const counted = new Proxy(message, {
			get: (target, name) => {
				reads += 1;
				const value = (target as unknown as Record<string | symbol, unknown>)[name];
				return typeof value === "function" ? value.bind(target) as unknown : value;
			},
		});
		const network = claimed();
		network.inject(counted);
		assert(reads > 64 * 12 && reads < 10 * message.length, `${reads} reads`);
		// and so do many
		reads = 0;
		for (let i = 0; i < 100; i++)
			network.inject(counted);
		assert(reads < 100 * message.length, `${reads} reads of a hundred messages`);
	});

	suite.test("dns-sd-flood-of-questions-costs-bounded-time-and-replies", () => {
		const network = claimed(), writer = new MessageWriter(1472);
		writer.begin(0);
		while (writer.question(encodeName(...RTSP), Type.PTR, 1 | TOP_BIT));
		for (let i = 0; i < 1000; i++) {
			network.inject(writer.message);
			network.run(1);
		}
		const { sent } = network, octets = sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
		assert(sent.length <= 31, `${sent.length} replies`);
		assert(octets < 1000 * writer.message.length / 100, `${octets} octets`);
	});
}
