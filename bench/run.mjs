// SPDX-License-Identifier: MIT
/**
 * `npm run bench [-- --json FILE]`: measures the server's cost per captured frame. It replays a folder of VGA frames
 * of about 25 KB to 1 and to 4 players, over TCP and over UDP. In the steady state, it counts per captured frame:
 *
 * - instructions in user mode, by callgrind. The simulated camera's share is listed separately, since a board does not
 *   have it: the simulated camera copies a file into its buffer, where a sensor uses DMA
 * - system calls, by strace
 * - payload bytes that this program copies: those that a TCP socket keeps, and those in the fragmenter's small buffer
 * - allocations of the machine: slots and chunk bytes
 *
 * It also prints the program's resident memory.
 */
import { writeFileSync } from "node:fs";
import { installPackages } from "../hosts/desktop/setup.mjs";

installPackages();
const { installSystemPackages } = await import("../tests/system.mjs");
installSystemPackages();
const { allocations, instructions, makeFrames, systemCalls } = await import("./cost.mjs");

const average = await makeFrames();
console.log(`VGA frames of ${Math.round(average)} bytes, per captured frame:`);
console.log("");
console.log(
	"| transport | players | instructions | camera's share | system calls | bytes copied | slots | chunk bytes | "
		+ "dropped | resident |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
const rows = [];
for (const transport of ["tcp", "udp"]) {
	for (const count of [1, 4]) {
		const memory = await allocations(transport, count);
		const calls = await systemCalls(transport, count);
		const cost = await instructions(transport, count);
		const sum = Object.values(calls).reduce((total, value) => total + value, 0);
		rows.push({ transport, count, ...memory, calls, ...cost });
		console.log(
			`| ${transport} | ${count} | ${Math.round(cost.total)} | ${Math.round(cost.camera)} | `
				+ `${sum.toFixed(2)} | ${memory.copied.toFixed(1)} | ${memory.slots.toFixed(2)} | `
				+ `${memory.chunkBytes.toFixed(1)} | ${memory.dropped} | ${memory.resident} KB |`,
		);
	}
}
console.log("");
for (const { transport, count, calls } of rows)
	console.log(
		`${transport} ${count}: `
			+ Object.entries(calls).map(([name, value]) => `${name} ${value.toFixed(2)}`).join(", "),
	);
const json = process.argv.indexOf("--json");
if (json > 0)
	writeFileSync(process.argv[json + 1], `${JSON.stringify({ average, rows }, null, "\t")}\n`);
