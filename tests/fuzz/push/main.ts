// SPDX-License-Identifier: MIT
/**
 * Fuzzes the camera as client of a receiver, inside the engine. part.ts has the arguments.
 *
 * An input is a mutated sequence of replies, received in pieces and then in one, with time passing at the end. The
 * client throws nothing, fails once at most, sends nothing afterwards and no second request before a reply, ends every
 * conversation that is silent, behaves alike both times, and never sends the password but by Basic.
 */

import { parseRTSPURL, type RTSPTarget } from "common/rtspurl";
import { PushClient, type Failure, type PushClientOwner } from "push/client";
import { stress } from "../../engine/stress";
import { fail, fuzz, stressTime } from "../part";
import { bytesOf, lines, mutate, Random } from "../app/generator";

/** Slots by which the heap may grow while nothing is open. */
const TOLERANCE = 60;

const OK = "RTSP/1.0 200 OK";
const REPORT = "$\x01\0\x08\x80\xc9\0\x01\0\0\0\x07";
const CONVERSATIONS: readonly (readonly string[])[] = [
	[
		lines(OK, "CSeq: 1", "Public: OPTIONS, ANNOUNCE, GET_PARAMETER"),
		lines(OK, "CSeq: 2"),
		lines(OK, "CSeq: 3", "Session: abc;timeout=2", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1"),
		lines(OK, "CSeq: 4", "Session: abc"),
		REPORT,
		REPORT,
	],
	[
		lines("RTSP/1.0 401 Unauthorized", "CSeq: 1", "WWW-Authenticate: Basic realm=\"r\"",
			"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth,auth-int\""),
		lines(OK, "CSeq: 2", "Content-Length: 5") + "hello",
		lines("RTSP/1.0 401 Unauthorized", "CSeq: 3", "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", stale=true"),
		lines(OK, "CSeq: 4"),
		lines(OK, "CSeq: 5", "Session: abc", " ;timeout=20"),
		lines(OK, "CSeq: 6"),
		REPORT,
	],
	[
		lines("RTSP/1.0 401 Unauthorized", "CSeq: 1", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\""),
		lines("RTSP/1.0 401 Unauthorized", "CSeq: 2", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\""),
	],
	[
		lines("RTSP/1.0 100 Continue", "CSeq: 1"),
		lines("RTSP/1.0 302 Moved", "CSeq: 1", "Location: rtsp://user:p%40@host.example:8554/x?y=z"),
	],
	[lines("RTSP/1.0 501 Unknown", "CSeq: 1"), "$\x07\x02\x01" + "x".repeat(513), lines("RTSP/1.0 403 No", "CSeq: 2")],
	[
		lines(OK, "CSeq: 1"),
		lines(OK, "CSeq: 2"),
		lines(OK, "CSeq: 3", "Transport: RTP/AVP;unicast;client_port=4-5"),
	],
];

const TARGET = parseRTSPURL("rtsp://someone:secret@camera.example/live") as RTSPTarget;
const DESCRIPTION = Object.freeze({ width: 640, height: 480, frameRate: 25 });
/** Longest time without a reply, seconds, with a second of the clock's grid. */
const PATIENCE = 11;

/** One conversation. */
class Talk implements PushClientOwner {
	readonly client: PushClient;
	/** What happened. */
	log = "";
	time = 0;
	recording = false;
	failed = false;
	#sent = 0;

	constructor() {
		this.client = new PushClient({ owner: this, target: TARGET, description: DESCRIPTION, name: "fuzz",
			now: () => this.time, random32: () => 7 });
		this.client.begin();
	}

	send(bytes: Uint8Array): void {
		if (this.failed)
			fail("something was sent after the failure");
		const text = String.fromCharCode(...bytes);
		if (text.includes("secret"))
			fail("the password was sent");
		this.#sent += 1;
		if (!text.includes(`\r\nCSeq: ${this.#sent}\r\n`) || !text.includes("\r\n\r\n"))
			fail(`request ${this.#sent} is ${text}`);
		this.log += text.slice(0, text.indexOf("\r\n")) + "\n";
	}
	onRecording(rtpChannel: number, rtcpChannel: number): void {
		if (this.recording || this.failed)
			fail("the stream began twice, or late");
		this.recording = true;
		this.log += `recording ${rtpChannel}-${rtcpChannel}\n`;
	}
	onControl(bytes: Uint8Array): void {
		if (!this.recording || this.failed)
			fail("a report without a stream");
		this.log += `report of ${bytes.byteLength}\n`;
	}
	onFailed({ text, denied = false, redirect }: Failure): void {
		if (this.failed)
			fail("the conversation failed twice");
		if (text.includes("secret"))
			fail("the reason tells the password");
		this.failed = true;
		this.log += `${text} ${denied} ${redirect?.target.url}\n`;
	}

	/** @returns what happened */
	feed(text: string, nextEnd: (begin: number) => number): string {
		const bytes = bytesOf(text);
		for (let begin = 0; begin < bytes.byteLength;) {
			const end = Math.min(nextEnd(begin), bytes.byteLength), piece = bytes.subarray(begin, end);
			for (let offset = 0; offset < piece.byteLength;) {
				const next = this.client.receiveNext(piece, offset);
				if (next <= offset)
					fail("no progress");
				offset = next;
			}
			begin = end;
		}
		// a stream has its first keepalive after 30 s at the latest
		for (let i = 0; i < PATIENCE + (this.recording ? 30 : 0); i++) {
			this.time += 1000;
			this.client.tick();
		}
		if (!this.failed)
			fail("a silent receiver is not given up");
		this.client.close();
		return this.log;
	}
}

const counts = { inputs: 0, recorded: 0, reports: 0, failed: 0, redirected: 0 };
let text = "";

function play(random: Random): void {
	const conversation = CONVERSATIONS[random.below(CONVERSATIONS.length)]!;
	text = mutate(conversation.join(""), random, random.below(5));
	stress(stressTime);
	const largest = 1 + random.below(random.below(2) ? 4 : 200);
	const pieces = new Talk().feed(text, begin => begin + 1 + random.below(largest)),
		whole = new Talk().feed(text, () => text.length);
	stress(0);
	if (pieces !== whole)
		fail(`in pieces, there was\n${JSON.stringify(pieces)}\nin one piece, there was\n${JSON.stringify(whole)}`);
	counts.inputs += 1;
	counts.recorded += Number(whole.includes("recording"));
	counts.reports += whole.split("report of").length - 1;
	counts.failed += Number(!whole.includes("recording"));
	counts.redirected += Number(whole.includes("redirected"));
}

fuzz({ counts, tolerance: TOLERANCE, warm: 100, play, shown: () => JSON.stringify(text) });
