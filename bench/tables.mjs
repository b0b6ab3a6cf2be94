// SPDX-License-Identifier: MIT
/** `npm run bench`: what a captured frame costs this server, by size of the frame, transport and number of clients. The
 *  transport "mjpeg" is a picture stream over HTTP. */
import { costs } from "./cost.mjs";
import { makeFrames, SIZES } from "./frames.mjs";
import { fixed, rounded, markdownTable } from "./markdown.mjs";
import { slope } from "./statistics.mjs";

/** Frames per second, unless an option says otherwise: a camera's. */
const RATE = 25;
/** Columns that only a defect fills. */
const WASTE = [{ name: "copied", title: "payload bytes copied" }, { name: "slots", title: "slots allocated" }, {
	name: "chunkBytes",
	title: "chunk bytes allocated",
}];

/** @param {import("./options.mjs").BenchOptions} options
 *  @returns {Promise<{fps: number, rows: object[], slopes: object[]}>} */
export async function run(
	{ all, sizes = all ? Object.keys(SIZES) : ["vga-25"], transports = ["tcp", "udp", "mjpeg"],
		clients = all ? [1, 4, 16, 64] : [1, 4, 16], fps = RATE, seconds, log },
) {
	const rows = [], slopes = [];
	for (const size of sizes) {
		const { folder, average } = await makeFrames(size);
		for (const transport of transports) {
			log(`${SIZES[size].title} over ${transport}: ${clients.join(", ")} clients`);
			const group = (await costs({ folder, transport, clients, fps, seconds })).map(row => ({
				size,
				bytes: average,
				transport,
				...row,
				systemCalls: row.calls && Object.values(row.calls).reduce((sum, value) => sum + value, 0),
			}));
			const perClient = name => slope(group.map(row => [row.clients, row[name]]));
			rows.push(...group);
			slopes.push({ size, transport, instructions: perClient("instructions"),
				systemCalls: perClient("systemCalls") });
		}
	}
	for (const row of rows)
		row.frameTimeRatio = row.frameTime / rows[0].frameTime;
	return { fps, rows, slopes };
}

/** @returns {string} the tables, and the system calls by name */
export function markdown({ fps, rows, slopes }) {
	const names = row => [SIZES[row.size].title, row.transport.toUpperCase()];
	const waste = WASTE.filter(({ name }) => rows.some(row => row[name] > 0));
	const clean = WASTE.filter(item => !waste.includes(item)).map(({ title }) => `0 ${title}`);
	const lossy = rows.filter(row => row.dropped);
	return [
		`Per captured frame, at ${fps} frames/s:`,
		markdownTable(["frame", "transport", "clients", "instructions", "system calls", "CPU per delivered frame",
			"resident", ...waste.map(({ title }) => title)], rows.map(row => [
				...names(row),
				row.clients,
				rounded(row.instructions),
				fixed(row.systemCalls, 1),
				fixed(row.frameTimeRatio, 2),
				`${fixed(row.resident / 1024, 1)} MB`,
				...waste.map(({ name }) => fixed(row[name], 2)),
			])),
		"CPU is processor time in multiples of the first row. It varies with the machine's load, instructions do not.",
		...clean.length ? [`In every row: ${clean.join(", ")}.`] : [],
		...lossy.length
			? [`Frames were dropped for slow players, so these rows cost too little: ${
				lossy.map(row => [...names(row), row.clients].join(" ")).join(", ")
			}.`]
			: [],
		"Each further client costs, by the line with the least squares through the rows:",
		markdownTable(["frame", "transport", "instructions", "system calls"],
			slopes.map(row => [...names(row), rounded(row.instructions), fixed(row.systemCalls, 1)])),
	].join("\n\n");
}
