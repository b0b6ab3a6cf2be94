// SPDX-License-Identifier: MIT
/** The commands in docs/integrations/players.md run as they stand there, for a second, and its JSON can be imported. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { check, execute } from "../interop/harness.mjs";
import { emptyFolder } from "../interop/frames.mjs";

const FOLDER = path.join(ROOT, "docs/integrations");
/** Programs, their names in the tests' harness, and how a command ends by itself after some frames. */
const PROGRAMS = {
	"ffmpeg": { needs: ["ffmpeg"],
		shorten: line => line.replace(/-i \S+/, "$& -t 1").replace("ffmpeg", "$& -nostdin -v error") },
	"mpv": { needs: ["mpv"], shorten: line => `${line} --no-config --vo=null --frames=10 --msg-level=all=error` },
	"gst-launch-1.0": { needs: ["GStreamer"],
		shorten: line => line.replace("autovideosink", "identity eos-after=10 ! fakesink") },
};

/** @returns {{name: string, line: string}[]} the commands in the documents, without those that open a window */
function commands() {
	const text = readFileSync(path.join(FOLDER, "players.md"), "utf8");
	return Object.keys(PROGRAMS).flatMap(name =>
		text.split("\n").filter(line => line.startsWith(`${name} `)).map(line => ({ name, line }))
	);
}

export async function documented(tests) {
	const open = await startCamera({ http: true });
	const closed = await startCamera({ http: true, args: ["--user", "me", "--password", "PASSWORD"] });
	try {
		await Promise.all(
			commands().map(({ name, line }, i) =>
				tests.test(`documented-command-runs-${i + 1}-${name}`, PROGRAMS[name].needs, async () => {
					const camera = line.includes("PASSWORD") ? closed : open;
					const here = PROGRAMS[name].shorten(line)
						.replace(/(rtsp:\/\/\S*?)camera\//, `$1127.0.0.1:${camera.port}/`)
						.replace(/(http:\/\/\S*?)camera\//, `$1127.0.0.1:${camera.httpPort}/`);
					check(here.includes("127.0.0.1"), `no address of the camera in ${line}`);
					const [program, ...args] = here.split(" ");
					const folder = emptyFolder(`documented-${i}`);
					const last = args.at(-1), isFile = /^\w+\.(?:mkv|mp4|png)$/.test(last);
					if (isFile)
						args[args.length - 1] = path.join(folder, last);
					const { status, stderr } = await execute(program, args);
					check(status === 0, `${here}: ${status}: ${stderr.slice(-300)}`);
					if (isFile)
						check(statSync(path.join(folder, last)).size > 10_000, `${last} has few bytes`);
				})
			),
		);
	}
	finally {
		await open.stop();
		await closed.stop();
	}
	await tests.test("documented-flows-are-json", [], () => {
		const flows = readdirSync(FOLDER).filter(name => name.endsWith(".md")).flatMap(
			name => [...readFileSync(path.join(FOLDER, name), "utf8").matchAll(/```json\n([^`]+)```/g)],
		).map(([, text]) => JSON.parse(text));
		check(flows.length > 0, "there is no flow");
		for (const flow of flows) {
			const ids = new Set(flow.map(({ id }) => id));
			for (const target of flow.flatMap(({ wires = [] }) => wires.flat()))
				check(ids.has(target), `a wire leads to ${target}, which is missing`);
		}
	});
}
