// SPDX-License-Identifier: MIT
/** Several clients at once, one of which stops reading. Also clocks and sender reports over some time. */
import { profile, startCamera } from "../camera.mjs";
import { Gap, check, equal, has, sleep, until } from "./harness.mjs";
import { mustBeConsecutive, readFrames } from "./frames.mjs";
import { lossless } from "./players.mjs";
import { Player } from "./rtsp-client.mjs";

const DAY = 86_400_000;
/** Number of frames that the two good clients have to receive meanwhile, at 25 frames/s. */
const WHILE_STALLED = 150;

const stepsOf = frames => frames.slice(1).map((frame, i) => (frame.timestamp - frames[i].timestamp) >>> 0);
const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Plays with two clients over TCP and one over UDP. The second TCP client stops reading for a while. Frames are large
 *  so that this client really stalls: buffers of a loopback hold megabytes. */
async function threeAtOnce() {
	const camera = await startCamera({ args: ["--fps", "25", "--quality", "4"] });
	const players = [];
	try {
		for (const transport of ["tcp", "udp", "tcp"])
			players.push(await Player.play(camera.port, { transport }));
		const [tcp, udp, stalled] = players;
		await Promise.all(players.map(player => player.receive(10)));
		players.forEach(player => player.sendReport());
		stalled.client.pause();
		const begin = { tcp: tcp.frames.length, udp: udp.frames.length };
		const before = stalled.frames.length;
		await Promise.all([tcp.receive(begin.tcp + WHILE_STALLED, 60_000),
			udp.receive(begin.udp + WHILE_STALLED, 60_000)]);
		const whilePaused = stalled.frames.length - before;
		stalled.client.resume();
		const resumed = Date.now();
		await until(() => stalled.frames.length > before + 40 && isCurrent(stalled, tcp),
			"newest frames at the stalled client", 20_000);
		const after = stalled.frames.length;
		await stalled.receive(after + 30);
		await Promise.all(players.map(player => player.teardown()));
		tcp.mustBeSound();
		udp.mustBeSound();
		return { tcp, udp, stalled, before, whilePaused, resumed, after };
	}
	finally {
		players.forEach(player => player.close());
		await camera.stop();
	}
}

/** Asserts that two clients have the same frame at the same index. Other tests compare contents, so a difference here
 *  means that one client missed a frame. */
function mustBeSame(a, b, message) {
	if (!a.scan.equals(b.scan))
		throw new Gap(message);
}

/** Whether a player's last frame is among the other's last ten. */
function isCurrent(player, other) {
	const last = player.frames.at(-1);
	return other.frames.slice(-10).some(frame => frame.scan.equals(last.scan));
}

/** Converts an RTP timestamp to milliseconds since 1970 with a sender report. */
const byReport = (report, timestamp) => report.unixTime + ((timestamp - report.timestamp) | 0) / 90;

