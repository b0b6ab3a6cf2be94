// SPDX-License-Identifier: MIT
/** Checks that every module is preloaded. A preloaded module stays in a board's flash; any other takes heap, and
 *  mcconfig does not warn about it. */

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifest } from "../../hosts/desktop/build/manifest.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The desktop's program, and the parts that only boards have. */
const MANIFESTS = ["manifest.json", "hosts/esp32/network/wifi/manifest.json",
	"hosts/esp32/network/openeth/manifest.json", "hosts/esp32/camera/simulated/manifest.json"];

/** Modules that need no preloading: the one that starts the program, and the one that mcconfig generates. */
const EXEMPT = ["main", "mc/config"];

/** @param {(line: string) => void} log receives one line per test */
export function manifests(log) {
	const seen = new Set(EXEMPT);
	for (const manifest of MANIFESTS) {
		const { modules, preload } = readManifest(join(ROOT, manifest));
		for (const [name, file] of modules) {
			if (!seen.has(name))
				log(`${preload.has(name) ? "ok" : "not ok"} module-${name}-is-`
					+ `preloaded${
						preload.has(name) ? "" : `: add it to "preload" beside "modules" of ${relative(ROOT, file)}`
					}`);
			seen.add(name);
		}
	}
}
