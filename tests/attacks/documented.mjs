// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";

/** A table of docs/security.md, found by its first heading.
 *  @returns {string[][]} cells by row, without the headings */
export function documentedTable(heading) {
	const lines = readFileSync(path.join(ROOT, "docs/security.md"), "utf8").split("\n");
	const begin = lines.findIndex(line => line.startsWith(`| ${heading} |`)) + 2, rows = [];
	for (let i = begin; begin >= 2 && lines[i]?.startsWith("|"); i++)
		rows.push(lines[i].split("|").slice(1, -1).map(cell => cell.trim()));
	return rows;
}
