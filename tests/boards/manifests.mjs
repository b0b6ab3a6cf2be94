// SPDX-License-Identifier: MIT
/**
 * Merges the boards' manifests like mcconfig: included manifests come first, and the manifest's own values win.
 * For `build` it is the other way round: mcconfig reads an included manifest later, and its values win.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** @returns {{build: object, config: object, defines: object}} paths in `build` are absolute
 *  @throws {Error} if a file cannot be read; the message names the file */
export function readManifest(file) {
	let manifest;
	try {
		manifest = JSON.parse(readFileSync(file, "utf8"));
	}
	catch (error) {
		throw new Error(`${file}: ${error.message}`);
	}
	const folder = path.dirname(file);
	const result = { build: {}, config: {}, defines: {} };
	for (const [name, value] of Object.entries(manifest.build ?? {}))
		result.build[name] = value.startsWith("./") ? path.join(folder, value) : value;
	for (const include of [manifest.include ?? []].flat()) {
		const included = readManifest(path.join(folder, include));
		Object.assign(result.build, included.build);
		merge(result.config, included.config);
		merge(result.defines, included.defines);
	}
	merge(result.config, manifest.config);
	merge(result.defines, manifest.defines);
	return result;
}

function merge(target, source) {
	for (const [name, value] of Object.entries(source ?? {})) {
		if (value && typeof value === "object")
			merge(target[name] ??= {}, value);
		else
			target[name] = value;
	}
}

/** @returns all boards that have a folder, by the folder's name */
export function readBoards(folder) {
	const boards = new Map();
	for (const name of readdirSync(folder).sort()) {
		const file = path.join(folder, name, "manifest.json");
		if (existsSync(file))
			boards.set(name, readManifest(file));
	}
	return boards;
}

/** Reads sdkconfig.defaults: its options in order, and lines that mcconfig would misread.
 *  @returns {{options: Map<string, string>, faults: string[], lines: string[]}} */
export function readOptions(file) {
	const options = new Map(), faults = [], lines = readFileSync(file, "utf8").split("\n");
	for (const line of lines) {
		const match = /^(CONFIG_\w+)=(\w+)$/.exec(line);
		if (match) {
			if (options.has(match[1]))
				faults.push(`${match[1]} is set twice`);
			options.set(match[1], match[2]);
		}
		else if (line !== "" && !line.startsWith("# "))
			faults.push(`"${line}" is neither CONFIG_NAME=value nor a comment`);
		else if (/^# CONFIG_\w+ is not set/.test(line))
			faults.push(`"${line}" is ignored by mcconfig; use =n`);
	}
	return { options, faults, lines };
}

/** @returns the rows of all tables in a Markdown document, as arrays of cells */
export function readRows(text) {
	const rows = [];
	for (const line of text.split("\n")) {
		if (/^\|.*\|$/.test(line) && !/^\|[-| :]+\|$/.test(line))
			rows.push(line.slice(1, -1).split("|").map(cell => cell.trim()));
	}
	return rows;
}

/** @returns the table of boards: the values of each row by the platform in its first cell, without `-p`
 *  @throws {Error} if a board has two rows */
export function boardTable(text) {
	const table = new Map();
	for (const row of readRows(text)) {
		const match = /^`-p (esp32[\w:/.-]*)`$/.exec(row[0]);
		if (!match)
			continue;
		if (table.has(match[1]))
			throw new Error(`docs/boards.md has ${match[1]} twice`);
		table.set(match[1], { board: row[1], chip: row[2], psram: row[3], sensor: row[4], led: row[5],
			network: row[6] });
	}
	return table;
}
