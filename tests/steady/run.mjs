// SPDX-License-Identifier: MIT
/** The steady state: with one TCP and one UDP player, and with two members of a multicast group, a frame allocates
 *  nothing in the machine and is not copied. */
import path from "node:path";
import { runAlone } from "../alone.mjs";
import { play } from "../../bench/player.mjs";
import { watch } from "../../bench/viewer.mjs";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { Receiver } from "../push/receiver.mjs";

const APPLICATION = { manifest: path.join(ROOT, "bench/measure/manifest.json"), name: "measure" };
const FRAMES = 500;
/** Cases that run at a time. */
const PARALLEL = 3;

/** Measures at least `FRAMES` frames once all clients play and the first replies are collected.
 *  @returns sums over the frames */
async function measure({ variant, args, transports }) {
	const receiver = transports.includes("push") ? await Receiver.listen() : undefined;
	const camera = await startCamera({
		variant,
		...APPLICATION,
		http: true,
		args: ["--fps", "100", "--size", "QVGA", ...args, ...receiver ? ["--push", receiver.url()] : []],
	});
	const players = [];
	try {
		for (const transport of transports.filter(name => name !== "push"))
			players.push(
				await (transport.startsWith("mjpeg")
					? watch(camera.httpPort, `/${transport}`)
					: play(camera.port, transport)),
			);
		const deadline = Date.now() + 60_000;
		for (;;) {
			const reports = camera.output.split("\n").filter(line => line.startsWith("{")).map(line =>
				JSON.parse(line)
			);
			// skips the report in which the players connected, since it includes their requests
			const steady = reports.slice(reports.findIndex(report => report.playing === transports.length) + 1);
			const sum = name => steady.reduce((total, report) => total + report[name], 0);
			if (sum("frames") >= FRAMES) {
				return { frames: sum("frames"), slots: sum("slots"), chunkBytes: sum("chunkBytes"),
					copied: sum("copied"), sent: sum("sent"), playing: Math.min(...steady.map(report =>
						report.playing
					)) };
			}
			if (Date.now() > deadline)
				throw new Error(`no ${FRAMES} frames in a minute:\n${camera.output}`);
			await new Promise(resolve => setTimeout(resolve, 50));
		}
	}
	finally {
		players.forEach(player => player.close());
		await camera.stop();
		await receiver?.close();
	}
}

export async function run() {
	const lines = [];
	let passed = 0, failed = 0, skipped = 0;
	const multicast = group => ["--multicast", group, "--multicast-interface", "127.0.0.1"];
	const cases = [
		{ name: "frame-allocates-nothing", variant: "release", args: [] },
		{ name: "frame-allocates-nothing-in-the-device-heap", variant: "release", args: ["--heap"] },
		{ name: "frame-allocates-nothing-paced-in-bursts", variant: "release",
			args: ["--burst", "4", "--spacing", "1"] },
		// the group's sender report is looped back and ignored; one send per frame serves both
		{ name: "frame-allocates-nothing-multicast", variant: "release", args: multicast("239.255.42.43"),
			transports: ["multicast", "tcp", "multicast"], sends: 2 },
		{ name: "frame-allocates-nothing-multicast-in-bursts", variant: "release",
			args: [...multicast("239.255.42.44"), "--burst", "4", "--spacing", "1", "--heap"],
			transports: ["multicast", "multicast"], sends: 1 },
		{ name: "frame-allocates-nothing-with-viewers-over-http", variant: "release", args: ["--heap"],
			transports: ["mjpeg", "tcp", "mjpeg"], sends: 3 },
		{ name: "frame-allocates-nothing-with-viewers-over-http-at-lower-rates", variant: "m32", args: ["--heap"],
			transports: ["mjpeg", "mjpeg?fps=50"], sends: 1.5 },
		{ name: "frame-allocates-nothing-while-it-is-pushed", variant: "release", args: ["--heap"],
			transports: ["push", "tcp"], sends: 2 },
		{ name: "frame-allocates-nothing-while-it-is-only-pushed-with-32-bit-slots", variant: "m32", args: ["--heap"],
			transports: ["push"], sends: 1 },
		{ name: "frame-allocates-nothing-in-small-packets", variant: "release", args: ["--tcp-packet-size", "1400"] },
		{ name: "frame-allocates-nothing-while-the-rate-is-adapted", variant: "release", args: ["--bitrate", "auto"] },
		{ name: "frame-allocates-nothing-while-a-bit-rate-is-kept", variant: "release", args: ["--bitrate", "2000"] },
		{ name: "frame-allocates-nothing-with-32-bit-slots-in-the-device-heap", variant: "m32", args: ["--heap"] },
	];
	const check = async ({ name, variant, args, transports = ["tcp", "udp"], sends = 2 }) => {
		if (!await canBuild(variant)) {
			skipped += 1;
			lines.push(`skip ${name}: no compiler for ${variant}`);
			return;
		}
		try {
			const { frames, slots, chunkBytes, copied, sent, playing } = await measure({ variant, args, transports });
			const counts =
				`${frames} frames, ${sent} sent, ${slots} slots, ${chunkBytes} chunk bytes, ${copied} bytes copied`;
			const good = playing === transports.length && sent >= sends * frames / 2 && sent <= sends * (frames + 1)
				&& slots === 0 && chunkBytes === 0 && copied === 0;
			lines.push(`${good ? "ok" : "not ok"} ${name}: ${counts}`);
			if (good)
				passed += 1;
			else
				failed += 1;
		}
		catch (error) {
			failed += 1;
			lines.push(`not ok ${name}: ${error.message}`);
		}
	};
	for (const variant of new Set(cases.map(it => it.variant))) {
		if (await canBuild(variant))
			await buildApplication({ ...APPLICATION, variant });
	}
	// they mostly wait for frames
	const worker = async () => {
		for (let next; (next = cases.shift()) !== undefined;)
			await check(next);
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
	return { passed, failed, skipped, lines };
}

await runAlone(import.meta.url, run);
