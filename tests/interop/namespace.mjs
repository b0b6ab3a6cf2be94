// SPDX-License-Identifier: MIT
/**
 * Runs programs in a network namespace that has only a loopback interface, with multicast. They cannot reach other
 * machines, and the system's counters count only their packets. Needs Linux, and root or the permission to create user
 * namespaces.
 */
import { spawn, spawnSync } from "node:child_process";

const PREPARE = "ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo";

/** @returns {string[] | undefined} program and arguments to put in front of a command; undefined if namespaces are not
 *  available */
export function isolation() {
	for (const flags of ["-n", "-rn"]) {
		const command = ["unshare", flags, "sh", "-c", `${PREPARE} && exec "$@"`, "sh"];
		if (spawnSync(command[0], [...command.slice(1), "true"], { stdio: "ignore" }).status === 0)
			return command;
	}
	return undefined;
}

/** Runs a program and kills it, by its process id, after `timeout` milliseconds.
 *  @returns {Promise<{status: number | null, stdout: string, stderr: string}>} status is null if it was killed */
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
