// SPDX-License-Identifier: MIT
/** Shared parts of the interop tests: named tests, optional programs, child processes with a time limit. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { BUILD } from "../../hosts/desktop/build/tools.mjs";
import { available, motion } from "../system.mjs";

export const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
/** Folder of programs that play with client libraries, and of the npm packages that they need. */
export const CLIENTS = path.join(HERE, "../clients");
/** This process's own output folder: test groups run side by side. */
export const OUT = path.join(BUILD, "interop", String(process.pid));
process.on("exit", () => rmSync(OUT, { recursive: true, force: true }));
/** Debian's OpenCV belongs to the system's Python, even if another Python is first in PATH. */
export const PYTHON = available(["/usr/bin/python3", "-c", "import cv2"]) ? "/usr/bin/python3" : "python3";

/** Clients by name, and the commands that succeed if the client is installed. */
const programs = {
	"ffmpeg": [["ffmpeg", "-version"]],
	"ffprobe": [["ffprobe", "-version"]],
	"GStreamer": ["rtspsrc", "rtpjpegdepay", "jpegdec", "videoconvert"].map(
		element => ["gst-inspect-1.0", "--exists", element],
	),
	"OpenCV": [[PYTHON, "-c", "import cv2"]],
	"mpv": [["mpv", "--version"]],
	// from live555, which Debian 12 does not have
	"openRTSP": [["sh", "-c", "command -v openRTSP"]],
	"testRTSPClient": [["sh", "-c", "command -v testRTSPClient"]],
	"tshark": [["tshark", "--version"]],
	"media-stream-library": [[process.execPath, path.join(CLIENTS, "media-stream-library.mjs")]],
	"node-av": [[process.execPath, path.join(CLIENTS, "newest-ffmpeg.mjs")]],
	"GStreamer in Python": [["/usr/bin/python3", "-c",
		"import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst"]],
	"Python's HTTP clients": [["/usr/bin/python3", "-c", "import aiohttp, httpx, requests"]],
	"GStreamer's RTSP server": [["/usr/bin/python3", "-c",
		"import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"]],
	"Motion": [[motion() ? "true" : "false"]],
};
const found = new Map();

export function has(program) {
	if (!found.has(program))
		found.set(program, programs[program].every(check => available(check)));
	return found.get(program);
}

/** Thrown by a test that cannot run here. The message names the missing part. */
export class Skip extends Error {}

/** A failed assertion of a test. */
export class Failure extends Error {}

/** Thrown if all received frames are right but some are missing. On a busy machine, the server skips frames for a slow
 *  client. This proves nothing about the server, so the test is repeated and fails at the third gap. */
export class Gap extends Failure {}

export function check(condition, message) {
	if (!condition)
		throw new Failure(message);
}

export function equal(actual, expected, what) {
	if (actual !== expected)
		throw new Failure(`${what} is ${actual}, not ${expected}`);
}

/** Asserts that two buffers are equal. The message has the offset of the first difference. */
export function sameBytes(actual, expected, what) {
	if (Buffer.compare(actual, expected) === 0)
		return;
	const length = Math.min(actual.length, expected.length);
	let at = 0;
	while (at < length && actual[at] === expected[at])
		at++;
	throw new Failure(`${what}: ${actual.length} bytes, ${expected.length} expected, first difference at ${at}`);
}

export const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Waits until `condition()` is true. */
export async function until(condition, what, timeout = 15_000) {
	const deadline = Date.now() + timeout;
	while (!condition()) {
		if (Date.now() > deadline)
			throw new Failure(`${what}: not in ${timeout} ms`);
		await sleep(20);
	}
}

/** Calls a function with each item, for `count` of them at a time. */
export async function sideBySide(items, body, count) {
	const rest = [...items];
	await Promise.all(Array.from({ length: count }, async () => {
		while (rest.length)
			await body(rest.shift());
	}));
}

/** Runs a suite: the function of its name in the file of its name. One that cannot run is a failed test.
 *  @param {(name: string) => Promise<object>} load imports the file
 *  @param {object} [target] what the suite gives its tests to */
export async function runSuite(tests, name, load, target = tests) {
	try {
		await (await load(name))[name](target);
	}
	catch (error) {
		await tests.test(`suite-${name}-runs`, [], () => Promise.reject(error));
	}
}

