// SPDX-License-Identifier: MIT
/** The frames that servers replay: test cards of the simulated camera, in files of the sizes that cameras make. */
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { BUILD, ROOT, run } from "../hosts/desktop/build/tools.mjs";
import { compile } from "./compile.mjs";

/** By name: kilobytes of a frame, and how to get them. Contrast in percent. */
export const SIZES = {
	"vga-10": { title: "VGA 10 KB", width: 640, height: 480, kilobytes: 10, quality: 40, contrast: 30 },
	"vga-25": { title: "VGA 25 KB", width: 640, height: 480, kilobytes: 25, quality: 8, contrast: 100 },
	"vga-60": { title: "VGA 60 KB", width: 640, height: 480, kilobytes: 60, quality: 0, contrast: 100 },
	"uxga-100": { title: "UXGA 100 KB", width: 1600, height: 1200, kilobytes: 100, quality: 20, contrast: 100 },
	"uxga-150": { title: "UXGA 150 KB", width: 1600, height: 1200, kilobytes: 150, quality: 5, contrast: 100 },
};
const COUNT = 10;
/** How far the average size may be from its name. */
const TOLERANCE = 0.1;

/** Makes ten frames of a size.
 *  @param {string} name one of SIZES
 *  @returns {Promise<{folder: string, average: number}>} average size in bytes
 *  @throws {Error} if the size is more than 10 % away from its name */
export async function makeFrames(name) {
	const { width, height, kilobytes, quality, contrast } = SIZES[name];
	const folder = path.join(BUILD, "bench/frames", name);
	const core = path.join(ROOT, "hosts/simulator/core");
	const tool = await compile("make-frames", [path.join(ROOT, "tests/interop/make-frames.c"),
		path.join(core, "jpeg_encoder.c"), path.join(core, "test_card.c")]);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await run(tool, [path.join(folder, "frame"), width, height, 422, quality, 0, contrast, COUNT].map(String));
	const sizes = readdirSync(folder).map(file => readFileSync(path.join(folder, file)).length);
	const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
	if (Math.abs(average / 1000 - kilobytes) > kilobytes * TOLERANCE)
		throw new Error(`frames of ${name} have ${average} bytes: choose another quality in bench/frames.mjs`);
	return { folder, average };
}
