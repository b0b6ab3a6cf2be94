// SPDX-License-Identifier: MIT
/** Checks sent packets: RTP (RFC 3550 section 5), RTP/JPEG (RFC 2435), RTCP (RFC 3550 section 6). Several claims about
 *  one recording per transport. */
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { parsePayload, parseRTP } from "../interop/rtp-jpeg.mjs";
import { parseRTCP } from "../interop/rtcp.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { Receiver } from "./receiver.mjs";

/** Duration of a recording in milliseconds; long enough for a second sender report. */
const DURATION = 6500;
const UDP_LIMIT = 1400, TCP_LIMIT = 64_000;

async function record({ port, pid }, transport) {
	const receiver = await Receiver.setup(port, { transport });
	try {
		await receiver.play();
		const begun = Date.now(), waiting = new Waiting(pid);
		await sleep(DURATION);
		const late = waiting.end();
		await receiver.request("TEARDOWN");
		await until(() => receiver.rtcp.some(({ bytes }) => bytes.includes(Buffer.from([0x81, 203]))), "BYE", 2000)
			.catch(() => {});
		return { receiver, begun, late, ...parts(receiver) };
	}
	finally {
		receiver.close();
	}
}

function parts(receiver) {
	const packets = receiver.rtp.map(({ bytes, time }) => {
		const rtp = parseRTP(bytes);
		return { ...rtp, bytes, time, jpeg: parsePayload(rtp.payload) };
	});
	const frames = [];
	for (const packet of packets) {
		if (!frames.length || frames.at(-1).at(-1).marker)
			frames.push([]);
		frames.at(-1).push(packet);
	}
	// TEARDOWN may cut the last frame short
	if (frames.length && !frames.at(-1).at(-1).marker)
		frames.pop();
	const compounds = receiver.rtcp.map(({ bytes }) => parseRTCP(bytes));
	return { packets, frames, compounds };
}

const all = (items, expected, value, what) =>
	items.forEach((item, i) => equal(value(item), expected, `${what} of ${i}`));

