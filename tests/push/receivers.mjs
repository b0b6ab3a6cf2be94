// SPDX-License-Identifier: MIT
/** Receivers take the camera's frames bit-exactly: our own, which looks at every field, ffmpeg, and GStreamer. */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../camera.mjs";
import { check, equal, FFMPEG_NOISE, sameBytes, succeed, until } from "../interop/harness.mjs";
import { emptyFolder, makeCards, readFolder } from "../interop/frames.mjs";
import { parseJPEG } from "../interop/jpeg.mjs";
import { mustBeSame, mustRepeat } from "../interop/rebuilt.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { Receiver } from "./receiver.mjs";
import { Pusher } from "./rig.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Frames to be received. */
const COUNT = 30;

function sameScan(frame, file, what) {
	sameBytes(frame.scan, file.scan, `${what}: scan`);
	["luma", "chroma"].forEach((name, i) =>
		sameBytes(frame.tables[i], file.tables[i], `${what}: ${name} quantization table`)
	);
}

/** Ends a child process. */
async function end(child) {
	const ended = new Promise(resolve => child.on("close", resolve));
	child.kill();
	const late = setTimeout(() => child.kill("SIGKILL"), 5000);
	await ended;
	clearTimeout(late);
}

export async function receivers(tests) {
	const folder = emptyFolder("pushed");
	await makeCards(path.join(folder, "card"), { width: 320, height: 240, sampling: 422, count: 8 });
	const files = readFolder(folder).map(({ data }) => parseJPEG(data)), frames = ["--frames", folder];

	tests.test("push-frames-arrive-bit-exactly-with-reports-and-an-end", [], async () => {
		const receiver = await Receiver.listen(), pusher = await Pusher.start(receiver.url(), frames);
		try {
			await until(() => receiver.frameCount >= COUNT, `${COUNT} frames`);
			const publisher = receiver.last;
			mustRepeat(publisher.frames, files, mustBeSame);
			equal(publisher.requests.map(({ method, url }) => `${method} ${url}`).join("\n"),
				["OPTIONS", "ANNOUNCE", "SETUP", "RECORD"].map(method =>
					`${method} ${receiver.url()}${method === "SETUP" ? "/trackID=0" : ""}`
				).join("\n"), "the conversation");
			const [report] = publisher.controls;
			equal(report?.name, "SR", "the first RTCP packet");
			// the camera measures the way by the receiver's reports
			const answer = receiverReport(1, publisher.ssrc, publisher.sequenceNumber);
			answer.writeUInt32BE(report.middle, 8 + 16);
			publisher.sendPacket(1, answer);
			let client;
			await until(() => {
				void pusher.get("/api/clients").then(({ clients }) => [client] = clients);
				return client?.roundTrip !== undefined && client.roundTrip !== null;
			}, "a round trip");
			equal(client.kind, "push", "kind of the client");
			equal(client.address, "127.0.0.1", "address of the client");
			const { state, url, error, retries } = await pusher.push();
			equal([state, url, error, retries].join(), `sending,${receiver.url()},,0`, "state");
			equal((await pusher.get("/api/status")).clients, 1, "clients");
			await pusher.stop();
			await until(() => publisher.ended, "the end of the connection");
			equal(publisher.methods().at(-1), "TEARDOWN", "the last request");
			equal(publisher.requests.at(-1).headers.session, "12345678", "its session");
			equal(publisher.controls.at(-1)?.name, "BYE", "the last RTCP packet");
			equal(publisher.problems.join("; "), "", "problems");
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});

	tests.test("push-to-ffmpeg-as-listener-is-bit-exact", ["ffmpeg"], async () => {
		const port = await freePort(), target = emptyFolder("listener"), url = `rtsp://127.0.0.1:${port}/live/cam`;
		const listening = succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-rtsp_flags", "listen", "-i", url,
			"-frames:v", String(COUNT), "-c", "copy", "-f", "image2", path.join(target, "%04d.jpg")], {
			noise: FFMPEG_NOISE,
		});
		const pusher = await Pusher.start(url, frames);
		try {
			await listening;
		}
		finally {
			await pusher.stop();
		}
		const copies = readFolder(target).map(({ data }) => parseJPEG(data));
		equal(copies.length, COUNT, "number of files");
		mustRepeat(copies, files, sameScan);
	});

	tests.test("push-to-gstreamer-s-rtsp-server-is-bit-exact", ["GStreamer's RTSP server"], async () => {
		const port = await freePort(), target = emptyFolder("recorded");
		const server = spawn("/usr/bin/python3", [path.join(HERE, "gstreamer-record.py"), String(port), target], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		let said = "", pusher;
		server.stdout.on("data", data => said += data);
		try {
			await until(() => said.includes("listening"), "the server");
			pusher = await Pusher.start(`rtsp://127.0.0.1:${port}/live/cam`, frames);
			await until(() => readFolder(target).length > COUNT, `${COUNT} files; ${pusher.output}`);
			equal((await pusher.push()).state, "sending", "state");
			const copies = readFolder(target).slice(0, COUNT).map(({ data }) => parseJPEG(data));
			mustRepeat(copies, files, sameScan);
		}
		finally {
			await pusher?.stop();
			await end(server);
		}
	});

	tests.test("push-looks-up-names", [], async () => {
		const receiver = await Receiver.listen(), pusher = await Pusher.start(`rtsp://127.1:${receiver.port}/x`);
		try {
			await until(() => receiver.frameCount >= 3, "frames");
			check(pusher.output.includes(`push: sending to rtsp://127.1:${receiver.port}/x`), pusher.output);
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
		const lost = await Pusher.start(`rtsp://${"x".repeat(64)}.invalid/x`);
		try {
			await lost.fails(/no IPv4 address is known for x+\.invalid/);
		}
		finally {
			await lost.stop();
		}
	});
}
