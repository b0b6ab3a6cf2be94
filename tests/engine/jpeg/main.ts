// SPDX-License-Identifier: MIT
/** Scan and Fragmenter on the engine: refusals, unchanged memory, costs, and lifetimes. */

import Fragmenter from "jpeg/fragmenter";
import Scan from "jpeg/scan";
import Process from "process";
import { assert, equal, throws } from "../../unit/harness";
import { Allocations, AsyncSuite } from "../harness";
import { jpeg } from "../stream/smalljpeg";
import TestFrame from "../stream/testframe";
import { stress } from "../stress";

type Frame = TestFrame & { readonly byteLength: number; readonly captureTime: number; close(): void };

const HEADERS = 12 + 8, FIRST_HEADERS = HEADERS + 4 + 128;

function frameOf(bytes: Uint8Array): Frame {
	return new TestFrame(bytes) as Frame;
}

function packetOf(fragmenter: Fragmenter): Uint8Array {
	return new Uint8Array(fragmenter.packet as unknown as ArrayBuffer);
}

/** Scan data from the packets of one frame, each checked. */
function reassemble(fragmenter: Fragmenter, frame: Frame, scan: Scan, limit: number): number[] {
	const scanData: number[] = [];
	let sequenceNumber = fragmenter.sequenceNumber, length;
	while ((length = fragmenter.next(frame, scan, limit)) > 0) {
		const packet = packetOf(fragmenter);
		equal(length, packet.length);
		assert(length <= limit);
		equal((packet[2]! << 8) | packet[3]!, sequenceNumber);
		sequenceNumber = (sequenceNumber + 1) & 0xffff;
		const offset = (packet[13]! << 16) | (packet[14]! << 8) | packet[15]!;
		equal(offset, scanData.length);
		equal((packet[1]! & 0x80) !== 0, !fragmenter.inProgress);
		for (let i = offset === 0 ? FIRST_HEADERS : HEADERS; i < length; i++)
			scanData.push(packet[i]!);
	}
	fragmenter.restore(frame);
	return scanData;
}

const image = jpeg(3000);
const suite = new AsyncSuite();

/** Milliseconds of each test with a collection at every allocation: comparing byte by byte would take minutes. */
const STRESS = 300;

function test(name: string, body: () => void): void {
	suite.test(name, () => {
		stress(STRESS);
		body();
	});
}

test("scan-tells-what-rtp-needs-to-know", () => {
	const scan = new Scan();
	equal(scan.parse(frameOf(image)), 0);
	equal([scan.width, scan.height, scan.type, scan.restartInterval, scan.byteLength], [16, 8, 0, 0, 3002]);
	equal(scan.parse(image), 0);
	equal(scan.parse(image.buffer), 0);
});

test("scan-that-fails-says-why-and-forgets", () => {
	const scan = new Scan();
	scan.parse(frameOf(image));
	const code = scan.parse(frameOf(jpeg(10, { greyscale: true })));
	assert(code < 0);
	assert(Scan.errorName(code).includes("greyscale"), Scan.errorName(code));
	equal([scan.width, scan.height, scan.byteLength], [0, 0, 0]);
	assert(scan.parse(frameOf(image.slice(0, image.length - 2))) < 0);
	assert(scan.parse(new Uint8Array(0)) < 0);
	throws(() => scan.parse(5 as never), TypeError);
	throws(() => scan.parse({} as never), Error);
});

test("fragmenter-checks-its-options", () => {
	throws(() => new Fragmenter(undefined as never), TypeError, "no options");
	throws(() => new Fragmenter({} as never), TypeError, "nothing given");
	throws(() => new Fragmenter({ ssrc: 1 } as never), TypeError, "no sequenceNumber");
	throws(() => new Fragmenter({ ssrc: "1", sequenceNumber: 1 } as never), TypeError, "text");
	throws(() => new Fragmenter({ ssrc: 2 ** 32, sequenceNumber: 1 }), RangeError, "ssrc");
	throws(() => new Fragmenter({ ssrc: -1, sequenceNumber: 1 }), RangeError, "negative ssrc");
	throws(() => new Fragmenter({ ssrc: 1.5, sequenceNumber: 1 }), RangeError, "fraction");
	throws(() => new Fragmenter({ ssrc: 1, sequenceNumber: 65536 }), RangeError, "sequenceNumber");
	throws(() => new Fragmenter({ ssrc: 1, sequenceNumber: 1, channel: 256 }), RangeError, "channel");
	throws(() => new Fragmenter({ ssrc: 1, sequenceNumber: 1, payloadType: 128 }), RangeError, "payloadType");
	const fragmenter = new Fragmenter({ ssrc: 0xffffffff, sequenceNumber: 65535, channel: 255, payloadType: 127 });
	equal([fragmenter.ssrc, fragmenter.sequenceNumber], [0xffffffff, 65535]);
	throws(() => fragmenter.begin(-1), RangeError);
	throws(() => fragmenter.begin(2 ** 32), RangeError);
});

