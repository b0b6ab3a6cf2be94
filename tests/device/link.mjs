// SPDX-License-Identifier: MIT
/** The programs that connect a device to this machine: gateway.c, through libslirp, and tap.c, through an interface of
 *  the system's; and storm.c, bad clients. */
import path from "node:path";
import { CC } from "../../hosts/desktop/build/engine.mjs";
import { BUILD, ROOT, digest, once, run, stateOf } from "../../hosts/desktop/build/tools.mjs";

/** @returns {Promise<string>} the program's path
 *  @throws {Error} where it cannot be compiled: gateway needs libslirp's headers */
export async function linkProgram(name) {
	const source = path.join(ROOT, "tests/device/link", `${name}.c`), program = path.join(BUILD, "link", name);
	const libraries = name === "gateway" ? ["-lslirp"] : [];
	await once(`${program}.stamp`, digest(CC, libraries, stateOf([source])), async () => {
		await run("mkdir", ["-p", path.dirname(program)]);
		await run(CC, ["-O2", "-g", "-Wall", "-Wextra", source, "-o", program, ...libraries]);
	});
	return program;
}

/** @returns {Promise<(ports: {port: number, udpPort: number}) => string[]>} what to put in front of a camera's program:
 *  it is reached at
 *  127.0.0.1, at the same ports as one on the system's network */
export async function gateway() {
	const program = await linkProgram("gateway");
	return ({ port, udpPort }) => [program, `tcp=${port}`, `udp=${udpPort}`, `udp=${udpPort + 1}`];
}
