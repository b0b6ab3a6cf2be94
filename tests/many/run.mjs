// SPDX-License-Identifier: MIT
/**
 * Many clients at once: every frame arrives, nothing grows faster than their number, and each takes a bounded amount of
 * memory. Give the reason in the commit message when raising a bound. bench/many.mjs prints the figures.
 */
import { runAlone } from "../alone.mjs";
import { deliver, memoryOfClient, slopes } from "../../bench/many.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { startCamera } from "../camera.mjs";
import { play } from "../../bench/player.mjs";
import { available } from "../system.mjs";

/** Slots of a client, by transport and state: the figures measured and 3 %. */
const SLOTS = {
	tcp: { connected: 68, ready: 185, playing: 185 },
	udp: { connected: 68, ready: 193, playing: 193 },
};
/** Bytes of a client on x86-64: engine and C heap, without its send buffer. */
const BYTES = 8192;
/** Instructions of a further client: largest ratio of a crowd's to a few clients'. Runs beside busy processes had
 *  ratios of 0.99 to 1.07, because RTCP reports come at random times. 1.2 is a cost that grows with the square, and
 *  makes a twelfth of a client's own among 48 clients. */
const GROWTH = 1.2;
/** Measurements until one is within it. What grows is in each of them; a collection more with some of the clients, or
 *  frames sent during a slower set-up, are in one. */
const MEASUREMENTS = 3;

const tests = {
	async "every-frame-arrives-at-256-clients"(transport) {
		const { frames, expected, dropped, missing, wrong, incomplete } = await deliver({ transport, clients: 256,
			fps: 25, size: "QVGA", seconds: 2 });
		if (wrong || incomplete || (transport === "tcp" && missing))
			throw new Error(`${missing} packets missing, ${wrong} wrong, ${incomplete} frames incomplete`);
		if (frames + dropped < expected - 256 || frames < expected * 0.98)
			throw new Error(`${frames} of ${expected} frames, ${dropped} skipped`);
		return `${frames} of ${expected}`;
	},
	async "client-takes-little-memory"(transport) {
		const figures = await memoryOfClient({ transport, clients: 32, fps: 10, size: "QVGA" });
		for (const [state, { slots, bytes }] of Object.entries(figures)) {
			if (slots > SLOTS[transport][state] || bytes > BYTES)
				throw new Error(`${state}: ${slots.toFixed(1)} slots, ${bytes.toFixed(0)} bytes`);
		}
		return Object.entries(figures).map(([state, { bytes }]) => `${state} ${bytes.toFixed(0)}`).join(", ");
	},
	async "nothing-is-quadratic-in-the-clients"(transport) {
		const measured = [];
		for (let i = 0; i < MEASUREMENTS; i++) {
			const { setUp, playing } = await slopes(transport, [48, 96, 192]);
			measured.push(
				Object.entries({ setUp, playing }).map(([what, [few, many]]) =>
					`${what} ${Math.round(few)} and ${Math.round(many)}`
				).join(", "),
			);
			if (setUp[1] <= setUp[0] * GROWTH && playing[1] <= playing[0] * GROWTH)
				return measured.join("; ");
		}
		throw new Error(measured.join("; "));
	},
};

/** 40 clients in a process whose soft limit is 32 descriptors. */
async function descriptors(hard) {
	const camera = await startCamera({ wrapper: ["sh", "-c", `ulimit -Sn 32; ulimit -Hn ${hard}; exec "$@"`, "sh"],
		args: ["--size", "QVGA", "--connection-limit", "60", "--session-limit", "60", "--address-sessions", "50"] });
	const players = [];
	try {
		for (let i = 0; i < 40; i++) {
			const late = new Promise((_resolve, reject) => setTimeout(reject, 2000, new Error(`client ${i} waits`)));
			players.push(await Promise.race([play(camera.port, "tcp"), late]));
		}
		return { players: players.length, output: camera.output };
	}
	catch (error) {
		return { players: players.length, output: camera.output, error };
	}
	finally {
		players.forEach(player => player.close());
		await camera.stop();
	}
}

const single = {
	async "soft-limit-of-descriptors-is-raised"() {
		const { players, error } = await descriptors(200);
		if (error)
			throw error;
		return `${players} clients`;
	},
	async "user-is-told-that-descriptors-are-short"() {
		const { players, output } = await descriptors(36);
		if (players < 16 || !output.includes("all 36 file descriptors are in use. Raise the limit with ulimit -n"))
			throw new Error(`${players} clients:\n${output}`);
		return `${players} clients`;
	},
};

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run() {
	const lines = [];
	const one = async (title, test) => {
		try {
			lines.push(`ok ${title} (${await test()})`);
		}
		catch (error) {
			lines.push(`not ok ${title}: ${error.message}`);
		}
	};
	if (!await canBuild("release"))
		return { passed: 0, failed: 0, skipped: 1, lines: ["skip many: the C compiler cannot build for this machine"] };
	for (const [title, test] of Object.entries(single))
		await one(title, test);
	for (const [title, test] of Object.entries(tests)) {
		for (const transport of ["tcp", "udp"]) {
			const isCounted = test === tests["nothing-is-quadratic-in-the-clients"];
			// UDP has a look-up more than TCP
			if (isCounted && transport === "tcp")
				continue;
			if (isCounted && !available(["valgrind", "--version"]))
				lines.push(`skip ${title}-over-${transport}: valgrind`);
			else
				await one(`${title}-over-${transport}`, () => test(transport));
		}
	}
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

await runAlone(import.meta.url, run);
