// SPDX-License-Identifier: MIT
/**
 * Processor time per byte: the costliest request in each field costs no more per byte the longer it is, up to the
 * longest that is accepted, and beyond. Costs are counted in instructions, which do not depend on other load.
 * bench/requests.mjs prints the figures. And processor time per session: a tick and a SETUP cost no more per session
 * with 512 sessions than with 32. And the memory that each message takes for a moment, garbage included.
 */
import { byField, measureInstructions, measureMemory } from "../../bench/requests.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { available } from "../system.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { documentedTable } from "./documented.mjs";
import { Attacker, OrphanSession, reports, request } from "./maxima.mjs";
import { DEVICE, OPEN_DEVICE, attacked, memoryOf } from "./rig.mjs";

/** Limit of instructions per additional byte. The aim is 100; the maximum measured is 175, of a URL of escapes, and 162
 *  of a tunnel's body: of these, 117 are for handing on 256 bytes at a time, which costs 30,000 whatever is in them. A
 *  connection reads 512 bytes at a time. The rest is a margin for other compiler versions. */
export const PER_BYTE = 220;
/** Limit of instructions for any request of up to 4,000 bytes: twice the maximum measured. */
export const PER_REQUEST = 4_000_000;
/** Limit of instructions for each further session: twice the maximum measured. */
const PER_SESSION = 6600;
/** Formats a number with the name of the costliest request. */
const shown = (number, { name }) => `${Math.round(number).toLocaleString("en")} (${name})`;

/**
 * Memory that one message takes until the next collection, by what is in it: the limits. `cases`: of
 * bench/requests/cases.ts. `bytes`: of one message, where a case is many. `send`: sends this many to a running camera.
 * docs/security.md has the same names and limits.
 */
const MESSAGES = [
	{ name: "request line", slots: 240, chunkBytes: 13_000, cases: /^(shortest|URL|method|version)/ },
	{ name: "header lines, 64 of them", slots: 560, chunkBytes: 38_000, cases: /^header/ },
	{ name: "field with a number, a name or a list", slots: 740, chunkBytes: 23_000,
		cases: /^(CSeq|Require|Accept|Transport|Session|Timestamp|Connection|Content|Blocksize)/ },
	{ name: "credentials", slots: 610, chunkBytes: 24_000, cases: /^(Authorization|Digest)/ },
	{ name: "body", slots: 510, chunkBytes: 13_500, cases: /^body/ },
	{ name: "interleaved frame without a session", slots: 20, chunkBytes: 100,
		bytes: { "interleaved, empty": 4, "interleaved, short": 12 }, cases: /^(interleaved|empty lines)/ },
	{ name: "request in a tunnel", slots: 125, chunkBytes: 1900, bytes: { "tunnel, requests": 44 },
		cases: /^tunnel, requests/ },
	{ name: "4,000 octets of a tunnel's body", slots: 250, chunkBytes: 100, cases: /^tunnel, body/ },
	{ name: "interleaved RTCP of a session", slots: 20, chunkBytes: 700, send: interleavedReports },
	{ name: "RTCP datagram of a session", slots: 20, chunkBytes: 1900, send: datagramReports },
	{ name: "datagram of a stranger", slots: 12, chunkBytes: 1900, send: strangeDatagrams },
];
/** Messages that are sent to a running camera: few enough for no collection in between. */
const COUNT = 8;

/** @returns the largest that one message of the cases takes, and chunk bytes for each of its bytes */
function largestOf(all, { cases, bytes = {} }) {
	const taken = all.filter(({ name }) => cases.test(name)).map(report => {
		const count = bytes[report.name] ? report.bytes / bytes[report.name] : 1;
		return { slots: report.slots / count, chunkBytes: report.chunkBytes / count,
			perByte: report.bytes < 400 ? 0 : report.chunkBytes / report.bytes };
	});
	check(taken.length > 0, `no case is ${cases}`);
	const most = what => Math.max(...taken.map(report => report[what]));
	return { slots: most("slots"), chunkBytes: most("chunkBytes"), perByte: most("perByte") };
}

/** Sums up what a camera reports to have taken while a number of messages is sent. */
async function largestOnCamera(send) {
	let result;
	await attacked(OPEN_DEVICE, [], async camera => {
		const { port } = camera;
		await until(() => memoryOf(camera).slots, "the camera tells of its memory", 5000);
		const transient = async body => {
			await sleep(600);
			const from = camera.output.length;
			await body();
			await sleep(800);
			const lines = camera.output.slice(from).split("\n").slice(0, -1).filter(line => /^\{.*\}$/.test(line));
			const sum = what => lines.map(line => JSON.parse(line)[what]).reduce((total, number) => total + number, 0);
			return { slots: sum("newSlots"), chunkBytes: sum("newChunkBytes") };
		};
		const { messages, byteLength, close } = await send(port);
		const before = await transient(() => {}), { slots, chunkBytes } = await transient(messages);
		close();
		// a datagram becomes a buffer; a frame is looked at where it lies
		check(chunkBytes > COUNT * byteLength / 2 || slots - before.slots >= COUNT, "the messages did not arrive");
		result = { slots: (slots - before.slots) / COUNT, chunkBytes: (chunkBytes - before.chunkBytes) / COUNT,
			perByte: (chunkBytes - before.chunkBytes) / COUNT / byteLength };
	});
	return result;
}

async function repeat(body) {
	for (let i = 0; i < COUNT; i++) {
		await body();
		await sleep(5);
	}
}