/** Counts tests and keeps their lines. */
export class Tests {
	passed = 0;
	failed = 0;
	skipped = 0;
	lines = [];
	#log;
	#only;

	/** @param {RegExp} [options.only] runs only tests whose names match */
	constructor({ log = () => {}, only } = {}) {
		this.#log = log;
		this.#only = only;
	}

	/** Runs one test.
	 *  @param {string} name the behaviour under test
	 *  @param {string[]} needs names of required programs; the test is skipped if one is missing
	 *  @param {() => Promise<string|void>} body throws on failure; may return a measurement, which is shown
	 *  @param {number} [timeout] milliseconds */
	async test(name, needs, body, timeout = 90_000) {
		if (this.#only && !this.#only.test(name))
			return;
		const missing = needs.filter(program => !has(program));
		if (missing.length) {
			this.#skip(name, missing.join(", "));
			return;
		}
		const gaps = [];
		for (;;) {
			let timer;
			try {
				const late = new Promise((_resolve, reject) =>
					timer = setTimeout(() => reject(new Failure(`not finished in ${timeout} ms`)), timeout)
				);
				const note = await Promise.race([body(), late]);
				const notes = [note, ...gaps].filter(Boolean);
				this.passed++;
				this.#line(`ok ${name}${notes.length ? ` (${notes.join("; ")})` : ""}`);
				return;
			}
			catch (error) {
				if (error instanceof Skip) {
					this.#skip(name, error.message);
					return;
				}
				if (error instanceof Gap && gaps.length < 2) {
					gaps.push(`earlier: ${error.message}`);
					continue;
				}
				this.failed++;
				this.#line(`not ok ${name}: ${error instanceof Failure ? error.message : error.stack ?? error}`);
				return;
			}
			finally {
				clearTimeout(timer);
			}
		}
	}

	#skip(name, what) {
		this.skipped++;
		this.#line(`skip ${name}: ${what}`);
	}

	#line(text) {
		this.lines.push(text);
		this.#log(text);
	}
}

/** Runs a program to its end; kills it after `timeout` milliseconds.
 *  @returns {Promise<{status: number|null, stdout: Buffer, stderr: string, late: boolean}>} status is null if a signal
 *  ended the program; late is true if it was killed */
export function execute(command, args, { timeout = 40_000, input, env = {}, onChild } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: [input ? "pipe" : "ignore", "pipe", "pipe"],
			env: { ...process.env, ...env } });
		const stdout = [];
		let stderr = "", late = false;
		const timer = setTimeout(() => {
			late = true;
			child.kill("SIGKILL");
		}, timeout);
		child.stdout.on("data", data => stdout.push(data));
		child.stderr.on("data", data => stderr += data);
		child.on("error", error => {
			clearTimeout(timer);
			reject(error);
		});
		child.on("close", status => {
			clearTimeout(timer);
			resolve({ status, stdout: Buffer.concat(stdout), stderr, late });
		});
		if (input) {
			child.stdin.on("error", () => {});
			child.stdin.end(input);
		}
		onChild?.(child);
	});
}

/** ffmpeg numbers its output in frame intervals of the SDP. On a busy machine, two frames may be closer than that and
 *  get the same number. Both are valid, and ffmpeg writes both. For UDP, it tries random ports until one is free. */
export const FFMPEG_NOISE = /non monotonically increasing dts to muxer|bind failed: Address already in use/;

/** @returns {string[]} the lines on stderr that do not match `noise` */
export function complaints(stderr, noise) {
	return String(stderr).split("\n").filter(line => line.trim() && !noise?.test(line));
}

/** Runs a program that has to succeed without other lines on stderr than those that match `noise`.
 *  @param {(stderr: string) => boolean} [options.forgive] returns true if a status other than 0 can be ignored
 *  @returns {Promise<Buffer>} its standard output */
export async function succeed(command, args, { noise, forgive, ...options } = {}) {
	const { status, stdout, stderr, late } = await execute(command, args, options);
	if (status !== 0 && !late && forgive?.(stderr))
		return stdout;
	const complaint = complaints(stderr, noise).slice(0, 8).join(" | ");
	check(!late, `${path.basename(command)} did not end in time: ${complaint}`);
	check(status === 0, `${path.basename(command)}: exit status ${status}: ${complaint}`);
	check(!complaint, `${path.basename(command)}: ${complaint}`);
	return stdout;
}
