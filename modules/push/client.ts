// SPDX-License-Identifier: MIT
/**
 * The conversation with a receiver (RFC 2326 section 10): OPTIONS, ANNOUNCE, SETUP, RECORD, then a keepalive now and
 * then, and TEARDOWN. One request is on its way at a time.
 *
 * The receiver is not trusted. Whatever it sends ends the conversation at most, and every reply has a time limit.
 */

import { reasonPhrase } from "../common/reasonphrase";
import { parseRTSPURL, type RTSPTarget } from "../common/rtspurl";
import { bytesOf } from "../octets/octets";
import { Parser, type ParserOwner } from "../rtsp/parser";
import { LOCATION, PUBLIC, Reply, SESSION, TRANSPORT, WWW_AUTHENTICATE } from "../rtsp/reply";
import { untilSemicolon } from "../rtsp/messagehead";
import { SDPWriter } from "../rtsp/sdp";
import { parseDecimal, splitList } from "../rtsp/text";
import { parseTransportReply } from "../rtsp/transport";
import type { StreamDescription } from "../rtsp/types";
import { TRACK_PREFIX } from "../rtsp/url";
import { ChallengeAnswer, chooseChallenge } from "./challenge";

/** Why a conversation has ended. */
export interface Failure {
	/** For people; without credentials. */
	readonly text: string;
	/** The password is wrong or missing: attempts are rare from now on. */
	readonly denied?: boolean;
	readonly redirect?: Redirect;
}

export interface Redirect {
	readonly target: RTSPTarget;
	/** The target is a proxy, which is asked for the same URL. */
	readonly isProxy: boolean;
}

/** Receives the events of a conversation. Methods never throw. */
export interface PushClientOwner {
	/** @param bytes a whole request, valid during the call only */
	send(bytes: Uint8Array): void;
	/** The receiver waits for packets on the RTP channel. */
	onRecording(rtpChannel: number, rtcpChannel: number): void;
	/** RTCP has arrived, valid during the call only. */
	onControl(bytes: Uint8Array): void;
	/** The conversation is over: nothing more is sent, and no further event follows. */
	onFailed(failure: Failure): void;
}

export interface PushClientOptions {
	readonly owner: PushClientOwner;
	readonly target: RTSPTarget;
	/** Properties of the stream, for the description. */
	readonly description: StreamDescription;
	/** Name of the session, shown to viewers. */
	readonly name: string;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Unsigned 32-bit random number. */
	readonly random32: () => number;
}

/** Time for a reply, milliseconds. */
const REPLY_TIMEOUT = 10_000;
/** Default of a session's timeout, seconds (RFC 2326 section 12.37). */
const SESSION_TIMEOUT = 60;
/** Bounds of the time between keepalives, milliseconds. Routers forget a silent connection; 30 s is below the shortest
 *  such time in use. */
const SHORTEST_PAUSE = 1000, LONGEST_PAUSE = 30_000;
/** Longest session identifier, characters. */
const LONGEST_SESSION = 128;
/** Challenges that are answered for one request: a first one, and one for a nonce that is no longer valid. */
const CHALLENGES = 2;

const LIMITS = Object.freeze({ headBytes: 4096, headerCount: 32, bodyBytes: 2048, frameBytes: 512 });

export class PushClient implements ParserOwner<Reply> {
	readonly limits = LIMITS;
	/** For the parser. */
	readonly request = new Reply(LIMITS.headerCount);
	readonly #owner: PushClientOwner;
	readonly #options: PushClientOptions;
	readonly #parser: Parser<Reply>;
	readonly #url: string;
	/** Method of the request on its way; empty if there is none. */
	#method = "";
	/** The rest of that request, to repeat it with credentials. */
	#requestURL = "";
	#fields = "";
	#body = "";
	#cseq = 0;
	/** When its reply must be there, milliseconds. */
	#deadline = 0;
	/** Challenges answered for it. */
	#challenges = 0;
	#answer: ChallengeAnswer | undefined;
	#session = "";
	/** Seconds. */
	#timeout = SESSION_TIMEOUT;
	#keepalive = "OPTIONS";
	/** When the next keepalive is due, milliseconds. */
	#due = 0;
	/** Channel of RTCP. */
	#rtcpChannel = -1;
	#rtpChannel = 0;
	#recording = false;
	#closed = false;