export async function several(tests) {
	// several tests share one scene
	let scene;
	const watch = (name, needs, body) =>
		tests.test(name, needs, async () => {
			scene ??= lossless("udp", threeAtOnce);
			try {
				return await body(await scene);
			}
			catch (error) {
				// after a gap, the test is repeated with a new scene
				if (error instanceof Gap)
					scene = undefined;
				throw error;
			}
		}, 180_000);

	await watch("two-over-tcp-and-one-over-udp-play-at-once", [], async ({ tcp, udp, stalled }) => {
		return `${[tcp, udp, stalled].map(player => player.frames.length).join(", ")} frames`;
	});

	await watch("a-client-that-stops-reading-costs-the-others-no-frame", [],
		async ({ tcp, udp, stalled, before, whilePaused }) => {
			equal(whilePaused, 0, "number of frames read while paused");
			// a client that was really stalled has missed frames
			const steps = stepsOf(stalled.frames.slice(before - 1));
			check(Math.max(...steps) > 2 * median(steps),
				"the paused client has missed no frame: it was not stalled for long enough");
			// the two others received the same frames with the same timestamp intervals
			const from = Math.max(0, udp.frames.findIndex(frame => frame.scan.equals(tcp.frames[0].scan)));
			const offset = tcp.frames.findIndex(frame => frame.scan.equals(udp.frames[from].scan));
			check(offset >= 0, "the two received different frames");
			const count = Math.min(tcp.frames.length - offset, udp.frames.length - from);
			check(count >= WHILE_STALLED, `${count} frames in common`);
			for (let i = 0; i < count; i++)
				mustBeSame(tcp.frames[offset + i], udp.frames[from + i], `frame ${i} is not the same over TCP and UDP`);
			const [a, b] = [tcp.frames.slice(offset, offset + count), udp.frames.slice(from, from + count)].map(
				stepsOf,
			);
			a.forEach((step, i) =>
				equal(step, b[i], `interval between frames ${i} and ${i + 1} over TCP, compared with UDP,`)
			);
			check(Math.abs(median(a) - 3600) <= 360, `frames are ${median(a)} ticks apart, not 3600`);
			return `${count} frames, the longest interval ${(Math.max(...a) / 90).toFixed(0)} ms`;
		});

	await watch("the-others-show-every-captured-frame", ["ffmpeg"], async ({ tcp, udp }) => {
		for (const { frames } of [tcp, udp])
			mustBeConsecutive(await readFrames(frames));
	});

	await watch("a-client-that-reads-again-gets-whole-new-frames", [], async ({ stalled, tcp, after, resumed }) => {
		// frames may end early, packets may not
		equal(stalled.lost, 0, "packets lost");
		equal(stalled.problems.join("; "), "", "problems");
		const fresh = stalled.frames.slice(after - 1);
		check(fresh.every(frame => frame.arrival >= resumed), "frames from before the pause");
		const begin = tcp.frames.findIndex(frame => frame.scan.equals(fresh[0].scan));
		check(begin >= 0, "its frames differ from the other client's");
		fresh.slice(0, tcp.frames.length - begin).forEach((frame, i) =>
			mustBeSame(tcp.frames[begin + i], frame, `frame ${i} after the pause is not the other client's`)
		);
		if (has("ffmpeg"))
			mustBeConsecutive(await readFrames(fresh));
	});

	await watch("sender-reports-are-sent-at-once-and-repeatedly", [], async ({ tcp, udp }) => {
		for (const player of [tcp, udp]) {
			const reports = player.reports;
			// the last report precedes the BYE
			check(reports.length >= 3, `${reports.length} sender reports over ${player.transport}`);
			check(reports[0].arrival <= player.frames[0].arrival + 500, "the first sender report is late");
			equal(reports[0].packetCount, 0, "packet count of the first sender report");
			const distance = reports[1].unixTime - reports[0].unixTime;
			check(distance > 2500 && distance < 9000, `sender reports are ${Math.round(distance)} ms apart`);
			check(player.cname?.length > 0, "no CNAME");
		}
		check(tcp.cname === udp.cname, "the CNAMEs of one server differ");
	});

	await watch("sender-reports-count-what-was-sent", [], async ({ tcp, udp }) => {
		// over TCP, packets and reports stay in order
		for (const { packetCount, octetCount, received } of tcp.reports) {
			equal(packetCount, received.packetCount, "packet count");
			equal(octetCount, received.octetCount, "octet count");
		}
		const last = udp.reports.at(-1);
		equal(last.packetCount, udp.packetCount, "packet count at the end over UDP");
		equal(last.octetCount, udp.octetCount, "octet count at the end over UDP");
	});

	await watch("sender-reports-relate-both-clocks", [], async ({ tcp, udp }) => {
		for (const { reports, frames } of [tcp, udp]) {
			for (const report of reports) {
				check(Math.abs(report.unixTime - report.arrival) < 2000,
					`the sender's clock is off by ${Math.round(report.unixTime - report.arrival)} ms`);
				const drift = byReport(reports[0], report.timestamp) - report.unixTime;
				// both clocks have a resolution of microseconds, and are read at once
				check(Math.abs(drift) < 0.2,
					`${Math.round(report.unixTime - reports[0].unixTime)} ms later the two clocks differ `
						+ `by ${drift.toFixed(3)} ms`);
			}
			// a frame arrives soon after its capture
			const delays = frames.map(frame => frame.arrival - byReport(reports[0], frame.timestamp));
			check(Math.min(...delays) > -100 && median(delays) < 1000,
				`frames arrive ${Math.round(Math.min(...delays))} to ${Math.round(Math.max(...delays))} ms after `
					+ "capture");
		}
		// by the reports of two streams, the same frame has the same capture instant
		const same = tcp.frames.map(frame => [frame, udp.frames.find(other => other.scan.equals(frame.scan))]).filter((
			[, other],
		) => other);
		const apart = same.map(([a, b]) =>
			Math.abs(byReport(tcp.reports[0], a.timestamp) - byReport(udp.reports[0], b.timestamp))
		);
		check(Math.max(...apart) < 100, `the same frame in two streams: ${Math.max(...apart).toFixed(1)} ms apart`);
	});

	await watch("rtp-time-is-the-time-shown-in-the-picture", ["ffmpeg"], async ({ tcp }) => {
		const cards = await readFrames(tcp.frames);
		const report = tcp.reports[0];
		const apart = tcp.frames.map((frame, i) => {
			const captured = new Date(byReport(report, frame.timestamp));
			const shown = ((captured.getHours() * 60 + captured.getMinutes()) * 60 + captured.getSeconds()) * 1000
				+ captured.getMilliseconds();
			const difference = Math.abs(shown - cards[i].time);
			return Math.min(difference, DAY - difference);
		});
		check(median(apart) <= 40, `RTP time and picture are ${median(apart)} ms apart`);
		return `${median(apart)} ms apart`;
	});

	await tests.test("suspended-program-sends-every-frame-it-captures-afterwards", ["ffmpeg"], async () => {
		// frames fit the send buffer, so that of two frames captured at once the first one is sent at once
		const camera = await startCamera({ args: ["--size", "QQVGA"] });
		const player = await Player.play(camera.port);
		try {
			await player.receive(5);
			// stops at all phases of the frame interval, as happens less often on a busy machine
			for (let i = 0; i < 20; i++) {
				process.kill(camera.pid, "SIGSTOP");
				await sleep(60 + i * 2);
				process.kill(camera.pid, "SIGCONT");
				await sleep(203);
			}
			await player.receive(player.frames.length + 5);
			await player.teardown();
			player.mustBeSound();
			mustBeConsecutive(await readFrames(player.frames, { width: 160, height: 120 }));
		}
		finally {
			player.close();
			process.kill(camera.pid, "SIGCONT");
			await camera.stop();
		}
	});

	// an address's share of the places
	const count = profile.device ? 4 : 8;
	await tests.test(`${count}-clients-at-once-get-the-same-frames`, [], () =>
		lossless("udp", async () => {
			const camera = await startCamera({ args: ["--size", "QVGA", "--fps", "10"] });
			const players = [];
			try {
				for (let i = 0; i < count; i++)
					players.push(
						await Player.play(camera.port, { transport: i % 2 ? "udp" : "tcp",
							channel: i % 2 ? 0 : 2 * i }),
					);
				await Promise.all(players.map(player => player.receive(20)));
				await sleep(300);
				equal(new Set(players.map(player => player.ssrc)).size, players.length, "number of SSRCs");
				equal(new Set(players.map(player => player.session)).size, players.length, "number of sessions");
				const [first, ...others] = players;
				for (const player of others) {
					const begin = first.frames.findIndex(frame => frame.scan.equals(player.frames[0].scan));
					check(begin >= 0, "the clients received different frames");
					for (let i = 0; i < 10; i++)
						check(player.frames[i].scan.equals(first.frames[begin + i].scan), `frame ${i} differs`);
				}
				await Promise.all(players.map(player => player.teardown()));
				players.forEach(player => player.mustBeSound());
			}
			finally {
				players.forEach(player => player.close());
				await camera.stop();
			}
		}));
}
