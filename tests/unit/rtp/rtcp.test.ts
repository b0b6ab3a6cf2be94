// SPDX-License-Identifier: MIT
import { assert, equal, hex, throws, type Suite } from "../harness";
import { RTCPParser, type ReportBlock } from "rtp/rtcpparser";
import { RTCPWriter } from "rtp/rtcpwriter";

interface Vector {
	readonly name: string;
	/** Makes the packet; absent for packets that only other implementations send. */
	readonly write?: (writer: RTCPWriter, target: Uint8Array, offset: number) => number;
	readonly bytes: Uint8Array;
	/** The parser's events; undefined if the packet is malformed. */
	readonly events: readonly string[] | undefined;
}

const SSRC = 0x902f9e2e;
/** 2023-11-14 22:13:20.5 UTC. */
const TIME = 1_700_000_000_500;

const SDES = `
	81 ca 00 05  // V=2 SC=1 PT=202, six words
	90 2f 9e 2e  // SSRC
	01 0b        // CNAME, 11 characters
	63 61 6d 65 72 61 40 68 6f 73 74  // camera@host
	00 00 00`;

const SENDER_REPORT = `
	80 c8 00 06  // V=2 RC=0 PT=200, seven words
	90 2f 9e 2e  // SSRC
	e8 fe 6f 80  // NTP seconds: 1,700,000,000 + 2,208,988,800
	80 00 00 00  // NTP fraction: one half
	da 8b d1 fc  // RTP timestamp
	00 00 00 0a  // packets
	00 00 38 40  // octets`;

