// SPDX-License-Identifier: MIT
/**
 * Scenarios: steps of several connections to a server. Conversations are with and without a password, direct and
 * through tunnels, unchanged and mutated. Seed, number and the server's challenges reproduce a scenario.
 */

import { base64FromBytes } from "hash/encoding";
import { EXCHANGES, Random, bytesOf, lines, makeInput, mutate } from "./generator";
import type { Login } from "./login";

export interface Step {
	/** Number of the connection. */
	readonly lane: number;
	/** Data to send, one character per byte; undefined: the client closes. */
	readonly text: string | undefined;
}

export interface Lane {
	readonly address: string;
	/** Whether the connection sends no valid proof, so that nothing may be delivered to it. */
	readonly stranger: boolean;
}

/** Expected answers of a conversation that is not mutated. */
export interface Expectation {
	readonly lane: number;
	readonly tunnel: boolean;
	/** CSeq of the requests, in order. */
	readonly cseqs: readonly number[];
}

export interface Scenario {
	readonly lanes: readonly Lane[];
	readonly steps: readonly Step[];
	/** Everything that is sent, before encoding. */
	readonly said: string;
	/** Only if there is a single, unchanged conversation. */
	readonly expectation: Expectation | undefined;
	/** Returns the end of the piece that begins at `begin`; called for each piece in turn. */
	readonly nextCut: (begin: number) => number;
	/** A mutated RTCP packet. */
	readonly report: string;
}

/** A client that knows the password, one that makes it up, or one that sends none. */
type Role = "member" | "stranger" | "nobody";

/** Bytes that a POST can safely send before GET arrives. The server's limit is 1,024. */
const EARLY = 900;

/** Headers that the server parses. */
const FLOODED: readonly string[] = ["Accept", "Transport", "Require", "Session", "Range", "Content-Type", "Blocksize",
	"X"];

export const ADDRESSES: readonly string[] = ["192.0.2.7", "192.0.2.8"];

/** Makes a scenario.
 *  @param session the id that the first session of the scenario gets
 *  @param login undefined if the server has no password */
export function makeScenario(seed: number, number: number, session: string, login: Login | undefined): Scenario {
	const { text, nextCut, report } = makeInput(seed, number);
	const random = new Random(seed * 1_000_037 + number);
	const maker = new Maker(random, session, login);
	// one connection with arbitrary data
	if (random.below(3) === 0)
		maker.add([text.replaceAll("{s}", session)], true);
	else {
		const whole = random.below(3) === 0;
		maker.converse(whole);
		for (let i = whole ? 0 : random.below(3); i > 0; i--)
			maker.converse(false);
	}
	return { lanes: maker.lanes, steps: maker.steps, said: maker.said, expectation: maker.expectation, nextCut,
		report };
}

class Maker {
	readonly lanes: Lane[] = [];
	steps: Step[] = [];
	said = "";
	expectation: Expectation | undefined;
	readonly #random: Random;
	readonly #session: string;
	readonly #login: Login | undefined;

	constructor(random: Random, session: string, login: Login | undefined) {
		this.#random = random;
		this.#session = session;
		this.#login = login;
	}

	/** Adds a connection that sends these texts. */
	add(texts: readonly string[], stranger: boolean): void {
		const lane = this.#lane(stranger);
		this.#weave(texts.map(text => ({ lane, text })));
	}

	/** Adds a client's conversation, direct or through a tunnel.
	 *  @param whole nothing is mutated, so that the answers are known */
	converse(whole: boolean): void {
		const random = this.#random;
		const role: Role = this.#login === undefined || random.below(6) === 0
			? "nobody"
			: random.below(3)
			? "member"
			: "stranger";
		const messages = this.#messages(role, whole);
		this.said += messages.join("\n");
		const tunnel = random.below(3) === 0;
		const lane = tunnel ? this.#tunnel(messages, role, whole) : this.lanes.length;
		if (!tunnel)
			this.add(messages, role !== "member");
		if (whole)
			this.expectation = { lane, tunnel, cseqs: messages.flatMap(cseqOf) };
	}

	#lane(stranger: boolean): number {
		const address = ADDRESSES[this.#random.below(8) ? 0 : 1]!;
		return this.lanes.push({ address, stranger }) - 1;
	}

