// SPDX-License-Identifier: MIT
/** Several clients at once, one of which stops reading; and the clocks, over a time in which sender reports come. */
import { profile, startCamera } from "../camera.mjs";
import { Gap, check, equal, has, sleep, until } from "./harness.mjs";
import { mustBeConsecutive, readFrames } from "./frames.mjs";
import { lossless } from "./players.mjs";
import { Player } from "./rtsp-client.mjs";

const DAY = 86_400_000;
/** Frames that the two good clients have to get, at 25 a second. */
const WHILE_STALLED = 150;

const stepsOf = frames => frames.slice(1).map((frame, i) => (frame.timestamp - frames[i].timestamp) >>> 0);
const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Two over TCP, one over UDP; the second over TCP stops reading. Large frames, so that it is really stalled: a
 *  loopback's buffers hold megabytes. */
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
			"the stalled client has the newest frames again", 20_000);
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

/** That two clients have the same frame at the same place. Content is compared elsewhere: a difference here is a frame
 *  that one did not get. */
function mustBeSame(a, b, message) {
	if (!a.scan.equals(b.scan))
		throw new Gap(message);
}

/** Whether the last frame of one is among the last of the other. */
function isCurrent(player, other) {
	const last = player.frames.at(-1);
	return other.frames.slice(-10).some(frame => frame.scan.equals(last.scan));
}

/** An instant in RTP time as milliseconds since 1970, by a sender report. */
const byReport = (report, timestamp) => report.unixTime + ((timestamp - report.timestamp) | 0) / 90;

