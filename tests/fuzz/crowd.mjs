// SPDX-License-Identifier: MIT
/**
 * Fuzzes the way of frames to real sockets: routes, bursts and leases in C. A crowd of players and viewers comes and
 * goes, pauses, stops reading, reports loss, and leaves in every way, while frames are larger than a connection's send
 * buffer and UDP packets leave in small bursts. What arrives must be whole and bit-exact.
 *
 * Each client's steps depend on the seed and its number only; what the others do at that moment also depends on time.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { watch } from "../../bench/viewer.mjs";
import { startCamera } from "../camera.mjs";
import { emptyFolder, makeCards, readFolder } from "../interop/frames.mjs";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { Player } from "../interop/rtsp-client.mjs";
import { openDescriptors } from "./live.mjs";

/** Clients at a time. */
const LANES = 10;
/** Longest pause between two steps of a client, milliseconds. */
const LONGEST = 150;
/** What ends a client that the camera gave up: it read nothing for too long, or was silent. */
const GIVEN_UP = /closed by the server|ECONNRESET|EPIPE|no reply/;

/** xorshift32. */
class Random {
	#state;

	constructor(seed, number) {
		this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 1;
	}

	/** @returns {number} 0 to limit - 1 */
	below(limit) {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x;
		return (x >>> 0) % limit;
	}
}

/** Pictures of several sizes in bytes, the first smaller than a packet and one with padding after EOI.
 *  @returns {Promise<{folder: string, pictures: Buffer[]}>} without padding */
async function makePictures() {
	const folder = emptyFolder("fuzz-crowd");
	for (const [name, quality] of [["a", 63], ["b", 2], ["c", 20], ["d", 5]])
		await makeCards(path.join(folder, name), { width: 320, height: 240, sampling: "422", quality, count: 2 });
	const files = readFolder(folder);
	writeFileSync(path.join(folder, files[3].name), Buffer.concat([files[3].data, Buffer.alloc(99)]));
	return { folder, pictures: files.map(({ data }) => data) };
}

/** A player by RTSP. */
class Watching {
	#player;

	static async open(camera, transport) {
		const it = new Watching();
		it.#player = await Player.play(camera.port, { transport });
		return it;
	}

