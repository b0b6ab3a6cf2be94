// SPDX-License-Identifier: MIT
/**
 * Floods of cheap requests from 127.0.0.2, as fast as the camera accepts them. Meanwhile a viewer still gets its
 * frames, and a new client with the password can play.
 *
 * ATTACKS=all runs every kind from 1, 8 and 32 connections, for longer.
 */
import { fork } from "node:child_process";
import path from "node:path";
import { Gap, check, equal, sleep } from "../interop/harness.mjs";
import { buildCases } from "./costly.mjs";
import { documentedTable } from "./documented.mjs";
import { DESKTOP, DEVICE, GAP, RATE, attacked } from "./rig.mjs";
import { Viewer } from "./viewer.mjs";

const FLOODER = path.join(import.meta.dirname, "flooder.mjs");
const ALL = process.env.ATTACKS === "all";
/** Duration of the measurement, milliseconds. */
const DURATION = ALL ? 4000 : 1200;
/** Maximum milliseconds until a new client has its first frame. */
const ENTRY = 2000;
/** Of the camera. The viewer and the newcomer need two. */
const PLACES = new Map([[DESKTOP, 32], [DEVICE, 8]]);
/** The flood's address, if it is not its own. */
const VIEWERS = "127.0.0.1";

const LOGIN = { user: "me", password: "secret" };
/**
 * Kinds of floods (flooder.mjs), and their names in docs/security.md. `login`: the camera has a password. `sessions`:
 * each connection has a session, and so keeps its place. `least`: messages per second that the camera takes at least,
 * about a tenth of what it took on two cores; fewer would be no flood. Of `costly-slowly` it is two thirds of the rate.
 */
export const KINDS = [
	{ kind: "options", title: "`OPTIONS`", login: true, least: 700 },
	// strangers keep their places for half a second from a newcomer at their own address
	{ kind: "options", title: "`OPTIONS`, from the viewer's address", login: true, address: VIEWERS, least: 700 },
	{ kind: "unauthorized", title: "requests without a password (401)", login: true, least: 800 },
	{ kind: "wrong-password", title: "wrong passwords", login: true, least: 15 },
	{ kind: "describe", title: "`DESCRIBE`", least: 700 },
	{ kind: "setup-teardown", title: "`SETUP` and `TEARDOWN`", least: 700 },
	{ kind: "frames", title: "empty `$` frames", login: true, least: 20_000 },
	{ kind: "tunnel", title: "tunnels", login: true, least: 500 },
	{ kind: "connect", title: "connections opened and closed", login: true, least: 50 },
	{ kind: "granted", title: "requests in a session", sessions: true, least: 1000 },
	{ kind: "costly", title: "costliest requests of 4,000 octets", login: true, least: 100 },
	{ kind: "costly-slowly", title: "the same, 12.6 KB/s", login: true, least: 2 },
	{ kind: "rtcp", title: "RTCP of strangers", login: true, least: 10_000 },
	{ kind: "rtcp-interleaved", title: "interleaved RTCP of a session", sessions: true, least: 8000 },
	{ kind: "rtcp-session", title: "RTCP datagrams of a session", sessions: true, least: 3000 },
	{ kind: "rtp", title: "datagrams to the RTP port", login: true, least: 15_000 },
];
/** Numbers of connections, on the desktop and in the device's memory. */
const COUNTS = ALL ? [[DESKTOP, 1], [DESKTOP, 8], [DESKTOP, 32], [DEVICE, 1], [DEVICE, 7]] : [[DESKTOP, 32]];
const SHORT_DEVICE = ["unauthorized", "setup-teardown", "tunnel", "granted", "costly"];

/** Runs the flood for the duration of `body`.
 *  @param {(report: () => Promise<{messages: number, bytes: number}>) => Promise<object>} body gets a function that
 *  asks how much the camera has taken */
export async function flooded({ kind, address }, count, { port, udpPort }, body) {
	const args = [kind, count, port, udpPort, ...address ? [address] : []].map(String);
	const child = fork(FLOODER, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
	const ended = new Promise(resolve => child.once("close", resolve));
	const told = () =>
		Promise.race([
			new Promise(resolve => child.once("message", resolve)),
			sleep(3000).then(() => check(false, "the flooder is silent: it could not connect, or has ended")),
		]);
	try {
		await told();
		return await body(() => {
			child.send("report");
			return told();
		});
	}
	finally {
		child.kill("SIGKILL");
		await ended;
	}
}

function flood(how, where, count) {
	const { kind, login, least } = how;
	const args = ["--fps", "25", ...(login ? ["--user", LOGIN.user, "--password", LOGIN.password] : [])];
	const options = { login: login ? LOGIN : undefined };
	return attacked(where, args, async camera => {
		if (/^costly/.test(kind))
			await buildCases("release");
		const viewer = await Viewer.play(camera.port, options);
		try {
			await sleep(200);
			const { rate, gap, entry, messages, bytes } = await flooded(how, count, camera, async report => {
				const before = await report();
				const from = performance.now(), entry = Viewer.newcomer(camera.port, options, 5 * ENTRY);
				await sleep(DURATION);
				const measured = viewer.measure(from, performance.now()), after = await report();
				const seconds = (performance.now() - from) / 1000;
				return { ...measured, entry: await entry, messages: (after.messages - before.messages) / seconds,
					bytes: (after.bytes - before.bytes) / seconds };
			});
			check(!viewer.ended, "the viewer was dropped");
			const note = `${rate.toFixed(1)} frames/s, longest gap ${gap.toFixed(0)} ms, a newcomer plays after `
				+ `${entry.toFixed(0)} ms, beside ${messages.toFixed(0)} messages/s of ${
					(bytes / 1000).toFixed(1)
				} KB/s`;
			if (rate < RATE || gap > GAP || entry > ENTRY)
				throw new Gap(note);
			// a viewer beside a flood that was none proves nothing
			if (messages < least)
				throw new Gap(`${note}; at least ${least} make a flood`);
			return note;
		}
		finally {
			viewer.close();
		}
	});
}

export async function floods(tests) {
	for (const how of KINDS) {
		const { kind, sessions, address } = how;
		const counts = ALL || address || !SHORT_DEVICE.includes(kind) ? COUNTS : [...COUNTS, [DEVICE, 7]];
		for (const [where, wanted] of counts) {
			const count = sessions ? Math.min(wanted, PLACES.get(where) - 2) : wanted;
			await tests.test(
				`viewer-and-newcomer-are-served-in-a-flood-of-${kind}-from-${count}`
					+ (address ? "-at-the-viewers-address" : "") + (where === DEVICE ? "-in-the-device-heap" : ""),
				[],
				() => flood(how, where, count),
			);
		}
	}

	await tests.test("table-of-floods-is-as-in-docs-security", [],
		() =>
			equal(documentedTable("flood").map(([name]) => name).join("; "), KINDS.map(({ title }) => title).join("; "),
				"the table"));
}