export async function several(tests) {
	// one scene for several tests
	let scene;
	const watch = (name, needs, body) =>
		tests.test(name, needs, async () => {
			scene ??= lossless("udp", threeAtOnce);
			try {
				return await body(await scene);
			}
			catch (error) {
				// of a scene with a gap, the test wants another
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
			equal(whilePaused, 0, "frames read by the one that did not read");
			// was it really stalled? Then frames are missing in what it got
			const steps = stepsOf(stalled.frames.slice(before - 1));
			check(Math.max(...steps) > 2 * median(steps),
				"the client that did not read has missed nothing: it was not stalled long enough");
			// the same frames went to both of the others: the same captures, at the same distances
			const from = Math.max(0, udp.frames.findIndex(frame => frame.scan.equals(tcp.frames[0].scan)));
			const offset = tcp.frames.findIndex(frame => frame.scan.equals(udp.frames[from].scan));
			check(offset >= 0, "the two show different frames");
			const count = Math.min(tcp.frames.length - offset, udp.frames.length - from);
			check(count >= WHILE_STALLED, `${count} frames in common`);
			for (let i = 0; i < count; i++)
				mustBeSame(tcp.frames[offset + i], udp.frames[from + i], `frame ${i} is not the same over TCP and UDP`);
			const [a, b] = [tcp.frames.slice(offset, offset + count), udp.frames.slice(from, from + count)].map(
				stepsOf,
			);
			a.forEach((step, i) => equal(step, b[i], `distance of frames ${i} and ${i + 1} over TCP, against UDP`));
			check(Math.abs(median(a) - 3600) <= 360, `frames are ${median(a)} ticks apart, not 3600`);
			return `${count} frames, the longest distance ${(Math.max(...a) / 90).toFixed(0)} ms`;
		});

	await watch("the-others-show-every-captured-frame", ["ffmpeg"], async ({ tcp, udp }) => {
		for (const { frames } of [tcp, udp])
			mustBeConsecutive(await readFrames(frames));
	});

	await watch("a-client-that-reads-again-gets-whole-new-frames", [], async ({ stalled, tcp, after, resumed }) => {
		// frames may have been given up in the middle, packets not
		equal(stalled.lost, 0, "packets lost");
		equal(stalled.problems.join("; "), "", "problems");
		const fresh = stalled.frames.slice(after - 1);
		check(fresh.every(frame => frame.arrival >= resumed), "frames from before");
		const begin = tcp.frames.findIndex(frame => frame.scan.equals(fresh[0].scan));
		check(begin >= 0, "its frames are not those of the other client");
		fresh.slice(0, tcp.frames.length - begin).forEach((frame, i) =>
			mustBeSame(tcp.frames[begin + i], frame, `frame ${i} after the pause is not the other client's`)
		);
		if (has("ffmpeg"))
			mustBeConsecutive(await readFrames(fresh));
	});

	await watch("sender-reports-come-at-once-and-again", [], async ({ tcp, udp }) => {
		for (const player of [tcp, udp]) {
			const reports = player.reports;
			// the last of them is the BYE's
			check(reports.length >= 3, `${reports.length} sender reports over ${player.transport}`);
			check(reports[0].arrival <= player.frames[0].arrival + 500, "the first sender report comes late");
			equal(reports[0].packetCount, 0, "packet count of the first sender report");
			const distance = reports[1].unixTime - reports[0].unixTime;
			check(distance > 2500 && distance < 9000, `sender reports are ${Math.round(distance)} ms apart`);
			check(player.cname?.length > 0, "no CNAME");
		}
		check(tcp.cname === udp.cname, "two CNAMEs of one server");
	});

	await watch("sender-reports-count-what-was-sent", [], async ({ tcp, udp }) => {
		// one connection keeps the order of packets and reports
		for (const { packetCount, octetCount, received } of tcp.reports) {
			equal(packetCount, received.packetCount, "packet count");
			equal(octetCount, received.octetCount, "octet count");
		}
		const last = udp.reports.at(-1);
		equal(last.packetCount, udp.packetCount, "packet count at the end over UDP");
		equal(last.octetCount, udp.octetCount, "octet count at the end over UDP");
	});

	await watch("sender-reports-put-both-clocks-together", [], async ({ tcp, udp }) => {
		for (const { reports, frames } of [tcp, udp]) {
			for (const report of reports) {
				check(Math.abs(report.unixTime - report.arrival) < 2000,
					`the sender's clock is off by ${Math.round(report.unixTime - report.arrival)} ms`);
				const drift = byReport(reports[0], report.timestamp) - report.unixTime;
				check(Math.abs(drift) < 100,
					`${Math.round(report.unixTime - reports[0].unixTime)} ms later the two clocks are `
						+ `${drift.toFixed(1)} ms apart`);
			}
			// a frame arrives after it was captured, and soon
			const delays = frames.map(frame => frame.arrival - byReport(reports[0], frame.timestamp));
			check(Math.min(...delays) > -100 && median(delays) < 1000,
				`frames arrive ${Math.round(Math.min(...delays))} to ${Math.round(Math.max(...delays))} ms after `
					+ "capture");
		}
		// two streams of one camera, put together by their reports, show the same instant for the same frame
		const same = tcp.frames.map(frame => [frame, udp.frames.find(other => other.scan.equals(frame.scan))]).filter((
			[, other],
		) => other);
		const apart = same.map(([a, b]) =>
			Math.abs(byReport(tcp.reports[0], a.timestamp) - byReport(udp.reports[0], b.timestamp))
		);
		check(Math.max(...apart) < 100, `one frame, two streams: ${Math.max(...apart).toFixed(1)} ms apart`);
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
		check(median(apart) <= 40, `${median(apart)} ms apart`);
		return `${median(apart)} ms apart`;
	});

	await tests.test("a-program-that-was-held-up-shows-every-frame-it-captures", ["ffmpeg"], async () => {
		// frames that the device's send buffer takes whole: of two that are captured at once, the first has gone then
		const camera = await startCamera({ args: ["--size", "QQVGA"] });
		const player = await Player.play(camera.port);
		try {
			await player.receive(5);
			// at all phases of the frame interval: a busy machine does the same, less often
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

	// one address's share of the places
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
					check(begin >= 0, "different frames");
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
