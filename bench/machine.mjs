// SPDX-License-Identifier: MIT
/** What the results depend on besides the program: kernel, compiler, engine. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../hosts/desktop/build/tools.mjs";

/** @returns {string} one sentence */
export function machine() {
	const ask = option => execFileSync(process.env.CC ?? "cc", [option], { encoding: "utf8" }).trim();
	const compiler = /clang/.test(ask("--version")) ? `clang ${ask("-dumpversion")}` : `gcc ${ask("-dumpfullversion")}`;
	const header = readFileSync(path.join(ROOT, "node_modules/@agoric/xsnap/moddable/xs/sources/xsCommon.h"), "utf8");
	const part = name => new RegExp(`define XS_${name}_VERSION (\\d+)`).exec(header)[1];
	return `Measured on ${os.arch()} ${os.type()} ${os.release().split("-")[0]} with ${compiler}, XS ${part("MAJOR")}.${
		part("MINOR")
	}, release build, and the default packet size of 1,400 bytes.`;
}
