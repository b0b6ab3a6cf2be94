// SPDX-License-Identifier: MIT
/** Slow networks, with the camera as a process: a stalled reader, a configured bit rate, a throttled reader. */
import net from "node:net";
import { runAlone } from "../alone.mjs";
import { startCamera } from "../camera.mjs";
import { Waiting } from "./waiting.mjs";

const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
/** A device's small send buffer. It shows effects that a desktop kernel's buffers would hide. */
const DEVICE = ["--send-buffer", "28672"];

/** Plays over TCP at a limited speed and checks what it receives. */
class Reader {
	/** RTP timestamps of complete frames, and the times of their completion in milliseconds. */
	stamps = [];
	times = [];
	/** Number of RTP payload octets. */
	octets = 0;
	/** Number of gaps in the sequence numbers, and of packets that belong to no begun frame. */
	faults = 0;
	closed = false;
	#socket;
	#pieces = [];
	#length = 0;
	#waiting;
	#cseq = 0;
	#sequence;
	#stamp;
	#timer;

	static async play(port) {
		const reader = new Reader();
		const socket = reader.#socket = net.connect(port, "127.0.0.1");
		socket.on("data", data => reader.#receive(data));
		socket.on("error", () => reader.closed = true);
		socket.on("close", () => reader.closed = true);
		const url = `rtsp://127.0.0.1:${port}/`;
		const description = await reader.#request("DESCRIBE", url, "Accept: application/sdp");
		const base = /^content-base: *(\S+)/im.exec(description)[1];
		const control = [...description.matchAll(/^a=control:(\S+)/gm)].at(-1)[1];
		const setup = await reader.#request("SETUP", control.includes("://") ? control : base + control,
			"Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
		await reader.#request("PLAY", base, `Session: ${/^session: *([^;\r]+)/im.exec(setup)[1]}`);
		return reader;
	}

	stall() {
		clearInterval(this.#timer);
		this.#socket.pause();
	}

	resume() {
		this.#socket.resume();
	}

	/** Limits the reading speed from now on. */
	throttle(kilobitsPerSecond) {
		const interval = 20, each = (kilobitsPerSecond * 125 * interval) / 1000;
		let budget = 0, last = Date.now();
		this.#socket.on("data", data => {
			budget -= data.length;
			if (budget < 0)
				this.#socket.pause();
		});
		this.#timer = setInterval(() => {
			const now = Date.now();
			budget = Math.min(budget + (each * (now - last)) / interval, each * 5);
			last = now;
			if (budget > 0)
				this.#socket.resume();
		}, interval);
	}

	close() {
		clearInterval(this.#timer);
		this.#socket.destroy();
	}

	#request(method, url, ...headers) {
		const reply = new Promise((resolve, reject) => {
			this.#waiting = resolve;
			setTimeout(reject, 15_000, new Error(`${method}: no reply`)).unref();
		});
		this.#socket.write([`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#cseq}`, ...headers, "", ""].join("\r\n"));
		return reply;
	}

	#receive(data) {
		this.#pieces.push(data);
		this.#length += data.length;
		for (;;) {
			let buffer = this.#pieces[0];
			if (buffer === undefined || this.#length < 4)
				return;
			if (buffer.length < 4)
				buffer = this.#join();
			if (buffer[0] === 0x24) {
				const end = 4 + buffer.readUInt16BE(2);
				if (this.#length < end)
					return;
				if (buffer.length < end)
					buffer = this.#join();
				if (buffer[1] === 0)
					this.#packet(buffer.subarray(4, end));
				this.#consume(end);
				continue;
			}
			buffer = this.#join();
			const head = buffer.indexOf("\r\n\r\n");
			if (head < 0)
				return;
			const text = buffer.toString("latin1", 0, head + 4);
			const end = head + 4 + Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
			if (buffer.length < end)
				return;
			this.#waiting?.(buffer.toString("latin1", 0, end));
			this.#consume(end);
		}
	}

	#join() {
		const whole = Buffer.concat(this.#pieces);
		this.#pieces = [whole];
		return whole;
	}

	#consume(count) {
		this.#length -= count;
		const rest = this.#pieces[0].subarray(count);
		if (rest.length)
			this.#pieces[0] = rest;
		else
			this.#pieces.shift();
	}

	#packet(packet) {
		const sequence = packet.readUInt16BE(2), stamp = packet.readUInt32BE(4), offset = packet.readUIntBE(13, 3);
		if (this.#sequence !== undefined && sequence !== ((this.#sequence + 1) & 0xffff))
			this.faults += 1;
		// an abandoned frame ends without its marker: not a fault, but the frame is incomplete
		if (offset === 0)
			this.#stamp = stamp;
		else if (this.#stamp !== stamp)
			this.faults += 1;
		this.#sequence = sequence;
		this.octets += packet.length - 12;
		if (packet[1] & 0x80) {
			this.stamps.push(stamp);
			this.times.push(Date.now());
			this.#stamp = undefined;
		}
	}
}

function check(condition, message) {
	if (!condition)
		throw new Error(message);
}

const stepsOf = stamps => stamps.slice(1).map((stamp, i) => (stamp - stamps[i]) | 0);

async function until(condition, what, timeout) {
	for (const deadline = Date.now() + timeout; !condition();) {
		check(Date.now() < deadline, `${what}: not in ${timeout} ms`);
		await sleep(50);
	}
}

