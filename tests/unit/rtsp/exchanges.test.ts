// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { RANGE, TRANSPORT } from "rtsp/message";
import { Parser } from "rtsp/parser";
import { EXCHANGES, type RecordedExchange } from "./exchanges";
import { Fixture, bytesOf } from "./fixture";

/** @returns the parser's events as text */
function parse(pieces: readonly Uint8Array[]): string {
	let events = "";
	const parser = new Parser({
		onRequest: request => {
			const { method, url, version, cseq, body } = request;
			events += `${method} ${url} ${version} ${cseq} ${request.header(RANGE)} ${request.header(TRANSPORT)} `
				+ `${body.join()}\n`;
		},
		onInterleaved: (channel, bytes) => {
			events += `$${channel} ${bytes.join()}\n`;
		},
		onError: ({ status, cseq }) => {
			events += `error ${status} ${cseq}\n`;
		},
	});
	for (const piece of pieces)
		parser.receive(piece);
	return events;
}

function piecesOf(bytes: Uint8Array, byteLength: number): Uint8Array[] {
	const pieces: Uint8Array[] = [];
	for (let offset = 0; offset < bytes.length; offset += byteLength)
		pieces.push(bytes.subarray(offset, offset + byteLength));
	return pieces;
}

/** Plays an exchange to a server in pieces of this length, in bytes. */
function play(exchange: RecordedExchange, byteLength: number): { statuses: number[]; events: string[] } {
	const fixture = new Fixture();
	if (exchange.refuses !== undefined)
		fixture.refusal = ({ delivery }) => delivery.kind === exchange.refuses ? "unsupported" : undefined;
	const client = fixture.client();
	const bytes = bytesOf(exchange.text.replaceAll("@", sessionId(exchange.text.split("SETUP ").length - 1)));
	for (const piece of piecesOf(bytes, byteLength))
		client.connection.receive(piece);
	equal(fixture.errors.length, 0);
	equal(fixture.server.sessionCount, 0);
	const events = fixture.events();
	const statuses = events.filter(event => event.startsWith("send ")).map(event => Number(event.slice(5)));
	return { statuses, events };
}

/** @returns the Session id of the last of a number of SETUPs. The fixture's random numbers count up; the first one goes
 *  to SDP, and a refused SETUP uses up an id. */
function sessionId(setups: number): string {
	let id = "";
	for (let i = 0; i < 4; i++)
		id += (setups * 4 - 2 + i).toString(16).padStart(8, "0");
	return id;
}

export default function (suite: Suite): void {
	for (const exchange of EXCHANGES) {
		const bytes = bytesOf(exchange.text);

		suite.test(`parser-same-events-byte-by-byte-${exchange.name}`, () => {
			const whole = parse([bytes]);
			equal(whole.includes("error"), false, whole);
			equal(whole.split("\n").filter(line => line.includes("RTSP/1.0")).length, exchange.statuses.length);
			for (const byteLength of [1, 2, 3, 7, 64])
				equal(parse(piecesOf(bytes, byteLength)), whole, `pieces of ${byteLength}`);
		});

		suite.test(`parser-same-events-at-every-split-${exchange.name}`, () => {
			const whole = parse([bytes]);
			for (let i = 1; i < bytes.length; i++) {
				if (parse([bytes.subarray(0, i), bytes.subarray(i)]) !== whole)
					throw new Error(`split at ${i}`);
			}
		});

		suite.test(`server-plays-${exchange.name}`, () => {
			for (const byteLength of [100000, 1, 13]) {
				const { statuses, events } = play(exchange, byteLength);
				equal(statuses, exchange.statuses);
				equal(events, exchange.events);
			}
		});
	}
}
