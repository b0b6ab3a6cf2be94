// SPDX-License-Identifier: MIT
/** Helpers of the build steps: running programs, working in parallel, skipping steps that are up to date. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const BUILD = path.join(ROOT, "build");

/** Runs a program and waits for its exit.
 *  @returns its output
 *  @throws Error with the output, if the program fails */
export function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], ...options });
		let output = "";
		child.stdout?.on("data", data => output += data);
		child.stderr?.on("data", data => output += data);
		child.on("error", error =>
			reject(
				new Error(error.code === "ENOENT" ? `${command} is not installed` : `${command}: ${error.message}`),
			));
		child.on("close", (status, signal) => {
			if (status === 0)
				resolve(output);
			else
				reject(
					Object.assign(
						new Error(`${command} ${args.join(" ")}\n${output}${signal ?? `exit status ${status}`}`),
						{ output },
					),
				);
		});
	});
}

/** Runs `work` on each item, with as many in parallel as the machine has cores. */
export async function each(items, work) {
	const queue = [...items];
	const worker = async () => {
		for (let item; (item = queue.shift()) !== undefined;)
			await work(item);
	};
	await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
}

export function digest(...values) {
	const hash = createHash("sha256");
	for (const value of values)
		hash.update(typeof value === "string" || value instanceof Uint8Array ? value : JSON.stringify(value)).update(
			"\0",
		);
	return hash.digest("hex");
}

/** Digest of the names, sizes and modification times of files. */
export function stateOf(files) {
	return digest(files.map(file => {
		const stat = statSync(file, { throwIfNoEntry: false });
		return stat ? [file, stat.size, stat.mtimeMs] : [file];
	}));
}

/** Runs `work` unless the file `stamp` shows that it was last done for the same `key`.
 *  @returns whether it ran */
export async function once(stamp, key, work) {
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === key)
		return false;
	await work();
	mkdirSync(path.dirname(stamp), { recursive: true });
	writeFileSync(stamp, key);
	return true;
}

export function writeIfChanged(file, text) {
	if (existsSync(file) && readFileSync(file, "utf8") === text)
		return;
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, text);
}
