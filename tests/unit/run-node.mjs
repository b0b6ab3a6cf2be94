// SPDX-License-Identifier: MIT
/**
 * Runs the unit tests of the pure modules in Node: `node tests/unit/run-node.mjs`.
 * The same sources run in XS. There the module loader resolves names like "rtp/clock"; in Node, a hook does.
 * The project's TypeScript compiles them, or the compiler that the environment variable TSC names.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import path, { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import "./natives.mjs";
import { bench } from "./bench.mjs";
import { manifests } from "./manifests.mjs";
import { settingsTable } from "./settingstable.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const output = join(root, "build", "unit");

/** Folders of modules that the tests import by name. */
const FOLDERS = ["camera", "common", "discovery", "discovery/dns", "discovery/ws", "hash", "http", "http/api",
	"http/page", "network", "octets", "onvif", "push", "rtp", "rtsp", "settings", "soap", "sockets", "stream"];

/** Compiles the modules and their tests.
 *  @param {(load: (name: string) => object) => Result} use is given a function that loads a module by name
 *  @returns {Promise<Result>}
 *  @template Result */
export async function compiled(use) {
	compile();
	const require = createRequire(join(output, "package.json"));
	const resolve = Module._resolveFilename;
	Module._resolveFilename = function (request, ...rest) {
		const own = FOLDERS.includes(path.posix.dirname(request)) ? join(output, "modules", `${request}.js`) : request;
		return resolve.call(this, own, ...rest);
	};
	try {
		return await use(require);
	}
	finally {
		Module._resolveFilename = resolve;
	}
}

/** @returns {Promise<{ passed: number, failed: number, skipped: number, lines: string[] }>} */
export function run() {
	return compiled(load => {
		const lines = [], print = line => lines.push(line);
		load("./tests/unit/all.js").run(print);
		manifests(print);
		bench(print);
		settingsTable(print, load);
		const count = start => lines.filter(line => line.startsWith(start)).length;
		return { passed: count("ok "), failed: count("not ok "), skipped: 0, lines };
	});
}

function compile() {
	const own = join(root, "node_modules", "typescript", "bin", "tsc");
	const compiler = existsSync(own) ? own : process.env.TSC;
	if (!compiler)
		throw new Error("No TypeScript compiler. Run `npm install`, or set TSC to its path.");
	rmSync(output, { recursive: true, force: true });
	mkdirSync(output, { recursive: true });
	writeFileSync(join(output, "package.json"), `{"type":"commonjs"}\n`);
	execFileSync(process.execPath, [compiler, "-p", join(here, "tsconfig.commonjs.json")], { stdio: "inherit" });
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
	const { passed, failed, lines } = await run();
	for (const line of lines) {
		if (!line.startsWith("ok "))
			console.log(line);
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}