	/** Interleaves the steps of one conversation with those of the others, keeping their order. */
	#weave(steps: readonly Step[]): void {
		const others = this.steps, woven: Step[] = [];
		for (let i = 0, j = 0; i < steps.length || j < others.length;)
			woven.push(j >= others.length || (i < steps.length && this.#random.below(2)) ? steps[i++]! : others[j++]!);
		this.steps = woven;
	}

	/** @returns a client's requests, some replaced by other ones, with valid or invalid credentials */
	#messages(role: Role, whole: boolean): string[] {
		const random = this.#random;
		// without the last exchange, which is HTTP; the one before it changes parameters
		const exchange = EXCHANGES[random.below(EXCHANGES.length - 1)]!;
		const messages: string[] = [];
		const begin = random.below(3) ? 0 : random.below(exchange.length),
			end = begin + 1 + random.below(exchange.length - begin);
		for (let i = begin; i < end; i++) {
			let message = random.below(8) === 0 ? this.#parameterRequest() : exchange[i]!;
			// some clients guess until they are locked out
			for (let repeats = role === "stranger" && random.below(8) === 0 ? 12 : 1; repeats > 0; repeats--) {
				message = this.#authorize(exchange[i] === message ? message.replaceAll("{s}", this.#session) : message,
					role);
				if (!whole && random.below(12) === 0)
					message = message.replace("CSeq", `${FLOODED[random.below(FLOODED.length)]!}: `
						+ `${flood(["a,", ",", "a;", "\"\",", "a=b;", "a"][random.below(6)]!, random)}\r\nCSeq`);
				if (!whole && random.below(4) === 0)
					message = mutate(message, random, 1 + random.below(3));
				messages.push(message);
			}
		}
		return messages;
	}

	#authorize(message: string, role: Role): string {
		const random = this.#random, login = this.#login;
		const match = /^[\r\n]*([A-Z_]+) (\S+) RTSP\/1\.0\r?\n/.exec(message);
		if (login === undefined || role === "nobody" || !match || message.includes("Authorization:"))
			return message;
		const [line, method, url] = match;
		// live555 hashes the stream's URL for the track as well
		const uri = random.below(3) ? url! : url!.replace(/trackID=0$/, "");
		const right = role === "member" && random.below(8) !== 0;
		const header = right ? login.right(method!, uri, random) : login.wrong(method!, uri, random);
		return `${line}${header}\r\n${message.slice(line.length)}`;
	}

	/** @returns a request that reads or sets parameters, with a valid or invalid body */
	#parameterRequest(): string {
		const random = this.#random;
		let body = "";
		switch (random.below(6)) {
			case 0:
				body = flood(["\n", "a\n", "b:\n", "\r\n"][random.below(4)]!, random);
				break;
			case 1:
				for (let i = random.below(300); i >= 0; i--)
					body += String.fromCharCode(random.below(256));
				break;
			case 2:
				body = "x".repeat(random.below(2000));
				break;
			default:
				for (let i = random.below(6); i >= 0; i--)
					body += (["quality", "framerate", "Quality", "packets", "unknown", ""][random.below(6)]!)
						+ (["", ": 20", ":9999", ":", ": \xff\0"][random.below(5)]!)
						+ (["\r\n", "\n", "\r", ""][random.below(4)]!);
		}
		const type = ["text/parameters", "Text/Parameters; charset=x", "text/plain",
			""][random.below(12) < 9 ? 0 : 1 + random.below(3)]!;
		const method = random.below(2) ? "SET_PARAMETER" : "GET_PARAMETER";
		return lines(`${method} rtsp://127.0.0.1:8554/ RTSP/1.0`, `CSeq: ${100 + random.below(100)}`,
			`Content-Type: ${type}`, `Content-Length: ${body.length}`) + body;
	}

	/** Adds a conversation on the two or three connections of a tunnel.
	 *  @returns the connection that receives the answers */
	#tunnel(messages: readonly string[], role: Role, whole: boolean): number {
		const random = this.#random;
		const down = this.#lane(role !== "member");
		const up = this.lanes.push(
			whole ? this.lanes[down]! : { ...this.lanes[down]!, address: ADDRESSES[random.below(8) ? 0 : 1]! },
		) - 1;
		const cookie = `c${random.below(1_000_000)}`, other = !whole && random.below(10) === 0 ? "other" : cookie;
		const get = this.#half("GET", cookie, whole), post = this.#half("POST", other, whole);
		const body = this.#encode(messages, whole).map((text): Step => ({ lane: up, text }));
		const late = random.below(2) === 0
			&& (!whole || body.reduce((length, { text }) => length + text!.length * 3 / 4, 0) < EARLY);
		const steps: Step[] = [{ lane: up, text: post }, ...body];
		// GET comes first, or in the middle of POST's data
		const joined = insert(steps, late ? random.below(steps.length + 1) : 0, { lane: down, text: get });
		this.#weave(whole ? joined : this.#disturb(joined, down, up, other));
		return down;
	}

	/** Closes halves, and reconnects POST, as some clients do for every request. */
	#disturb(joined: readonly Step[], down: number, up: number, cookie: string): readonly Step[] {
		const random = this.#random;
		let steps = joined;
		if (random.below(4) === 0)
			steps = insert(steps, random.below(steps.length + 1), { lane: random.below(2) ? down : up,
				text: undefined });
		if (random.below(4) === 0) {
			const again = this.lanes.push(this.lanes[up]!) - 1, at = 1 + random.below(steps.length);
			const rest = steps.slice(at).map(step => step.lane === up ? { lane: again, text: step.text } : step);
			const between: Step[] = random.below(2) ? [{ lane: up, text: undefined }] : [];
			steps = [...steps.slice(0, at), ...between, { lane: again, text: this.#half("POST", cookie, false) },
				...rest];
		}
		return steps;
	}

	#half(method: string, cookie: string, whole: boolean): string {
		const random = this.#random;
		const head = lines(
			`${method} ${["/", "rtsp://127.0.0.1:8554/", "/trackID=0"][random.below(3)]!} HTTP/1.${random.below(2)}`,
			`User-Agent: ${["QuickTime/7.6.9", "Lavf59.27.100", "GStreamer", "RealMedia"][random.below(4)]!}`,
			`${random.below(2) ? "x-sessioncookie" : "X-SessionCookie"}: ${cookie}`,
			"Pragma: no-cache",
			"Cache-Control: no-cache",
			method === "GET"
				? "Accept: application/x-rtsp-tunnelled"
				: "Content-Type: application/x-rtsp-tunnelled\r\nContent-Length: 32767\r\nExpires: Sun, 9 Jan 1972 "
					+ "00:00:00 GMT",
		);
		return whole || random.below(6) ? head : mutate(head, random, 1 + random.below(3));
	}

	/** Encodes requests one by one or together; in pieces; with line breaks, and with invalid characters. */
	#encode(messages: readonly string[], whole: boolean): string[] {
		const random = this.#random;
		let text = random.below(2) ? base64(messages.join("")) : messages.map(base64).join("");
		if (random.below(3) === 0)
			text = broken(text, random.below(2) ? 76 : 4, random.below(2) ? "\r\n" : "\n ");
		for (let i = whole ? 0 : random.below(8) - 5; i > 0; i--) {
			const at = random.below(text.length + 1);
			text = text.slice(0, at) + ["=", "==", "A", "\0", "-", "\xff", "\r\n", "AAAA", "===="][random.below(9)]!
				+ text.slice(at);
		}
		const pieces: string[] = [];
		for (let at = 0; at < text.length;) {
			const length = 1 + random.below(random.below(2) ? 2000 : 60);
			pieces.push(text.slice(at, at + length));
			at += length;
			// hundreds of steps test no more than a dozen
			if (pieces.length === 12) {
				pieces.push(text.slice(at));
				break;
			}
		}
		return pieces;
	}
}

/** Repeats a piece up to the size that a header field or a body may have. */
function flood(piece: string, random: Random): string {
	return piece.repeat(1 + random.below(1600 / piece.length));
}

function insert(steps: readonly Step[], at: number, step: Step): readonly Step[] {
	return [...steps.slice(0, at), step, ...steps.slice(at)];
}

function base64(text: string): string {
	return base64FromBytes(bytesOf(text));
}

/** Adds line breaks. Not by `replace`, which would hold all lines at once. */
function broken(text: string, width: number, lineBreak: string): string {
	let result = "";
	for (let begin = 0; begin < text.length; begin += width)
		result += text.slice(begin, begin + width) + lineBreak;
	return result;
}

/** @returns the CSeq of a request; nothing for interleaved data */
function cseqOf(message: string): number[] {
	const match = message.startsWith("$") ? null : /^cseq\s*:\s*(\d+)/im.exec(message);
	return match ? [Number(match[1])] : [];
}
