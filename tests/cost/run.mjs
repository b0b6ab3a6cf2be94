// SPDX-License-Identifier: MIT
/**
 * Bounds for the cost of a frame, instructions and system calls of `npm run bench`, and for the cost of a request,
 * instructions and memory of `node bench/requests.mjs typical`, with a margin of a few percent. Give the reason in the
 * commit message when raising a bound.
 */
import { runAlone } from "../alone.mjs";
import { instructions, systemCalls } from "../../bench/cost.mjs";
import { makeFrames } from "../../bench/frames.mjs";
import { measureTypical } from "../../bench/requests.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { available } from "../system.mjs";

/** Bounds per captured frame, by number of players. */
const BOUNDS = [
	{ transport: "tcp", players: 4, instructions: 31_000, systemCalls: 5.3 },
	{ transport: "udp", players: 4, instructions: 31_000, systemCalls: 2.3 },
	{ transport: "mjpeg", players: 4, instructions: 28_000, systemCalls: 5.3 },
	{ transport: "push", players: 1, instructions: 24_000, systemCalls: 2.5 },
];

/** Bounds of the dearest client's request: instructions without a password and with Digest. A keepalive takes no
 *  memory. */
const REQUESTS = {
	OPTIONS: [67_000, 68_500],
	DESCRIBE: [103_000, 237_000],
	"DESCRIBE, refused": [0, 119_000],
	"SETUP (UDP)": [211_000, 306_000],
	"SETUP (TCP)": [201_500, 294_000],
	PLAY: [105_500, 203_000],
	"GET_PARAMETER, keepalive": [84_000, 107_500],
	"OPTIONS, keepalive": [80_500, 84_700],
	TEARDOWN: [106_000, 202_000],
};

/** @param {(ok: boolean, text: string) => void} check */
async function checkRequests(check) {
	const rows = await measureTypical(), hasMemory = await canBuild("m32");
	for (const { request, open, login } of rows) {
		const [openBound, loginBound] = REQUESTS[request],
			name = request.replace(/[^A-Za-z_]+/g, "-").replace(/-$/, "");
		for (const [cost, bound, title] of [[open, openBound, name], [login, loginBound, `${name}-with-digest`]]) {
			if (!cost)
				continue;
			check(cost.instructions <= bound,
				`instructions-of-${title} (${cost.instructions.toLocaleString("en")}, at most ${
					bound.toLocaleString("en")
				})`);
			if (hasMemory && request.endsWith("keepalive"))
				check(cost.slots === 0 && cost.chunkBytes === 0,
					`no-garbage-of-${title} (${cost.slots} slots, ${cost.chunkBytes} chunk bytes)`);
		}
	}
	check(rows.length === Object.keys(REQUESTS).length, `all-requests-are-measured (${rows.length})`);
}

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
	if (available(["valgrind", "--version"]))
		await checkRequests((ok, text) => lines.push(`${ok ? "ok" : "not ok"} ${text}`));
	else
		lines.push("skip instructions-of-requests: valgrind");
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

await runAlone(import.meta.url, run);
