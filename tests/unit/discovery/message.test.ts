// SPDX-License-Identifier: MIT
import { equal, hex, type Suite } from "../harness";
import { encodeName, IN, isName, MessageReader, MessageWriter, RESPONSE, TOP_BIT, Type } from "discovery/dns/message";
import { toWrite } from "./network";

const PORCH = encodeName("porch", "local"), RTSP = encodeName("_rtsp", "_tcp", "local");
const INSTANCE = encodeName("porch", "_rtsp", "_tcp", "local");

/** A response as written with compression. */
const RESPONSE_BYTES = hex(`
	0000 8400 0000 0002 0000 0001
	05 5f72747370 04 5f746370 05 6c6f63616c 00   // 12: _rtsp._tcp.local
	000c 0001 00001194 0008                      // PTR, IN, 4500 s
	05 706f726368 c00c                           // 40: porch._rtsp._tcp.local
	c028 0021 8001 00000078 000e                 // SRV, IN with the top bit, 120 s
	0000 0000 216a 05 706f726368 c017            // 0, 0, port 8554, 66: porch.local
	c042 0001 8001 00000078 0004 0a000007        // A 10.0.0.7
`);

function portData(port: number): Uint8Array {
	return new Uint8Array([0, 0, 0, 0, port >> 8, port & 255, ...PORCH]);
}

export default function (suite: Suite): void {
	suite.test("dns-message-is-written-with-compressed-names", () => {
		const writer = new MessageWriter(200);
		for (let i = 0; i < 2; i++) {
			writer.begin(RESPONSE | 0x400);
			writer.record("answer", toWrite({ name: RTSP, type: Type.PTR, ttl: 4500, data: INSTANCE }, IN));
			writer.record("answer",
				toWrite({ name: INSTANCE, type: Type.SRV, ttl: 120, data: portData(8554) }, IN | TOP_BIT));
			writer.record("additional",
				toWrite({ name: PORCH, type: Type.A, ttl: 120, data: hex("0a000007") }, IN | TOP_BIT));
			equal(writer.message, RESPONSE_BYTES);
		}
	});

	suite.test("dns-name-does-not-point-into-itself", () => {
		const writer = new MessageWriter(100), reader = new MessageReader(), name = encodeName("a", "a", "local");
		// leaves "a.local" where the second "a" of the next message comes
		for (const item of [encodeName("a", "local"), name]) {
			writer.begin(0);
			writer.question(item, Type.A, IN);
		}
		reader.open(writer.message);
		equal([reader.nextQuestion(), reader.name], [true, name]);
	});

	suite.test("dns-message-is-read-item-by-item", () => {
		const reader = new MessageReader();
		equal([reader.open(RESPONSE_BYTES), reader.isResponse, reader.hasQuestions, reader.nextQuestion()], [true, true,
			false, false]);
		equal([reader.nextRecord(), reader.type, reader.ttl, reader.class], [true, Type.PTR, 4500, IN]);
		equal([reader.isNamed(RTSP), reader.isData(INSTANCE), reader.isData(PORCH), reader.isAnswer], [true, true,
			false, true]);
		equal([reader.name, reader.data], [RTSP, INSTANCE]);
		equal([reader.nextRecord(), reader.type, reader.isNamed(INSTANCE)], [true, Type.SRV, true]);
		equal([reader.isData(portData(8554)), reader.isData(portData(8555)), reader.data], [true, false,
			portData(8554)]);
		equal([reader.nextRecord(), reader.isNamed(PORCH), reader.isData(hex("0a000007")), reader.isAnswer], [true,
			true, true, false]);
		equal([reader.nextRecord(), reader.isBroken], [false, false]);
	});

	suite.test("dns-names-are-compared-without-regard-to-case", () => {
		equal(isName(encodeName("PORCH", "Local"), 0, PORCH), true);
		for (const other of [encodeName("porch"), encodeName("porch", "local", "x"), encodeName("porcH2", "local"),
			encodeName("[orch", "local")])
			equal([isName(other, 0, PORCH), isName(PORCH, 0, other)], [false, false]);
		equal(isName(PORCH.subarray(0, PORCH.length - 1), 0, PORCH), false);
	});

	suite.test("dns-pointers-that-do-not-lead-back-are-invalid", () => {
		const header = "0000 0000 0001 0000 0000 0000";
		for (const name of ["c00c", "c00e", "c0ff", "05 706f726368 c00c", "c0", "40 00", "3f 61"]) {
			const reader = new MessageReader();
			reader.open(hex(`${header} ${name} 0001 0001`));
			// what has an end is an item; its name equals none
			if (reader.nextQuestion())
				equal([reader.isNamed(PORCH), reader.name], [false, undefined], name);
		}
		const long = hex(header + "3f".padEnd(128, "61").repeat(4) + "00 0001 0001"), reader = new MessageReader();
		reader.open(long);
		equal([reader.nextQuestion(), reader.isBroken], [false, true]);
	});

	suite.test("dns-message-that-is-cut-is-broken", () => {
		const reader = new MessageReader();
		for (let length = 0; length < RESPONSE_BYTES.length; length++) {
			if (reader.open(RESPONSE_BYTES.slice(0, length))) {
				while (reader.nextQuestion());
				while (reader.nextRecord());
				equal(reader.isBroken, true, `${length} octets`);
			}
			else
				equal(length < 12, true);
		}
		for (const flags of ["0800", "7800", "0003", "800f"])
			equal(reader.open(hex(`0000 ${flags} 0000 0000 0000 0000`)), false, flags);
	});

	suite.test("dns-item-without-room-is-left-out", () => {
		const writer = new MessageWriter(RESPONSE_BYTES.length - 1);
		writer.begin(RESPONSE | 0x400);
		equal(writer.record("answer", toWrite({ name: RTSP, type: Type.PTR, ttl: 4500, data: INSTANCE }, IN)), true);
		const short = writer.message.slice();
		equal(writer.record("answer", toWrite({ name: PORCH, type: Type.TXT, ttl: 1, data: new Uint8Array(99) }, IN)),
			false);
		equal(writer.message, short);
		equal(writer.record("answer", toWrite({ name: PORCH, type: Type.A, ttl: 1, data: hex("0a000007") }, IN)), true);
		const reader = new MessageReader();
		reader.open(writer.message);
		equal([reader.nextRecord(), reader.nextRecord(), reader.isNamed(PORCH), reader.nextRecord(), reader.isBroken], [
			true,
			true,
			true,
			false,
			false,
		]);
	});
}
