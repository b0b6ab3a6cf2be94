// SPDX-License-Identifier: MIT
/** The conversation with a receiver, played by a script. */

import { parseRTSPURL, type RTSPTarget } from "common/rtspurl";
import { md5, sha256 } from "hash/hash";
import { PushClient, type Failure, type PushClientOwner } from "push/client";
import { assert, equal, type Suite } from "../harness";

/** A client and its events. The script answers its requests. */
class Talk implements PushClientOwner {
	readonly client: PushClient;
	readonly requests: string[] = [];
	readonly controls: number[][] = [];
	recording: [number, number] | undefined;
	failure: Failure | undefined;
	failures = 0;
	now = 0;

	constructor(url = "rtsp://user:secret@host/live") {
		this.client = new PushClient({ owner: this, target: parseRTSPURL(url) as RTSPTarget, name: "cam",
			description: { width: 640, height: 480, frameRate: 25 }, now: () => this.now, random32: () => 7 });
		this.client.begin();
	}

	send(bytes: Uint8Array): void {
		this.requests.push(String.fromCharCode(...bytes));
	}

	onRecording(rtpChannel: number, rtcpChannel: number): void {
		this.recording = [rtpChannel, rtcpChannel];
	}

	onControl(bytes: Uint8Array): void {
		this.controls.push([...bytes]);
	}

	onFailed(failure: Failure): void {
		this.failures += 1;
		this.failure = failure;
	}

	get last(): string {
		return this.requests.at(-1)!;
	}

	/** Method of the last request. */
	get method(): string {
		return this.last.slice(0, this.last.indexOf(" "));
	}

	receive(text: string): void {
		const bytes = latin1(text);
		for (let offset = 0; offset < bytes.byteLength;)
			offset = this.client.receiveNext(bytes, offset);
	}

	/** Answers the last request. @param fields header lines, each with its end */
	reply(status = 200, fields = ""): this {
		this.receive(`RTSP/1.0 ${status} X\r\nCSeq: ${this.requests.length}\r\n${fields}\r\n`);
		return this;
	}

	/** Answers everything until the stream runs. */
	record(session = "Session: s1;timeout=60\r\n", known = "ANNOUNCE, GET_PARAMETER"): this {
		return this.reply(200, `Public: ${known}\r\n`).reply()
			.reply(200, `${session}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n`).reply();
	}

	/** Lets seconds pass. */
	wait(seconds: number): this {
		for (let i = 0; i < seconds; i++) {
			this.now += 1000;
			this.client.tick();
		}
		return this;
	}
}

/** The text's bytes, one a character. */
function latin1(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	let index = 0;
	for (const character of text)
		bytes[index++] = character.charCodeAt(0);
	return bytes;
}

const CHALLENGE = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\"\r\n";

