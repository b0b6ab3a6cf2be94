// SPDX-License-Identifier: MIT
/**
 * State fuzzer: one server with all of modules/, and up to 14 connections at once, with UDP and tunnels, on a simulated
 * clock.
 *
 *   arguments: seed, first episode, operations, 1 to print every operation
 *
 * An episode consists of rounds of operations. After each round, all requests are answered, a new client is answered,
 * limits hold, and statistics match the received data. At the end of an episode, all clients leave, and everything is
 * as before: sockets, timers, frames, slots. An episode depends only on seed and number.
 */

import Process from "process";
import { stress } from "../../engine/stress";
import { Random, bytesOf } from "../app/generator";
import type { CameraServerSettings } from "stream/options";
import { CameraServer } from "stream/server";
import { FakeCamera } from "./fakecamera";
import { GROUP, GROUP_PORT, LOGIN, OWN_PORT } from "./messages";
import { Operations } from "./operations";
import { World } from "./world";

const SLOTS = 0, PEAK_SLOTS = 1, CHUNK_BYTES = 2, PEAK_CHUNK_BYTES = 3;
const ROUND = 60, ROUNDS = 12;
/** Number of episodes of one server. Then one with other settings takes its place. */
const EPISODES = 8;
const CONNECTIONS = 8, LINGERING = 4;
/** Slots and bytes by which the heap may differ after all clients have left. */
const SLOT_TOLERANCE = 60, CHUNK_TOLERANCE = 4096;
/** Slots by which one server may grow from its third episode to its last. */
const SERVER_TOLERANCE = 180;
/** Time in milliseconds after which everything left behind has ended: sessions, halves of tunnels, last replies. */
const FORGOTTEN = 40_000;

const seed = Number(Process.argument(0) ?? 1), first = Number(Process.argument(1) ?? 0),
	count = Number(Process.argument(2) ?? 10_000);
const tells = Process.argument(3) === "1";

const world = globalThis.world = new World();
const pictures = FakeCamera.pictures();

const VARIANTS: readonly { readonly name: string; readonly more: Partial<CameraServerSettings> }[] = [
	{ name: "open", more: { control: "anybody", multicast: GROUP, multicastPort: GROUP_PORT, burst: 8 } },
	{ name: "with a password",
		more: { user: LOGIN.user, password: LOGIN.password, auth: "basic", multicast: GROUP, multicastPort: GROUP_PORT,
			lockTime: 20 } },
	{ name: "adaptive",
		more: { control: "anybody", bitrate: Infinity, burst: 2, connectionLimit: CONNECTIONS, stallTimeout: 3 } },
];

const totals: Record<string, number> = { operations: 0, rounds: 0, episodes: 0, busy: 0, full: 0, playing: 0 };
const counts: Record<string, number> = {};
let episode = first, round = 0;

function start(variant: typeof VARIANTS[number]): CameraServer {
	return new CameraServer({
		sessionTimeout: 10,
		connectionLimit: CONNECTIONS,
		sessionLimit: CONNECTIONS,
		udpPacketSize: 512,
		tcpPacketSize: 16_384,
		...variant.more,
		port: 554,
		udpPort: OWN_PORT,
		openSource: onReadable => new FakeCamera(pictures, onReadable),
		onNotice: message => notice(message),
	});
}

function notice(message: string): void {
	if (message.startsWith("internal error") || message.includes("connection was lost"))
		world.fail(message);
	if (tells)
		trace(`  ${message}\n`);
}

function check(condition: boolean, message: () => string): void {
	if (!condition)
		world.fail(message());
	if (world.failure !== undefined)
		throw new Error(world.failure);
}

