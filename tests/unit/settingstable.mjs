// SPDX-License-Identifier: MIT
/** The table of docs/settings.md: every setting of modules/settings/, with the defaults that manifest.json changes.
 *
 *    npm run settings-table       writes it */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compiled } from "./run-node.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENT = join(ROOT, "docs/settings.md");
const BEGIN = "<!-- settings -->\n\n", END = "\n<!-- end -->";

/** @param {(module: string) => object} load gives a compiled module, "settings/settings"
 *  @returns {string} Markdown */
function table(load) {
	const { allowedValues, optionName, settingName, settingOptions } = load("settings/settings");
	const manifest = JSON.parse(readFileSync(join(ROOT, "manifest.json"), "utf8"));
	const configOf = platform => ({ ...manifest.config, ...manifest.platforms[platform].config });
	const desktop = configOf("desktop"), board = configOf("esp32");
	const rows = [...settingOptions(), ...load("settings/device").deviceOptions(),
		...load("settings/wifi").wifiOptions()];
	const shown = value => value === undefined || value === "" ? "" : String(value);
	const names = new Set();
	const lines = rows.filter(({ name }) => !names.has(name) && names.add(name)).map(option => {
		const { name, help } = option, onDesktop = settingName(optionName(name)) !== undefined;
		const defaults = [onDesktop ? shown(desktop[name] ?? option.default) : "",
			shown(board[name] ?? option.default)];
		return [onDesktop ? `\`${optionName(name)}\`` : "", `\`${name === "password" ? "rtspPassword" : name}\``, help,
			allowedValues(option), ...defaults];
	});
	const [head, ...body] = [["desktop", "board", "meaning", "values", "default", "on a board"], ...lines].map(cells =>
		`| ${cells.map(cell => cell.replaceAll("|", "\\|")).join(" | ")} |\n`
	);
	return `${head}|---|---|---|---|---|---|\n${body.join("")}`;
}

/** @returns {{before: string, table: string, after: string}} the document's parts */
function parts() {
	const text = readFileSync(DOCUMENT, "utf8"), from = text.indexOf(BEGIN) + BEGIN.length, to = text.indexOf(END);
	return { before: text.slice(0, from), table: text.slice(from, to), after: text.slice(to) };
}

/** @param {(line: string) => void} print */
export function settingsTable(print, load) {
	const name = "settings-table-in-docs-is-up-to-date";
	print(parts().table === table(load) ? `ok ${name}` : `not ok ${name}: npm run settings-table writes it`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { before, after } = parts();
	await compiled(load => writeFileSync(DOCUMENT, before + table(load) + after));
}
