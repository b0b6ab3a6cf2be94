// SPDX-License-Identifier: MIT
/**
 * Generates fuzzing input: exchanges of real clients, cut, mixed and mutated by a seeded random number generator, so
 * that seed and number reproduce every input. Imports nothing, because it runs inside the engine and also in Node
 * against the running server.
 */

/** Headers of the exchanges below. There, `{s}` stands for the Session id; one string per message, one character per
 *  byte. */
const FFMPEG = "User-Agent: Lavf59.27.100";
const GST = "User-Agent: GStreamer/1.22.0";
const LIVE = "User-Agent: LibVLC/3.0.18 (LIVE555 Streaming Media v2016.11.28)";
const GO2RTC = "User-Agent: go2rtc/1.9.4";
const CURL = "User-Agent: curl/7.88.1";
/** Credentials for another server: the hashes are never right. */
const DIGEST =
	"Authorization: Digest username=\"admin\", realm=\"fuzz\", nonce=\"3e8-38b520b954fc385d9599b3d11d7b3a37\"";

export function lines(...text: string[]): string {
	return `${text.join("\r\n")}\r\n\r\n`;
}

function frame(channel: number, data: string): string {
	return `$${String.fromCharCode(channel, data.length >> 8, data.length & 255)}${data}`;
}

/** RR and SDES of GStreamer; RR of ffmpeg; RR, SDES and BYE; SR; APP and feedback. */
export const REPORTS: readonly string[] = [
	"\x81\xc9\0\x07\xdeE\x13\xfd.\xcf|\x01\0\0\0\0\0\0\xbb\x1b\0\0\0\x0b\xb9\xebj\xc0\0\x01\xb6m\x81\xca"
	+ "\0\x06\xdeE\x13\xfd\x01\x10user1557-host-cd\0\0",
	"\x80\xc9\0\x01\0\0\0\x01",
	"\x80\xc9\0\x01\0\0\0\x01\x81\xca\0\x03\0\0\0\x01\x01\x04name\0\0\x81\xcb\0\x01\0\0\0\x01",
	"\x80\xc8\0\x06\0\0\0\x02\xe8\0\0\0\x80\0\0\0\0\x01\x5f\x90\0\0\0\x10\0\0\x27\x10",
	"\xa0\xc9\0\x02\0\0\0\x01\0\0\0\x04\x80\xcc\0\x02\0\0\0\x01name\x81\xce\0\x02\0\0\0\x01\0\0\0\x02",
];

