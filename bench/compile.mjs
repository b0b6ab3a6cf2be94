// SPDX-License-Identifier: MIT
/** Compiles the benchmarks' own programs. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { BUILD, digest, once, run, stateOf } from "../hosts/desktop/build/tools.mjs";

const FOLDER = path.join(BUILD, "bench");

/**
 * Compiles and links a program, unless it is up to date.
 *
 * @param {string} name of the program
 * @param {string[]} sources paths
 * @param {object} [options]
 * @param {string} [options.compiler]
 * @param {string[]} [options.flags] before the sources
 * @param {string[]} [options.libraries] after the sources
 * @returns {Promise<string>} its path
 */
export async function compile(name, sources, { compiler = process.env.CC ?? "cc", flags = [], libraries = [] } = {}) {
	const program = path.join(FOLDER, name);
	const command = ["-O2", ...flags, "-o", program, ...sources, ...libraries];
	mkdirSync(FOLDER, { recursive: true });
	await once(`${program}.stamp`, digest(compiler, command, stateOf(sources), stateOf([program])),
		() => run(compiler, command));
	return program;
}
