// SPDX-License-Identifier: MIT
/** Clients that take all places and stay, or reconnect repeatedly.
 *  Others must still get in, all resources must be released, and a viewer goes on. */
import dgram from "node:dgram";
import net from "node:net";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { DEVICE, attacked, besideViewer } from "./rig.mjs";
import { Viewer } from "./viewer.mjs";

const LOGIN = { user: "me", password: "secret" };
const WITH_LOGIN = ["--user", LOGIN.user, "--password", LOGIN.password];
/** Places of the device, and of them those that one address has without a password. */
const PLACES = 8, OF_ADDRESS = 4;
/** Maximum time until an authorized client has a picture, milliseconds. */
const ENTRY = 2000;
/** The attackers' address: another one of this machine. */
const ATTACKER = "127.0.0.2";

const OPTIONS = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
const half = (method, cookie) => `${method} / HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\n\r\n`;
const udp = port => ({ Transport: `RTP/AVP;unicast;client_port=${port}-${port + 1}` });

/** Ways to hold a place: the first message and the repeated one. */
const TALKERS = [
	["frames", () => "", "$\0\0\0"],
	["options", () => "", OPTIONS],
	["tunnels", i => half(i % 2 ? "POST" : "GET", `c${i >> 1}`), "T1BUSU9OUyAq"],
	["silence", () => "", ""],
];

/** Holds all places with connections that keep sending.
 *  @param localAddress of the connections */
export async function talkers(port, first, again, localAddress, body) {
	const sockets = [];
	const timer = setInterval(() => sockets.forEach(socket => again && socket.write(again)), 500);
	try {
		for (let i = 0; i < PLACES; i++) {
			const socket = net.connect({ port, host: "127.0.0.1", localAddress });
			socket.on("error", () => {}).resume();
			socket.write(first(i) + again);
			sockets.push(socket);
			await sleep(20);
		}
		return await body();
	}
	finally {
		clearInterval(timer);
		sockets.forEach(socket => socket.destroy());
	}
}

/** Connects again and again: no connection is older than `lifetime`, milliseconds. */
async function reconnecting(port, count, lifetime, localAddress, body) {
	const sockets = new Set(), timers = new Set();
	let on = true;
	const later = (delay, action) => {
		const timer = setTimeout(() => {
			timers.delete(timer);
			action();
		}, delay);
		timers.add(timer);
	};
	const hold = () => {
		if (!on)
			return;
		const socket = net.connect({ port, host: "127.0.0.1", localAddress });
		sockets.add(socket);
		socket.on("error", () => {}).resume();
		socket.once("close", () => sockets.delete(socket));
		later(lifetime, () => {
			socket.destroy();
			hold();
		});
	};
	for (let i = 0; i < count; i++)
		later(i * lifetime / count, hold);
	try {
		await sleep(2 * lifetime);
		return await body();
	}
	finally {
		on = false;
		timers.forEach(timer => clearTimeout(timer));
		sockets.forEach(socket => socket.destroy());
	}
}

async function newcomer(port, login) {
	const entry = await Viewer.newcomer(port, { login }, 2 * ENTRY);
	check(entry <= ENTRY, `a newcomer plays after ${entry.toFixed(0)} ms`);
	return `a newcomer plays after ${entry.toFixed(0)} ms`;
}

/** Runs a camera while `body` takes its places, beside a viewer. */
const taken = (args, body) => {
	const options = args === WITH_LOGIN ? { login: LOGIN } : {};
	return attacked(DEVICE, args, camera => besideViewer(camera, options, () => body(camera)));
};

export async function places(tests) {
	for (const [name, first, again] of TALKERS) {
		await tests.test(`places-held-by-strangers-with-${name}-go-to-who-has-the-password`, [], () =>
			taken(WITH_LOGIN, ({ port }) => talkers(port, first, again, ATTACKER, () => newcomer(port, LOGIN))));
		await tests.test(`places-held-with-${name}-from-the-owner's-address-go-to-who-has-the-password`, [], () =>
			taken(WITH_LOGIN, ({ port }) =>
				talkers(port, first, again, "127.0.0.1", async () => {
					// they have had time to send a password
					await sleep(2200);
					return newcomer(port, LOGIN);
				})));
	}

	await tests.test("strangers-that-reconnect-at-the-owner's-address-keep-nobody-out", [],
		() =>
			taken(WITH_LOGIN, ({ port }) =>
				reconnecting(port, 2 * PLACES, 1500, "127.0.0.1", async () => {
					const notes = [];
					for (let i = 0; i < 4; i++)
						notes.push(await newcomer(port, LOGIN));
					return notes.join(", ");
				})));

	await tests.test("twelve-crashes-of-a-player-over-udp-keep-nobody-out", [],
		() =>
			taken(WITH_LOGIN, async ({ port }) => {
				for (let i = 0; i < 12; i++) {
					const viewer = await Viewer.setUp(port, { login: LOGIN, transport: udp(40_000 + 2 * i).Transport });
					viewer.close();
				}
				return newcomer(port, LOGIN);
			}));

	await tests.test("player-that-crashes-is-not-sent-to-for-long", [], () =>
		taken([], async ({ port }) => {
			const socket = dgram.createSocket("udp4");
			try {
				let last = 0;
				socket.on("message", () => last = performance.now());
				await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
				const viewer = await Viewer.setUp(port, { transport: udp(socket.address().port).Transport });
				await until(() => last, "packets", 2000);
				viewer.close();
				const begun = performance.now();
				await until(() => performance.now() - last > 500, "packets end", 20_000);
				const seconds = (last - begun) / 1000;
				check(seconds > 13 && seconds < 18, `it is sent to for ${seconds.toFixed(1)} s`);
				return `it is sent to for ${seconds.toFixed(1)} s`;
			}
			finally {
				socket.close();
			}
		}));

	await tests.test("anonymous-client-is-sent-few-streams", [], () =>
		taken([], async ({ port }) => {
			const clients = [];
			let served = 0;
			for (let i = 0; i < 3 * PLACES; i++) {
				if (i % 3 === 0)
					clients.push(await RTSPClient.connect(port, ATTACKER).catch(() => undefined));
				const reply = await clients.at(-1)?.request("SETUP", "rtsp://h/trackID=0", udp(40_000 + 2 * i)).catch(
					() => undefined,
				);
				if (reply?.status !== 200)
					continue;
				served += 1;
				await clients.at(-1).must("PLAY", "rtsp://h/", { Session: reply.headers.session.split(";")[0] });
			}
			equal(served, OF_ADDRESS, "streams to one address");
			const note = await newcomer(port);
			clients.forEach(client => client?.close());
			return note;
		}));
}
