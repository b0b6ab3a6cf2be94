// SPDX-License-Identifier: MIT
/**
 * Floods a camera from a separate process, as fast as the camera accepts it, until killed:
 *
 *   node flooder.mjs KIND CONNECTIONS PORT UDP_PORT [ADDRESS]      ADDRESS: `many` for four connections from each
 *
 * Its parent gets `{ready: true}` once all connections are made. It answers every message of its parent with
 * `{messages, bytes}`: the number and size of what the camera has taken so far. Replies prove it; of datagrams, the
 * system counts those that it has dropped. Reconnects when the camera closes a connection.
 */
import dgram from "node:dgram";
import net from "node:net";
import { udpQueue } from "./udpqueue.mjs";

const [kind, count, port, udpPort, address] = process.argv.slice(2);
const isFromMany = address === "many", givenAddress = isFromMany ? undefined : address;
/** Bytes of requests in one write. */
const BLOCK = 16_384;
/** Bytes per second of the kind `costly-slowly`. */
const SLOW_RATE = 12_600;
/** Sessions from one address: a board allows as many. */
const OF_ADDRESS = 4;
const SYNC = "OPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n";

const request = (line, ...headers) => [`${line} RTSP/1.0`, "CSeq: 1", ...headers, "", ""].join("\r\n");
const describe = request("DESCRIBE rtsp://h/");
const setup = request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
const digest =
	"Authorization: Digest username=\"me\", realm=\"rtsp-camera\", nonce=\"0-00000000000000000000000000000000\", "
	+ "uri=\"rtsp://h/\", response=\"00000000000000000000000000000000\"";
/** A request over HTTP. */
const http = (target, ...headers) => [`GET ${target} HTTP/1.1`, "Host: h", ...headers, "", ""].join("\r\n");
/** An operation of ONVIF that needs no password, with as many elements before it as are read. */
const envelope =
	`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>${"<a/>".repeat(96)}</s:Header><s:Body>`
	+ "<GetCapabilities xmlns=\"http://www.onvif.org/ver10/device/wsdl\"/></s:Body></s:Envelope>";
const tunnel = (method, cookie) =>
	[`${method} / HTTP/1.0`, `x-sessioncookie: ${cookie}`, "Content-Type: application/x-rtsp-tunnelled",
		"Content-Length: 32767", "", ""].join("\r\n");

/** A block of one request, repeated. Each reply proves that the camera has taken one. */
function requests(text, encode = block => block) {
	const number = Math.ceil(BLOCK / text.length), block = encode(text.repeat(number));
	return { block: Buffer.from(block, "latin1"), messages: 1, bytes: block.length / number };
}

/** A block of messages without replies, and one request at its end: its reply proves that the camera has taken all of
 *  the block. */
function unanswered(message) {
	const number = Math.ceil(BLOCK / message.length);
	const block = Buffer.concat([...Array.from({ length: number }, () => message), Buffer.from(SYNC)]);
	return { block, messages: number, bytes: block.length };
}

/** A receiver report (RFC 3550 section 6.4.2) with one block, about a source. */
function receiverReport(ssrc) {
	const report = Buffer.alloc(32);
	report.set([0x81, 201, 0, 7, 0, 0, 0, 1]);
	report.writeUInt32BE(ssrc, 8);
	return report;
}

/** Traffic of each kind over TCP: `begin(socket, index)` once connected, then `block` repeatedly. */
const kinds = {
	options: requests(request("OPTIONS *")),
	describe: requests(describe),
	unauthorized: requests(describe),
	"wrong-password": requests(request("DESCRIBE rtsp://h/", digest)),
	frames: unanswered(Buffer.from("$\0\0\0")),
	"setup-teardown": { messages: 1, bytes: setup.length, begin: setUpAndTearDown },
	tunnel: { ...requests(request("OPTIONS *").padEnd(33, "\n"), text => Buffer.from(text).toString("base64")),
		begin: openTunnel },
	connect: { begin: socket => {
		taken(1, 0);
		socket.destroy();
	} },
	granted: { begin: floodSession },
	"rtcp-interleaved": { begin: floodSession },
	"http-nothing": requests(http("/nothing")),
	"http-guess": requests(http("/nothing", digest.replace("rtsp://h/", "/nothing"))),
	"http-status": requests(http("/api/status")),
	"http-snapshot": requests(http("/snapshot.jpg")),
	"http-heads": requests(
		http(`/${"%41".repeat(300)}`, `Authorization: ${"a,".repeat(1000)}`, ..."a:".repeat(60).match(/../g)),
	),
	"http-envelope": requests(
		["POST /onvif/device_service HTTP/1.1", "Host: h", `Content-Length: ${envelope.length}`, "", envelope].join(
			"\r\n",
		),
	),
	costly: { begin: sendCostly },
	"costly-slowly": { begin: sendCostly },
};

