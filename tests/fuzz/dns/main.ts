// SPDX-License-Identifier: MIT
/**
 * Fuzzes multicast DNS inside the engine: two responders of one name in a simulated network. part.ts has the arguments.
 *
 * An input is a message, mostly about the responders' names, with octets changed. The responders throw nothing, send
 * only valid messages, do not send more than their limits allow, and keep their memory. Whatever has been received,
 * after a while of silence each has a name, and answers.
 */

import { encodeName, MessageReader, MessageWriter, TOP_BIT, Type } from "discovery/dns/message";
import { stress } from "../../engine/stress";
import { fail, fuzz, stressTime } from "../part";
import { Random } from "../app/generator";
import { Network, query, toWrite } from "../../unit/discovery/network";

/** Slots by which the heap may grow: for times of conflicts, and answers that wait. */
const TOLERANCE = 250;
/** Inputs between two silences. */
const ROUND = 100;
/** Milliseconds of silence after which each responder has a name: the pause when all are taken, and some. */
const SILENCE = 80_000;

const LABELS = [["porch", "local"], ["porch", "_rtsp", "_tcp", "local"], ["_rtsp", "_tcp", "local"], ["_services",
	"_dns-sd", "_udp", "local"], ["porch-2", "local"], ["porch-2", "_rtsp", "_tcp", "local"], ["PORCH", "LOCAL"], [
	"other",
	"local",
], []];
const TYPES = [Type.A, Type.PTR, Type.TXT, Type.AAAA, Type.SRV, Type.NSEC, Type.ANY, 6, 41];
const TTLS = [0, 1, 120, 2250, 4500, 0xffffffff];
const PORTS = [5353, 5353, 5353, 40_000];

const network = new Network(), writer = new MessageWriter(1472), reader = new MessageReader();
network.open("porch", ["10.0.0.7"], undefined, 0.3);
network.open("porch", ["10.0.0.8", "10.0.1.8"], [
	{ type: "_rtsp", port: 554, path: "/" },
	{ type: "_http", port: 80, path: "/" },
], 0.8);
const counts = { inputs: 0, valid: 0, broken: 0, answers: 0, replies: 0, probes: 0, octets: 0 };
let message: Uint8Array = new Uint8Array(0);

function pick<T>(random: Random, list: readonly T[]): T {
	return list[random.below(list.length)]!;
}

function makeData(random: Random, type: number): Uint8Array {
	switch (type) {
		case Type.A:
			return new Uint8Array([10, 0, 0, 6 + random.below(4)]);
		case Type.PTR:
		case Type.NSEC:
			return encodeName(...pick(random, LABELS));
		case Type.SRV:
			return new Uint8Array([0, 0, 0, 0, 33, random.below(256), ...encodeName(...pick(random, LABELS))]);
		default:
			return new Uint8Array(random.below(40));
	}
}

function makeMessage(random: Random): Uint8Array {
	// few responses: most of them conflict, and then the responders probe
	writer.begin(random.below(12) === 0 ? 0x8400 : random.below(8) === 0 ? 0x0200 : 0, random.below(65536));
	for (let i = random.below(random.below(20) === 0 ? 60 : 4); i > 0; i--)
		writer.question(encodeName(...pick(random, LABELS)), pick(random, TYPES), random.below(2) ? 1 : 1 | TOP_BIT);
	for (const section of ["answer", "authority", "additional"] as const) {
		for (let i = random.below(random.below(20) === 0 ? 80 : 3); i > 0; i--) {
			const type = pick(random, TYPES);
			writer.record(section,
				toWrite({ name: encodeName(...pick(random, LABELS)), type, ttl: pick(random, TTLS),
					data: makeData(random, type) }, random.below(2) ? 1 : 1 | TOP_BIT));
		}
	}
	const bytes = writer.message.slice(0, random.below(6) === 0 ? random.below(writer.message.length + 1) : undefined);
	for (let i = random.below(2) * random.below(6); i > 0 && bytes.length > 0; i--) {
		const offset = random.below(bytes.length);
		// a pointer, a length or any octet
		bytes[offset] = pick(random, [0xc0, 0, 0x3f, 0xff, random.below(256)]);
	}
	return bytes;
}

/** Reads a message to its end. @returns whether it is valid */
function readAll(bytes: Uint8Array): boolean {
	if (!reader.open(bytes))
		return false;
	const check = (length = 0, largest: number): void => {
		if (length > largest)
			fail(`${length} octets, not at most ${largest}`);
	};
	while (reader.nextQuestion())
		check(reader.name?.length, 255);
	while (reader.nextRecord()) {
		check(reader.name?.length, 255);
		check(reader.data?.length, bytes.length + 255);
	}
	return !reader.isBroken;
}

function play(random: Random, number: number): void {
	message = makeMessage(random);
	stress(stressTime);
	counts[readAll(message) ? "valid" : "broken"] += 1;
	network.inject(message, { port: pick(random, PORTS), isMulticast: random.below(4) > 0,
		isOnLink: random.below(5) > 0, interface: { index: 1 + random.below(3) } });
	network.run(random.below(random.below(4) ? 40 : 2000));
	stress(0);
	checkSent();
	counts.inputs += 1;
	if (number % ROUND === ROUND - 1)
		checkNames();
}

function checkSent(): void {
	for (const { bytes, to } of network.sent) {
		if (bytes.length > 1472 || !readAll(bytes))
			fail(`an invalid message was sent: ${bytes.join()}`);
		counts[to !== undefined ? "replies" : reader.isResponse ? "answers" : "probes"] += 1;
		counts.octets += bytes.length;
	}
	network.sent.length = 0;
	network.log.length = 0;
}

/** Each responder has a name, another than the other, and answers. */
function checkNames(): void {
	network.run(SILENCE);
	checkSent();
	network.inject(query([[Type.PTR, false, "_rtsp", "_tcp", "local"]]));
	network.run(1000);
	const names = new Set<string>();
	for (const { bytes } of network.sent) {
		reader.open(bytes);
		while (reader.nextRecord()) {
			if (reader.type === Type.SRV)
				names.add(`${reader.name!.join()} ${reader.data!.join()}`);
		}
	}
	if (names.size < 2)
		fail(`${names.size} of 2 cameras answer after a silence`);
	checkSent();
}

fuzz({ counts, tolerance: TOLERANCE, warm: 300, play, shown: () => message.join(), settle: checkNames });
