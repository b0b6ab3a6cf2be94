// SPDX-License-Identifier: MIT
/**
 * C tests of the simulated camera's core: builds them with ASan and UBSan in build/tests-simulator/ and runs them. If
 * ffmpeg is installed, it decodes the encoder's images.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, "../../..");
const OUT = path.join(ROOT, "build/tests-simulator");
const CORE = path.join(ROOT, "hosts/simulator/core");
const CC = process.env.CC ?? "cc";
const FLAGS = [
	"-std=c11",
	"-O2",
	"-g",
	"-Wall",
	"-Wextra",
	"-Wconversion",
	"-Wno-sign-conversion",
	"-Werror",
	"-fsanitize=address,undefined",
	"-fno-sanitize-recover=all",
];
/** Samples, each with the minimum PSNR between the card as drawn and as decoded by ffmpeg, dB. */
const SAMPLES = [
	{ name: "vga-422", format: "yuvj422p", least: 30 },
	{ name: "cif-420", format: "yuvj420p", least: 30 },
	{ name: "qqvga-422", format: "yuvj422p", least: 48 },
	{ name: "uxga-422", format: "yuvj422p", least: 30 },
];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines:
 *  string[]}>} one line per test, failures with their reason */
export async function run() {
	const result = { passed: 0, failed: 0, skipped: 0, lines: [] };
	const report = (kind, line) => {
		result[kind]++;
		result.lines.push(line);
	};
	mkdirSync(OUT, { recursive: true });
	const built = await Promise.all([
		build("encoder_test", [path.join(ROOT, "modules/jpeg/core/jpeg_scan.c")], report),
		build("card_test", [path.join(CORE, "test_card.c")], report),
		build("replay_test", [path.join(CORE, "replay.c"), path.join(CORE, "picture.c"),
			path.join(ROOT, "modules/jpeg/core/jpeg_scan.c")], report),
		build("look_test", [path.join(CORE, "look.c"), path.join(CORE, "test_card.c")], report),
	]);
	const replayed = folderToReplay();
	for (const program of built) {
		if (!program)
			continue;
		const { status, output } = await execute(program, program === built[2] ? [replayed] : []);
		for (const line of output.split("\n")) {
			if (line.startsWith("ok "))
				report("passed", line);
			else if (line.startsWith("not ok "))
				report("failed", line);
			else if (line)
				result.lines.push(line);
		}
		if (status !== 0 && !/^not ok /m.test(output))
			report("failed", `not ok ${path.basename(program)}: exit status ${status}`);
	}
	if (built[1])
		await compareWithFfmpeg(built[1], report);
	return result;
}

/** @returns a folder as replay_test.c describes it */
function folderToReplay() {
	const folder = path.join(OUT, "replayed"), vectors = path.join(ROOT, "tests/vectors");
	mkdirSync(folder, { recursive: true });
	copyFileSync(path.join(vectors, "odd-227x149.jpg"), path.join(folder, "a-odd.jpg"));
	writeFileSync(path.join(folder, "b-text.jpg"), "no image\n");
	writeFileSync(path.join(folder, "c.txt"), "no image either\n");
	const image = readFileSync(path.join(vectors, "ov2640-svga.jpg"));
	writeFileSync(path.join(folder, "d-svga.JPEG"), Buffer.concat([image, Buffer.from("padding")]));
	return folder;
}

async function build(name, sources, report) {
	const program = path.join(OUT, name);
	const files = [path.join(HERE, `${name}.c`), path.join(HERE, "reference_decoder.c"),
		path.join(CORE, "jpeg_encoder.c"), ...sources];
	const { status, output } = await execute(CC, [...FLAGS, "-o", program, ...files, "-lm"]);
	if (status === 0)
		return program;
	report("failed", `not ok ${name} compiles: ${output}`);
	return undefined;
}

async function compareWithFfmpeg(program, report) {
	const { status } = await execute(program, [OUT]);
	if (status !== 0) {
		report("failed", `not ok samples are written: exit status ${status}`);
		return;
	}
	for (const { name, format, least } of SAMPLES) {
		const test = `ffmpeg-shows-the-card-as-drawn ${name}`;
		const decoded = path.join(OUT, `${name}.ffmpeg.yuv`);
		const { status, output } = await execute("ffmpeg", [
			"-v",
			"warning",
			"-y",
			"-i",
			path.join(OUT, `${name}.jpg`),
			"-f",
			"rawvideo",
			"-pix_fmt",
			format,
			decoded,
		]);
		if (status === "ENOENT") {
			report("skipped", `skipped ${test}: ffmpeg is not installed`);
			continue;
		}
		/* swscale warns about the deprecated format name, which every version understands;
		 * other warnings concern the image */
		const warnings = output.split("\n").filter(line => line && !line.includes("deprecated pixel format"));
		if (status !== 0 || warnings.length) {
			report("failed", `not ok ${test}: ${warnings.join(" ") || `exit status ${status}`}`);
			continue;
		}
		const alike = likeness(readFileSync(path.join(OUT, `${name}.yuv`)), readFileSync(decoded));
		report(alike >= least ? "passed" : "failed",
			`${alike >= least ? "ok" : "not ok"} ${test}: ${alike.toFixed(1)} dB`);
	}
}

/** PSNR of two buffers of samples, dB; 0 if their lengths differ. */
function likeness(a, b) {
	if (a.length !== b.length)
		return 0;
	let sum = 0;
	for (let i = 0; i < a.length; i++)
		sum += (a[i] - b[i]) ** 2;
	return sum === 0 ? 99 : 10 * Math.log10(255 * 255 * a.length / sum);
}

function execute(command, args) {
	return new Promise(resolve => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		child.stdout.on("data", data => output += data);
		child.stderr.on("data", data => output += data);
		child.on("error", error => resolve({ status: error.code, output: error.message }));
		child.on("close", (status, signal) => resolve({ status: status ?? signal, output }));
	});
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { passed, failed, skipped, lines } = await run();
	for (const line of lines)
		console.log(line);
	console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
	process.exitCode = failed ? 1 : 0;
}