const total = { messages: 0, bytes: 0 };
function taken(messages, bytes) {
	total.messages += messages;
	total.bytes += bytes;
}

const addressOf = index => givenAddress ?? `127.0.0.${2 + Math.floor(index / OF_ADDRESS)}`;

function connect(index, ready) {
	const isSpread = isFromMany || kind === "granted" || kind === "rtcp-interleaved";
	const socket = net.connect({ port: Number(port), host: "127.0.0.1",
		localAddress: isSpread ? addressOf(index) : givenAddress ?? "127.0.0.2" });
	const { block, begin, messages, bytes } = kinds[kind];
	socket.on("connect", () => {
		ready();
		begin?.(socket, index);
		if (block && kind !== "tunnel")
			pour(socket, block);
	});
	if (messages)
		countReplies(socket, messages, bytes);
	else
		socket.on("data", () => {});
	socket.on("error", () => {});
	socket.on("close", () => setTimeout(() => connect(index, ready), /^co/.test(kind) ? 0 : 20));
}

/** Each reply proves that so much was taken. */
function countReplies(socket, messages, bytes) {
	const protocol = kind.startsWith("http") ? "HTTP/1.1 " : "RTSP/1.0 ";
	socket.on("data", data => {
		for (let at = -1; (at = data.indexOf(protocol, at + 1)) >= 0;)
			taken(messages, bytes);
	});
}

/** Writes the block whenever the socket accepts it. */
function pour(socket, block) {
	const more = () => {
		while (!socket.destroyed && socket.write(block));
	};
	socket.on("drain", more);
	more();
}

/** Asks for a reply to each of the requests in turn. @returns the last reply */
function ask(socket, ...texts) {
	return new Promise(resolve => {
		let received = "", count = 0;
		socket.on("data", function receive(data) {
			received += data.toString("latin1");
			const end = received.indexOf("\r\n\r\n");
			if (end < 0)
				return;
			const reply = received.slice(0, end), session = /^Session: (\w+)/m.exec(reply)?.[1];
			received = received.slice(end + 4);
			if (++count < texts.length) {
				socket.write(texts[count](session));
				return;
			}
			socket.off("data", receive);
			resolve(reply);
		});
		socket.write(texts[0]());
	});
}

/** Sets up a session, then sends requests on it; or plays it, and sends receiver reports of it. */
async function floodSession(socket) {
	const reply = await ask(socket, () => setup);
	const session = /^Session: (\w+)/m.exec(reply)?.[1], ssrc = parseInt(/ssrc=(\w+)/i.exec(reply)?.[1] ?? "", 16);
	if (!session)
		throw new Error(`SETUP: ${reply.split("\r\n")[0]}`);
	let flood = requests(request("GET_PARAMETER rtsp://h/", `Session: ${session}`));
	if (kind === "rtcp-interleaved") {
		socket.write(request("PLAY rtsp://h/", `Session: ${session}`));
		flood = unanswered(Buffer.concat([Buffer.from([0x24, 1, 0, 32]), receiverReport(ssrc)]));
	}
	countReplies(socket, flood.messages, flood.bytes);
	pour(socket, flood.block);
}

/** Keeps eight SETUPs pending. Each reply is followed by a TEARDOWN of its session and the next SETUP. */
function setUpAndTearDown(socket) {
	let text = "";
	socket.on("data", data => {
		text += data.toString("latin1");
		let replies = "";
		for (let end; (end = text.indexOf("\r\n\r\n")) >= 0; text = text.slice(end + 4)) {
			const session = /^Session: (\w+)/m.exec(text.slice(0, end))?.[1];
			if (session)
				replies += request("TEARDOWN rtsp://h/", `Session: ${session}`) + setup;
			else if (text.startsWith("RTSP/1.0 503"))
				replies += setup;
		}
		socket.write(replies);
	});
	socket.write(setup.repeat(8));
}