/** The longest that is not ignored: 512 bytes. */
async function interleavedReports(port) {
	const client = await RTSPClient.connect(port);
	const setup = await client.must("SETUP", "rtsp://h/trackID=0", {
		Transport: "RTP/AVP/TCP;unicast;interleaved=0-1",
	});
	await client.must("PLAY", "rtsp://h/", { Session: setup.headers.session.split(";")[0] });
	const packet = reports(parseInt(/ssrc=(\w+)/i.exec(setup.headers.transport)[1], 16), [20]);
	const frame = Buffer.concat([Buffer.from([0x24, 1, packet.length >> 8, packet.length & 255]), packet]);
	return { messages: () => repeat(() => client.write(frame)), byteLength: frame.length, close: () => client.close() };
}

async function datagramReports(port) {
	const attacker = await Attacker.open(port);
	const reply = await attacker.ask(
		request("SETUP", "rtsp://h/trackID=0", "Transport: RTP/AVP;unicast;client_port=43000-43001"),
	);
	const session = new OrphanSession(reply, attacker.socket.localAddress, 43_001), packet = reports(session.ssrc);
	await session.opened;
	return { messages: () => repeat(() => session.send(packet)), byteLength: packet.length, close: () => {
		session.close();
		attacker.close();
	} };
}

async function strangeDatagrams(port) {
	const own = await datagramReports(port);
	const attacker = await Attacker.open(port);
	const reply = await attacker.ask(
		request("SETUP", "rtsp://h/trackID=0", "Transport: RTP/AVP;unicast;client_port=43002-43003"),
	);
	// from another port than the session's
	const stranger = new OrphanSession(reply, attacker.socket.localAddress, 43_005), packet = reports(stranger.ssrc);
	await stranger.opened;
	return { messages: () => repeat(() => stranger.send(packet)), byteLength: packet.length, close: () => {
		own.close();
		stranger.close();
		attacker.close();
	} };
}

export async function costs(tests) {
	await tests.test("tick-and-setup-cost-in-proportion-to-the-sessions", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions("sessions"));
		equal(fields.length, 4, "measured cases");
		for (const { name, perByte } of fields) {
			const [few, many] = perByte,
				note = `${name}: ${perByte.map(Math.round).join(", then ")} instructions a session`;
			check(many > 0 && many <= few * 1.1 && many <= PER_SESSION, note);
		}
		return fields.map(({ name, perByte }) => `${name} ${Math.round(perByte[1])}`).join(", ");
	}, 300_000);

	await tests.test("no-byte-of-a-request-costs-more-the-longer-the-request", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions());
		check(fields.length > 40, `only ${fields.length} fields were measured`);
		check(fields.filter(({ sizes }) => sizes.some(({ accepted }) => accepted)).length > 30,
			"hardly any field was measured at its limit");
		let dearest = 0, dearestByte = -Infinity, note = "", noteByte = "";
		for (const field of fields) {
			const { name, sizes, perByte } = field;
			const isMessages = /^interleaved|^tunnel, requests/.test(name);
			// frames and whole requests each have their own limit
			const most = Math.max(...sizes.map(({ instructions }) => instructions));
			if (!isMessages && most > dearest)
				[dearest, note] = [most, shown(most, field)];
			check(isMessages || most <= PER_REQUEST, `${name}: ${Math.round(most)} instructions`);
			// a size that is refused for its length measures nothing but the refusal
			for (const { accepted, size, status } of sizes)
				check(!accepted || (status !== 413 && status !== 414), `${name}: ${size} bytes are answered ${status}`);
			if (sizes[0].byNumber) {
				check(!isMessages || perByte[1] <= perByte[0] * 1.1 + PER_BYTE,
					`${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
				continue;
			}
			const steepest = Math.max(...perByte);
			if (steepest > dearestByte)
				[dearestByte, noteByte] = [steepest, shown(steepest, field)];
			check(steepest <= PER_BYTE, `${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
		}
		return `at most ${note} instructions a request, ${noteByte} a byte`;
	}, 300_000);

	const measured = [];
	await tests.test("memory-of-each-message-for-a-moment-is-bounded", [], async () => {
		if (!await canBuild(DEVICE.variant))
			throw new Skip(`no compiler for ${DEVICE.variant}`);
		const all = await measureMemory();
		for (const { name } of all)
			check(MESSAGES.some(({ cases }) => cases?.test(name)), `${name} is in no row`);
		for (const row of MESSAGES) {
			const { slots, chunkBytes, perByte } = row.send ? await largestOnCamera(row.send) : largestOf(all, row);
			const note = `${row.name}: ${slots.toFixed(0)} slots, ${chunkBytes.toFixed(0)} chunk bytes, ${
				perByte.toFixed(1)
			} a byte`;
			measured.push(note);
			check(slots <= row.slots && chunkBytes <= row.chunkBytes,
				`${note}; ${row.slots} and ${row.chunkBytes} are allowed`);
		}
		return measured.join("; ");
	}, 120_000);

	await tests.test("table-of-memory-for-a-moment-is-as-in-docs-security", [], () => {
		const rows = documentedTable("message").map(([name, slots, chunkBytes]) =>
			[name, slots.split(", ")[1], chunkBytes.split(", ")[1]].join("; ")
		);
		equal(rows.join("\n"),
			MESSAGES.map(({ name, slots, chunkBytes }) => [name, slots, chunkBytes.toLocaleString("en")].join("; "))
				.join("\n"), "the table");
	});
}
