// SPDX-License-Identifier: MIT
/** Messages of clients: requests, RTCP packets, frames of interleaved data. One character per byte. */

import type { Random } from "../app/generator";

export const LOGIN = { user: "u", password: "p" };
/** Base64 of "u:p", and of a wrong guess. */
const RIGHT = "dTpw", WRONG = "dTp4";

export const BOGUS = "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0";
/** The server's own port, and the group's address and port. */
export const OWN_PORT = 6970, GROUP = "239.1.2.3", GROUP_PORT = 5004;

const CLIENT_PORTS = 5000;
const CREDENTIALS = ["right", "right", "right", "right", "right", "right", "wrong", "none"] as const;
export type Credentials = typeof CREDENTIALS[number];

export function credentials(random: Random): Credentials {
	return CREDENTIALS[random.below(CREDENTIALS.length)]!;
}

export function authorization(of: Credentials): string {
	return of === "none" ? "" : `Authorization: Basic ${of === "right" ? RIGHT : WRONG}\r\n`;
}

/** @returns a Transport header. Ports and channels are few, so that clients collide. */
export function transport(random: Random): string {
	const channel = random.below(6), port = CLIENT_PORTS + 2 * random.below(6);
	switch (random.below(14)) {
		case 0:
			return "RTP/AVP;multicast";
		case 1:
			return "RTP/AVP/TCP;unicast";
		case 2:
			return `RTP/AVP;unicast;client_port=${OWN_PORT}-${OWN_PORT + 1},RTP/AVP/TCP;unicast;interleaved=${channel}-`
				+ (channel + 1);
		case 3:
			return `RTP/AVP;unicast;client_port=${port + 1}-${port}`;
		case 4:
			return "RTP/AVP/TCP;unicast;interleaved=0-256";
		case 5:
		case 6:
		case 7:
		case 8:
			return `RTP/AVP;unicast;client_port=${port}-${port + 1}`;
		default:
			return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
	}
}

const BODIES = ["quality\r\nframerate\r\npackets_sent\r\n", "jitter", "clients\r\nconnections\r\nsent\r\ndropped",
	"none", ""] as const;
const SETTINGS = ["quality: 30\r\n", "framerate: 12\r\n", "size: QQVGA\r\n", "quality: 99", "none: 1",
	"framerate: 25\r\nquality: 20"] as const;

/** @returns headers specific to the method, and a body */
export function rest(method: string, random: Random): string {
	switch (method) {
		case "SETUP":
			return `Transport: ${transport(random)}\r\n`
				+ `${random.below(6) === 0 ? `Blocksize: ${[1, 300, 1000, 65535][random.below(4)]}\r\n` : ""}\r\n`;
		case "GET_PARAMETER":
		case "SET_PARAMETER": {
			const bodies = method === "GET_PARAMETER" ? BODIES : SETTINGS, body = bodies[random.below(bodies.length)]!;
			return body === ""
				? "\r\n"
				: `Content-Type: text/parameters\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		}
		default:
			return "\r\n";
	}
}

const METHODS = ["OPTIONS", "DESCRIBE", "DESCRIBE", "SETUP", "SETUP", "SETUP", "SETUP", "PLAY", "PLAY", "PLAY", "PLAY",
	"PAUSE", "PAUSE", "TEARDOWN", "GET_PARAMETER", "GET_PARAMETER", "SET_PARAMETER", "RECORD"] as const;

export function method(random: Random): string {
	return METHODS[random.below(METHODS.length)]!;
}

/** Whether a method needs a session. */
export function needsSession(name: string): boolean {
	return name === "PLAY" || name === "PAUSE" || name === "TEARDOWN";
}

/** @returns the largest request that the server reads: a head of 4,000 bytes with a long URL and long values, and 64
 *  parameters of 31 characters */
export function largest(): string {
	const line = `${"n".repeat(31)}\n`;
	let head = `SET_PARAMETER rtsp://h/?${"q".repeat(1000)} RTSP/1.0\r\nCSeq: 1\r\nContent-Type: `
		+ `text/parameters\r\nContent-Length: ${line.length * 64}\r\n`;
	for (const name of ["Range", "Session", "Transport"])
		head += `${name}: ${"v".repeat(Math.min(1300, 3900 - head.length))}\r\n`;
	return `${head}\r\n${line.repeat(64)}`;
}

function word(value: number): string {
	return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** @returns a receiver report with a block about `ssrc`, sometimes with another packet after it */
export function report(ssrc: number, random: Random): string {
	const block = `${word(ssrc)}${word(random.below(0x1000000))}${word(random.below(65536))}${word(random.below(1000))}`
		+ `${word(random.below(2) ? 0 : random.below(0x7fffffff))}${word(random.below(65536))}`;
	const first = `\x81\xc9\0\x07${word(random.below(1000))}${block}`;
	switch (random.below(5)) {
		case 0:
			return `${first}\x81\xca\0\x03\0\0\0\x01\x01\x04name\0\0`;
		case 1:
			return `${first}\x81\xcb\0\x01\0\0\0\x01`;
		case 2:
			return `\x80\xc9\0\x01\0\0\0\x01`;
		default:
			return first;
	}
}

export function frame(channel: number, data: string): string {
	return `$${String.fromCharCode(channel, data.length >> 8, data.length & 255)}${data}`;
}
