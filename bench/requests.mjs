// SPDX-License-Identifier: MIT
/**
 * Measures the costliest requests of four sizes up to 4,000 bytes, one for each field: instructions (user mode, by
 * callgrind) and allocations in the device's slots (16 bytes, built with -m32), garbage included. Also measures
 * a tick and a SETUP with 32, 128 and 512 sessions.
 *
 *    node bench/requests.mjs             all of these, and what common clients send
 *    node bench/requests.mjs typical     only what common clients send
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication, canBuild } from "../hosts/desktop/build/app.mjs";
import { ROOT, run } from "../hosts/desktop/build/tools.mjs";

/** callgrind dumps the counts since the previous dump whenever this function is called. */
const MARK = "xs_process_copied";

const build = (variant, name) =>
	buildApplication({ manifest: path.join(ROOT, `bench/${name}/manifest.json`), name, variant });
const reports = output => output.split("\n").filter(line => line.startsWith("{")).map(line => JSON.parse(line));

/** @param {"instructions" | "sessions" | "typical"} [mode] requests by size, a tick and a SETUP by the number of
 *  sessions, or what common clients send
 *  @param {"requests" | "httprequests"} [application] over RTSP or HTTP; the latter has `instructions` and `memory`
 *  @returns {Promise<{name: string, size: number, bytes: number, status?: number, accepted?: boolean, instructions:
 *  number}[]>} one entry per request. `accepted`: the size is just below the field's limit. In the mode "sessions",
 *  `bytes` is the number of sessions */
export async function measureInstructions(mode = "instructions", application = "requests") {
	const { program, folder } = await build("release", application);
	const out = mkdtempSync(path.join(os.tmpdir(), "requests-"));
	try {
		const output = await run("valgrind", ["--tool=callgrind", `--callgrind-out-file=${out}/count`,
			`--dump-before=${MARK}`, program, folder, mode]);
		const dumps = readdirSync(out).map(name => ({ number: Number(name.split(".")[1] ?? Infinity), name })).sort((
			a,
			b,
		) => a.number - b.number);
		const totals = dumps.map(({ name }) =>
			Number(/^totals: (\d+)/m.exec(readFileSync(path.join(out, name), "latin1"))[1])
		);
		// each case has two marks; the counts before the first one are its preparation
		return reports(output).map((report, i) => ({ ...report, instructions: totals[2 * i + 1] }));
	}
	finally {
		rmSync(out, { recursive: true, force: true });
	}
}

/** @returns {Promise<{name: string, size: number, bytes: number, slots: number, chunkBytes: number}[]>} one entry per
 *  request, garbage included */
export async function measureMemory(mode = "memory", application = "requests") {
	const { program, folder } = await build("m32", application);
	return reports(await run(program, [folder, mode]));
}

/** What common clients' requests cost, from the read of the request to the write of its reply.
 *  @returns {Promise<{request: string, open: Cost, login: Cost}[]>} by kind of request: the dearest of all clients,
 *  without a password and with Digest authentication.
 *  @typedef {{instructions: number, slots: number, chunkBytes: number, client: string}} Cost */
export async function measureTypical() {
	const costs = await measureInstructions("typical");
	const memory = await canBuild("m32") ? await measureMemory("typicalmemory") : [];
	const all = costs.map((cost, i) => ({ ...cost, ...memory[i] }));
	return [...new Set(all.map(({ request }) => request))].map(request => {
		const dearest = login =>
			all.filter(cost => cost.request === request && cost.login === login).sort((a, b) =>
				b.instructions - a.instructions
			)[0];
		return { request, open: dearest(false), login: dearest(true) };
	});
}

function printTypical(rows) {
	const cells = cost =>
		cost
			? [cost.instructions.toLocaleString("en"), cost.slots ?? "", cost.chunkBytes ?? ""]
			: ["", "", ""];
	console.log("| request | instructions | slots | chunk bytes | with Digest: instructions | slots | chunk bytes |");
	console.log("|---|---|---|---|---|---|---|");
	for (const { request, open, login } of rows)
		console.log(`| ${[request, ...cells(open), ...cells(login)].join(" | ")} |`);
}

/** Groups the reports by field.
 *  @returns {{name: string, sizes: object[], perByte: number[]}[]} perByte: instructions per additional byte, from each
 *  size to the next */
export function byField(reports) {
	const fields = new Map();
	for (const report of reports)
		fields.set(report.name, [...fields.get(report.name) ?? [], report]);
	return [...fields].map(([name, sizes]) => ({
		name,
		sizes,
		perByte: sizes.slice(1).map((
			size,
			i,
		) => (size.bytes === sizes[i].bytes
			? 0
			: (size.instructions - sizes[i].instructions) / (size.bytes - sizes[i].bytes))
		),
	}));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	printTypical(await measureTypical());
	if (process.argv[2] === "typical")
		process.exit();
	console.log();
	const costs = await measureInstructions();
	const memory = await canBuild("m32") ? await measureMemory() : [];
	const thousands = number => Math.round(number / 1000).toLocaleString("en");
	console.log("| field | bytes | thousand instructions | per additional byte | maximum slots | chunk bytes |");
	console.log("|---|---|---|---|---|---|");
	for (const { name, sizes, perByte } of byField(costs)) {
		const taken = memory.filter(report => report.name === name), most = what =>
			Math.max(0, ...taken.map(report => report[what]));
		const cells = [name, sizes.map(({ size }) => size.toLocaleString("en")).join("; "),
			sizes.map(({ instructions }) => thousands(instructions)).join("; "), perByte.map(value =>
				value.toFixed(0)
			).join("; "), most("slots"), most("chunkBytes").toLocaleString("en")];
		console.log(`| ${cells.join(" | ")} |`);
	}
	console.log("\n| | thousand instructions: 32 sessions | 128 | 512 | a session more, to 128 | to 512 |");
	console.log("|---|---|---|---|---|---|");
	for (const { name, sizes, perByte } of byField(await measureInstructions("sessions"))) {
		const cells = [name, ...sizes.map(({ instructions }) => thousands(instructions)), ...perByte.map(value =>
			Math.round(value).toLocaleString("en")
		)];
		console.log(`| ${cells.join(" | ")} |`);
	}
}