test("packets-carry-the-scan-bit-exactly-in-any-size", () => {
	const scan = new Scan(), frame = frameOf(image);
	equal(scan.parse(frame), 0);
	const expected = [...image.slice(image.length - 3002)];
	for (const limit of [256, 257, 300, 1400, 3000, 64000]) {
		const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 65530 });
		fragmenter.begin(4294967295);
		equal(reassemble(fragmenter, frame, scan, limit), expected, `limit ${limit}`);
		equal(new Uint8Array(frame.bytes()), image, `frame after limit ${limit}`);
		equal(fragmenter.copiedOctets, 0);
	}
});

test("tables-and-headers-are-in-the-first-packet", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 0x01020304, sequenceNumber: 7, channel: 4 });
	fragmenter.begin(0xa0b0c0d0);
	fragmenter.next(frame, scan, 1400);
	const packet = packetOf(fragmenter);
	equal([...packet.slice(0, 4)], [0x24, 4, (packet.length - 4) >> 8, (packet.length - 4) & 255]);
	equal([...packet.slice(4, 16)], [0x80, 26, 0, 7, 0xa0, 0xb0, 0xc0, 0xd0, 1, 2, 3, 4]);
	equal([...packet.slice(16, 24)], [0, 0, 0, 0, 0, 255, 2, 1]);
	equal([...packet.slice(24, 28)], [0, 0, 0, 128]);
	for (let i = 0; i < 64; i++)
		equal([packet[28 + i], packet[92 + i]], [i + 1, i + 2]);
	fragmenter.restore(frame);
	equal(new Uint8Array(frame.bytes()), image);
});

test("two-fragmenters-take-turns-on-one-frame", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const expected = [...image.slice(image.length - 3002)];
	const fragmenters = [new Fragmenter({ ssrc: 1, sequenceNumber: 0 }),
		new Fragmenter({ ssrc: 2, sequenceNumber: 100 })];
	const data: number[][] = [[], []];
	fragmenters.forEach((fragmenter, i) => fragmenter.begin(i));
	while (fragmenters.some(fragmenter => fragmenter.inProgress)) {
		fragmenters.forEach((fragmenter, i) => {
			if (!fragmenter.inProgress)
				return;
			fragmenter.next(frame, scan, i ? 700 : 300);
			const packet = packetOf(fragmenter);
			data[i]!.push(...packet.slice(data[i]!.length ? HEADERS : FIRST_HEADERS));
			fragmenter.restore(frame);
			equal(new Uint8Array(frame.bytes()), image);
		});
	}
	equal(data[0], expected);
	equal(data[1], expected);
});

test("packet-is-empty-when-it-is-not-out", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	equal(packetOf(fragmenter).length, 0);
	fragmenter.begin(0);
	fragmenter.next(frame, scan, 300);
	assert(packetOf(fragmenter).length > 0);
	fragmenter.restore(frame);
	equal(packetOf(fragmenter).length, 0);
	fragmenter.restore(frame);
	while (fragmenter.next(frame, scan, 300));
	equal(packetOf(fragmenter).length, 0);
	fragmenter.restore(frame);
});

test("frames-that-do-not-fit-are-refused-and-left-alone", () => {
	const scan = new Scan(), frame = frameOf(image), short = frameOf(image.slice(0, 600)), closed = frameOf(image);
	scan.parse(frame);
	closed.empty();
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	fragmenter.begin(0);
	throws(() => fragmenter.next(short, scan, 1400), RangeError, "shorter than its scan");
	throws(() => fragmenter.next(closed, scan, 1400), RangeError, "closed");
	throws(() => fragmenter.next(frame, new Scan(), 1400), RangeError, "scan of nothing");
	throws(() => fragmenter.next(frame, scan, 255), RangeError, "limit too small");
	throws(() => fragmenter.next(frame, scan, 64001), RangeError, "limit too large");
	throws(() => fragmenter.next(image as never, scan, 1400), TypeError, "memory that moves");
	throws(() => fragmenter.next(undefined as never, scan, 1400), TypeError, "no frame");
	throws(() => fragmenter.next(frame, {} as never, 1400), Error, "no scan");
	equal(packetOf(fragmenter).length, 0);
	equal(new Uint8Array(frame.bytes()), image);
	equal(new Uint8Array(short.bytes()), image.slice(0, 600));
	// none of it cost a sequence number
	equal(fragmenter.sequenceNumber, 0);
	equal(reassemble(fragmenter, frame, scan, 1400).length, 3002);
});