	constructor(options: PushClientOptions) {
		this.#options = options;
		this.#owner = options.owner;
		this.#url = options.target.url;
		this.#parser = new Parser<Reply>(this);
	}

	/** Sends the first request. */
	begin(): void {
		this.#request("OPTIONS", this.#url);
	}

	get isRecording(): boolean {
		return this.#recording;
	}

	/** As `Parser.receiveNext`. */
	receiveNext(bytes: Uint8Array, offset: number): number {
		return this.#parser.receiveNext(bytes, offset);
	}

	/** To be called once a second. */
	tick(): void {
		if (this.#closed)
			return;
		const now = this.#options.now();
		if (this.#method !== "") {
			if (now >= this.#deadline)
				this.#fail(`no reply to ${this.#method} for ${REPLY_TIMEOUT / 1000} s`);
		}
		else if (this.#recording && now >= this.#due)
			this.#request(this.#keepalive, this.#url);
	}

	/** Ends the conversation, with TEARDOWN if the receiver has a session. */
	close(): void {
		if (this.#closed)
			return;
		if (this.#session !== "")
			this.#request("TEARDOWN", this.#url);
		this.#end();
	}

	#end(): void {
		this.#closed = true;
		this.#recording = false;
		this.#method = "";
		this.#parser.close();
	}

	#fail(text: string, denied = false, redirect?: Redirect): void {
		if (this.#closed)
			return;
		this.#end();
		this.#owner.onFailed(redirect ? { text, redirect } : { text, denied });
	}

	#request(method: string, url: string, fields = "", body = ""): void {
		this.#challenges = 0;
		this.#method = method;
		this.#requestURL = url;
		this.#fields = fields;
		this.#body = body;
		this.#send();
	}

	#send(): void {
		const method = this.#method, url = this.#requestURL;
		this.#cseq += 1;
		this.#deadline = this.#options.now() + REPLY_TIMEOUT;
		let text = `${method} ${url} RTSP/1.0\r\nCSeq: ${this.#cseq}\r\nUser-Agent: rtsp-camera\r\n${this.#fields}`;
		if (this.#session !== "")
			text += `Session: ${this.#session}\r\n`;
		if (this.#answer)
			text += `Authorization: ${this.#answer.format(method, url)}\r\n`;
		this.#owner.send(new Uint8Array(bytesOf(`${text}\r\n${this.#body}`)));
	}

	/** For the parser, as are the next two: a reply is complete. */
	onRequest(reply: Reply): void {
		const { status, cseq } = reply;
		// a provisional reply: the final one follows
		if (status < 200 && cseq === this.#cseq)
			return;
		if (this.#method === "" || cseq !== this.#cseq) {
			this.#fail("the receiver answers a request that was not made");
			return;
		}
		if (status === 401)
			this.#authenticate(reply);
		else if (status < 400 && status >= 300)
			this.#redirect(reply);
		else
			this.#advance(reply);
	}

	onInterleaved(channel: number, bytes: Uint8Array): void {
		if (this.#recording && channel === this.#rtcpChannel && bytes.byteLength > 0)
			this.#owner.onControl(bytes);
	}

	onError(): void {
		this.#fail("the receiver sends what is not RTSP");
	}

	#authenticate(reply: Reply): void {
		const { target: { user, password }, random32 } = this.#options;
		if (user === "") {
			this.#fail("the receiver wants a user name and a password", true);
			return;
		}
		const challenge = chooseChallenge(reply.header(WWW_AUTHENTICATE) ?? "");
		if (!challenge) {
			this.#fail("the receiver knows neither Basic nor Digest authentication", true);
			return;
		}
		if (this.#challenges >= (challenge.stale ? CHALLENGES : 1)) {
			this.#fail("wrong user name or password", true);
			return;
		}
		this.#challenges += 1;
		this.#answer = new ChallengeAnswer(challenge, { user, password, random32 });
		this.#send();
	}

	#redirect(reply: Reply): void {
		const { status } = reply, isProxy = status === 305;
		const target = parseRTSPURL(reply.header(LOCATION) ?? "");
		if ((!isProxy && status !== 301 && status !== 302) || typeof target === "string")
			this.#refuse(status);
		else
			this.#fail(`redirected by ${status}`, false, { target, isProxy });
	}

	#refuse(status: number): void {
		const phrase = reasonPhrase(status);
		this.#fail(`${this.#method} is answered with ${status}${phrase === "" ? "" : ` ${phrase}`}`, status === 403);
	}

	/** The next step after a reply that is neither a challenge nor a redirection. */
	#advance(reply: Reply): void {
		const method = this.#method, { status } = reply, isGood = status < 300;
		if (!this.#readSession(reply))
			return;
		if (this.#recording) {
			// a receiver that does not know the method is alive
			if (status === 454)
				this.#refuse(status);
			else
				this.#rest();
		}
		// some servers do not know OPTIONS
		else if (!isGood && method !== "OPTIONS")
			this.#refuse(status);
		else if (method === "OPTIONS") {
			if (isGood && (splitList(reply.header(PUBLIC) ?? "", ",") ?? []).includes("GET_PARAMETER"))
				this.#keepalive = "GET_PARAMETER";
			this.#announce();
		}
		else if (method === "ANNOUNCE") {
			this.#request("SETUP", `${this.#url}${this.#url.endsWith("/") ? "" : "/"}${TRACK_PREFIX}0`,
				"Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n");
		}
		else if (method === "SETUP")
			this.#record(reply);
		else {
			this.#recording = true;
			this.#rest();
			this.#owner.onRecording(this.#rtpChannel, this.#rtcpChannel);
		}
	}

	#announce(): void {
		const { description, name, random32 } = this.#options;
		const sdp = new SDPWriter({ id: random32(), name }).format(description, undefined);
		this.#request("ANNOUNCE", this.#url,
			`Content-Type: application/sdp\r\nContent-Length: ${bytesOf(sdp).byteLength}\r\n`, sdp);
	}

