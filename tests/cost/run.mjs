// SPDX-License-Identifier: MIT
/**
 * Bounds for the cost of a frame: instructions and system calls of `npm run bench`, with a margin of a few percent.
 * Give the reason in the commit message when raising a bound.
 */
import { fileURLToPath } from "node:url";
import { instructions, systemCalls } from "../../bench/cost.mjs";
import { makeFrames } from "../../bench/frames.mjs";
import { available } from "../system.mjs";

/** Bounds per captured frame, by number of players. */
const BOUNDS = [
	{ transport: "tcp", players: 4, instructions: 41_000, systemCalls: 5.3 },
	{ transport: "udp", players: 4, instructions: 41_000, systemCalls: 2.3 },
];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run() {
	const lines = [];
	const { folder } = await makeFrames("vga-25");
	for (const bound of BOUNDS) {
		const { transport, players } = bound, title = `${players}-players-over-${transport}`;
		const options = { folder, transport, clients: [players] };
		const check = (what, value) =>
			lines.push(
				`${value <= bound[what] ? "ok" : "not ok"} ${what}-of-a-frame-for-${title} (${value.toFixed(1)}, at `
					+ `most ${bound[what]})`,
			);
		if (available(["strace", "--version"]))
			check("systemCalls", Object.values((await systemCalls(options))[0]).reduce((sum, count) => sum + count, 0));
		else
			lines.push(`skip systemCalls-of-a-frame-for-${title}: strace`);
		if (available(["valgrind", "--version"]))
			check("instructions", (await instructions(options))[0]);
		else
			lines.push(`skip instructions-of-a-frame-for-${title}: valgrind`);
	}
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { failed, lines } = await run();
	console.log(lines.join("\n"));
	process.exitCode = failed ? 1 : 0;
}
