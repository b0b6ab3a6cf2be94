// SPDX-License-Identifier: MIT
/**
 * Sends mutated exchanges, cut at random: nothing throws, nothing leaks, every answer is well formed. The random
 * numbers are seeded, so that runs repeat.
 */

import { assert, equal, type Suite } from "../harness";
import { EXCHANGES } from "./exchanges";
import { Fixture, TCP, bytesOf } from "./fixture";

/** Texts that mutation inserts: cases that parsers often get wrong. */
const SNIPPETS: readonly string[] = [
	"\r\n",
	"\n",
	"\r",
	"\0",
	"$",
	"$\x01\xff\xff",
	"$\0\0\0",
	" ",
	":",
	";",
	",",
	"\"",
	"%",
	"@",
	"*",
	"/",
	"//",
	"[::",
	"\t",
	"\r\n ",
	"\xff",
	"CSeq: 99999999999",
	"Content-Length: 10\r\n",
	"Content-Length: 99999\r\n",
	`${TCP}\r\n`,
	"interleaved=",
	"client_port=",
	"trackID=",
	"Session: ",
	"SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n",
	"SET_PARAMETER",
	"Require: x\r\n",
	"x".repeat(300),
];

/** Lehmer random number generator; exact in floating point. */
class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** @returns a number from 0 to limit - 1 */
	below(limit: number): number {
		this.#state = (this.#state * 16807) % 2147483647;
		return this.#state % limit;
	}
}

function mutate(text: string, random: Random): string {
	let result = text;
	for (let i = random.below(6); i >= 0; i--) {
		const at = random.below(result.length + 1), end = Math.min(result.length, at + random.below(20));
		switch (random.below(5)) {
			case 0:
				result = result.slice(0, at) + String.fromCharCode(random.below(256)) + result.slice(at + 1);
				break;
			case 1:
				result = result.slice(0, at) + result.slice(end);
				break;
			case 2:
				result = result.slice(0, end) + result.slice(at);
				break;
			default:
				result = result.slice(0, at) + SNIPPETS[random.below(SNIPPETS.length)]! + result.slice(at);
		}
	}
	return result;
}

/** Asserts that each answer has a status line and headers of visible ASCII, and a body of the announced length.
 *  @returns the number of answers */
function checkAnswers(text: string): number {
	let count = 0;
	for (let rest = text; rest !== ""; count++) {
		const end = rest.indexOf("\r\n\r\n");
		assert(end > 0, `no end of headers: ${JSON.stringify(rest)}`);
		const lines = rest.slice(0, end).split("\r\n");
		assert(/^RTSP\/1\.0 [2-5]\d\d [A-Z]/.test(lines[0]!), lines[0]!);
		let length = 0;
		for (const line of lines.slice(1)) {
			assert(/^[A-Za-z-]+: [ -~]*$/.test(line), JSON.stringify(line));
			if (line.startsWith("Content-Length: "))
				length = Number(line.slice(16));
		}
		rest = rest.slice(end + 4 + length);
	}
	return count;
}

export default function (suite: Suite): void {
	suite.test("server-survives-mutated-exchanges", () => {
		const random = new Random(2326);
		let answers = 0, survivors = 0, played = 0;
		for (let round = 0; round < 1500; round++) {
			const fixture = new Fixture({
				limits: { headBytes: 512, headerCount: 12, bodyBytes: 64, frameBytes: 128 },
			});
			const client = fixture.client();
			const exchange = EXCHANGES[round % EXCHANGES.length]!;
			const bytes = bytesOf(mutate(exchange.text.replaceAll("@", "00000002000000030000000400000005"), random));
			for (let offset = 0; offset < bytes.length;) {
				const end = offset + 1 + random.below(random.below(2) ? 8 : 400);
				client.connection.receive(bytes.subarray(offset, end));
				offset = end;
				if (random.below(50) === 0)
					fixture.pass(20);
			}
			const events = fixture.events();
			equal(fixture.errors, [], `round ${round}`);
			answers += checkAnswers(client.take());
			survivors += client.closed ? 0 : 1;
			played += events.filter(event => event.endsWith(" play")).length;
			if (!client.closed)
				client.connection.closed();
			fixture.pass(122);
			equal([fixture.server.connectionCount, fixture.server.sessionCount], [0, 0], `round ${round}`);
			const all = [...events, ...fixture.events()];
			for (const [index] of fixture.subscriptions.entries())
				equal(all.filter(event => event === `${String.fromCharCode(0x41 + index)} close`).length, 1,
					`round ${round}: subscription not closed exactly once`);
		}
		// a fuzzer whose input is always refused at once proves nothing: many rounds must get as far as PLAY
		assert(answers > 3000 && survivors > 250 && played > 200,
			`${answers} answers, ${survivors} survivors, ${played} played`);
	});

	suite.test("server-survives-noise", () => {
		const random = new Random(3550);
		for (let round = 0; round < 200; round++) {
			const fixture = new Fixture();
			const client = fixture.client();
			const bytes = new Uint8Array(1 + random.below(300));
			for (let i = 0; i < bytes.length; i++)
				bytes[i] = random.below(256);
			client.connection.receive(bytes);
			checkAnswers(client.take());
			equal(fixture.errors, []);
		}
	});
}
