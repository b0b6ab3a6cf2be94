// SPDX-License-Identifier: MIT
/** Effects of command-line options that clients see, and imitated limits of the device. */
import { spawnSync } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { check, equal } from "./harness.mjs";
import { mustBeConsecutive, mustRise, readCards, readFrames } from "./frames.mjs";
import { ffmpegDecodes, lossless, probe } from "./players.mjs";
import { Player, RTSPClient } from "./rtsp-client.mjs";

/** Table K.1 of ITU-T T.81, in zig-zag order. */
const ANNEX_K_LUMA = [
	16,
	11,
	12,
	14,
	12,
	10,
	16,
	14,
	13,
	14,
	18,
	17,
	16,
	19,
	24,
	40,
	26,
	24,
	22,
	22,
	24,
	49,
	35,
	37,
	29,
	40,
	58,
	51,
	61,
	60,
	57,
	51,
	56,
	55,
	64,
	72,
	92,
	78,
	64,
	68,
	87,
	69,
	55,
	56,
	80,
	109,
	81,
	87,
	95,
	98,
	103,
	104,
	103,
	62,
	77,
	113,
	121,
	112,
	100,
	120,
	92,
	101,
	103,
	99,
];

/** Starts a camera, plays some frames, and ends both. */
async function playWith(args, options, count, body = async () => {}) {
	const camera = await startCamera({ args });
	try {
		const player = await Player.play(camera.port, options);
		try {
			await player.receive(count);
			await body(player, camera);
			await player.teardown();
			player.mustBeSound();
		}
		finally {
			player.close();
		}
		return player;
	}
	finally {
		await camera.stop();
	}
}

const ticksApart = frames => ((frames.at(-1).timestamp - frames[0].timestamp) >>> 0) / (frames.length - 1);

