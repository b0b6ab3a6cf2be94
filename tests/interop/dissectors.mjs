// SPDX-License-Identifier: MIT
/** Wireshark's dissectors check the packets on the wire. */
import { spawn } from "node:child_process";
import path from "node:path";
import { startCamera } from "../camera.mjs";
import { OUT, check, equal, sleep, succeed, until } from "./harness.mjs";
import { captureIsAllowed, ffmpegDecodes } from "./players.mjs";

const COUNT = 30;
const FIELDS = [
	"frame.number",
	"frame.protocols",
	"_ws.malformed",
	"_ws.expert.severity",
	"_ws.expert.message",
	"rtsp.status",
	"rtsp.transport",
	"rtp.marker",
	"udp.srcport",
	"udp.dstport",
	"jpeg.main_hdr.type",
	"jpeg.main_hdr.q",
	"jpeg.main_hdr.width",
	"jpeg.main_hdr.height",
	"jpeg.restart_hdr.interval",
	"jpeg.qtable_hdr.length",
];
/** Lowest severity that fails a test. Chat, note and warning are below; most of these are about TCP. */
const SEVERITY_ERROR = 0x800000;

/** Captures while ffmpeg plays from each camera, over TCP and then over UDP.
 *  @returns {Promise<string>} the capture file */
async function capture(cameras) {
	const file = path.join(OUT, "played.pcapng");
	// clients choose their UDP ports, so foreign packets are filtered out when the file is read
	const filter = [...cameras.map(({ port }) => `tcp port ${port}`), "udp"].join(" or ");
	const tshark = spawn("tshark", ["-i", "lo", "-B", "16", "-f", filter, "-w", file], {
		stdio: ["ignore", "ignore", "pipe"],
	});
	try {
		let said = "";
		tshark.stderr.on("data", data => said += data);
		const ended = new Promise(resolve => tshark.on("close", resolve));
		await until(() => /Capture started|Capturing on/.test(said), "start of tshark's capture");
		await sleep(700);
		for (const camera of cameras) {
			for (const transport of ["tcp", "udp"])
				await ffmpegDecodes(camera.url(), { transport, count: COUNT });
		}
		await sleep(700);
		tshark.kill("SIGINT");
		await ended;
		return file;
	}
	finally {
		tshark.kill("SIGKILL");
	}
}

/** @returns the fields of each packet, with a list of values per field */
async function dissect(file, cameras) {
	const output = await succeed("tshark", ["-r", file,
		...cameras.flatMap(({ port }) => ["-d", `tcp.port==${port},rtsp`]), "-T", "fields", "-E", "occurrence=a",
		...FIELDS.flatMap(field => ["-e", field])], { noise: /Running as user/, timeout: 60_000 });
	return output.toString().split("\n").filter(Boolean).map(line => {
		const values = line.split("\t");
		return Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ? values[i].split(",") : []]));
	});
}

/** Selects the packets of these cameras: all TCP, and UDP between the ports agreed on in SETUP. Other programs use the
 *  loopback as well. */
function ofCameras(packets) {
	const pairs = new Set();
	for (const transport of packets.flatMap(packet => packet["rtsp.transport"])) {
		const [, clientRTP, clientRTCP, serverRTP, serverRTCP] =
			/client_port=(\d+)-(\d+).*server_port=(\d+)-(\d+)/.exec(transport) ?? [];
		if (clientRTP) {
			for (const [a, b] of [[clientRTP, serverRTP], [clientRTCP, serverRTCP]])
				pairs.add(`${a} ${b}`).add(`${b} ${a}`);
		}
	}
	check(pairs.size > 0, "no SETUP over UDP was dissected");
	return packets.filter(packet =>
		!packet["udp.srcport"].length || pairs.has(`${packet["udp.srcport"][0]} ${packet["udp.dstport"][0]}`)
	);
}

export async function dissectors(tests) {
	await tests.test("wireshark-finds-no-malformed-packet", ["tshark", "ffmpeg"], async () => {
		await captureIsAllowed();
		// a capture on the loopback sees the buffers handed to the kernel; with GSO, one buffer holds many packets
		const cameras = [await startCamera({ args: ["--no-gso"] })];
		let file;
		try {
			cameras.push(
				await startCamera({
					args: ["--no-gso", "--size", "QVGA", "--sampling", "4:2:0", "--restart-interval", "20"],
				}),
			);
			file = await capture(cameras);
		}
		finally {
			for (const camera of cameras)
				await camera.stop();
		}

		const count = { rtsp: 0, sdp: 0, "rtsp:rtp:jpeg": 0, "udp:rtp:jpeg": 0, "rtsp:rtcp": 0, "udp:rtcp": 0 };
		const seen = new Set(), intervals = new Set(), complaints = [];
		let markers = 0, total = 0;
		for (const packet of ofCameras(await dissect(file, cameras))) {
			const protocols = `:${packet["frame.protocols"]}:`, number = packet["frame.number"];
			if (!/:(?:rtsp|rtp|rtcp|jpeg):/.test(protocols))
				continue;
			total++;
			for (const name of Object.keys(count))
				count[name] += protocols.includes(`:${name}:`) ? 1 : 0;
			markers += packet["rtp.marker"].filter(value => value === "1" || value === "True").length;
			if (packet["_ws.malformed"].length
				|| packet["_ws.expert.severity"].some(value => Number(value) >= SEVERITY_ERROR))
				complaints.push(
					`packet ${number} (${protocols}): ${packet["_ws.expert.message"].join() || "malformed"}`,
				);
			packet["rtsp.status"].forEach(status => equal(status, "200", `RTSP status in packet ${number}`));
			packet["jpeg.main_hdr.q"].forEach(q => equal(q, "255", `Q in packet ${number}`));
			packet["jpeg.qtable_hdr.length"].forEach(length =>
				equal(length, "128", `length of the tables in packet ${number}`)
			);
			packet["jpeg.main_hdr.type"].forEach((type, i) =>
				seen.add(`${type} ${packet["jpeg.main_hdr.width"][i]}x${packet["jpeg.main_hdr.height"][i]}`)
			);
			packet["jpeg.restart_hdr.interval"].forEach(interval => intervals.add(interval));
		}
		equal(complaints.length, 0, `malformed or wrong packets (${complaints.slice(0, 3).join("; ")})`);
		for (const [name, number] of Object.entries(count))
			check(number > 0, `no packet was dissected as ${name}`);
		check(markers >= COUNT * 4, `${markers} frames were dissected, not ${COUNT * 4}`);
		equal([...seen].sort().join(), "0 640x480,65 320x240", "types and sizes");
		equal([...intervals].join(), "20", "restart intervals");
		return `${total} packets, ${count["rtsp:rtp:jpeg"]} over TCP and ${count["udp:rtp:jpeg"]} over UDP with JPEG, `
			+ `${count["rtsp:rtcp"] + count["udp:rtcp"]} with RTCP`;
	}, 150_000);
}