/** GET on this connection, and POST on another, which repeats the same request endlessly. */
function openTunnel(socket, index) {
	const cookie = `flood${process.pid}x${index}`;
	socket.write(tunnel("GET", cookie));
	const post = net.connect({ port: Number(port), host: "127.0.0.1", localAddress: socket.localAddress });
	post.on("error", () => {});
	post.on("connect", () => {
		post.write(tunnel("POST", cookie));
		pour(post, kinds.tunnel.block);
	});
	socket.on("close", () => post.destroy());
	post.on("close", () => socket.destroy());
}

const { COSTLY } = /^costly/.test(kind) ? await import("./costly.mjs") : {};
/** Connections on which the next costly request can be sent. */
const idle = new Set();
let next = 0;

/** The costliest requests of 4,000 bytes, in turn. The camera answers or closes: then the next follows. */
function sendCostly(socket) {
	let pending = 0;
	const done = () => {
		if (pending)
			taken(1, pending);
		pending = 0;
	};
	const more = () => {
		idle.delete(more);
		const text = COSTLY[next++ % COSTLY.length];
		pending = text.length;
		socket.write(Buffer.from(text, "latin1"));
	};
	const later = () => (kind === "costly" ? more() : idle.add(more));
	socket.on("data", () => {
		if (!pending)
			return;
		done();
		later();
	});
	socket.on("close", () => {
		idle.delete(more);
		done();
	});
	later();
}

/** Sends on one of the connections, as often as the rate says. */
function sendSlowly() {
	const [more] = idle, { length } = COSTLY[next % COSTLY.length];
	more?.();
	setTimeout(sendSlowly, length / SLOW_RATE * 1000);
}

/** Datagrams that the system has dropped at the camera's port, or keeps for it: at most one for each 512 bytes. */
function untaken() {
	const { dropped, queued } = udpQueue(datagrams.to);
	return dropped + Math.ceil(queued / 512);
}

/** What has been sent, to which port of the camera; what was not taken before. */
const datagrams = { count: 0, to: 0, byteLength: 32, before: 0 };

/** Receiver reports of an unknown source to the RTCP port, packets to the RTP port, or receiver reports of a session,
 *  from its port. */
async function sendDatagrams(index) {
	const socket = dgram.createSocket("udp4"), localAddress = addressOf(index);
	socket.on("message", () => {}).on("error", () => {});
	await new Promise(resolve => socket.bind(kind === "rtcp-session" ? 44_001 + 2 * index : 0, localAddress, resolve));
	let datagram = receiverReport(index);
	if (kind === "rtcp-session") {
		const connection = net.connect({ port: Number(port), host: "127.0.0.1", localAddress });
		await new Promise(resolve => connection.on("error", () => {}).on("connect", resolve));
		const transport = `Transport: RTP/AVP;unicast;client_port=${44_000 + 2 * index}-${44_001 + 2 * index}`;
		let ssrc;
		connection.on("data", data => ssrc ??= /ssrc=(\w+)/i.exec(data.toString("latin1"))?.[1]);
		const reply = await ask(connection, () => request("SETUP rtsp://h/trackID=0", transport), session =>
			request("PLAY rtsp://h/", `Session: ${session}`));
		if (!reply.startsWith("RTSP/1.0 200"))
			throw new Error(`PLAY: ${reply.split("\r\n")[0]}`);
		datagram = receiverReport(parseInt(ssrc, 16));
	}
	const more = () => {
		for (let i = 0; i < 50; i++) {
			socket.send(datagram, datagrams.to, "127.0.0.1");
			datagrams.count += 1;
		}
		setImmediate(more);
	};
	more();
}

let connected = 0;
function ready() {
	if (++connected === Number(count))
		process.send({ ready: true });
}
process.on("message", () => {
	const { count: sent, to, byteLength, before } = datagrams, messages = to && Math.max(0, sent - untaken() + before);
	process.send(to ? { messages, bytes: messages * byteLength } : total);
});
process.on("disconnect", () => process.exit());
if (!kinds[kind]) {
	datagrams.to = Number(udpPort) + (kind === "rtp" ? 0 : 1);
	datagrams.before = untaken();
}
if (kind === "costly-slowly")
	sendSlowly();
for (let i = 0; i < Number(count); i++) {
	if (kinds[kind])
		connect(i, ready);
	else
		void sendDatagrams(i).then(ready);
}
