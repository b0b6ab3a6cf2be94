// SPDX-License-Identifier: MIT
/**
 * The programs that format and check: dprint and oxlint, which package-lock.json pins, clang-format and ShellCheck,
 * where the system has them. `node tests/lint/tools.mjs` formats every source.
 */
import { createFromBuffer } from "@dprint/formatter";
import { getPath } from "@dprint/typescript";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { sources } from "./sources.mjs";

/** Debian 12's. Another one wraps some lines otherwise. */
const CLANG_FORMAT = 14;

/** @returns {{ program: string, status: number | null, output: string, missing: boolean }} */
function execute(program, args) {
	const env = { ...process.env, NO_COLOR: "1" };
	const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: "utf8", env,
		maxBuffer: 1 << 26 });
	return { program, status, output: (stdout ?? "") + (stderr ?? ""), missing: error?.code === "ENOENT" };
}

/** @returns {string[]} the lines that name a place, "file:line:column: …"; what else was said, where a program fails
 *  without */
function placesOf({ program, status, output }) {
	if (status === 0)
		return [];
	const places = output.split("\n").filter(line => /^[^\s:]+:\d+:\d+: /.test(line));
	return places.length ? places : [`${path.basename(program)} ended with ${status}: ${output.trim()}`];
}

/** @returns {string | undefined} why C is not formatted here */
export function withoutClangFormat() {
	const { output, missing } = execute("clang-format", ["--version"]);
	const version = / version (\d+)/.exec(output)?.[1];
	if (missing || !version)
		return "clang-format is not installed";
	return Number(version) === CLANG_FORMAT
		? undefined
		: `clang-format is ${version}, the style is that of ${CLANG_FORMAT}`;
}

export function withoutShellCheck() {
	return execute("shellcheck", ["--version"]).missing ? "shellcheck is not installed" : undefined;
}

/** Formats with dprint, as dprint.json says. The program reads that file as well; it is not needed here.
 *  @returns {{ file: string, text: string }[]} TypeScript and JavaScript that is written otherwise, and how it should
 *  be */
function reformatted() {
	const formatter = createFromBuffer(readFileSync(getPath()));
	const { typescript, plugins, includes, excludes, ...common } = JSON.parse(
		readFileSync(path.join(ROOT, "dprint.json"), "utf8"),
	);
	formatter.setConfig(common, typescript);
	const faults = formatter.getConfigDiagnostics();
	if (faults.length)
		throw new Error(
			`dprint.json: ${faults.map(({ propertyName, message }) => `${propertyName}: ${message}`).join("; ")}`,
		);
	// what it has written, it may wrap differently when it reads it again
	const settle = (filePath, fileText) => {
		for (let pass = 0; pass < 5; pass++) {
			const text = formatter.formatText({ filePath, fileText });
			if (text === fileText)
				break;
			fileText = text;
		}
		return fileText;
	};
	return sources(["ts", "mjs", "js"]).flatMap(file => {
		const before = readFileSync(path.join(ROOT, file), "utf8"), text = settle(file, before);
		return text === before ? [] : [{ file, text }];
	});
}

/** @returns {string[]} TypeScript and JavaScript that dprint would write otherwise */
export function unformatted() {
	return reformatted().map(({ file }) => file);
}

/** @returns {string[]} C that clang-format would write otherwise */
export function unformattedC() {
	const places = placesOf(execute("clang-format", ["--dry-run", "-Werror", ...sources(["c", "h"])]));
	const counts = new Map();
	for (const place of places) {
		const file = /^[^\s:]+(?=:\d+:\d+: )/.exec(place)?.[0] ?? place;
		counts.set(file, (counts.get(file) ?? 0) + 1);
	}
	return [...counts].map(([file, count]) => `${file}: ${count}`);
}

/** @returns {string[]} of oxlint, .oxlintrc.json */
export function findings() {
	return placesOf(execute(path.join(ROOT, "node_modules/.bin/oxlint"), ["--format", "unix"]));
}

export function shellFindings() {
	return placesOf(execute("shellcheck", ["--format=gcc", ...sources(["sh"])]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	for (const { file, text } of reformatted()) {
		writeFileSync(path.join(ROOT, file), text);
		console.log(file);
	}
	const why = withoutClangFormat();
	if (why)
		console.log(`C is not formatted: ${why}`);
	else {
		const { status, output } = execute("clang-format", ["-i", ...sources(["c", "h"])]);
		process.stdout.write(output);
		process.exitCode = status;
	}
}
