// SPDX-License-Identifier: MIT
/** Compares the facts in tests/boards/sdk.mjs with an installed SDK. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { importsOf } from "../boards/dependencies.mjs";
import { readProgram } from "../boards/program.mjs";
import { FILES, POISONED } from "../boards/sdk.mjs";

const KNOWN_HEADERS = new Set(Object.keys(FILES).filter(file => FILES[file].h).map(file => `${path.basename(file)}.h`));

/** @returns the known headers that a C file includes, directly or through other C files */
function headersOf(file) {
	const result = [];
	for (const [, name] of readFileSync(file, "utf8").matchAll(/^\s*#include "([^"]+)"/gm)) {
		if (KNOWN_HEADERS.has(name))
			result.push(name);
		else if (name.endsWith(".c"))
			result.push(...headersOf(path.join(path.dirname(file), name)));
	}
	return result;
}

const functionsOf = file => [...readFileSync(file, "utf8").matchAll(/^\w+ \*?xs_(\w+)\(/gm)].map(match => match[1]);

const differ = (a, b) => [...a].sort().join() !== [...b].sort().join();

/** Checks the facts about files.
 *  @returns faults */
export function checkFiles(sdk) {
	const faults = [];
	for (const [file, { js, c, xs = [], h }] of Object.entries(FILES)) {
		const base = path.join(sdk, file), native = [".c", ".m"].map(extension => base + extension).find(existsSync);
		if (Boolean(js) !== existsSync(`${base}.js`) || Boolean(c) !== Boolean(native)
			|| Boolean(h) !== existsSync(`${base}.h`))
			faults.push(`${file}: the kinds of its files differ`);
		else {
			if (js && differ(js, importsOf(readFileSync(`${base}.js`, "utf8"), path.basename(file))))
				faults.push(
					`${file} imports `
						+ (importsOf(readFileSync(`${base}.js`, "utf8"), path.basename(file)).join(", ") || "nothing"),
				);
			if (c && differ(c, headersOf(native)))
				faults.push(`${file} includes ${headersOf(native).join(", ") || "nothing"}`);
			const other = native
				&& functionsOf(native).find(name => !xs.some(begin => `${name}_`.startsWith(`${begin}_`)));
			if (other)
				faults.push(`${file} defines xs_${other}`);
		}
	}
	const found = [...readFileSync(path.join(sdk, "xs/includes/xsmc.h"), "utf8").matchAll(/#pragma GCC poison (\w+)/g)]
		.map(match => match[1]);
	if (differ(found, POISONED))
		faults.push(`xs/includes/xsmc.h poisons ${found.join(", ")}`);
	return faults;
}

/** Compares the modules with those in mcconfig's makefile.
 *  @param folder the folder that mcconfig made
 *  @returns faults */
export function checkModules(platform, folder) {
	const makefile = readFileSync(path.join(folder, "makefile"), "utf8");
	const [, list] = /^MODULES =\\\n((?:.*\\\n)*.*)/m.exec(makefile) ?? [];
	const found = [...(list ?? "").matchAll(/\$\(MODULES_DIR\)\/(\S+?)\.xsb/g)].map(([, name]) =>
		name.replace(/^~\.(\w+)\//, "$1:")
	);
	const expected = [...readProgram(platform).modules.keys(), "mc/config"];
	return [
		...found.filter(name => !expected.includes(name)).map(name => `${platform}: mcconfig also has "${name}"`),
		...expected.filter(name => !found.includes(name)).map(name => `${platform}: mcconfig has no "${name}"`),
	];
}