export default function (suite: Suite): void {
	suite.test("push-announces-sets-up-and-records", () => {
		const talk = new Talk().record();
		equal(talk.requests.map(it => it.slice(0, it.indexOf("\r"))), ["OPTIONS rtsp://host/live RTSP/1.0",
			"ANNOUNCE rtsp://host/live RTSP/1.0", "SETUP rtsp://host/live/trackID=0 RTSP/1.0",
			"RECORD rtsp://host/live RTSP/1.0"]);
		const [, announce, setup, record] = talk.requests as [string, string, string, string];
		for (const line of ["Content-Type: application/sdp", "m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000",
			"a=control:trackID=0", "s=cam", "a=control:*"])
			assert(announce.includes(line), `no ${line} in ${announce}`);
		const body = announce.slice(announce.indexOf("v=0"));
		assert(announce.includes(`Content-Length: ${body.length}\r\n`), announce);
		assert(setup.includes("Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n"), setup);
		assert(record.includes("Session: s1\r\n"), record);
		equal([talk.recording, talk.failures, talk.client.isRecording], [[0, 1], 0, true]);
		assert(!talk.requests.join("").includes("secret"), "the password was sent");
	});

	suite.test("push-appends-the-track-to-a-url-with-slash-or-query", () => {
		equal(new Talk("rtsp://host/live/").reply().reply().last.slice(0, 34), "SETUP rtsp://host/live/trackID=0 R");
		equal(new Talk("rtsp://host/l?k=1").reply().reply().last.slice(0, 34), "SETUP rtsp://host/l?k=1/trackID=0 ");
	});

	suite.test("push-takes-the-channels-that-the-receiver-chooses", () => {
		const talk = new Talk().reply().reply().reply(200, "Transport: RTP/AVP/TCP;interleaved=6-9\r\n").reply();
		equal(talk.recording, [6, 9]);
		talk.receive("$\x09\0\x02ab$\x06\0\x01x$\x01\0\x01y");
		equal(talk.controls, [[0x61, 0x62]], "only RTCP's channel counts");
	});

	suite.test("push-without-a-transport-reply-uses-the-channels-it-asked-for", () => {
		equal(new Talk().reply().reply().reply().reply().recording, [0, 1]);
	});

	suite.test("push-refuses-other-transports", () => {
		for (const transport of ["RTP/AVP;unicast;client_port=1-2", "RTP/AVP/TCP;interleaved=0-0",
			"RTP/AVP/TCP;interleaved=0-256", "RTP/AVP/TCP;interleaved=\"", "x"])
		{
			const talk = new Talk().reply().reply().reply(200, `Transport: ${transport}\r\n`);
			equal(talk.failure?.text, "the receiver does not take the stream over TCP", transport);
		}
	});

	suite.test("push-goes-on-without-options", () => {
		for (const status of [404, 405, 501])
			equal(new Talk().reply(status).method, "ANNOUNCE");
	});

	suite.test("push-tells-which-request-was-refused", () => {
		for (const status of [400, 403, 404, 415, 461, 500, 503]) {
			const talk = new Talk().reply().reply(status);
			assert(talk.failure!.text.startsWith(`ANNOUNCE is answered with ${status}`), talk.failure!.text);
			equal([talk.failures, talk.requests.length, talk.failure!.denied], [1, 2, status === 403]);
		}
	});

	suite.test("push-shows-the-password-by-digest-on-every-request-from-the-first-challenge-on", () => {
		const talk = new Talk().reply().reply(401, CHALLENGE);
		const hash = (method: string, url: string) => md5(`${md5("user:r:secret")}:n1:${md5(`${method}:${url}`)}`);
		assert(talk.last.startsWith("ANNOUNCE ") && talk.last.includes("v=0"), talk.last);
		assert(talk.last.includes(`response="${hash("ANNOUNCE", "rtsp://host/live")}"`), talk.last);
		talk.reply();
		assert(talk.last.includes(`response="${hash("SETUP", "rtsp://host/live/trackID=0")}"`), talk.last);
		equal(talk.failures, 0);
	});

	suite.test("push-shows-the-password-by-digest-with-sha-256", () => {
		const talk = new Talk().reply(401,
			"WWW-Authenticate: Basic realm=\"r\"\r\nWWW-Authenticate: Digest realm=\"r\", "
				+ "nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\r\n");
		const response = sha256(
			`${sha256("user:r:secret")}:n1:00000001:00000007:auth:${sha256("OPTIONS:rtsp://host/live")}`,
		);
		assert(talk.last.includes(`response="${response}"`) && talk.last.includes("algorithm=SHA-256"), talk.last);
	});

	suite.test("push-shows-the-password-by-basic-if-nothing-else-is-offered", () => {
		const talk = new Talk().reply(401, "WWW-Authenticate: Basic realm=\"r\"\r\n");
		assert(talk.last.includes("Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"), talk.last);
	});

	suite.test("push-ends-at-a-wrong-password", () => {
		const talk = new Talk().reply().reply(401, CHALLENGE).reply(401, CHALLENGE);
		equal([talk.failure, talk.requests.length], [{ text: "wrong user name or password", denied: true }, 3]);
	});

	suite.test("push-takes-a-new-nonce-instead-of-a-stale-one-once", () => {
		const stale = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\", stale=true\r\n";
		const talk = new Talk().reply(401, CHALLENGE).reply(401, stale);
		assert(talk.last.includes("nonce=\"n2\""), talk.last);
		talk.reply(401, stale);
		equal(talk.failure?.denied, true, "stale for ever");
		const later = new Talk().reply(401, CHALLENGE).record();
		later.wait(30).reply(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n3\"\r\n");
		assert(later.last.includes("nonce=\"n3\"") && later.method === "GET_PARAMETER", later.last);
	});

	suite.test("push-without-a-password-tells-that-one-is-wanted", () => {
		const talk = new Talk("rtsp://host/live").reply(401, CHALLENGE);
		equal(talk.failure, { text: "the receiver wants a user name and a password", denied: true });
		equal(new Talk().reply(401).failure, { text: "the receiver knows neither Basic nor Digest authentication",
			denied: true });
	});

	suite.test("push-follows-redirections-by-ending-with-the-new-place", () => {
		for (const status of [301, 302, 305]) {
			const { failure } = new Talk().reply(status, "Location: rtsp://other:8000/x\r\n");
			equal(failure?.redirect, {
				target: { user: "", password: "", host: "other", port: 8000, url: "rtsp://other:8000/x" },
				isProxy: status === 305,
			});
		}
		for (const fields of ["", "Location: http://other/\r\n",
			"Location: rtsp://other/\r\nLocation: rtsp://b/\r\n"])
		{
			const { failure } = new Talk().reply(302, fields);
			equal([failure?.redirect, failure?.text.startsWith("OPTIONS is answered with 302")], [undefined, true],
				fields);
		}
		equal(new Talk().reply(300, "Location: rtsp://other/x\r\n").failure?.redirect, undefined);
	});

	suite.test("push-keeps-the-session-alive-by-half-its-timeout", () => {
		for (const [session, pause] of [["Session: s1\r\n", 30], ["Session: s1;timeout=20\r\n", 10], [
			"Session: s1; Timeout=5\r\n",
			3,
		], ["Session: s1;timeout=7200\r\n", 30], ["Session: s1;timeout=0\r\n", 1], ["Session: s1;timeout=x\r\n", 30], [
			"",
			30,
		]] as const) {
			const talk = new Talk().record(session).wait(pause - 1);
			equal(talk.method, "RECORD", session);
			talk.wait(1);
			equal(talk.method, "GET_PARAMETER", session);
			equal(talk.reply().wait(pause - 1).requests.length, 5, session);
			equal(talk.wait(1).requests.length, 6, session);
		}
	});

	suite.test("push-pings-with-options-where-get-parameter-is-not-public", () => {
		equal(new Talk().record("", "ANNOUNCE, XGET_PARAMETER").wait(30).method, "OPTIONS");
		equal(new Talk().record("", "SET_PARAMETER ,GET_PARAMETER").wait(30).method, "GET_PARAMETER");
	});

	// go2rtc 1.9, pkg/rtsp/server.go: Basic only, the transport without mode, no session timeout; while it receives, it
	// answers OPTIONS and nothing else
	suite.test("push-talks-to-a-server-that-answers-as-go2rtc", () => {
		const talk = new Talk(), session = "Session: ab12cd34\r\n";
		talk.reply(401, "Www-Authenticate: Basic realm=\"go2rtc\"\r\n")
			.reply(200, "Public: OPTIONS, SETUP, TEARDOWN, DESCRIBE, PLAY, PAUSE, ANNOUNCE, RECORD\r\n").reply()
			.reply(200, `${session}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n`).reply(200, session);
		equal([talk.recording, talk.failures], [[0, 1], 0]);
		equal(talk.wait(30).method, "OPTIONS");
		assert(talk.reply(200, session).last.includes("Authorization: Basic "), talk.last);
		equal(talk.wait(30).requests.length, 7);
	});

	suite.test("push-takes-a-refused-ping-for-life-but-not-an-unknown-session", () => {
		equal(new Talk().record().wait(30).reply(501).wait(29).failures, 0);
		assert(new Talk().record().wait(30).reply(454).failure!.text.includes("454"));
	});

	suite.test("push-ends-when-a-reply-is-not-there-in-time", () => {
		const talk = new Talk().wait(9);
		equal(talk.failures, 0);
		equal(talk.wait(1).failure?.text, "no reply to OPTIONS for 10 s");
		equal(new Talk().record().wait(40).failure?.text, "no reply to GET_PARAMETER for 10 s");
		// a provisional reply does not count
		const slow = new Talk();
		slow.receive("RTSP/1.0 100 X\r\nCSeq: 1\r\n\r\n");
		equal([slow.failures, slow.wait(10).failures], [0, 1]);
	});

	suite.test("push-tears-down-a-session-and-says-nothing-more", () => {
		const talk = new Talk().record();
		talk.client.close();
		assert(talk.last.startsWith("TEARDOWN rtsp://host/live ") && talk.last.includes("Session: s1"), talk.last);
		talk.reply().wait(100);
		talk.client.close();
		equal([talk.requests.length, talk.failures], [5, 0]);
		const early = new Talk();
		early.client.close();
		equal(early.requests.length, 1, "nothing to tear down");
	});

	suite.test("push-ends-once-at-whatever-is-not-an-answer", () => {
		for (const text of ["RTSP/1.0 200 OK\r\n\r\n", "RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n",
			"RTSP/1.0 200 OK\r\nCSeq: 1\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 100 X\r\nCSeq: 9\r\n\r\n",
			"HTTP/1.1 200 OK\r\nCSeq: 1\r\n\r\n", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "\0",
			"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 2049\r\n\r\n",
			`RTSP/1.0 200 OK\r\nCSeq: 1\r\nX: ${"x".repeat(4096)}\r\n\r\n`,
			`RTSP/1.0 200 OK\r\nCSeq: 1\r\n${"X: 1\r\n".repeat(32)}\r\n`, `RTSP/1.0 200 ${"x".repeat(1100)}`,
			`RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: ${"s".repeat(129)}\r\n\r\n`])
		{
			const talk = new Talk();
			talk.receive(text);
			equal(talk.failures, 1, text.slice(0, 60));
			// what follows has no effect
			talk.receive("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
			equal([talk.failures, talk.requests.length], [1, 1], text.slice(0, 60));
		}
	});

	suite.test("push-ends-at-an-answer-to-no-request", () => {
		const talk = new Talk().record();
		talk.reply();
		equal(talk.failure?.text, "the receiver answers a request that was not made");
	});

	suite.test("push-skips-interleaved-data-before-and-between-replies", () => {
		const talk = new Talk();
		talk.receive(`$\x01\0\x04abcd$\x07\x40\0${"x".repeat(0x4000)}`);
		talk.record();
		talk.receive(`$\x01\x02\x01${"y".repeat(513)}$\x01\0\0`);
		equal([talk.failures, talk.controls, talk.recording], [0, [], [0, 1]]);
	});

	suite.test("push-reads-replies-with-bodies-in-pieces", () => {
		const talk = new Talk();
		for (const character of "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: GET_PARAMETER\r\nContent-Length: 4\r\n\r\nbody")
			talk.receive(character);
		equal(talk.method, "ANNOUNCE");
	});
}