/** Claims by name. A claim throws if it does not hold. */
const claims = {
	"has-version-2-and-neither-padding-extension-nor-csrc": ({ packets }) =>
		all(packets, 0x80, ({ bytes }) => bytes[0], "first byte"),
	"has-payload-type-26": ({ packets }) => all(packets, 26, packet => packet.payloadType, "payload type"),
	"has-the-ssrc-of-the-transport-header": ({ packets, receiver }) =>
		all(packets, receiver.ssrc, packet => packet.ssrc, "SSRC"),
	"has-contiguous-sequence-numbers": ({ packets }) =>
		packets.slice(1).forEach((packet, i) =>
			equal(packet.sequenceNumber, (packets[i].sequenceNumber + 1) & 0xffff, "sequence number")
		),
	"begins-as-rtp-info-announces": ({ packets, receiver }) => {
		equal(packets[0].sequenceNumber, receiver.info.sequenceNumber, "sequence number");
		equal(packets[0].timestamp, receiver.info.timestamp, "timestamp");
	},
	"has-as-many-frames-as-the-frame-rate": ({ frames, late }) =>
		check(
			frames.length > DURATION / 40 * 0.8 - late.frames
				&& frames.length < (DURATION + late.milliseconds) / 40 * 1.1,
			`${frames.length} frames, ${late.frames} may be missing`,
		),
	"has-one-timestamp-per-frame": ({ frames }) =>
		frames.forEach(frame => all(frame, frame[0].timestamp, packet => packet.timestamp, "timestamp")),
	"has-timestamps-that-rise-with-the-capture": ({ frames }) =>
		frames.slice(1).forEach((frame, i) => {
			const step = (frame[0].timestamp - frames[i][0].timestamp) >>> 0;
			check(step > 0 && step < 90_000, `a step of ${step} ticks`);
		}),
	"has-a-clock-of-90-khz": ({ frames, late }) => {
		const ticks = (frames.at(-1)[0].timestamp - frames[0][0].timestamp) >>> 0;
		const expected = (frames.at(-1)[0].time - frames[0][0].time) * 90;
		check(Math.abs(ticks - expected) < 9000 + 90 * late.milliseconds,
			`${ticks} ticks for frames that arrived in ${expected / 90} ms`);
	},
	"has-frames-of-40-ms": ({ frames }) => {
		const steps = frames.slice(1).map((frame, i) => (frame[0].timestamp - frames[i][0].timestamp) >>> 0);
		const median = steps.sort((a, b) => a - b)[steps.length >> 1];
		check(Math.abs(median - 3600) < 180, `frames are ${median} ticks apart`);
	},
	"has-the-marker-on-the-last-packet-of-a-frame-only": ({ frames }) =>
		frames.forEach(frame => {
			equal(frame.filter(packet => packet.marker).length, 1, "markers");
			equal(frame.at(-1).marker, true, "marker of the last packet");
		}),
	"has-several-packets-per-frame-if-they-are-small": ({ frames, receiver }) =>
		check(receiver.transport === "tcp" || frames.every(frame => frame.length > 2),
			"a frame has too few packets for this test"),
	"has-type-specific-0": ({ packets }) => all(packets, 0, packet => packet.jpeg.typeSpecific, "Type-specific"),
	"has-type-0-for-4-2-2": ({ packets }) => all(packets, 0, packet => packet.jpeg.type, "Type"),
	"has-the-size-of-the-frame-in-every-packet": ({ packets }) =>
		all(packets, "320x240", ({ jpeg }) => `${jpeg.width}x${jpeg.height}`, "size"),
	"has-q-255-in-every-packet": ({ packets }) => all(packets, 255, packet => packet.jpeg.q, "Q"),
	"has-both-tables-in-the-first-packet-of-every-frame": ({ frames }) =>
		frames.forEach(frame => {
			const { tables } = frame[0].jpeg;
			equal(`${tables?.zero} ${tables?.precision} ${tables?.data.length}`, "0 0 128",
				"MBZ, precision, and length of the tables");
			check(tables.data.every(value => value > 0), "a table has a zero");
		}),
	"has-tables-in-no-other-packet": ({ frames }) =>
		frames.forEach(frame =>
			frame.slice(1).forEach(({ jpeg }) => check(jpeg.offset > 0, "a second packet at offset 0"))
		),
	"has-adjoining-fragment-offsets": ({ frames }) =>
		frames.forEach(frame => {
			let offset = 0;
			for (const { jpeg } of frame) {
				equal(jpeg.offset, offset, "fragment offset");
				check(jpeg.data.length > 0, "a fragment is empty");
				offset += jpeg.data.length;
			}
		}),
	"has-scan-data-only": ({ frames }) =>
		frames.forEach(frame => {
			const scan = Buffer.concat(frame.map(({ jpeg }) => jpeg.data));
			check(!(scan[0] === 0xff && scan[1] === 0xd8), "the payload begins with SOI");
			for (let i = 0; i < scan.length - 2; i++)
				check(scan[i] !== 0xff || scan[i + 1] === 0, `marker ${scan[i + 1].toString(16)} inside the scan`);
		}),
	"keeps-eoi-at-the-end-of-a-frame": ({ frames }) =>
		frames.forEach(frame =>
			equal(Buffer.concat(frame.map(({ jpeg }) => jpeg.data)).subarray(-2).toString("hex"), "ffd9",
				"the end of the frame")
		),
	"has-packets-within-the-limit": ({ packets, receiver }) =>
		packets.forEach(({ bytes }) =>
			check(bytes.length <= (receiver.transport === "udp" ? UDP_LIMIT : TCP_LIMIT),
				`a packet of ${bytes.length} bytes`)
		),
	"has-an-sr-before-the-first-packet": ({ receiver, compounds }) => {
		// over UDP, the client's two sockets may be read in another order
		if (receiver.transport === "tcp")
			equal(receiver.packets[0].rtp, false, "whether the first packet is RTP");
		equal(compounds[0][0].name, "SR", "first RTCP packet");
		equal(compounds[0][0].packetCount, 0, "its packet count");
	},
	"has-compound-packets-of-sr-and-sdes-with-cname": ({ compounds }) =>
		compounds.slice(0, -1).forEach(compound => {
			equal(compound.map(packet => packet.name).join("+"), "SR+SDES", "compound");
			check(compound[1].cname?.length > 3, `CNAME is ${compound[1].cname}`);
		}),
	"has-one-cname": ({ compounds }) =>
		equal(new Set(compounds.flat().filter(packet => packet.name === "SDES").map(packet => packet.cname)).size, 1,
			"different CNAMEs"),
	"has-rtcp-of-the-same-ssrc": ({ compounds, receiver }) =>
		compounds.flat().forEach(packet => equal(packet.ssrc, receiver.ssrc, `SSRC of ${packet.name}`)),
	// 5 seconds times a random factor from 0.5 to 1.5 (RFC 3550 section 6.3.1), on a clock of seconds
	"has-sender-reports-at-random-intervals-about-5-seconds": ({ receiver, compounds }) => {
		check(compounds.length >= 2 && compounds.length <= 5,
			`${compounds.length} RTCP packets in 6.5 s: SR, perhaps one or two SR, BYE`);
		const seconds = (receiver.rtcp[1].time - receiver.rtcp[0].time) / 1000;
		check(seconds > 1.4 && seconds < 8.6, `the second SR after ${seconds.toFixed(1)} s`);
	},
	"has-an-sr-that-counts-sent-packets": ({ receiver, compounds }) => {
		if (receiver.transport === "udp")
			return;
		const sr = receiver.packets.findIndex((packet, i) => i > 0 && !packet.rtp);
		const before = receiver.packets.slice(0, sr).filter(packet => packet.rtp);
		equal(compounds[1][0].packetCount, before.length, "packet count");
		equal(compounds[1][0].octetCount, before.reduce((total, { bytes }) => total + bytes.length - 12, 0),
			"octet count");
	},
	"has-an-sr-with-the-wall-clock": ({ begun, compounds }) =>
		check(Math.abs(compounds[0][0].unixTime - begun) < 2000,
			`NTP time is ${compounds[0][0].unixTime - begun} ms off`),
	"has-srs-whose-clocks-agree": ({ compounds }) => {
		const [first, second] = [compounds[0][0], compounds[1][0]];
		const ticks = (second.timestamp - first.timestamp) >>> 0, time = (second.unixTime - first.unixTime) * 90;
		check(Math.abs(ticks - time) < 900, `${ticks} ticks in ${time / 90} ms`);
	},
	"has-an-sr-near-the-frame-of-its-time": ({ compounds, frames, late: { milliseconds } }) => {
		const late = (compounds[0][0].timestamp - frames[0][0].timestamp) | 0;
		check(late >= 0 && late < 9000 + 90 * milliseconds, `the first SR is ${late} ticks after the first frame`);
	},
	"ends-with-bye": ({ compounds, receiver }) => {
		const last = compounds.at(-1);
		equal(last.at(-1).name, "BYE", "the last RTCP packet");
		equal(last.at(-1).sources?.join(), String(receiver.ssrc), "source of the BYE");
		check(["SR", "RR"].includes(last[0].name), `BYE follows ${last[0].name}`);
	},
};

export async function media(tests, camera) {
	const recordings = await Promise.allSettled(["tcp", "udp"].map(transport => record(camera, transport)));
	for (const [i, transport] of ["tcp", "udp"].entries()) {
		for (const [name, claim] of Object.entries(claims))
			await tests.test(`stream-over-${transport}-${name}`, [], async () => {
				if (recordings[i].status === "rejected")
					throw recordings[i].reason;
				check(recordings[i].value.frames.length > 10, "hardly any frames were received");
				claim(recordings[i].value);
			});
	}
}
