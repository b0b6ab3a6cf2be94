// SPDX-License-Identifier: MIT
/** Compiles the program as mcconfig does for the Moddable simulator, with its own modules in place of the native ones.
 *  The desktop's build never sees those. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** @returns {string[]} the compiler's complaints */
export function simulatorFaults(root) {
	const folder = path.join(root, "build/simulator-types"), project = path.join(folder, "tsconfig.json");
	const { compilerOptions } = JSON.parse(readFileSync(path.join(root, "tsconfig.json"), "utf8"));
	const { modules } = JSON.parse(readFileSync(path.join(root, "hosts/simulator/sockets.json"), "utf8"));
	const own = Object.entries(modules).filter(([, file]) => file.startsWith("./")).map((
		[name, file],
	) => [name, [path.join("hosts/simulator", file)]]);
	if (!own.some(([name]) => name === "fanout"))
		return ["hosts/simulator/sockets.json names no fanout of its own"];
	const paths = Object.entries({ ...compilerOptions.paths, ...Object.fromEntries(own),
		host: ["hosts/simulator/host"] });
	const absolute = paths.map(([name, files]) => [name, files.map(file => path.join(root, file))]);
	mkdirSync(folder, { recursive: true });
	writeFileSync(project, JSON.stringify({
		extends: path.join(root, "tsconfig.json"),
		compilerOptions: { noEmit: true, incremental: false, paths: Object.fromEntries(absolute) },
		include: ["main.ts", "services.ts", "types/**/*.d.ts", "modules/**/*.ts", "hosts/simulator/**/*.ts"].map(
			pattern => path.join(root, pattern),
		),
	}));
	const { status, stdout } = spawnSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p",
		project], { encoding: "utf8" });
	return status === 0 ? [] : stdout.trim().split("\n");
}