export async function options(tests) {
	await tests.test("size-fps-and-path-as-ffprobe-sees-them", ["ffprobe"], async () => {
		for (const [size, fps, name, width, height] of [["QVGA", 10, "cam/front-1", 320, 240], ["UXGA", 5, "", 1600,
			1200]])
		{
			const camera = await startCamera({
				args: ["--size", size, "--fps", String(fps), ...(name ? ["--path", name] : [])],
			});
			try {
				let stream = await probe(camera.url(name));
				// ffprobe estimates the rate from the first timestamps, which are uneven on a busy machine
				for (let again = 2; again > 0 && stream.r_frame_rate !== `${fps}/1`; again--)
					stream = await probe(camera.url(name));
				equal(stream.codec_name, "mjpeg", "codec");
				equal(`${stream.width}x${stream.height}`, `${width}x${height}`, "size");
				equal(stream.r_frame_rate, `${fps}/1`, "frame rate");
			}
			finally {
				await camera.stop();
			}
		}
	});

	await tests.test("fps-sets-the-interval-of-timestamps", [], async () => {
		for (const fps of [5, 40]) {
			const { frames, sdp } = await playWith(["--fps", String(fps), "--size", "QQVGA"], {}, fps);
			const ticks = ticksApart(frames);
			check(Math.abs(ticks * fps / 90_000 - 1) < 0.2,
				`at ${fps} frames/s timestamps are ${ticks.toFixed(0)} ticks apart, not ${90_000 / fps}`);
			check(sdp.includes(`a=framerate:${fps}\r\n`), "a=framerate");
		}
	});

	await tests.test("quality-sets-the-quantization-tables", [], async () => {
		const lengths = [];
		for (const quality of [8, 16, 40]) {
			const { frames } = await playWith(["--quality", String(quality)], {}, 3);
			const [luma] = frames[0].tables;
			if (quality === 16)
				equal(luma.join(), ANNEX_K_LUMA.join(), "luma quantization table of quality 16");
			lengths.push(frames[0].scan.length);
		}
		check(lengths[0] > lengths[1] && lengths[1] > lengths[2],
			`scans of ${lengths.join(", ")} bytes for quality 8, 16, 40`);
	});

	await tests.test("sampling-and-restart-interval-set-the-type", ["ffmpeg"], async () => {
		for (const [sampling, interval, type] of [["4:2:2", 0, 0], ["4:2:0", 0, 1], ["4:2:2", 40, 64], ["4:2:0", 7,
			65]])
		{
			const { frames } = await playWith(["--sampling", sampling, "--restart-interval", String(interval)], {}, 5);
			equal(frames[0].type, type, `type of ${sampling} with restart interval ${interval}`);
			equal(frames[0].restartInterval, interval, "restart interval");
			mustBeConsecutive(await readFrames(frames));
		}
	});

	await tests.test("other-paths-are-not-found", [], async () => {
		const camera = await startCamera({ args: ["--path", "garden"] });
		try {
			const client = await RTSPClient.connect(camera.port);
			for (const [name, status] of [["garden", 200], ["garden/", 200], ["", 404], ["garden2", 404], ["other",
				404]])
				equal((await client.request("DESCRIBE", camera.url(name))).status, status,
					`status of DESCRIBE /${name}`);
			client.close();
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("packet-size-options-and-blocksize-are-kept", [], async () => {
		const cases = [
			[["--tcp-packet-size", "1000"], { transport: "tcp" }, 1000],
			[["--udp-packet-size", "600"], { transport: "udp" }, 600],
			[[], { transport: "tcp" }, 1400],
			[[], { transport: "udp" }, 1400],
			[[], { transport: "tcp", setupHeaders: { Blocksize: "2000" } }, 2012],
		];
		for (const [args, options, limit] of cases) {
			await lossless(options.transport, async () => {
				const { largest } = await playWith(args, options, 5);
				check(largest <= limit, `${args.join(" ")} ${JSON.stringify(options)}: a packet of ${largest} bytes`);
				check(largest > limit - 40,
					`${args.join(" ")} ${JSON.stringify(options)}: no packet above ${largest} bytes`);
			});
		}
	});

	await tests.test("wrong-option-ends-with-status-2-and-a-hint", [], async () => {
		const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "manifest.json") });
		const cases = [
			[["--fsp", "10"], /--fps/],
			[["--fps", "0.05"], /--fps.*0\.1 to 1000/],
			[["--fps", "many"], /--fps.*0\.1 to 1000/],
			[["--size", "HUGE"], /--size.*VGA/],
			[["--quality", "64"], /--quality.*0 to 63/],
			[["--quality", "1.5"], /--quality.*0 to 63/],
			[["--port", "70000"], /--port.*1 to 65535/],
			[["--port"], /--port needs a value/],
			[["--path", "a b"], /--path/],
			[["--udp-port", "7001"], /--udp-port.*even/],
			[["--send-buffer", "x"], /--send-buffer/],
			[["--brightness", "9"], /brightness.*-3 to 3/],
			[["stray"], /stray/],
		];
		for (const [args, message] of cases) {
			const { status, stderr, error } = spawnSync(program, [folder, ...args], { encoding: "utf8",
				timeout: 10_000 });
			check(!error, `${args.join(" ")}: ${error?.message}`);
			equal(status, 2, `exit status for ${args.join(" ")}`);
			check(message.test(stderr), `${args.join(" ")}: "${stderr.trim()}" does not match ${message}`);
		}
		const help = spawnSync(program, [folder, "--help"], { encoding: "utf8", timeout: 10_000 });
		equal(help.status, 0, "exit status of --help");
		for (const option of ["--port", "--path", "--fps", "--size", "--quality", "--frames", "--mirror"])
			check(help.stdout.includes(option), `--help does not name ${option}`);
	});

	await tests.test("port-in-use-ends-the-program-with-a-hint", [], async () => {
		const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "manifest.json") });
		const server = net.createServer();
		await new Promise(resolve => server.listen(0, "0.0.0.0", resolve));
		try {
			const { port } = server.address();
			const { status, stderr, error } = spawnSync(program, [folder, "--port", String(port)], { encoding: "utf8",
				timeout: 10_000 });
			check(!error, error?.message);
			check(status > 0, `exit status ${status}`);
			check(stderr.includes(String(port)) && stderr.includes("--port"),
				`"${stderr.trim()}" does not say what to do`);
		}
		finally {
			server.close();
		}
	});

	await tests.test("ffmpeg-plays-through-the-device's-small-send-buffer", ["ffmpeg"], async () => {
		const camera = await startCamera({ args: ["--send-buffer", "5744"] });
		try {
			const cards = await readCards(await ffmpegDecodes(camera.url(), { transport: "tcp", count: 40 }), {
				width: 640,
				height: 480,
				bytes: 640 * 480 * 2,
			});
			equal(cards.length, 40, "number of frames");
			mustRise(cards);
			const seconds = ((cards.at(-1).time - cards[0].time + 86_400_000) % 86_400_000) / 1000;
			return `${(39 / seconds).toFixed(1)} frames/s`;
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("frames-are-whole-through-the-device's-small-send-buffer", [],
		() => playWith(["--send-buffer", "5744"], {}, 40).then(() => {}));

	await tests.test("plays-with-memory-fixed-at-the-device's-size", [], () =>
		lossless("udp", async () => {
			for (const transport of ["tcp", "udp"])
				await playWith(["--heap"], { transport }, 75);
		}));

	await tests.test("serves-client-after-client-with-memory-fixed-at-the-device's-size", [], async () => {
		const camera = await startCamera({ args: ["--heap", "--fps", "50", "--size", "QVGA"] });
		try {
			for (let i = 0; i < 40; i++) {
				const player = await Player.play(camera.port, { transport: i % 2 ? "udp" : "tcp" });
				await player.receive(2);
				// every third client disconnects without TEARDOWN
				if (i % 3)
					await player.teardown();
				player.close();
				equal(player.problems.join("; "), "", `problems of client ${i}`);
			}
		}
		finally {
			const { status } = await camera.stop();
			equal(status, 0, `exit status (${camera.output.split("\n").slice(-4).join(" ").trim()})`);
		}
	});
}