	#record(reply: Reply): void {
		const channels = parseTransportReply(reply.header(TRANSPORT) ?? "");
		if (!channels) {
			this.#fail("the receiver does not take the stream over TCP");
			return;
		}
		this.#rtpChannel = channels.rtpChannel;
		this.#rtcpChannel = channels.rtcpChannel;
		this.#request("RECORD", this.#url, "Range: npt=0.000-\r\n");
	}

	/** No request is on its way until the next keepalive. */
	#rest(): void {
		const pause = Math.min(Math.max(this.#timeout * 500, SHORTEST_PAUSE), LONGEST_PAUSE);
		this.#method = "";
		this.#due = this.#options.now() + pause;
	}

	/** Reads identifier and timeout of the session: `Session: id;timeout=60`.
	 *  @returns whether the conversation goes on */
	#readSession(reply: Reply): boolean {
		const header = reply.header(SESSION);
		if (header === undefined)
			return true;
		const session = untilSemicolon(header)!;
		if (session.length > LONGEST_SESSION) {
			this.#fail("the receiver's session identifier is too long");
			return false;
		}
		this.#session = session;
		for (const part of splitList(header, ";") ?? []) {
			if (part.toLowerCase().startsWith("timeout="))
				this.#timeout = parseDecimal(part.slice("timeout=".length).trim()) ?? SESSION_TIMEOUT;
		}
		return true;
	}
}