export const EXCHANGES: readonly (readonly string[])[] = [
	[
		lines("OPTIONS rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 1", FFMPEG),
		lines("DESCRIBE rtsp://127.0.0.1:8554/ RTSP/1.0", "Accept: application/sdp", "CSeq: 2", FFMPEG),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
			"CSeq: 3", FFMPEG),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "Range: npt=0.000-", "CSeq: 4", FFMPEG, "Session: {s}"),
		frame(1, REPORTS[1]!),
		lines("GET_PARAMETER rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 5", FFMPEG, "Session: {s}"),
		lines("TEARDOWN rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 6", FFMPEG, "Session: {s}"),
	],
	[
		lines("OPTIONS rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 1", GST),
		lines("DESCRIBE rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 2", GST, "Accept: application/sdp"),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "CSeq: 3", GST,
			"Transport: RTP/AVP;unicast;client_port=35990-35991"),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "CSeq: 5", GST,
			"Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: {s}"),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 6", GST, "Range: npt=now-", "Session: {s}"),
		frame(1, REPORTS[0]!),
		lines("PAUSE rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 7", GST, "Session: {s}"),
		lines("TEARDOWN rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 8", GST, "Session: {s}"),
	],
	[
		lines("OPTIONS rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 2", LIVE),
		lines("DESCRIBE rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 3", LIVE, "Accept: application/sdp"),
		lines("SETUP rtsp://192.0.2.1:8554/trackID=0 RTSP/1.0", "CSeq: 4", LIVE,
			"Transport: RTP/AVP;unicast;client_port=35992-35993"),
		lines("PLAY rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 5", LIVE, "Session: {s}", "Range: npt=0.000-"),
		lines("GET_PARAMETER rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 6", LIVE, "Session: {s}"),
		lines("PAUSE rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 7", LIVE, "Session: {s}"),
		lines("PLAY rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 8", LIVE, "Session: {s}", "Scale: 1.000", "Speed: 1.000"),
		lines("TEARDOWN rtsp://192.0.2.1:8554/ RTSP/1.0", "CSeq: 9", LIVE, "Session: {s}"),
	],
	[
		lines("OPTIONS rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 1", GO2RTC),
		lines("DESCRIBE rtsp://192.0.2.1/ RTSP/1.0", "Accept: application/sdp", "Cseq: 2",
			"Require: www.onvif.org/ver20/backchannel", GO2RTC),
		lines("SETUP rtsp://192.0.2.1/trackID=0 RTSP/1.0", "Cseq: 4", "Blocksize: 1000",
			"Transport: RTP/AVP/TCP;unicast;interleaved=0-1", GO2RTC),
		lines("PLAY rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 5", "Session: {s}", GO2RTC),
		frame(1, REPORTS[2]!),
		lines("TEARDOWN rtsp://192.0.2.1/ RTSP/1.0", "Cseq: 7", "Session: {s}", GO2RTC),
	],
	[
		lines("SETUP rtsp://192.0.2.1:8554/?src=1&freq=12188 RTSP/1.0", "CSeq: 0",
			"Transport: RTP/AVP;unicast;client_port=35994-35995"),
		lines("PLAY rtsp://192.0.2.1:8554/stream=0 RTSP/1.0", "CSeq: 1", "Session: {s}"),
		"\r\n\n\r\nGET_PARAMETER / RTSP/1.0\nCSeq:\n  7\nContent-Length : 14\nX-Empty:\nX-Long: one\r\n\ttwo\n "
		+ "  three\n\nposition\r\n\r\n\r\n",
		frame(1, REPORTS[3]!),
		frame(1, REPORTS[4]!),
		lines("ANNOUNCE rtsp://192.0.2.1/ RTSP/1.0", "CSeq: 2", "Content-Type: application/sdp", "Content-Length: 5")
		+ "v=0\r\n",
		lines("OPTIONS * RTSP/1.0", "CSeq: 3", "Connection: close"),
	],
	[
		lines("OPTIONS rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 1", FFMPEG),
		lines("DESCRIBE rtsp://127.0.0.1:8554/ RTSP/1.0", "Accept: application/sdp", "CSeq: 2", FFMPEG,
			`${DIGEST}, uri="rtsp://127.0.0.1:8554/", response="cb10ccbc5d128e24b50ac19106e67922", algorithm="MD5"`),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0",
			"Transport: RTP/AVP/UDP;unicast;client_port=32284-32285", "CSeq: 3", FFMPEG),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "Transport: RTP/AVP/UDP;multicast", "CSeq: 4", FFMPEG),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "Range: npt=0.000-", "CSeq: 5", FFMPEG, "Session: {s}"),
		lines("TEARDOWN rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 6", FFMPEG, "Session: {s}"),
	],
	[
		lines("DESCRIBE rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 1", GST, "Accept: application/sdp"),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "CSeq: 2", GST, "Transport: RTP/AVP;multicast"),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 3", GST, "Range: npt=now-", "Session: {s}"),
		lines("OPTIONS rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 4", GST, "Session: {s}"),
		lines("PAUSE rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 5", GST, "Session: {s}"),
		lines("SETUP rtsp://127.0.0.1:8554/trackID=0 RTSP/1.0", "CSeq: 6", GST,
			"Transport: RTP/AVP;multicast;port=5004-5005;ttl=127,RTP/AVP/TCP;interleaved=2-3", "Session: {s}"),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 7", GST, "Session: {s}"),
		frame(3, REPORTS[0]!),
		lines("TEARDOWN rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 8", GST, "Session: {s}"),
	],
	[
		lines("OPTIONS * RTSP/1.0", "CSeq: 1", CURL),
		lines("SETUP rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 2", CURL,
			"Transport: RTP/AVP/TCP;unicast;interleaved=0-1"),
		lines("PLAY rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 3", CURL, "Session: {s};timeout=60"),
		lines("GET_PARAMETER rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 4", CURL, "Session: {s}",
			"Content-Type: text/parameters", "Content-Length: 20") + "quality\r\nframerate\r\n",
		lines("SET_PARAMETER rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 5", CURL, "Session: {s}",
			"Content-Type: text/parameters", "Content-Length: 27") + "quality: 20\r\nframerate: 9\r\n",
		lines("SET_PARAMETER rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 6", CURL, "Content-Type: text/parameters",
			"Content-Length: 15") + "packets: 1\nnone",
		lines("TEARDOWN rtsp://127.0.0.1:8554/ RTSP/1.0", "CSeq: 7", CURL, "Session: {s}"),
	],
	[
		lines("GET / HTTP/1.0", "User-Agent: QuickTime/7.6.9", "x-sessioncookie: yzlqyMbPAQAAAAA",
			"Accept: application/x-rtsp-tunnelled", "Pragma: no-cache", "Cache-Control: no-cache"),
		lines("POST / HTTP/1.0", "User-Agent: QuickTime/7.6.9", "x-sessioncookie: yzlqyMbPAQAAAAA",
			"Content-Type: application/x-rtsp-tunnelled", "Content-Length: 32767",
			"Expires: Sun, 9 Jan 1972 00:00:00 GMT") + "T1BUSU9OUyAqIFJUU1AvMS4wDQpDU2VxOiAxDQoNCg==",
		"T1BUSU9OUyAqIFJUU1AvMS4wDQpDU2VxOiAyDQoNCg==\r\n",
	],
];

