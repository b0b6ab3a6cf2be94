// SPDX-License-Identifier: MIT
/** Plays one row of the table on its own connection. */
import { Failure, check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";

/** Time limit for anything expected from the server, in milliseconds. */
export const SOON = 5000;
/** Pause between the pieces of a request in milliseconds, so that the server reads each piece separately. */
const GAP = 3;

export const urlOf = (port, path = "") => `rtsp://127.0.0.1:${port}/${path}`;

/** Runs `body` with a connection, which is closed afterwards in any case.
 *  @param {string} [localAddress] the client's address: 127.0.0.x */
export async function connected(port, body, localAddress) {
	const client = await RTSPClient.connect(port, localAddress);
	try {
		return await body(client);
	}
	finally {
		client.close();
	}
}

/** Sets up a session, and plays it if `playing` is set.
 *  @returns {Promise<{session: string, transport: string}>} session id and Transport header */
export async function begin(
	client,
	port,
	{ transport = "RTP/AVP/TCP;unicast;interleaved=0-1", playing = false, headers = {}, path = "" } = {},
) {
	const url = urlOf(port, path ? `${path}/` : "");
	const setup = await client.must("SETUP", `${url}trackID=0`, { Transport: transport, ...headers });
	const session = setup.headers.session.split(";")[0];
	if (playing)
		await client.must("PLAY", url, { Session: session });
	return { session, transport: setup.headers.transport };
}

export async function exchange(port, { given, send, expect, closes = false }) {
	await connected(port, async client => {
		let session = "";
		if (given)
			({ session } = await begin(client, port, {
				playing: given === "playing",
				transport: given === "udp session" ? "RTP/AVP;unicast;client_port=40000-40001" : undefined,
			}));
		const fill = text =>
			text.replaceAll("{url}", urlOf(port)).replaceAll("{track}", `${urlOf(port)}trackID=0`)
				.replaceAll("{port}", port).replaceAll("{session}", session);
		const pieces = Array.isArray(send) ? send : [send];
		for (const [i, piece] of pieces.entries()) {
			if (i)
				await sleep(GAP);
			client.write(sized(fill(piece)));
		}
		const sessions = new Set(session ? [session] : []);
		for (const [i, wanted] of expect.entries()) {
			const reply = await client.reply(SOON);
			if (reply.headers.session)
				sessions.add(reply.headers.session.split(";")[0]);
			compare(reply, typeof wanted === "number" ? { status: wanted } : wanted, fill, `reply ${i + 1}`);
		}
		if (closes) {
			await until(() => client.ended, "close by the server", SOON);
			return;
		}
		// no other reply has arrived, and the server finds the beginning of the next request
		client.write("OPTIONS * RTSP/1.0\r\nCSeq: 424242\r\n\r\n");
		const last = await client.reply(SOON);
		equal(`${last.status} ${last.headers.cseq}`, "200 424242", "the reply to the next request");
		// UDP sessions would outlive the connection
		for (const id of sessions)
			await client.request("TEARDOWN", urlOf(port), { Session: id });
	});
}

/** Converts text to bytes. Corrects the length of an interleaved frame if filled-in values have changed it. */
function sized(text) {
	return Buffer.from(
		text.replace(/^\$([^])([^])([^])(TEARDOWN [^]*?\r\n\r\n)/,
			(_whole, channel, _high, _low, data) =>
				`$${channel}${String.fromCharCode(data.length >> 8, data.length & 255)}${data}`),
		"latin1",
	);
}

function compare(reply, { status, headers = {}, body, text }, fill, what) {
	equal(reply.status, status, `status of ${what}`);
	for (const [name, expected] of Object.entries(headers)) {
		const actual = reply.headers[name];
		if (expected === null)
			check(actual === undefined, `${what} has ${name}: ${actual}`);
		else if (typeof expected === "string")
			equal(actual, fill(expected), `${name} of ${what}`);
		else
			match(actual, expected, fill, `${name} of ${what}`);
	}
	if (body)
		match(reply.body, body, fill, `body of ${what}`);
	if (text)
		match(reply.text, text, fill, what);
	wellFormed(reply, what);
}

function match(actual, expected, fill, what) {
	const pattern = new RegExp(fill(expected.source).replaceAll("?src", "\\?src"), expected.flags);
	if (actual === undefined || !pattern.test(actual))
		throw new Failure(`${what} is ${JSON.stringify(actual)}, not ${pattern}`);
}

/** Asserts a well-formed reply (RFC 2326 section 7): a status line with a reason phrase, and headers of visible ASCII,
 *  each at most once. */
function wellFormed({ text, headers, body }, what) {
	const [head] = text.split("\r\n\r\n");
	const [line, ...fields] = head.split("\r\n");
	check(/^RTSP\/1\.0 [1-5]\d\d [A-Z][A-Za-z -]+$/.test(line), `status line of ${what}: ${line}`);
	check(fields.every(field => /^[A-Z][A-Za-z-]*: [ -~]*$/.test(field)), `headers of ${what}: ${head}`);
	equal(new Set(fields.map(field => field.split(":")[0].toLowerCase())).size, fields.length,
		`different headers of ${what}`);
	equal(body.length, Number(headers["content-length"] ?? 0), `length of the body of ${what}`);
}
