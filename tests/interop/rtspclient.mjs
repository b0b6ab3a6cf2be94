/** A small RTSP client that shows a password: requests and their answers, and what comes interleaved. */
import { createHash } from "node:crypto";
import net from "node:net";

export class RTSPClient {
	#socket;
	#buffer = Buffer.alloc(0);
	#waiting;
	#cseq = 0;
	#user;
	#password;
	#challenge;
	closed = false;
	/** Frames that came whole, and the size of the last, pixels. */
	frames = 0;
	width = 0;
	height = 0;

	/** @param {{user?: string, password?: string}} [login] */
	constructor(port, { user, password } = {}) {
		this.#user = user;
		this.#password = password;
		this.#socket = net.connect(port, "127.0.0.1");
		this.#socket.on("data", data => this.#receive(data));
		this.#socket.on("error", () => {});
		this.#socket.on("close", () => {
			this.closed = true;
			this.#waiting?.({ status: 0, head: "", body: "" });
		});
	}

	/** Sends a request, and once more when there is a challenge that can be answered.
	 *  @param {boolean} [again] false: the first answer is the answer
	 *  @returns {Promise<{status: number, head: string, body: string}>} status 0 when the connection was closed instead */
	async request(method, url, headers = [], body = "", again = true) {
		const reply = await this.#send(method, url, headers, body);
		const challenge = /^www-authenticate: *(.*)$/im.exec(reply.head)?.[1];
		const answerable = challenge && this.#user !== undefined && (!this.#challenge || /stale=true/.test(challenge));
		if (answerable)
			this.#challenge = challenge;
		return answerable && again ? this.#send(method, url, headers, body) : reply;
	}

	/** Sets up the track over this connection, and plays. @returns the session's header, for further requests */
	async play(url) {
		const setup = await this.request("SETUP", `${url}trackID=0`, ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"]);
		const session = `Session: ${/^session: *([^;\r]+)/im.exec(setup.head)?.[1]}`;
		const reply = await this.request("PLAY", url, [session]);
		if (reply.status !== 200)
			throw new Error(`PLAY was answered ${reply.status}`);
		return session;
	}

	close() {
		this.#socket.destroy();
	}

	#send(method, url, headers, body) {
		const all = [`CSeq: ${++this.#cseq}`, ...headers];
		if (this.#challenge)
			all.push(`Authorization: ${authorization(this.#challenge, method, url, this.#user, this.#password)}`);
		if (body)
			all.push("Content-Type: text/parameters", `Content-Length: ${body.length}`);
		return new Promise(resolve => {
			this.#waiting = reply => {
				this.#waiting = undefined;
				resolve(reply);
			};
			if (this.closed)
				this.#waiting({ status: 0, head: "", body: "" });
			else
				this.#socket.write([`${method} ${url} RTSP/1.0`, ...all, "", body].join("\r\n"));
		});
	}

	#receive(data) {
		this.#buffer = Buffer.concat([this.#buffer, data]);
		for (;;) {
			const length = this.#buffer[0] === 0x24 ? this.#frame() : this.#reply();
			if (!length)
				return;
			this.#buffer = this.#buffer.subarray(length);
		}
	}

	/** @returns bytes of the first interleaved frame, 0 when it is not complete */
	#frame() {
		const buffer = this.#buffer;
		if (buffer.length < 4 || buffer.length < 4 + buffer.readUInt16BE(2))
			return 0;
		if (buffer[1] === 0 && buffer[5] & 0x80) {
			this.frames += 1;
			this.width = buffer[4 + 12 + 6] * 8;
			this.height = buffer[4 + 12 + 7] * 8;
		}
		return 4 + buffer.readUInt16BE(2);
	}

	#reply() {
		const end = this.#buffer.indexOf("\r\n\r\n");
		if (end < 0)
			return 0;
		const head = this.#buffer.toString("latin1", 0, end + 2);
		const length = end + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
		if (this.#buffer.length < length)
			return 0;
		this.#waiting?.({ status: Number(head.slice(9, 12)), head, body: this.#buffer.toString("latin1", end + 4, length) });
		return length;
	}
}

/** The answer to a challenge, after RFC 2617 and 7616, by Node's hashes. */
function authorization(challenge, method, uri, user, password) {
	if (challenge.startsWith("Basic"))
		return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	const value = name => new RegExp(`\\b${name}="?([^",]+)`).exec(challenge)?.[1];
	const hash = text => createHash(value("algorithm") === "SHA-256" ? "sha256" : "md5").update(text).digest("hex");
	const realm = value("realm"), nonce = value("nonce"), qop = value("qop");
	const middle = qop ? `${nonce}:00000001:0a4f113b:auth` : nonce;
	const response = hash(`${hash(`${user}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
	return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${value("algorithm")}`
		+ (qop ? ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"" : "");
}