	async step(choice) {
		const { client, base, session, ssrc, info } = this.#player;
		switch (choice) {
			case 0:
				client.pause();
				break;
			case 1:
				client.resume();
				break;
			case 2:
				client.resume();
				await client.request("PAUSE", base, { Session: session });
				break;
			case 3:
				client.resume();
				await client.request("PLAY", base, { Session: session });
				break;
			case 4:
				client.resume();
				await client.request("GET_PARAMETER", base, { Session: session });
				break;
			case 5:
				this.#player.sendReport();
				break;
			default: {
				// half of the packets lost
				const report = receiverReport(0x1234567, ssrc, info.sequenceNumber);
				report[12] = 128;
				if (this.#player.transport === "tcp")
					client.write(Buffer.concat([Buffer.from([0x24, 1, 0, report.length]), report]));
			}
		}
	}

	async leave(how) {
		const { client, base, session } = this.#player;
		client.resume();
		if (how === 0)
			await client.request("TEARDOWN", base, { Session: session });
		else if (how === 1)
			client.reset();
		else if (how === 2) {
			client.finish();
			await sleep(20);
		}
		this.#player.close();
	}

	/** Receives frames, of which none may be cut, and leaves. */
	async receive(count, isPicture) {
		try {
			await this.#player.receive(count);
			this.judge(isPicture);
			equal(this.#player.incomplete, 0, "frames that were cut");
		}
		finally {
			this.close();
		}
	}

	/** @returns {number} of frames that arrived whole */
	judge(isPicture) {
		// frames may be cut: where slow clients hold all of the camera's frames, the hub takes the oldest one back
		const { lost, transport, frames } = this.#player;
		// a frame that waits for its burst gives way to a newer one, even the one that RTP-Info announced
		const problems = this.#player.problems.filter(text => !/^RTP-Info announced timestamp/.test(text));
		check(problems.length === 0, `over ${transport}: ${problems.join("; ")}`);
		check(transport === "udp" || lost === 0, `over tcp: ${lost} packets lost`);
		for (const { scan } of frames)
			check(isPicture(scan), `over ${transport}: a frame of ${scan.length} bytes is none of the camera's`);
		return frames.length;
	}

	close() {
		this.#player.close();
	}
}

/** @returns {Buffer} what arrived of a picture whose viewer was so slow that the camera filled up the rest with EOI */
function withoutFilling(image) {
	let end = image.length;
	while (end > 0 && image[end - 1] === (image.length - end & 1 ? 0xff : 0xd9))
		end -= 1;
	return image.subarray(0, end);
}

/** A viewer by HTTP. */
class Viewing {
	#viewer;
	#images = [];
	#paused = false;

	static async open(camera) {
		const it = new Viewing();
		it.#viewer = await watch(camera.httpPort, "/stream", { onPart: ({ image }) => it.#images.push(image) });
		return it;
	}

	async step(choice) {
		if (choice & 1) {
			this.#paused = true;
			this.#viewer.pause();
		}
		else
			this.#viewer.resume();
	}

	async leave(how) {
		this.#viewer.resume();
		if (how)
			await sleep(how * 10);
		this.#viewer.close();
	}

	judge(isPicture) {
		check(this.#viewer.ended === undefined || GIVEN_UP.test(this.#viewer.ended),
			`over HTTP: ${this.#viewer.ended}`);
		for (const image of this.#images) {
			check(isPicture(image) || (this.#paused && isPicture(withoutFilling(image))),
				`over HTTP: a picture of ${image.length} bytes is none of the camera's`);
		}
		return this.#images.length;
	}

	close() {
		this.#viewer.close();
	}
}

const KINDS = [camera => Watching.open(camera, "tcp"), camera => Watching.open(camera, "udp"), Viewing.open];

/** One client from its connection to its end.
 *  @returns {Promise<[number, number]>} its kind, and the frames it had */
async function live(camera, random, isPicture) {
	const kind = random.below(KINDS.length), client = await KINDS[kind](camera);
	try {
		for (let i = random.below(12); i >= 0; i--) {
			await sleep(random.below(LONGEST));
			await client.step(random.below(7));
		}
		await client.leave(random.below(4));
	}
	catch (error) {
		if (!GIVEN_UP.test(error.message))
			throw error;
	}
	finally {
		client.close();
	}
	return [kind, client.judge(isPicture)];
}

/** @returns {Promise<string>} what was received */
export async function fuzzCrowd({ variant, seed, first, count }) {
	const { folder, pictures } = await makePictures();
	const isPicture = bytes => pictures.some(picture => picture.includes(bytes));
	const camera = await startCamera({ variant, http: true, timeout: 60_000,
		args: ["--frames", folder, "--fps", variant === "sanitize" ? "8" : "60", "--burst", "3", "--spacing", "2",
			"--send-buffer", "6000", "--connection-limit", "60", "--session-limit", "200", "--address-sessions", "200",
			"--stall-timeout", "1"] });
	const frames = KINDS.map(() => 0);
	let ended, number = first;
	void camera.ended.then(result => ended = result);
	const begin = openDescriptors(camera.pid);
	try {
		await Promise.all(Array.from({ length: LANES }, async () => {
			while (number < first + count && !ended) {
				const mine = number++;
				try {
					const [kind, own] = await live(camera, new Random(seed, mine), isPicture);
					frames[kind] += own;
				}
				catch (error) {
					error.message = `client ${mine}: ${error.message}`;
					throw error;
				}
			}
		}));
		check(!ended, `the camera ended with ${ended?.status ?? ended?.signal}`);
		await until(() => openDescriptors(camera.pid) <= begin, "as few descriptors as before", 30_000);
		// what is left still plays
		const last = await Watching.open(camera, "udp");
		await last.receive(3, isPicture);
		frames.forEach((own, i) => check(own >= count / 3, `only ${own} frames for clients of kind ${i}`));
	}
	catch (error) {
		error.message += `\n${camera.output.slice(-4000)}`;
		throw error;
	}
	finally {
		const { status } = await camera.stop("SIGINT", 30_000);
		if (!ended)
			equal(status, 0, `exit status, after\n${camera.output.slice(-4000)}`);
	}
	check(!/internal error|runtime error|AddressSanitizer/.test(camera.output), camera.output);
	return `${count} clients, ${frames.join(", ")} frames by TCP, UDP and HTTP`;
}