/** Checks the server after all requests had time to be answered. */
function judge(server: CameraServer, operations: Operations): void {
	const { streams } = world;
	world.pass(60, 20);
	for (const wire of world.wires)
		check(wire.settled, () => `${wire.kind} of ${wire.address} still waits for ${JSON.stringify(wire.wanted)}`);
	const before = server.statistics;
	const probe = operations.openProbe();
	probe.send(bytesOf("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
	probe.wanted.push({ cseq: 1, refused: false });
	world.pass(40, 20);
	check(
		probe.lastStatus === 200 || probe.lastStatus === 401
			|| (probe.lastStatus === 503 && before.connections === CONNECTIONS),
		() => `OPTIONS is answered ${probe.lastStatus}, with ${before.connections} connections`,
	);
	totals["busy"]! += probe.lastStatus === 503 ? 1 : 0;
	totals["full"]! += before.connections === CONNECTIONS ? 1 : 0;
	totals["playing"] = Math.max(totals["playing"]!, before.playing);
	probe.leave("at once");
	const { connections, playing, sent, octets } = server.statistics;
	check(connections <= CONNECTIONS && playing <= CONNECTIONS && world.openSockets <= CONNECTIONS + LINGERING + 1,
		() => `${connections} connections, ${playing} playing, ${world.openSockets} sockets`);
	check(sent === streams.frames - framesBefore,
		() => `statistics count ${sent} frames, ${streams.frames - framesBefore} were received`);
	check(octets === streams.octets - octetsBefore,
		() => `statistics count ${octets} octets, ${streams.octets - octetsBefore} were received`);
}

/** Frames and octets that earlier servers have sent. */
let framesBefore = 0, octetsBefore = 0;

function play(server: CameraServer, operations: Operations): void {
	operations.begin(new Random(seed * 1_000_003 + episode), episode % 2 === 1);
	for (round = 0; round < ROUNDS; round++) {
		for (let i = 0; i < ROUND; i++) {
			operations.operate();
			totals["operations"]! += 1;
			check(true, () => "");
		}
		judge(server, operations);
		totals["rounds"]! += 1;
	}
	operations.leaveAll();
	world.pass(FORGOTTEN, 1000);
	totals["episodes"]! += 1;
}

/** Checks the server after all clients have left. */
function checkRest(server: CameraServer, alarms: number): void {
	const { connections, playing } = server.statistics, camera = world.camera!;
	check(connections === 0 && playing === 0 && world.openSockets === 0 && world.arrivals.length === 0,
		() => `${connections} connections, ${playing} playing and ${world.openSockets} sockets are left`);
	check(!camera.running && camera.leases === 0,
		() => `camera running: ${camera.running}, ${camera.leases} frames out`);
	check(world.alarms.length === alarms, () => `${world.alarms.length} timers run, ${alarms} before`);
	world.streams.forget();
}

interface Rest {
	checks: number;
	slots: number;
	chunkBytes: number;
}

/** Most memory in use with the first servers of each variant, and the number of checks. */
const rests: (Rest | undefined)[] = [];
const FIRST_CHECKS = 10;

/** Checks memory while nothing is open.
 *  @returns the number of slots in use */
function checkMemory(variant: number): number {
	Process.collect();
	const slots = Process.memory(SLOTS), chunkBytes = Process.memory(CHUNK_BYTES), before = rests[variant];
	if (before === undefined)
		rests[variant] = { checks: 1, slots, chunkBytes };
	else if (before.checks < FIRST_CHECKS)
		rests[variant] = { checks: before.checks + 1, slots: Math.max(slots, before.slots),
			chunkBytes: Math.max(chunkBytes, before.chunkBytes) };
	else
		check(slots <= before.slots + SLOT_TOLERANCE && chunkBytes <= before.chunkBytes + CHUNK_TOLERANCE,
			() => `${slots} slots and ${chunkBytes} bytes are in use, ${before.slots} and ${before.chunkBytes} before`);
	return slots;
}

/** Runs one server for some episodes. */
function serve(variant: number): void {
	const server = start(VARIANTS[variant]!);
	const operations = new Operations(world, VARIANTS[variant]!.name === "with a password",
		tells ? text => trace(`${text}\n`) : undefined);
	const alarms = world.alarms.length;
	let least: number | undefined;
	operations.introduce();
	framesBefore = world.streams.frames;
	octetsBefore = world.streams.octets;
	for (let i = 0; i < EPISODES && totals["operations"]! < count; i++, episode++) {
		play(server, operations);
		checkRest(server, alarms);
		// names and tables are allocated in the first episodes
		if (i > 1) {
			const slots = checkMemory(variant);
			least ??= slots;
			check(slots <= least + SERVER_TOLERANCE, () =>
				`${slots} slots are in use, ${least} at this server's beginning`);
		}
	}
	for (const [name, number] of Object.entries(operations.counts))
		counts[name] = (counts[name] ?? 0) + number;
	server.close();
	check(
		world.alarms.length === 0 && world.udp.length === 0 && world.openSockets === 0 && world.listener === undefined,
		() => `after close ${world.alarms.length} timers run, ${world.udp.length} UDP sockets are open`,
	);
}

try {
	// no collection at every allocation, which would take a minute per episode
	stress(0);
	Process.collect();
	const harness = { slots: Process.memory(SLOTS), chunkBytes: Process.memory(CHUNK_BYTES) };
	let told = 0;
	while (totals["operations"]! < count) {
		serve(Math.floor(episode / EPISODES) % VARIANTS.length);
		if (totals["operations"]! - told >= 500_000) {
			told = totals["operations"]!;
			trace(
				`${told} operations, to episode ${episode}: ${Process.memory(PEAK_SLOTS)} slots and `
					+ `${Process.memory(PEAK_CHUNK_BYTES)} chunk bytes at most\n`,
			);
		}
	}
	const { frames, packets, reports, byes, punctual, late } = world.streams;
	trace(
		JSON.stringify({ ...totals, frames, packets, reports, byes, punctual, late, counts, harness, rests,
			peak: [Process.memory(PEAK_SLOTS), Process.memory(PEAK_CHUNK_BYTES)] }) + `\n`,
	);
	Process.abort(0);
}
catch (error) {
	trace(`not ok: seed ${seed}, episode ${episode}, round ${round}: ${String((error as Error).stack ?? error)}\n`);
	Process.abort(1);
}
