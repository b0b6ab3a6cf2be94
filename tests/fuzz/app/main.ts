// SPDX-License-Identifier: MIT
/**
 * Fuzzes the RTSP server inside the engine: modules/rtsp with fake media and without sockets, hundreds of inputs/s.
 *
 *   arguments: seed, first input, number of inputs, milliseconds of each input with a collection at every allocation
 *
 * Servers without a password and with each authentication scheme take turns. bench.ts checks each input. Some inputs
 * are played twice, cut at different places, and have to get the same answers. An input depends only on seed and
 * number. Memory has a limit while connections are open, and has to be the same at the end as at the beginning.
 */

import Process from "process";
import { stress } from "../../engine/stress";
import { Bench, IGNORE, Totals, fail } from "./bench";
import { bytesOf } from "./generator";
import { Login } from "./login";
import { makeScenario, type Scenario } from "./scenario";

const SLOTS = 0, CHUNK_BYTES = 2;
/** Slots and bytes by which the heap may differ while nothing is open, because of remains of the last input. */
const SLOT_TOLERANCE = 60, CHUNK_TOLERANCE = 8192;
/** Most slots for open connections and the input itself. Measured: 631 at most in 1,000 inputs. */
const SLOT_GROWTH = 1000;
/** Number of inputs from one measurement with open connections to the next. Sanitized builds collect slowly. */
const MEASURE = 8;
/** Number of inputs after which all permanent memory is allocated: names, tables. */
const WARM = 100;

const totals = new Totals();
/** A server with the limits of a small device, and servers with default limits, with and without a password. */
const benches = [
	new Bench(totals, { limits: { headBytes: 1024, headerCount: 16, bodyBytes: 128, frameBytes: 256 } }),
	new Bench(totals, { multicast: true, parameters: true }),
	new Bench(totals, { multicast: true, parameters: true, scheme: "digest" }),
	new Bench(totals, { multicast: true, parameters: true, scheme: "digest-sha256" }),
	new Bench(totals, { multicast: true, parameters: true, scheme: "basic" }),
];

const seed = Number(Process.argument(0) ?? 1), from = Number(Process.argument(1) ?? 0),
	count = Number(Process.argument(2) ?? 10_000);
const stressTime = Number(Process.argument(3) ?? 0);

/** Memory in use while nothing was open, and the most slots since then. */
let slots = 0, chunkBytes = 0, slotsHighest = 0;
let number = from, scenario: Scenario | undefined;

/** @returns the id of the first session made after `random32` was set to `id` */
function sessionID(id: number): string {
	let text = "";
	for (let i = 0; i < 4; i++)
		text += (0x100000000 + id + i).toString(16).slice(1);
	return text;
}

function play(): void {
	const bench = benches[number % benches.length]!;
	const id = 16 + (number % 1000) * 4096;
	bench.begin(number);
	const login = bench.scheme === undefined ? undefined : new Login(bench.scheme, bench.challenges());
	const current = scenario = makeScenario(seed, number, sessionID(id), login);
	stress(stressTime);
	const first = bench.feed(current, login, id, true, measure);
	totals.inputs += 1;
	if (bench.parser.parse(bytesOf(current.report), IGNORE))
		totals.reports += 1;
	bench.passTime();
	if (number % 4 === 0) {
		let { hasLocked } = bench;
		const whole = bench.feed(current, login, id, false, () => undefined);
		hasLocked ||= bench.hasLocked;
		bench.passTime();
		// an address that has shown the password is known for a day, so a lock may begin later the second time
		for (let lane = 0; lane < first.length && !hasLocked; lane++) {
			const one = withoutNonces(first[lane]!), other = withoutNonces(whole[lane]!);
			if (one !== other)
				fail(
					`in pieces, connection ${lane} is answered\n${JSON.stringify(one)}\nin one piece, it is `
						+ `answered\n${JSON.stringify(other)}`,
				);
		}
	}
}

/** Removes nonces, which contain the time. */
function withoutNonces(text: string): string {
	return text.replace(/nonce="[^"]*"/g, "nonce");
}

/** Checks memory while everything is open. */
function measure(): void {
	if (slots === 0 || number % MEASURE)
		return;
	Process.collect();
	const now = Process.memory(SLOTS);
	slotsHighest = Math.max(slotsHighest, now);
	if (now > slots + SLOT_GROWTH)
		fail(`${now} slots in use, ${slots} when nothing is open`);
}

/** Checks memory while nothing is open. */
function checkLeaks(): void {
	scenario = undefined;
	Process.collect();
	const slotsNow = Process.memory(SLOTS), chunkBytesNow = Process.memory(CHUNK_BYTES);
	if (slots === 0) {
		slots = slotsNow;
		chunkBytes = chunkBytesNow;
	}
	trace(`${number - from + 1} inputs, ${totals.answers} answers, ${slotsNow} slots, ${chunkBytesNow} chunk bytes\n`);
	if (slotsNow > slots + SLOT_TOLERANCE || chunkBytesNow > chunkBytes + CHUNK_TOLERANCE)
		fail(`memory has grown: ${slots} slots and ${chunkBytes} chunk bytes at the beginning`);
}

try {
	const last = from + count, step = Math.max(1, Math.floor(count / 10));
	for (; number < last; number++) {
		play();
		const done = number - from + 1;
		if (done === WARM || (done >= WARM && done % step === 0))
			checkLeaks();
	}
	stress(0);
	const { statuses, ...others } = totals;
	const [, , good, , refused, failed] = statuses;
	trace(`${JSON.stringify({ ...others, good, refused, failed, slots, slotsHighest })}\n`);
	Process.abort(0);
}
catch (error) {
	stress(0);
	trace(
		`not ok: seed ${seed}, input ${number}: `
			+ `${String((error as Error).stack ?? error)}\n${JSON.stringify(scenario?.steps)}\n`,
	);
	Process.abort(1);
}
