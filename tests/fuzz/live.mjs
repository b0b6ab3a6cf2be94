// SPDX-License-Identifier: MIT
/**
 * Fuzzes the running camera over sockets: RTSP streams, interleaved RTCP, UDP datagrams to both of its ports.
 * Meanwhile, another client plays and must not lose a frame. Connections are reused while the server keeps them open.
 */
import dgram from "node:dgram";
import { readdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { BUILD } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { Receiver } from "../conformance/receiver.mjs";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { Player, RTSPClient } from "../interop/rtsp-client.mjs";

/** Number of parallel connections. */
const LANES = 4;

const bytesOf = text => Buffer.from(text, "latin1");

/** One connection. Only Session ids are read from the replies. */
class Lane {
	session = "0";
	#port;
	#socket;

	constructor(port) {
		this.#port = port;
	}

	async send(bytes, nextCut) {
		if (!this.#socket || this.#socket.destroyed)
			await this.#connect();
		const socket = this.#socket;
		for (let begin = 0; begin < bytes.length && !socket.destroyed;) {
			const end = Math.min(nextCut(begin), bytes.length);
			socket.write(bytes.subarray(begin, end));
			begin = end;
		}
		// waits until everything is written or the server has closed
		if (!socket.destroyed)
			await new Promise(resolve => {
				socket.once("close", resolve);
				socket.write("", () => {
					socket.off("close", resolve);
					resolve();
				});
			});
	}

	/** Ends the connection with a reset or a FIN, or leaves it open. */
	leave(how) {
		if (how === 0)
			this.#socket?.resetAndDestroy();
		else if (how === 1)
			this.#socket?.destroy();
	}

	close() {
		this.#socket?.destroy();
	}

	#connect() {
		return new Promise((resolve, reject) => {
			const socket = this.#socket = net.connect(this.#port, "127.0.0.1");
			const late = setTimeout(() => reject(new Error("no connection in 20 s")), 20_000);
			socket.setNoDelay(true);
			socket.once("connect", resolve);
			socket.on("error", resolve);
			socket.on("close", resolve);
			socket.on("data", data => {
				const match = /Session: ([0-9a-f]{32})/.exec(data.toString("latin1"));
				if (match)
					this.session = match[1];
			});
			for (const event of ["connect", "close"])
				socket.on(event, () => clearTimeout(late));
		});
	}
}

/** @returns {Promise<string>} number and rate of inputs */
export async function fuzzCamera({ variant, seed, first, count }) {
	// few pictures, because the sanitize build is slow
	const [fps, silence, pace] = variant === "sanitize" ? ["2", "10", 1] : ["10", "5", 16];
	const camera = await startCamera({ variant, args: ["--size", "QQVGA", "--fps", fps, "--session-timeout", silence],
		timeout: 60_000 });
	// the build has compiled it; it has no imports
	const { makeInput } = await import(pathToFileURL(path.join(BUILD, "js/tests/fuzz/app/generator.js")));
	const datagrams = dgram.createSocket("udp4");
	const lanes = Array.from({ length: LANES }, () => new Lane(camera.port));
	let player, reporter, bystander, ended, keep;
	void camera.ended.then(result => ended = result);
	const begin = Date.now();
	let number = first;
	try {
		player = await Player.play(camera.port, { transport: "udp" });
		reporter = await Receiver.setup(camera.port, { transport: "udp" });
		bystander = await RTSPClient.connect(camera.port);
		const ports = reporter.serverPorts;
		await player.receive(2);
		await bystander.must("OPTIONS", "*");
		const descriptors = openDescriptors(camera.pid);
		// keep-alives as well, because a report may be lost in the flood of datagrams
		keep = setInterval(() => {
			player.sendReport();
			player.client.request("GET_PARAMETER", player.base, { Session: player.session }).catch(() => {});
		}, 1000);
		await Promise.all(lanes.map(async lane => {
			while (number < first + count && !ended) {
				const mine = number++;
				const { text, nextCut, report } = makeInput(seed, mine);
				await lane.send(bytesOf(text.replaceAll("{s}", lane.session)), nextCut);
				const packet = bytesOf(report);
				if (mine % 3 === 0)
					await lane.send(
						Buffer.concat([Buffer.from([0x24, 1, packet.length >> 8, packet.length & 255]), packet]),
						nextCut,
					);
				// datagrams to both ports from an unknown port, and RTCP from the port that SETUP announced
				datagrams.send(mine % 4 > 1 ? packet : bytesOf(text.slice(0, 1400)), ports[mine % 2], "127.0.0.1");
				reporter.sockets[1].send(packet, ports[1], "127.0.0.1");
				if (mine % 5 === 0)
					lane.leave((mine / 5) % 3);
				// no faster than the camera can read: a bystander has to be answered in between
				if (mine % pace === 0)
					await bystander.must("OPTIONS", "*");
			}
		}));
		lanes.forEach(lane => lane.close());
		reporter.close();
		check(!ended, `the camera ended near input ${number}: ${ended?.status ?? ended?.signal}\n${camera.output}`);
		// the player still gets frames and has lost nothing
		await player.receive(player.frames.length + 3, 60_000);
		clearInterval(keep);
		await player.teardown();
		player.mustBeSound();
		player.close();
		// the bystander is still answered
		await bystander.must("DESCRIBE", camera.url());
		bystander.close();
		// after the session timeout, only permanent descriptors such as the listener's are open
		await until(() => openDescriptors(camera.pid) <= descriptors - 3, "as few descriptors as before", 30_000);
		check(!/internal error|runtime error|AddressSanitizer/.test(camera.output), camera.output);
	}
	catch (error) {
		await sleep(500);
		error.message +=
			`, near input ${number}${ended ? `; the camera ended with ${ended.status ?? ended.signal}` : ""}\n`
			+ camera.output.slice(-4000);
		throw error;
	}
	finally {
		clearInterval(keep);
		player?.close();
		reporter?.close();
		bystander?.close();
		datagrams.close();
		lanes.forEach(lane => lane.close());
		const { status } = await camera.stop("SIGINT", 30_000);
		if (!ended)
			equal(status, 0, `exit status, after\n${camera.output.slice(-4000)}`);
	}
	return `${count} inputs, ${Math.round(count / (Date.now() - begin) * 1000)} inputs/s`;
}

export function openDescriptors(pid) {
	return readdirSync(`/proc/${pid}/fd`).length;
}
