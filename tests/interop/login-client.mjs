// SPDX-License-Identifier: MIT
/** An RTSP client that authenticates and counts the frames that it receives. */
import { createHash } from "node:crypto";
import net from "node:net";
import { RTSPClient } from "./rtsp-client.mjs";

const HEADERS = 12;

export class LoginClient extends RTSPClient {
	#user;
	#password;
	#challenge;
	/** Number of frames whose last packet has arrived, and size of the last one in pixels. */
	frames = 0;
	width = 0;
	height = 0;

	/** @param {{user?: string, password?: string}} [login] */
	constructor(port, { user, password } = {}) {
		super(net.connect(port, "127.0.0.1"));
		this.#user = user;
		this.#password = password;
		this.onInterleaved = (channel, packet) => {
			if (channel !== 0 || !(packet[1] & 0x80))
				return;
			this.frames += 1;
			this.width = packet[HEADERS + 6] * 8;
			this.height = packet[HEADERS + 7] * 8;
		};
	}

	get closed() {
		return this.ended !== undefined;
	}

	/** Sends a request, and repeats it with credentials after a challenge.
	 *  @param {boolean} [again] false: do not repeat. Default: true
	 *  @returns {Promise<{status: number, headers: object, body: string, text: string}>} status is 0 if the server
	 *  closed the connection without an answer */
	async request(method, url, headers = {}, body = "", again = true) {
		const reply = await this.#ask(method, url, headers, body);
		const challenge = reply.headers["www-authenticate"];
		const answerable = challenge && this.#user !== undefined && (!this.#challenge || /stale=true/.test(challenge));
		if (answerable)
			this.#challenge = challenge;
		return answerable && again ? this.#ask(method, url, headers, body) : reply;
	}

	/** Sets up the track over this connection and plays.
	 *  @returns the Session header for further requests */
	async play(url) {
		const setup = await this.request("SETUP", `${url}trackID=0`, {
			Transport: "RTP/AVP/TCP;unicast;interleaved=0-1",
		});
		const session = { Session: setup.headers.session?.split(";")[0] };
		await this.must("PLAY", url, session);
		return session;
	}

	async #ask(method, url, headers, body) {
		const all = { ...headers };
		if (this.#challenge)
			all.Authorization = authorization(this.#challenge, method, url, this.#user, this.#password);
		if (body)
			all["Content-Type"] = "text/parameters";
		try {
			return await super.request(method, url, all, body);
		}
		catch (error) {
			if (this.closed)
				return { status: 0, headers: {}, body: "", text: "" };
			throw error;
		}
	}
}

/** @returns the Authorization header for a challenge (RFC 2617 and 7616), with Node's hashes */
export function authorization(challenge, method, uri, user, password) {
	if (challenge.startsWith("Basic"))
		return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	const value = name => new RegExp(`\\b${name}="?([^",]+)`).exec(challenge)?.[1];
	const hash = text => createHash(value("algorithm") === "SHA-256" ? "sha256" : "md5").update(text).digest("hex");
	const realm = value("realm"), nonce = value("nonce"), qop = value("qop");
	const middle = qop ? `${nonce}:00000001:0a4f113b:auth` : nonce;
	const response = hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
	return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", `
		+ `algorithm=${value("algorithm")}`
		+ (qop ? ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"" : "");
}
