// SPDX-License-Identifier: MIT
/**
 * Compiles and runs the tests of the engine-free C: with plain `cc`, AddressSanitizer and UndefinedBehaviorSanitizer,
 * then the fuzz target on its corpus, then libFuzzer for a limited time if clang has it.
 *
 *   node tests/c/run.mjs                       FUZZ_SECONDS=300 node tests/c/run.mjs
 */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runAlone } from "../alone.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const build = join(root, "build/tests-c");
const core = join(root, "modules/jpeg/core");
const octets = join(root, "modules/octets/core"), rtsp = join(root, "modules/rtsp/core"),
	hash = join(root, "modules/hash/core"), http = join(root, "modules/http/core");
const device = join(root, "hosts/esp32/network"), sockets = join(root, "hosts/sockets");
const vectors = join(root, "tests/vectors");
const corpus = join(here, "corpus");

const flags = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fno-sanitize-recover=all",
	...[core, octets, rtsp, hash, http, device, sockets, here].flatMap(folder => ["-I", folder])];
const sources = ["jpeg_scan.c", "rtp_jpeg.c"].map(name => join(core, name));
const programs = {
	test_jpeg_scan: sources,
	test_rtp_jpeg: sources,
	test_octets: ["octet_text.c", "octet_base64.c", "octet_words.c"].map(name => join(octets, name)),
	test_rtsp_head: [join(rtsp, "rtsp_head.c"), ...["octet_text.c", "octet_words.c"].map(name => join(octets, name))],
	test_hash: ["hash_blocks.c", "hash_md5.c", "hash_sha1.c", "hash_sha256.c"].map(name => join(hash, name)),
	test_multipart: [join(http, "multipart.c")],
	test_udp_batch: [join(root, "hosts/desktop/io/udpbatch.c")],
	test_restart_record: [join(device, "restart_record.c")],
};

// The core allocates nothing: only the harness could leak, after a failed check.
const environment = { ...process.env, ASAN_OPTIONS: "detect_leaks=0", UBSAN_OPTIONS: "print_stacktrace=1" };

/** Runs a program. @returns {Promise<{code: number, output: string}>} code 127 if it cannot be started */
function execute(file, args) {
	return new Promise(resolve => {
		execFile(file, args, { cwd: root, env: environment, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
			const code = error ? (typeof error.code === "number" ? error.code : error.code === "ENOENT" ? 127 : 1) : 0;
			resolve({ code, output: stdout + stderr });
		});
	});
}

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ seconds = Number(process.env.FUZZ_SECONDS ?? 20), log = () => {} } = {}) {
	const result = { passed: 0, failed: 0, skipped: 0, lines: [] };
	const line = text => {
		if (text.startsWith("ok "))
			result.passed += 1;
		else if (text.startsWith("not ok "))
			result.failed += 1;
		else if (text.startsWith("skipped: "))
			result.skipped += 1;
		result.lines.push(text);
		log(text);
	};
	const trouble = (name, { code, output }) => line(`not ok ${name}: exit ${code}\n${output.trimEnd()}`);
	/** Forwards the lines of a test program. A crash counts as one more failure. */
	const report = (name, { code, output }) => {
		const lines = output.trimEnd().split("\n");
		const failures = lines.filter(text => text.startsWith("not ok ")).length;
		for (const text of lines.filter(text => /^(ok|not ok|#) /.test(text)))
			line(text);
		if (code && !failures)
			trouble(name, { code, output: lines.filter(text => !/^ok /.test(text)).join("\n") });
	};

	mkdirSync(build, { recursive: true });

	for (const [name, parts] of Object.entries(programs)) {
		const program = join(build, name);
		const compiled = await execute("cc", [...flags, "-fsanitize=address,undefined", join(here, `${name}.c`),
			...parts, "-o", program]);
		if (compiled.code)
			trouble(`compile-${name}`, compiled);
		else
			report(name, await execute(program, [vectors]));
	}

	const seeds = readdirSync(corpus).sort().map(name => relative(root, join(corpus, name)));
	const frames = readdirSync(vectors).filter(name => name.endsWith(".jpg")).sort().map(name =>
		relative(root, join(vectors, name))
	);
	const target = join(here, "fuzz_jpeg.c");
	const replay = join(build, "fuzz_replay");
	const compiled = await execute("cc", [...flags, "-DFUZZ_STANDALONE", "-fsanitize=address,undefined", target,
		...sources, "-o", replay]);
	if (compiled.code)
		trouble("compile-fuzz-replay", compiled);
	else
		report("fuzz-corpus-replays", await execute(replay, [...seeds, ...frames]));

	const fuzz = join(build, "fuzz_jpeg");
	const probe = seconds > 0
		? await execute("clang", [...flags, "-O2", "-fsanitize=fuzzer,address,undefined", target, ...sources, "-o",
			fuzz])
		: undefined;
	if (!probe)
		line("skipped: fuzz (FUZZ_SECONDS is 0)");
	else if (probe.code === 127
		|| /fuzzer.*(No such file|cannot find|not found|unsupported)|(cannot find|unsupported).*fuzzer/is.test(
			probe.output,
		))
		line("skipped: fuzz (no clang with libFuzzer)");
	else if (probe.code)
		trouble("compile-fuzz", probe);
	else {
		// libFuzzer writes its findings to a separate folder, so that the committed corpus does not change.
		const found = mkdtempSync(join(build, "found-"));
		const outcome = await execute(fuzz, [`-max_total_time=${seconds}`, "-max_len=4096", "-timeout=10",
			"-rss_limit_mb=1024", "-print_final_stats=1", `-artifact_prefix=${build}/`, found, corpus]);
		rmSync(found, { recursive: true, force: true });
		const runs = /stat::number_of_executed_units:\s*(\d+)/.exec(outcome.output)?.[1] ?? "?";
		if (outcome.code)
			trouble("fuzz", { code: outcome.code, output: outcome.output.split("\n").slice(-40).join("\n") });
		else
			line(`ok fuzz (${seconds} s, ${runs} inputs)`);
	}
	return result;
}

await runAlone(import.meta.url, run);
