// SPDX-License-Identifier: MIT
/**
 * Floods a camera from a separate process, as fast as the camera accepts it, until killed:
 *
 *   node flooder.mjs KIND CONNECTIONS PORT RTCP_PORT [ADDRESS]
 *
 * Prints a line once all connections are made. Reconnects when the camera closes a connection.
 */
import dgram from "node:dgram";
import net from "node:net";

const [kind, count, port, rtcpPort, localAddress = "127.0.0.2"] = process.argv.slice(2);
/** Bytes of requests in one write. */
const BLOCK = 16_384;

const request = (line, ...headers) => [`${line} RTSP/1.0`, "CSeq: 1", ...headers, "", ""].join("\r\n");
const repeated = text => Buffer.from(text.repeat(Math.ceil(BLOCK / text.length)), "latin1");
const describe = request("DESCRIBE rtsp://h/");
const setup = request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
const digest =
	"Authorization: Digest username=\"me\", realm=\"rtsp-camera\", nonce=\"0-00000000000000000000000000000000\", "
	+ "uri=\"rtsp://h/\", response=\"00000000000000000000000000000000\"";
const tunnel = (method, cookie) =>
	[`${method} / HTTP/1.0`, `x-sessioncookie: ${cookie}`, "Content-Type: application/x-rtsp-tunnelled",
		"Content-Length: 32767", "", ""].join("\r\n");

/** Traffic of each kind: `begin(socket, index)` once, then `block` repeatedly. */
const kinds = {
	options: { block: repeated(request("OPTIONS *")) },
	describe: { block: repeated(describe) },
	unauthorized: { block: repeated(describe) },
	"wrong-password": { block: repeated(request("DESCRIBE rtsp://h/", digest)) },
	frames: { block: repeated("$\0\0\0") },
	"setup-teardown": { begin: setUpAndTearDown },
	tunnel: { begin: openTunnel },
	connect: { begin: socket => socket.destroy() },
};

function connect(index, ready) {
	const socket = net.connect({ port: Number(port), host: "127.0.0.1", localAddress });
	const { block, begin } = kinds[kind];
	socket.on("connect", () => {
		ready();
		begin?.(socket, index);
		if (block)
			pour(socket, block);
	});
	if (kind !== "setup-teardown")
		socket.on("data", () => {});
	socket.on("error", () => {});
	socket.on("close", () => setTimeout(() => connect(index, ready), kind === "connect" ? 0 : 20));
}

/** Writes the block whenever the socket accepts it. */
function pour(socket, block) {
	const more = () => {
		while (!socket.destroyed && socket.write(block));
	};
	socket.on("drain", more);
	more();
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
	const post = net.connect({ port: Number(port), host: "127.0.0.1", localAddress });
	post.on("error", () => {});
	post.on("connect", () => {
		post.write(tunnel("POST", cookie));
		pour(post, Buffer.from(repeated(request("OPTIONS *").padEnd(33, "\n")).toString("base64")));
	});
	socket.on("close", () => post.destroy());
	post.on("close", () => socket.destroy());
}

/** Sender reports of an unknown SSRC. */
function sendDatagrams(index) {
	const socket = dgram.createSocket("udp4");
	const report = Buffer.from([0x81, 201, 0, 7, 0, 0, 0, index, ...new Array(24).fill(1)]);
	const more = () => {
		for (let i = 0; i < 50; i++)
			socket.send(report, Number(rtcpPort), "127.0.0.1");
		setImmediate(more);
	};
	socket.bind(0, localAddress, more);
}

let connected = 0;
function ready() {
	if (++connected === Number(count))
		console.log("ready");
}
for (let i = 0; i < Number(count); i++) {
	if (kind === "rtcp") {
		sendDatagrams(i);
		ready();
	}
	else
		connect(i, ready);
}