/** Texts that mutation inserts: cases that parsers often get wrong. */
const SNIPPETS: readonly string[] = [
	"\r\n",
	"\n",
	"\r",
	"\r\n\r\n",
	"\0",
	"$",
	"$\x01\xff\xff",
	"$\0\0\0",
	"$\x01\0\x08\x80\xc9\0\x01\0\0\0\x01",
	" ",
	":",
	";",
	",",
	"\"",
	"%",
	"%00",
	"@",
	"*",
	"/",
	"//",
	"..",
	"[::",
	"\t",
	"\r\n ",
	"\xff",
	"-",
	"=",
	"-1",
	"0",
	"65536",
	"4294967296",
	"CSeq: 99999999999\r\n",
	"Content-Length: 10\r\n",
	"Content-Length: 99999\r\n",
	"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n",
	"Transport: RTP/AVP;unicast;client_port=35996-35997\r\n",
	"interleaved=",
	"client_port=",
	"trackID=",
	"trackID=1",
	"Session: {s}\r\n",
	"Session: ",
	";timeout=60",
	"Range: npt=1-2\r\n",
	"Accept: text/html\r\n",
	"Blocksize: 1\r\n",
	"Blocksize: 65535\r\n",
	"Require: x\r\n",
	"RTSP/2.0",
	"HTTP/1.1",
	"SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n",
	"TEARDOWN * RTSP/1.0\r\nCSeq: 1\r\nSession: {s}\r\n\r\n",
	"SET_PARAMETER",
	"RECORD",
	"Connection: close\r\n",
	"Timestamp: 1\r\n",
	"Transport: RTP/AVP;multicast\r\n",
	"Content-Type: text/parameters\r\n",
	"Authorization: Digest ",
	"Authorization: Basic ",
	"username=\"\"",
	"nonce=",
	"qop=auth-int,",
	"response=\"0\"",
	"GET / HTTP/1.0\r\n",
	"POST / HTTP/1.1\r\n",
	"x-sessioncookie: 1\r\n",
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/** Converts text to bytes, one per character. Works in pieces, because the engine finds a character by counting from
 *  the beginning of the string. */
export function bytesOf(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let begin = 0; begin < text.length; begin += 64) {
		const piece = text.slice(begin, begin + 64);
		for (let i = 0; i < piece.length; i++)
			bytes[begin + i] = piece.charCodeAt(i);
	}
	return bytes;
}

