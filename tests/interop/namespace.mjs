// SPDX-License-Identifier: MIT
/**
 * A network namespace that has nothing but a loopback, with multicast on it: what runs there reaches nobody, and the
 * system's counters count its packets alone. Linux; for those who may (root, or where users may make namespaces).
 */
import { spawn, spawnSync } from "node:child_process";

const PREPARE = "ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo";

/** @returns {string[] | undefined} program and arguments in front of a command that is to run there; undefined where
 *  that is not possible */
export function isolation() {
	for (const flags of ["-n", "-rn"]) {
		const command = ["unshare", flags, "sh", "-c", `${PREPARE} && exec "$@"`, "sh"];
		if (spawnSync(command[0], [...command.slice(1), "true"], { stdio: "ignore" }).status === 0)
			return command;
	}
	return undefined;
}

/** Runs a program, and ends it by its own process id when it takes too long.
 *  @returns {Promise<{status: number | null, stdout: string, stderr: string}>} status null when it was ended */
export function execute(program, args, { timeout = 30_000, env = process.env } = {}) {
	return new Promise(resolve => {
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
		let stdout = "", stderr = "";
		child.stdout.on("data", data => stdout += data);
		child.stderr.on("data", data => stderr += data);
		const late = setTimeout(() => child.kill("SIGKILL"), timeout);
		child.on("error", error => stderr += error.message);
		child.on("close", status => {
			clearTimeout(late);
			resolve({ status, stdout, stderr });
		});
	});
}