const VECTORS: readonly Vector[] = [
	{
		name: "sender-report-and-cname",
		write: (writer, target, offset) => writer.writeReport(target, offset, SSRC, TIME, 0xda8bd1fc, 10, 14400),
		bytes: hex(SENDER_REPORT + SDES),
		events: [],
	},
	{
		name: "bye-after-packets",
		write: (writer, target, offset) => writer.writeBye(target, offset, SSRC, TIME, 0xda8bd1fc, 10, 14400),
		bytes: hex(`${SENDER_REPORT}${SDES}
			81 cb 00 01  // V=2 SC=1 PT=203, two words
			90 2f 9e 2e  // SSRC`),
		events: ["bye 902f9e2e"],
	},
	{
		name: "bye-before-any-packet-begins-with-a-receiver-report",
		write: (writer, target, offset) => writer.writeBye(target, offset, SSRC, TIME, 0xda8bd1fc, 0, 0),
		bytes: hex(`
			80 c9 00 01  // V=2 RC=0 PT=201, two words
			90 2f 9e 2e  // SSRC
			${SDES}
			81 cb 00 01 90 2f 9e 2e  // BYE`),
		events: ["bye 902f9e2e"],
	},
	{
		name: "receiver-report-of-gstreamer", // captured from GStreamer 1.22
		bytes: hex(`
			81 c9 00 07  // V=2 RC=1 PT=201, eight words
			de 45 13 fd  // SSRC of the receiver
			2e cf 7c 01  // SSRC of the source
			00 00 00 00  // nothing lost
			00 00 bb 1b  // highest sequence number
			00 00 00 0b  // jitter
			b9 eb 6a c0  // LSR
			00 01 b6 6d  // DLSR: 1.71 s
			81 ca 00 0c  // SDES, 13 words
			de 45 13 fd
			01 1c 75 73 65 72 31 35 35 37 38 31 33 37 34 32 40 68 6f 73 74 2d 63 64 36 66 30 32 38 35  // CNAME
			06 09 47 53 74 72 65 61 6d 65 72  // TOOL
			00 00 00`),
		events: ["report de4513fd of 2ecf7c01: 0/256 0 seq 47899 jitter 11 LSR b9eb6ac0 DLSR 112237"],
	},
	{
		name: "sender-report-with-two-blocks",
		bytes: hex(`
			82 c8 00 12  // V=2 RC=2 PT=200, 19 words
			11 11 11 11  // SSRC
			00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 05  // sender's part
			22 22 22 22  // SSRC of the source
			ff 7f ff ff  // all lost; the largest cumulative count
			00 01 ff ff  // one cycle
			80 00 00 00  // jitter
			ff ff ff ff 00 01 00 00
			33 33 33 33
			40 ff ff ff  // a quarter lost, cumulative -1: one duplicate
			ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00`),
		events: [
			"report 11111111 of 22222222: 255/256 8388607 seq 131071 jitter 2147483648 LSR ffffffff DLSR 65536",
			"report 11111111 of 33333333: 64/256 -1 seq 4294967295 jitter 0 LSR 0 DLSR 0",
		],
	},
	{
		name: "lowest-cumulative-loss",
		bytes: hex("81 c9 00 07 00 00 00 01 00 00 00 02 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
		events: ["report 1 of 2: 0/256 -8388608 seq 0 jitter 0 LSR 0 DLSR 0"],
	},
	{
		name: "bye-of-two-sources-with-reason",
		bytes: hex("80 c9 00 01 00 00 00 01  82 cb 00 03 00 00 00 01 00 00 00 02 02 6f 6b 00"),
		events: ["bye 1", "bye 2"],
	},
	{
		name: "unknown-packets-are-skipped",
		bytes: hex(`
			80 c9 00 01 00 00 00 01
			81 cd 00 02 00 00 00 01 00 00 00 02  // feedback (RFC 4585)
			80 cc 00 02 00 00 00 01 41 42 43 44  // APP
			81 cb 00 01 00 00 00 07`),
		events: ["bye 7"],
	},
	{ name: "reduced-size", bytes: hex("81 cb 00 01 00 00 00 07"), events: ["bye 7"] }, // RFC 5506
	{ name: "padding-at-the-end", bytes: hex("80 c9 00 01 00 00 00 01  a1 cb 00 02 00 00 00 07 00 00 00 04"),
		events: ["bye 7"] },
	{ name: "header-only", bytes: hex("80 cc 00 00"), events: [] },
	{ name: "packet-of-257-words", bytes: hex(`80 cc 01 00 ${"00 ".repeat(1024)} 81 cb 00 01 00 00 00 07`),
		events: ["bye 7"] },
	{ name: "bye-without-source", bytes: hex("80 cb 00 00"), events: [] },

	{ name: "empty", bytes: hex(""), events: undefined },
	{ name: "shorter-than-a-header", bytes: hex("80 c9 00"), events: undefined },
	{ name: "version-1", bytes: hex("40 c9 00 01 00 00 00 01"), events: undefined },
	{ name: "longer-than-the-datagram", bytes: hex("80 c9 00 02 00 00 00 01"), events: undefined },
	{ name: "bytes-left-over", bytes: hex("80 c9 00 01 00 00 00 01 80"), events: undefined },
	{ name: "too-short-for-its-blocks",
		bytes: hex("81 c9 00 06 00 00 00 01 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
		events: undefined },
	{ name: "too-short-for-a-sender-report", bytes: hex("80 c8 00 01 00 00 00 01"), events: undefined },
	{ name: "too-short-for-the-blocks-of-a-sender-report", bytes: hex(SENDER_REPORT.replace("80 c8", "81 c8")),
		events: undefined },
	{ name: "too-short-for-its-sources", bytes: hex("9f cb 00 01 00 00 00 01"), events: undefined },
	{ name: "a-good-packet-before-a-bad-one", bytes: hex("81 cb 00 01 00 00 00 07 81 cb 00 00"), events: undefined },
	{ name: "padding-before-the-end", bytes: hex("a0 c9 00 02 00 00 00 01 00 00 00 04 80 c9 00 01 00 00 00 01"),
		events: undefined },
	{ name: "padding-of-0", bytes: hex("a0 c9 00 02 00 00 00 01 00 00 00 00"), events: undefined },
	{ name: "padding-not-in-words", bytes: hex("a0 c9 00 02 00 00 00 01 00 00 00 03"), events: undefined },
	{ name: "padding-longer-than-the-packet", bytes: hex("a0 c9 00 02 00 00 00 01 00 00 00 fc"), events: undefined },
	{ name: "padding-over-the-blocks", bytes: hex("a1 cb 00 01 00 00 00 04"), events: undefined },
];

function show(block: ReportBlock): string {
	return `report ${block.reporter.toString(16)} of ${block.ssrc.toString(16)}: ${block.fractionLost}/256 `
		+ block.cumulativeLost
		+ ` seq ${block.highestSequenceNumber} jitter ${block.jitter} LSR ${block.lastSR.toString(16)} DLSR `
		+ block.delaySinceLastSR;
}

function parse(bytes: Uint8Array): string[] | undefined {
	const events: string[] = [];
	const listener = {
		onReport: (block: ReportBlock) => events.push(show(block)),
		onBye: (ssrc: number) => events.push(`bye ${ssrc.toString(16)}`),
	};
	if (new RTCPParser().parse(bytes, listener))
		return events;
	equal(events, [], "events of a malformed packet");
	return undefined;
}

export default function (suite: Suite): void {
	for (const { name, write, bytes, events } of VECTORS) {
		suite.test(`rtcp-parse-${name}`, () => equal(parse(bytes), events));
		if (write !== undefined) {
			suite.test(`rtcp-write-${name}`, () => {
				const target = new Uint8Array(100).fill(0xee);
				const byteLength = write(new RTCPWriter("camera@host"), target, 4);
				equal(target.subarray(4, 4 + byteLength), bytes);
				equal(target.subarray(0, 4), hex("ee ee ee ee"), "octets before the packet");
				equal(target[4 + byteLength], 0xee, "octet after the packet");
			});
		}
	}

	suite.test("rtcp-cname-of-any-length-ends-with-zeros-on-a-word", () => {
		for (let length = 1; length <= 255; length++) {
			const writer = new RTCPWriter("x".repeat(length));
			const target = new Uint8Array(writer.reportLength);
			equal(writer.writeReport(target, 0, 1, 0, 0, 0, 0), writer.reportLength);
			equal(writer.reportLength, 28 + 8 + Math.ceil((2 + length + 1) / 4) * 4);
			equal(target[28 + 9], length);
			equal(target[target.length - 1], 0, `${length}`);
			equal(parse(target), []);
		}
	});

	suite.test("rtcp-writer-takes-exactly-enough-room", () => {
		const writer = new RTCPWriter("ab");
		equal(writer.writeReport(new Uint8Array(writer.reportLength), 0, 1, 0, 0, 1, 1), writer.reportLength);
		equal(writer.writeBye(new Uint8Array(writer.byeLength), 0, 1, 0, 0, 1, 1), writer.byeLength);
		throws(() => writer.writeReport(new Uint8Array(writer.reportLength - 1), 0, 1, 0, 0, 0, 0), RangeError);
		throws(() => writer.writeReport(new Uint8Array(writer.reportLength), 1, 1, 0, 0, 0, 0), RangeError);
		throws(() => writer.writeBye(new Uint8Array(writer.byeLength - 1), 0, 1, 0, 0, 1, 0), RangeError);
		throws(() => writer.writeBye(new Uint8Array(writer.byeLength), -1, 1, 0, 0, 1, 0), RangeError);
	});

	suite.test("rtcp-cname-must-be-ascii-and-fit", () => {
		for (const cname of ["", "x".repeat(256), "caméra", "a\u0000b"])
			throws(() => new RTCPWriter(cname), RangeError, JSON.stringify(cname));
		equal(new RTCPWriter(" ~").reportLength, 44);
	});

	suite.test("rtcp-parser-reuses-its-block", () => {
		const blocks: ReportBlock[] = [];
		const listener = { onReport: (block: ReportBlock) => blocks.push(block), onBye: () => undefined };
		const { bytes } = VECTORS.find(vector => vector.name === "sender-report-with-two-blocks")!;
		assert(new RTCPParser().parse(bytes, listener));
		equal(blocks.length, 2);
		assert(blocks[0] === blocks[1]);
	});

	suite.test("rtcp-parser-survives-any-bytes", () => {
		let seed = 7;
		const random = (): number => (seed = (seed * 16807) % 2147483647);
		let accepted = 0;
		for (let round = 0; round < 2000; round++) {
			const { bytes } = VECTORS[random() % VECTORS.length]!;
			const mutated = bytes.slice(0, random() % 4 ? bytes.length : random() % (bytes.length + 1));
			for (let i = random() % 4; i > 0 && mutated.length > 0; i--)
				mutated[random() % mutated.length] = random();
			if (parse(mutated) !== undefined)
				accepted += 1;
		}
		assert(accepted > 100 && accepted < 1900, `${accepted} accepted`);
	});
}
