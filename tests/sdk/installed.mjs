// SPDX-License-Identifier: MIT
/** Checks that the Moddable SDK and ESP-IDF are installed the way mcconfig needs them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const SDK_GUIDE = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/"
	+ "Moddable%20SDK%20%E2%80%93%20Getting%20Started.md";
const ESP32_GUIDE = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/devices/esp32.md";

/** Removes npm's folders from PATH. npm puts the programs of this folder's packages, and of the folders above, in
 *  front; its TypeScript is not the SDK's. */
export function leavePackages(root) {
	const added = [];
	for (let folder = root; !added.includes(path.join(folder, "node_modules/.bin")); folder = path.dirname(folder))
		added.push(path.join(folder, "node_modules/.bin"));
	process.env.PATH = (process.env.PATH ?? "").split(path.delimiter).filter(folder => !added.includes(folder)).join(
		path.delimiter,
	);
}

function onPath(name) {
	return (process.env.PATH ?? "").split(path.delimiter).some(folder => existsSync(path.join(folder, name)));
}

function output(command, ...parameters) {
	try {
		return execFileSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	}
	catch {
		return "";
	}
}

/** @param boards whether ESP32 boards are built; the simulator does not need ESP-IDF
 *  @returns missing requirements, one line each, with instructions */
export function findMissing(boards) {
	const { MODDABLE, IDF_PATH } = process.env, missing = [];
	if (!MODDABLE || !existsSync(path.join(MODDABLE, "examples/manifest_base.json")))
		missing.push(`MODDABLE is not the folder of a Moddable SDK. Install the SDK: ${SDK_GUIDE}`);
	if (!onPath("mcconfig"))
		missing.push(
			"mcconfig is not on the PATH. Build the SDK's tools and add build/bin/lin/release or "
				+ "build/bin/mac/release of the SDK to the PATH.",
		);
	const compiler = /^Version (\d+)/.exec(output("tsc", "--version"))?.[1] ?? "";
	if (!(compiler >= 6))
		missing.push(
			`${compiler ? `tsc is TypeScript ${compiler}` : "tsc is not on the PATH"}; the SDK needs TypeScript 6 `
				+ "or newer: npm install --global typescript",
		);
	if (boards && (!IDF_PATH || !existsSync(path.join(IDF_PATH, "components"))))
		missing.push(`IDF_PATH is not the folder of an ESP-IDF. Install ESP-IDF 6.0: ${ESP32_GUIDE}`);
	// mcconfig reads export.sh itself if idf.py is not on the PATH
	else if (boards && !onPath("idf.py") && !existsSync(path.join(IDF_PATH, "export.sh")))
		missing.push("idf.py is not on the PATH. Run: . $IDF_PATH/export.sh");
	return missing;
}

/** @returns versions as text, for example "Moddable SDK 8.2.3, ESP-IDF v6.0, TypeScript 6.0.3" */
export function versions(boards) {
	const of = folder => output("git", "-C", folder, "describe", "--tags", "--always") || "of unknown version";
	return [`Moddable SDK ${of(process.env.MODDABLE)}`, ...boards ? [`ESP-IDF ${of(process.env.IDF_PATH)}`] : [],
		`TypeScript ${output("tsc", "--version").replace("Version ", "")}`].join(", ");
}
