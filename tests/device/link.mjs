// SPDX-License-Identifier: MIT
/** Builds the programs of link/. gateway.c connects a device to this machine through libslirp, tap.c through an
 *  interface of the system. storm.c simulates bad clients. */
import path from "node:path";
import { CC } from "../../hosts/desktop/build/engine.mjs";
import { BUILD, ROOT, digest, once, run, stateOf } from "../../hosts/desktop/build/tools.mjs";

/** Compiles a program, unless it is up to date.
 *  @returns {Promise<string>} path of the program
 *  @throws {Error} if it cannot be compiled; gateway needs libslirp's headers */
export async function linkProgram(name) {
	const source = path.join(ROOT, "tests/device/link", `${name}.c`), program = path.join(BUILD, "link", name);
	const libraries = name === "gateway" ? ["-lslirp"] : [];
	await once(`${program}.stamp`, digest(CC, libraries, stateOf([source])), async () => {
		await run("mkdir", ["-p", path.dirname(program)]);
		await run(CC, ["-O2", "-g", "-Wall", "-Wextra", source, "-o", program, ...libraries]);
	});
	return program;
}

/** @returns {Promise<(ports: {tcpPorts: number[], udpPort: number}) => string[]>} function that returns the words to
 *  put in front of a camera's command. Clients reach the camera at 127.0.0.1, at the same ports as without a gateway */
export async function gateway() {
	const program = await linkProgram("gateway");
	return (
		{ tcpPorts, udpPort },
	) => [program, ...tcpPorts.map(port => `tcp=${port}`), `udp=${udpPort}`, `udp=${udpPort + 1}`];
}