/** Lehmer random number generator; exact in floating point. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = (seed % 2147483646) + 1;
		// the first numbers of neighbouring seeds are similar
		this.below(2);
		this.below(2);
		this.below(2);
	}

	/** @returns a number from 0 to limit - 1 */
	below(limit: number): number {
		this.#state = (this.#state * 16807) % 2147483647;
		return this.#state % limit;
	}
}

export interface Input {
	/** Data that one connection sends, one character per byte. `{s}` stands for the Session id. */
	readonly text: string;
	/** Returns the end of the piece that begins at `begin`; called for each piece in turn. */
	readonly nextCut: (begin: number) => number;
	/** A mutated RTCP packet. */
	readonly report: string;
}

/** @returns input `number` of the run with this seed */
export function makeInput(seed: number, number: number): Input {
	const random = new Random(seed * 1_000_003 + number);
	const cuts = new Random(seed * 1_000_033 + number);
	const fine = cuts.below(3);
	return {
		text: makeText(random),
		nextCut: begin => begin + 1 + cuts.below(fine === 0 ? 3 : fine === 1 ? 40 : 2000),
		report: mutate(REPORTS[random.below(REPORTS.length)]!, random, 1 + random.below(4)),
	};
}

function makeText(random: Random): string {
	if (random.below(40) === 0)
		return noise(random);
	let text = "";
	// the beginning of an exchange, so that there is a session; sometimes followed by messages of other exchanges
	const exchange = EXCHANGES[random.below(EXCHANGES.length)]!;
	const begin = random.below(4) ? Math.max(0, 2 - random.below(3)) : random.below(exchange.length);
	const end = Math.min(exchange.length, begin + 1 + random.below(6));
	for (let i = begin; i < end; i++) {
		let message = exchange[i]!;
		// most messages are unchanged, or nothing would get past the parser
		if (random.below(3) === 0)
			message = mutate(message, random, 1 + random.below(3));
		text += message;
		if (random.below(8) === 0)
			text += message;
		if (random.below(8) === 0) {
			const other = EXCHANGES[random.below(EXCHANGES.length)]!;
			text += other[random.below(other.length)]!;
		}
	}
	if (random.below(6) === 0)
		text = mutate(text, random, 1 + random.below(6));
	return text;
}

function noise(random: Random): string {
	let text = "";
	for (let i = 1 + random.below(200); i > 0; i--)
		text += String.fromCharCode(random.below(256));
	return text;
}

export function mutate(text: string, random: Random, count: number): string {
	let result = text;
	for (; count > 0; count--) {
		const at = random.below(result.length + 1), end = Math.min(result.length, at + random.below(20));
		switch (random.below(6)) {
			case 0:
				result = result.slice(0, at) + String.fromCharCode(random.below(256)) + result.slice(at + 1);
				break;
			case 1:
				result = result.slice(0, at) + result.slice(end);
				break;
			case 2:
				result = result.slice(0, end) + result.slice(at);
				break;
			case 3:
				// flips one bit
				if (at < result.length)
					result = result.slice(0, at) + String.fromCharCode(result.charCodeAt(at) ^ (1 << random.below(8)))
						+ result.slice(at + 1);
				break;
			default:
				result = result.slice(0, at) + SNIPPETS[random.below(SNIPPETS.length)]! + result.slice(at);
		}
	}
	return result;
}