async function stalled() {
	const camera = await startCamera({ args: ["--fps", "25", "--quality", "8", "--stall-timeout", "3", ...DEVICE] });
	const players = [];
	try {
		const good = await Reader.play(camera.port), bad = await Reader.play(camera.port);
		players.push(good, bad);
		await sleep(1000);
		const before = bad.stamps.length, waiting = new Waiting(camera.pid);
		bad.stall();
		const begin = Date.now();
		await until(() => camera.output.includes(": dropped\n"), "drop of the stalled reader", 20_000);
		const seconds = (Date.now() - begin) / 1000;
		check(/^127\.0\.0\.1 has read nothing for 3 s: dropped$/m.test(camera.output),
			`the log has no reason:\n${camera.output}`);
		check(seconds >= 3, `dropped after ${seconds} s`);
		await until(() => /^1 playing, 1 connected/m.test(camera.output.split(": dropped\n")[1]), "end of its session",
			5000);
		check(bad.stamps.length - before < 5, "the reader did not stall");
		await sleep(1000);
		bad.resume();
		await until(() => bad.closed, "close of its connection", 5000);
		// a frame may be a little late, but none is missing
		const steps = stepsOf(good.stamps), { milliseconds, frames } = waiting.end();
		const uneven = steps.filter(step => step <= 1800 || step >= 5400);
		// one that is captured late is early for the next
		check(good.faults === 0 && uneven.length <= 2 * frames && Math.max(...steps) < 5400 + 90 * milliseconds,
			`the other reader lost frames: steps of ${uneven}, ${good.faults} faults; ${frames} may be missing`);
		return `dropped after ${seconds.toFixed(1)} s, the other reader got ${good.stamps.length} frames without a gap`;
	}
	finally {
		players.forEach(player => player.close());
		await camera.stop();
	}
}

async function kept(bitrate) {
	const camera = await startCamera({ args: ["--bitrate", String(bitrate)] });
	const player = await Reader.play(camera.port);
	try {
		await sleep(6000);
		const waiting = new Waiting(camera.pid);
		const octets = player.octets, frames = player.stamps.length, begin = Date.now();
		await sleep(12_000);
		const seconds = (Date.now() - begin) / 1000, rate = ((player.octets - octets) * 8) / 1000 / seconds;
		// frames that a busy machine captures late are missing
		const missing = waiting.end().milliseconds / 1000 / seconds;
		check(rate / bitrate < 1.1 && rate / bitrate > 0.9 - missing, `${Math.round(rate)} kbit/s`);
		check(player.faults === 0, `${player.faults} faults`);
		return `${Math.round(rate)} kbit/s, ${((player.stamps.length - frames) / seconds).toFixed(1)} frames/s`;
	}
	finally {
		player.close();
		await camera.stop();
	}
}

/** Checks that the rate adapts to a throttled reader. The reader's own kernel buffers some hundred kilobytes over TCP,
 *  so the rate is measured after these are full. */
async function throttled() {
	const LIMIT = 2000;
	const camera = await startCamera({ args: ["--bitrate", "auto", ...DEVICE] });
	const player = await Reader.play(camera.port);
	try {
		player.throttle(LIMIT);
		const rates = [], frames = [];
		let octets = 0, count = 0, last = Date.now();
		for (let i = 0; i < 10; i++) {
			await sleep(5000);
			const now = Date.now();
			rates.push(Math.round(((player.octets - octets) * 8) / (now - last)));
			frames.push(((player.stamps.length - count) * 1000) / (now - last));
			octets = player.octets;
			count = player.stamps.length;
			last = now;
		}
		const trace = `kbit/s ${rates.join(" ")}; frames/s ${frames.map(rate => rate.toFixed(1)).join(" ")}; `
			+ (/quality \d+(?!.*quality)/s.exec(camera.output)?.[0]);
		check(player.faults === 0, `${player.faults} packets out of order: ${trace}`);
		const settled = rates.slice(5), mean = settled.reduce((sum, rate) => sum + rate, 0) / settled.length;
		check(mean > LIMIT * 0.7 && mean <= LIMIT * 1.05, `${Math.round(mean)} kbit/s of ${LIMIT}: ${trace}`);
		check(settled.every(rate => Math.abs(rate / mean - 1) < 0.25), `the rate does not settle: ${trace}`);
		// frames are complete and evenly spaced: with the initial quality, half of them would be skipped
		const from = count - Math.round(frames.slice(5).reduce((sum, rate) => sum + rate * 5, 0));
		const steps = stepsOf(player.stamps.slice(from)).sort((a, b) => a - b), median = steps[steps.length >> 1];
		const gaps = steps.filter(step => step > median * 1.8).length;
		check(gaps <= steps.length * 0.05, `${gaps} gaps in ${steps.length} frames: ${trace}`);
		return `${trace}; ${gaps} gaps in ${steps.length} frames`;
	}
	finally {
		player.close();
		await camera.stop();
	}
}

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run() {
	const lines = [];
	let passed = 0, failed = 0;
	const cases = [
		["stalled-reader-is-dropped-with-a-reason-and-does-not-affect-the-other", stalled],
		["bitrate-1500-is-kept-within-a-tenth", () => kept(1500)],
		["bitrate-3500-is-kept-within-a-tenth", () => kept(3500)],
		["throttled-reader-gets-complete-frames-at-a-rate-that-settles", throttled],
	];
	for (const [name, body] of cases) {
		try {
			lines.push(`ok ${name} (${await body()})`);
			passed += 1;
		}
		catch (error) {
			lines.push(`not ok ${name}: ${error.message}`);
			failed += 1;
		}
	}
	return { passed, failed, skipped: 0, lines };
}

await runAlone(import.meta.url, run);
