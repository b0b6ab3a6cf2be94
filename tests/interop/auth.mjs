// SPDX-License-Identifier: MIT
/** Authentication with real clients: with the right password they play over TCP and UDP, otherwise they get nothing. */
import { spawn } from "node:child_process";
import net from "node:net";
import { runAlone } from "../alone.mjs";
import { startCamera } from "../camera.mjs";
import { complaints, FFMPEG_NOISE, has } from "./harness.mjs";
import { LoginClient, authorization } from "./login-client.mjs";
import { mustPlay, programs, run as runClient } from "./programs.mjs";
import { Wire, openTunnel } from "./tunnelclient.mjs";

const LOGIN = { user: "admin", password: "s3cret" };
/** User and password of characters that have a meaning in URLs, headers or hashes. */
const AWKWARD = { user: "cam era", password: "p@ss:w/rd?#%\"\\ö" };
const ARGS = ["--size", "QVGA", "--fps", "20"];

function login({ user, password }) {
	return ["--user", user, "--password", password];
}

function urlWith(camera, { user, password }) {
	return camera.url().replace("//", `//${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

function demand(condition, message) {
	if (!condition)
		throw new Error(message);
}

/** @returns {Promise<{status: number|null, output: string}>} */
function execute([command, ...args], timeout = 20_000) {
	return new Promise(resolve => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		child.stdout.on("data", data => output += data);
		child.stderr.on("data", data => output += data);
		const late = setTimeout(() => child.kill("SIGKILL"), timeout);
		child.on("error", error => output += error.message);
		child.on("close", status => {
			clearTimeout(late);
			resolve({ status, output });
		});
	});
}

async function withCamera(args, body) {
	const camera = await startCamera({ args: [...ARGS, ...args] });
	try {
		return await body(camera);
	}
	finally {
		const { status } = await camera.stop();
		demand(status === 0, `the camera ended with ${status}:\n${camera.output}`);
		demand(!camera.output.includes(LOGIN.password), "the password was printed");
	}
}

async function plays(client, transport, args, who) {
	await withCamera([...login(who), ...args], camera => mustPlay(client, { url: urlWith(camera, who), transport }));
}

async function isRefused(client) {
	await withCamera(login(LOGIN), async camera => {
		for (const url of [urlWith(camera, { ...LOGIN, password: "wrong" }), camera.url()]) {
			const { status, frames, stderr } = await runClient(client, { url, count: 10, timeout: 10_000 });
			demand(frames === 0 && status !== 0, `${url} ended with ${status} after ${frames} frames`);
			demand(programs[client].says.test(stderr), `${url}: ${stderr}`);
		}
	});
}

/** ffmpeg's keep-alives repeat the first nonce for as long as it plays. */
async function playsLong() {
	await withCamera([...login(LOGIN), "--nonce-timeout", "10", "--session-timeout", "5"], async camera => {
		const { status, output } = await execute(["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i",
			urlWith(camera, LOGIN), "-t", "13", "-f", "null", "-"], 40_000);
		demand(status === 0 && complaints(output, FFMPEG_NOISE).length === 0, `ffmpeg ended with ${status}: ${output}`);
	});
}

async function staleness() {
	await withCamera([...login(LOGIN), "--nonce-timeout", "10", "--session-timeout", "60"], async camera => {
		const used = new LoginClient(camera.port, LOGIN), unused = new LoginClient(camera.port, LOGIN);
		demand((await used.request("DESCRIBE", camera.url())).status === 200, "the right password is refused");
		const challenge = await unused.request("DESCRIBE", camera.url(), {}, "", false);
		demand(challenge.status === 401 && !challenge.text.includes("stale"), challenge.text);
		await new Promise(resolve => setTimeout(resolve, 11_000));
		demand((await used.request("DESCRIBE", camera.url(), {}, "", false)).status === 200,
			"the nonce has expired on the connection that used it");
		const late = await unused.request("DESCRIBE", camera.url(), {}, "", false);
		demand(late.status === 401 && /, stale=true$/.test(late.headers["www-authenticate"]),
			`on another connection: ${late.text}`);
		demand((await unused.request("DESCRIBE", camera.url())).status === 200, "the new challenge cannot be answered");
		used.close();
		unused.close();
	});
}

async function lockout() {
	await withCamera([...login(LOGIN), "--failure-limit", "3", "--lock-time", "2"], async camera => {
		const url = camera.url();
		const player = new LoginClient(camera.port, LOGIN);
		const session = await player.play(url);
		const guesser = new LoginClient(camera.port, { ...LOGIN, password: "guess" });
		const statuses = [];
		for (let i = 0; i < 4; i++)
			statuses.push((await guesser.request("DESCRIBE", url)).status);
		demand(statuses.join() === "401,401,401,503", `guesses were answered ${statuses}`);
		const right = new LoginClient(camera.port, LOGIN);
		const locked = await right.request("DESCRIBE", url);
		demand(locked.status === 503 && /^[12]$/.test(locked.headers["retry-after"]), locked.text);
		const before = player.frames;
		await new Promise(resolve => setTimeout(resolve, 2200));
		demand(player.frames > before + 20, `the player got ${player.frames - before} frames during the lock`);
		demand((await player.request("GET_PARAMETER", url, session)).status === 200, "the player's ping is refused");
		const later = new LoginClient(camera.port, LOGIN);
		demand((await later.request("DESCRIBE", url)).status === 200, "still locked after the lock time");
		demand(/127\.0\.0\.1 is locked out for 2 s/.test(camera.output), camera.output);
		for (const client of [player, guesser, right, later])
			client.close();
	});
}

/** Limits above the settings that the camera starts with. */
const LIMITS = ["--max-size", "SVGA", "--max-fps", "50"];

async function parameters() {
	await withCamera([...login(LOGIN), ...LIMITS], async camera => {
		const url = camera.url();
		const client = new LoginClient(camera.port, LOGIN);
		const session = await client.play(url);
		const until = async condition => {
			for (let i = 0; i < 100 && !condition(); i++)
				await new Promise(resolve => setTimeout(resolve, 50));
			demand(condition(), `${client.frames} frames, ${client.width}x${client.height}`);
		};
		await until(() => client.frames > 2 && client.width === 320);
		const anonymous = new LoginClient(camera.port);
		demand((await anonymous.request("SET_PARAMETER", url, {}, "size: VGA")).status === 401,
			"a client without a password can set");
		const set = async text => (await client.request("SET_PARAMETER", url, session, text)).status;
		demand(await set("size: SVGA\r\nquality: 30\r\nframerate: 50\r\n") === 200,
			"size, quality and frame rate cannot be set");
		await until(() => client.width === 800 && client.height === 600);
		const get = async names =>
			(await client.request("GET_PARAMETER", url, session, names.split(" ").join("\r\n"))).body;
		demand(await get("size quality framerate") === "size: SVGA\r\nquality: 30\r\nframerate: 50\r\n",
			"parameters read back differ");
		demand(
			[await set("size: XGA"), await set("framerate: 51"), await set("framerate: 0.1"), await set("quality: 11"),
				await set("quality: 41")].every(status => status === 451),
			"a value beyond the owner's limits is accepted",
		);
		demand([await set("size: HUGE"), await set("clients: 1"), await set("none: 1")].join() === "451,458,451",
			"status of refused parameters");
		demand(await set("quality: 5\r\nsize: HUGE") === 451 && await get("quality") === "quality: 30\r\n",
			"a refused request has set some parameters");
		const statistics = await get("clients captured sent dropped packets_sent octets_sent");
		const names = ["captured: \\d+", "sent: \\d+", "dropped: \\d+", "packets_sent: [1-9]\\d*",
			"octets_sent: [1-9]\\d*"];
		demand(new RegExp(`^clients: 1\r\n${names.join("\r\n")}\r\n$`).test(statistics), statistics);
		const before = client.frames;
		await new Promise(resolve => setTimeout(resolve, 1000));
		demand(client.frames - before > 35, `${client.frames - before} frames/s`);
		client.close();
		anonymous.close();
	});
}

/** Which clients may set parameters. Default: authenticated clients; none if there is no user. */
async function control() {
	for (const [args, who, status] of [
		[[], undefined, 458],
		[["--control", "anybody"], undefined, 200],
		[[...login(LOGIN), "--control", "nobody"], LOGIN, 458],
		[login(LOGIN), LOGIN, 200],
	]) {
		await withCamera(args, async camera => {
			const client = new LoginClient(camera.port, who);
			const set = await client.request("SET_PARAMETER", camera.url(), {}, "framerate: 10\r\n");
			const get = await client.request("GET_PARAMETER", camera.url(), {}, "framerate\r\n");
			demand(set.status === status && get.body === `framerate: ${status === 200 ? 10 : 20}\r\n`,
				`${args.join(" ")}: ${set.status}, ${get.body}`);
			client.close();
		});
	}
}

async function scheme(name) {
	await withCamera([...login(LOGIN), "--auth", name], async camera => {
		const client = new LoginClient(camera.port, LOGIN),
			wrong = new LoginClient(camera.port, { ...LOGIN, password: "x" });
		demand((await wrong.request("DESCRIBE", camera.url())).status === 401, "another password is accepted");
		demand((await client.request("DESCRIBE", camera.url())).status === 200, "the right password is refused");
		client.close();
		wrong.close();
	});
}

/** Covers the deepest call stack: a request inside a tunnel that needs hashes. If the device's stack overflowed, the
 *  camera would end. A client with a made-up hash gets as deep as one with the right password. */
async function throughTunnel(name) {
	await withCamera([...login(LOGIN), "--auth", name], async camera => {
		const url = camera.url();
		const challenge = await new LoginClient(camera.port).request("DESCRIBE", url);
		const ask = password =>
			`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n`
			+ "Authorization: "
			+ authorization(challenge.headers["www-authenticate"], "DESCRIBE", url, LOGIN.user, password) + `\r\n\r\n`;
		for (const [password, status] of [["guess", 401], [LOGIN.password, 200]]) {
			const { down, up, say } = await openTunnel(camera.port, `first-${password}`);
			await say(ask(password));
			await down.until(() => down.text.startsWith(`RTSP/1.0 ${status} `), `${status} to ${password}`);
			// the answer to a request that POST sent before GET arrived comes from deeper still
			const early = new Wire(camera.port), late = new Wire(camera.port);
			early.send(
				`POST / HTTP/1.0\r\nx-sessioncookie: `
					+ `late-${password}\r\n\r\n${Buffer.from(ask(password)).toString("base64")}`,
			);
			await new Promise(resolve => setTimeout(resolve, 200));
			late.send(`GET / HTTP/1.0\r\nx-sessioncookie: late-${password}\r\n\r\n`);
			await late.until(() => late.text.includes(`RTSP/1.0 ${status} `), `${status} to ${password} before GET`);
			[down, up, early, late].forEach(wire => wire.close());
		}
	});
}

async function open() {
	await withCamera([], async camera => {
		const client = new LoginClient(camera.port);
		demand((await client.request("DESCRIBE", camera.url())).status === 200,
			"a camera without a user asks for a password");
		demand(/no user is set/.test(camera.output), camera.output);
		client.close();
	});
}

async function silence() {
	await withCamera([...login(LOGIN), "--request-timeout", "1", "--connection-limit", "3"], async camera => {
		const player = new LoginClient(camera.port, LOGIN);
		await player.play(camera.url());
		const said = await new Promise(resolve => {
			let text = "";
			net.connect(camera.port, "127.0.0.1").on("data", data => text += data).on("close", () => resolve(text)).on(
				"error",
				() => {},
			);
		});
		demand(said === "RTSP/1.0 408 Request Time-out\r\nServer: rtsp-camera\r\nConnection: close\r\n\r\n", said);
		const crowd = Array.from({ length: 20 }, () => new LoginClient(camera.port));
		await new Promise(resolve => setTimeout(resolve, 2500));
		demand(crowd.every(client => client.closed), "a silent connection is still open");
		const before = player.frames;
		await new Promise(resolve => setTimeout(resolve, 500));
		demand(player.frames > before && !player.closed, "the player was disturbed");
		[player, ...crowd].forEach(client => client.close());
	});
}

function cases() {
	const list = [];
	for (const [client, { needs, transports }] of Object.entries(programs)) {
		for (const transport of transports.slice(0, 2))
			list.push({ name: `${client}-plays-with-a-password-over-${transport}`, needs, body: () =>
				plays(client, transport, [], LOGIN) });
		list.push({ name: `${client}-is-refused-with-another-password-and-without`, needs, body: () =>
			isRefused(client) });
		list.push({ name: `${client}-plays-with-an-awkward-password`, needs, body: () =>
			plays(client, transports[0], [], AWKWARD) });
		list.push({ name: `${client}-plays-with-basic`, needs, body: () =>
			plays(client, transports[0], ["--auth", "basic"], LOGIN) });
	}
	list.push(
		{ name: "ffmpeg-plays-longer-than-its-nonce-is-valid", needs: "ffmpeg", body: playsLong },
		{ name: "old-nonce-is-stale-except-where-it-was-used", body: staleness },
		{ name: "digest-sha256-on-request", body: () => scheme("digest-sha256") },
		{ name: "basic-on-request", body: () => scheme("basic") },
		...["digest", "digest-sha256"].map(name => ({ name: `${name}-through-a-tunnel-fits-the-stack`,
			body: () => throughTunnel(name) })
		),
		{ name: "wrong-passwords-lock-out-but-not-active-players", body: lockout },
		{ name: "parameters-change-a-playing-stream", body: parameters },
		{ name: "parameters-are-set-by-clients-that-the-owner-allows", body: control },
		{ name: "camera-without-a-user-is-open-and-says-so", body: open },
		{ name: "silent-connections-do-not-hold-their-places", body: silence },
	);
	return list;
}

export async function run() {
	const lines = [];
	const counts = { passed: 0, failed: 0, skipped: 0 };
	const all = cases();
	// two at a time: most cases only wait
	const work = async () => {
		for (let next = all.shift(); next; next = all.shift()) {
			const { name, needs, body } = next;
			if (needs && !has(needs)) {
				counts.skipped += 1;
				lines.push(`skip ${name}: ${needs} is not installed`);
				continue;
			}
			try {
				await body();
				counts.passed += 1;
				lines.push(`ok ${name}`);
			}
			catch (error) {
				counts.failed += 1;
				lines.push(`not ok ${name}: ${error.message}`);
			}
		}
	};
	// the first camera is built here, before the cases run in parallel
	const first = await startCamera({ args: ARGS });
	await first.stop();
	await Promise.all([work(), work()]);
	return { ...counts, lines };
}

await runAlone(import.meta.url, run);
