// SPDX-License-Identifier: MIT
/** What mcconfig would not complain of: modules that nobody preloads take a board's heap, where preloaded ones are in
 *  flash. */

import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifest } from "../../hosts/desktop/build/manifest.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The desktop's program, and what only a board has. */
const MANIFESTS = ["manifest.json", "hosts/esp32/network/wifi/manifest.json",
	"hosts/esp32/network/openeth/manifest.json", "hosts/esp32/camera/simulated/manifest.json"];

/** Not preloaded: what starts the program, and what mcconfig makes itself. */
const EXEMPT = ["main", "mc/config"];

/** @param {(line: string) => void} log one line a test */
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