test("begin-demands-that-the-last-packet-was-taken-back", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	fragmenter.begin(0);
	fragmenter.next(frame, scan, 1400);
	throws(() => fragmenter.begin(1), RangeError);
	fragmenter.restore(frame);
	fragmenter.begin(1);
});

test("unfinished-frame-is-dropped-and-sequence-numbers-go-on", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 65535 });
	fragmenter.begin(0);
	fragmenter.next(frame, scan, 300);
	fragmenter.restore(frame);
	assert(fragmenter.inProgress);
	fragmenter.begin(3600);
	equal(fragmenter.sequenceNumber, 0);
	equal(reassemble(fragmenter, frame, scan, 1400).length, 3002);
});

test("counts-are-those-of-a-sender-report", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	fragmenter.begin(0);
	let packets = 0, octets = 0, length;
	while ((length = fragmenter.next(frame, scan, 500)) > 0) {
		packets += 1;
		octets += length - 12;
	}
	fragmenter.restore(frame);
	equal([fragmenter.packetCount, fragmenter.octetCount], [packets, octets]);
});

test("image-with-short-headers-is-sent-through-a-small-copy", () => {
	// one table for all components, no Huffman tables: the headers of the first packet do not fit before the scan
	const bytes = [0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
	for (let i = 0; i < 64; i++)
		bytes.push(i + 1);
	bytes.push(0xff, 0xc0, 0, 17, 8, 0, 8, 0, 16, 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0);
	bytes.push(0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0);
	const head = bytes.length;
	for (let i = 0; i < 1000; i++)
		bytes.push(i & 0x3f);
	bytes.push(0xff, 0xd9);
	const short = new Uint8Array(bytes), frame = frameOf(short), scan = new Scan();
	equal(scan.parse(frame), 0);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	fragmenter.begin(0);
	equal(reassemble(fragmenter, frame, scan, 1400), bytes.slice(head));
	assert(fragmenter.copiedOctets > 0 && fragmenter.copiedOctets < 256, String(fragmenter.copiedOctets));
	equal(new Uint8Array(frame.bytes()), short);
});

test("steady-state-allocates-nothing", () => {
	const scan = new Scan(), frame = frameOf(image), allocations = new Allocations();
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	allocations.begin();
	for (let i = 0; i < 200; i++) {
		if (scan.parse(frame) !== 0)
			break;
		fragmenter.begin(i);
		while (fragmenter.next(frame, scan, 700) !== 0);
		fragmenter.restore(frame);
	}
	allocations.end();
	allocations.expectNone("200 frames");
	assert(fragmenter.packetCount >= 1000);
});

test("packet-keeps-its-fragmenter-and-outlives-the-frame", () => {
	let packet: unknown;
	{
		const scan = new Scan(), frame = frameOf(image);
		scan.parse(frame);
		const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
		fragmenter.begin(0);
		fragmenter.next(frame, scan, 300);
		fragmenter.restore(frame);
		packet = fragmenter.packet;
	}
	for (let i = 0; i < 5; i++)
		Process.collect();
	equal(new Uint8Array(packet as ArrayBuffer).length, 0);
});

test("collections-between-packets-do-no-harm", () => {
	const scan = new Scan(), frame = frameOf(image);
	scan.parse(frame);
	const fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	fragmenter.begin(0);
	let count = 0;
	while (fragmenter.next(frame, scan, 300)) {
		count += packetOf(fragmenter).length;
		Process.collect();
	}
	fragmenter.restore(frame);
	assert(count > 3002);
	equal(new Uint8Array(frame.bytes()), image);
});

test("methods-of-another-object-are-refused", () => {
	const { next, begin } = Fragmenter.prototype, { parse } = Scan.prototype;
	throws(() => begin.call({} as never, 0), Error);
	throws(() => next.call(new Scan() as never, frameOf(image), new Scan(), 1400), Error);
	throws(() => parse.call(frameOf(image) as never, frameOf(image)), Error);
});

suite.run();
