// SPDX-License-Identifier: MIT
/** Runs one build with mcconfig, without flashing or launching. */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../boards/program.mjs";

const SIGNALS = ["SIGINT", "SIGTERM"];

/** @param platform as for mcconfig's -p
 *  @param output folder of all builds
 *  @returns the folder that mcconfig makes for this build */
export function buildFolder(platform, debug, output) {
	const [system, target = ""] = platform.split(/[/:](.*)/);
	const device = system === "esp32" ? path.basename(target) : "mc";
	return path.join(output, "tmp", system, device, debug ? "debug" : "release", path.basename(ROOT));
}

/** Finds the final product of a build.
 *  @returns undefined if it does not exist */
function product(platform, debug, output) {
	const folder = buildFolder(platform, debug, output);
	if (!platform.startsWith("esp32")) {
		const library = path.join(folder.replace(path.join(output, "tmp"), path.join(output, "bin")), "mc.so");
		return existsSync(library) ? { files: [library] } : undefined;
	}
	const project = existsSync(folder) ? readdirSync(folder).find(name => name.startsWith("xsProj-")) : undefined;
	if (!project)
		return undefined;
	const files = ["elf", "bin"].map(extension => path.join(folder, project, `build/xs_esp32.${extension}`));
	return files.every(existsSync) ? { files, project: path.join(folder, project) } : undefined;
}

/** Builds the program for a platform.
 *  @param timeout in seconds
 *  @returns {Promise<{project?: string, error?: string, log: string}>} project: folder of the ESP-IDF project, for
 *  boards */
export async function build(platform, debug, output, timeout) {
	mkdirSync(path.join(output, "log"), { recursive: true });
	const log = path.join(output, "log", `${platform.replace(/[/:]/g, "-")}-${debug ? "debug" : "release"}.log`);
	// mcconfig succeeds even if ESP-IDF's build fails; the product of an earlier build would pass for the result
	for (const file of product(platform, debug, output)?.files ?? [])
		rmSync(file);
	const ended = await run(["-m", ...debug ? ["-d"] : [], "-p", platform, "-t", "build", "-o", output], log, timeout);
	const made = product(platform, debug, output);
	return made ? { project: made.project, log } : { error: ended ?? "mcconfig has made no product", log };
}

/** @returns the reason of a failure, or undefined */
function run(parameters, log, timeout) {
	return new Promise(resolve => {
		const file = createWriteStream(log);
		const child = spawn("mcconfig", parameters, { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"] });
		let timedOut = false;
		const end = () => process.kill(-child.pid, "SIGTERM");
		const timer = setTimeout(() => {
			timedOut = true;
			end();
		}, timeout * 1000);
		const interrupted = () => {
			end();
			process.exit(130);
		};
		SIGNALS.forEach(signal => process.once(signal, interrupted));
		child.stdout.pipe(file, { end: false });
		child.stderr.pipe(file, { end: false });
		child.on("error", error => resolve(error.message));
		child.on("close", (status, signal) => {
			clearTimeout(timer);
			SIGNALS.forEach(signal => process.off(signal, interrupted));
			file.end(() =>
				resolve(
					timedOut
						? `not finished after ${timeout / 60} minutes`
						: status === 0
						? undefined
						: `mcconfig ended with ${status ?? signal}`,
				)
			);
		});
	});
}

/** @returns the error messages in a log, or its last lines if there are none */
export function faultLines(log) {
	const lines = readFileSync(log, "utf8").trimEnd().split("\n");
	const faults = lines.filter(line => /\berror\b[: ]|undefined reference|multiple definition|overflowed/i.test(line));
	return (faults.length ? faults.slice(0, 10) : lines.slice(-10)).map(line => `    ${line}`);
}
