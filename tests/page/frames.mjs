// SPDX-License-Identifier: MIT
/** Pictures for the mock camera: a file of the vectors whose brightness changes from frame to frame. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";

const FILE = readFileSync(path.join(ROOT, "tests/vectors/ov2640-svga.jpg"));

/** Offset of the luma table's first value in the file: the step of the blocks' brightness. */
const BRIGHTNESS = FILE.indexOf(Buffer.from([0xff, 0xdb])) + 5;

const STEPS = 16;

/** @param {number} index of the frame; pictures repeat after 16
 *  @returns {Buffer} a JPEG file */
export function frame(index) {
	const bytes = Buffer.from(FILE), step = FILE[BRIGHTNESS];
	const phase = Math.sin(index % STEPS / STEPS * 2 * Math.PI);
	bytes[BRIGHTNESS] = Math.max(1, Math.round(step * (1 + phase * 0.4)));
	return bytes;
}
