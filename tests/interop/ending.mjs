// SPDX-License-Identifier: MIT
/** How sessions end: TEARDOWN, Ctrl-C, a killed client. */
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import net from "node:net";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { Camera, freePort, profile, startCamera } from "../camera.mjs";
import { HERE, check, equal, execute, sleep, until } from "./harness.mjs";
import { lossless } from "./players.mjs";
import { Player } from "./rtsp-client.mjs";

/** Starts a camera on this port. */
async function startOn(port, ...args) {
	const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "manifest.json") });
	const camera = new Camera(
		spawn(program, [folder, "--port", String(port), ...args], { stdio: ["ignore", "pipe", "pipe"] }),
		port,
	);
	await camera.ready(30_000);
	return camera;
}

/** @returns the number of players that the camera reported last */
const playing = camera => Number([...camera.output.matchAll(/^(\d+) playing/gm)].at(-1)?.[1] ?? NaN);

export async function ending(tests) {
	await tests.test("teardown-says-bye-and-ends-the-stream", [], () =>
		lossless("udp", async () => {
			const camera = await startCamera();
			const players = [];
			try {
				for (const transport of ["tcp", "udp"]) {
					const player = await Player.play(camera.port, { transport });
					players.push(player);
					await player.receive(10);
					await player.teardown();
					equal(player.byes.join(), String(player.ssrc), "SSRC of the BYE");
					await sleep(200);
					const { packetCount } = player;
					await sleep(400);
					equal(player.packetCount, packetCount, "packets after the BYE");
					player.mustBeSound();
					equal((await player.client.request("PLAY", player.base, { Session: player.session })).status, 454,
						"status of PLAY after TEARDOWN");
				}
			}
			finally {
				players.forEach(player => player.close());
				await camera.stop();
			}
		}));

	await tests.test("play-after-teardown-on-the-same-connection", [], async () => {
		const camera = await startCamera();
		try {
			const first = await Player.play(camera.port);
			await first.receive(5);
			await first.teardown();
			const second = await first.client.must("SETUP", first.track, {
				Transport: "RTP/AVP/TCP;unicast;interleaved=4-5",
			});
			const session = second.headers.session.split(";")[0];
			check(session !== first.session, "the new session has the old id");
			let packets = 0;
			first.client.onInterleaved = channel => packets += channel === 4 ? 1 : 0;
			await first.client.must("PLAY", first.base, { Session: session });
			await until(() => packets >= 5, "packets on channel 4");
			first.close();
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("bye-waits-for-room-in-a-full-connection", [], async () => {
		const camera = await startCamera({ args: ["--send-buffer", "8192", "--quality", "4"] });
		try {
			const player = await Player.play(camera.port);
			await player.receive(1);
			player.client.pause();
			// the kernel's own buffers take a while to fill
			await sleep(1500);
			player.client.write(`TEARDOWN ${player.base} RTSP/1.0\r\nCSeq: 99\r\nSession: ${player.session}\r\n\r\n`);
			await sleep(300);
			player.client.resume();
			await until(() => player.byes.length, "BYE", 5000);
			player.close();
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("ctrl-c-says-bye-to-every-player-and-frees-the-port", [], () =>
		lossless("udp", async () => {
			const camera = await startCamera({ args: ["--size", "QVGA"] });
			const players = [];
			let next;
			try {
				for (const transport of ["tcp", "udp"])
					players.push(await Player.play(camera.port, { transport }));
				await Promise.all(players.map(player => player.receive(10)));
				const { status, signal } = await camera.stop("SIGINT");
				equal(signal, null, "signal");
				equal(status, 0, "exit status");
				await until(() => players.every(player => player.byes.length && player.client.ended),
					"BYE and the end of every connection", 5000);
				for (const player of players) {
					equal(player.byes.join(), String(player.ssrc), `SSRC of the BYE over ${player.transport}`);
					// the last frame may be incomplete at the end, but no packet is missing
					equal(player.lost, 0, `packets lost over ${player.transport}`);
					equal(player.problems.join("; "), "", `problems over ${player.transport}`);
				}
				next = await startOn(camera.port);
				const again = await Player.play(camera.port);
				await again.receive(5);
				again.close();
			}
			finally {
				players.forEach(player => player.close());
				await camera.stop();
				await next?.stop();
			}
		}));

	await tests.test("sigterm-ends-as-ctrl-c-does", [], async () => {
		const camera = await startCamera();
		const player = await Player.play(camera.port);
		try {
			await player.receive(3);
			const { status } = await camera.stop("SIGTERM");
			equal(status, 0, "exit status");
			await until(() => player.byes.length, "BYE", 5000);
		}
		finally {
			player.close();
			await camera.stop();
		}
	});

	// `npm start` runs the camera's launcher, and this is the only process that a supervisor knows
	const launchers = {
		"the-launcher": [process.execPath, "hosts/desktop/start.mjs"],
		"npm-start": ["npm", "start", "--"],
	};
	const endings = {
		"sigint": launcher => launcher.kill("SIGINT"),
		"sigterm": launcher => launcher.kill("SIGTERM"),
		"sighup": launcher => launcher.kill("SIGHUP"),
		// under npm, the launcher gets the signal from the terminal and from npm
		"ctrl-c": launcher => process.kill(-launcher.pid, "SIGINT"),
	};
	for (const [name, [command, ...before]] of profile.network ? [] : Object.entries(launchers)) {
		for (const [ending, end] of Object.entries(endings)) {
			if (name === "npm-start" && ending === "sighup")
				continue; // npm ends at once and does not forward the signal
			await tests.test(`${ending}-to-${name}-says-bye`, [], async () => {
				const port = await freePort();
				const launcher = spawn(command, [...before, "--port", String(port), "--size", "QVGA"], { cwd: ROOT,
					detached: true, stdio: ["ignore", "pipe", "pipe"] });
				const camera = new Camera(launcher, port);
				let player, next;
				try {
					await camera.ready(60_000);
					player = await Player.play(port);
					await player.receive(3);
					end(launcher);
					await until(() => player.byes.length && player.client.ended, "BYE and the end of the connection",
						5000);
					equal(player.byes.join(), String(player.ssrc), "SSRC of the BYE");
					const ended = await Promise.race([camera.ended, sleep(5000)]);
					check(ended, "the launcher or its camera is still running");
					if (name === "the-launcher")
						equal(ended.status, 0, "exit status");
					next = await startOn(port);
				}
				finally {
					player?.close();
					try {
						process.kill(-launcher.pid, "SIGKILL");
					}
					catch {
						// has already ended, as it should
					}
					await next?.stop();
				}
			});
		}
	}

	await tests.test("ffmpeg-ends-by-itself-at-the-bye", ["ffmpeg"], async () => {
		const camera = await startCamera();
		// keeps ffmpeg's connection open when the camera closes its own: over UDP, only the BYE can end ffmpeg then
		const relay = net.createServer(client => {
			const server = net.connect(camera.port, "127.0.0.1");
			client.pipe(server, { end: false });
			server.pipe(client, { end: false });
			client.on("error", () => {});
			server.on("error", () => {});
		});
		const sockets = [];
		relay.on("connection", socket => sockets.push(socket));
		try {
			await new Promise(resolve => relay.listen(0, "127.0.0.1", resolve));
			let frames = 0;
			const ended = execute("ffmpeg", ["-nostdin", "-v", "error", "-stats_period", "0.2", "-progress", "pipe:1",
				"-rtsp_transport", "udp", "-i", `rtsp://127.0.0.1:${relay.address().port}/`, "-f", "null", "-"], {
				timeout: 40_000,
				onChild: child =>
					child.stdout.on("data", data => frames = Number(/frame=(\d+)/.exec(data)?.[1] ?? frames)),
			});
			await until(() => frames > 5, "frames in ffmpeg");
			await camera.stop("SIGINT");
			const begin = Date.now();
			const { status, late } = await ended;
			check(!late, "ffmpeg did not end");
			equal(status, 0, "ffmpeg's exit status");
			const seconds = (Date.now() - begin) / 1000;
			// without a BYE, ffmpeg gives up after 10 s of silence or more
			check(seconds < 5, `ffmpeg ended only after ${seconds} s`);
			return `${seconds.toFixed(1)} s later`;
		}
		finally {
			sockets.forEach(socket => socket.destroy());
			relay.close();
			await camera.stop();
		}
	});

	await tests.test("a-killed-client-leaves-the-server-serving", [], () =>
		lossless("udp", async () => {
			const camera = await startCamera({ args: ["--session-timeout", "5"] });
			const victims = [];
			const players = [];
			// receiver reports keep a session alive; those of the killed clients stop
			const alive = setInterval(() => players.forEach(player => player.sendReport()), 1000);
			try {
				for (const transport of ["tcp", "udp"])
					players.push(await Player.play(camera.port, { transport }));
				for (const transport of ["tcp", "udp"]) {
					const victim = spawn(process.execPath, [path.join(HERE, "play-for-ever.mjs"), String(camera.port),
						transport], { stdio: ["ignore", "pipe", "inherit"] });
					victims.push(victim);
					let said = "";
					victim.stdout.on("data", data => said += data);
					await until(() => said.includes("playing"), `the victim plays over ${transport}`);
				}
				await until(() => playing(camera) === 4, "four players");
				victims.forEach(victim => victim.kill("SIGKILL"));
				const counts = players.map(player => player.frames.length);
				await Promise.all(players.map((player, i) => player.receive(counts[i] + 50)));
				// over UDP, only the session timeout shows that the client is gone
				await until(() => playing(camera) === 2, "only two players left", 25_000);
				const late = await Player.play(camera.port);
				players.push(late);
				await late.receive(10);
				await Promise.all(players.map(player => player.teardown()));
				players.forEach(player => player.mustBeSound());
			}
			finally {
				clearInterval(alive);
				victims.forEach(victim => victim.kill("SIGKILL"));
				players.forEach(player => player.close());
				await camera.stop();
			}
		}));

	await tests.test("udp-packets-stop-when-a-silent-session-times-out", [], async () => {
		const camera = await startCamera({ args: ["--session-timeout", "5", "--fps", "10", "--size", "QVGA"] });
		const listener = dgram.createSocket("udp4");
		try {
			const player = await Player.play(camera.port, { transport: "udp" });
			await player.receive(5);
			const ports = /client_port=(\d+)/.exec(player.setup)[1];
			player.close();
			let last = Date.now(), count = 0;
			listener.on("message", () => {
				last = Date.now();
				count++;
			});
			await new Promise(resolve => listener.bind(Number(ports), "127.0.0.1", resolve));
			const begin = Date.now();
			await until(() => Date.now() - last > 2500, "silence", 20_000);
			return `${count} packets in ${((last - begin) / 1000).toFixed(1)} s`;
		}
		finally {
			listener.close();
			await camera.stop();
		}
	});
}
