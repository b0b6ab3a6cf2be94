// SPDX-License-Identifier: MIT
/** One stream for many sessions: which session starts and ends it. Uses a subscriber that only logs its calls. */

import { SharedStream } from "stream/shared";
import type { Subscriber } from "stream/subscriber";
import { equal, type Suite } from "../../unit/harness";

interface Rig {
	readonly stream: SharedStream;
	/** `1 play`, `1 pause`, `1 close`: the number is the subscriber's. */
	readonly log: string[];
}

function rig(): Rig {
	const log: string[] = [];
	let count = 0;
	const stream = new SharedStream(() => {
		const number = ++count;
		return {
			ssrc: 100 + number,
			reportCount: number * 10,
			packetCount: 7,
			octetCount: 4711,
			play: () => {
				log.push(`${number} play`);
				return { sequenceNumber: number, timestamp: undefined };
			},
			pause: () => log.push(`${number} pause`),
			close: () => log.push(`${number} close`),
		} as unknown as Subscriber;
	});
	return { stream, log };
}

export default function (suite: Suite): void {
	suite.test("shared-stream-begins-with-the-first-play", () => {
		const { stream, log } = rig();
		const a = stream.join(), b = stream.join();
		equal([log, stream.ssrc], [[], 0]);
		a.play();
		b.play();
		equal([log, a.ssrc, b.ssrc], [["1 play", "1 play"], 101, 101]);
	});

	suite.test("shared-stream-goes-on-while-one-pauses-or-goes", () => {
		const { stream, log } = rig();
		const a = stream.join(), b = stream.join(), c = stream.join();
		a.play();
		b.play();
		c.play();
		log.length = 0;
		a.pause();
		a.pause();
		b.close();
		b.close();
		equal(log, []);
	});

	suite.test("shared-stream-pauses-with-the-last-and-resumes-with-any", () => {
		const { stream, log } = rig();
		const a = stream.join(), b = stream.join();
		a.play();
		b.play();
		a.pause();
		b.pause();
		equal(log, ["1 play", "1 play", "1 pause"]);
		b.play();
		equal([log[3], stream.ssrc], ["1 play", 101]);
	});

	suite.test("shared-stream-ends-when-the-last-who-has-played-goes", () => {
		const { stream, log } = rig();
		const a = stream.join(), b = stream.join(), c = stream.join();
		a.play();
		b.play();
		b.pause();
		a.close();
		// b has played and may rejoin the same stream
		equal(log, ["1 play", "1 play", "1 pause"]);
		b.close();
		equal([log.length, log[3], stream.ssrc], [4, "1 close", 0]);
		// c never played, so closing it changes nothing
		c.close();
		equal(log.length, 4);
	});

	suite.test("shared-stream-goes-on-when-one-goes-that-never-played", () => {
		const { stream, log } = rig();
		stream.join().play();
		stream.join().close();
		equal(log, ["1 play"]);
	});

	suite.test("shared-stream-that-begins-again-is-another-source", () => {
		const { stream } = rig();
		const a = stream.join();
		a.play();
		a.close();
		const b = stream.join();
		equal(b.play().sequenceNumber, 2);
		equal(b.ssrc, 102);
	});

	suite.test("shared-stream-ignores-who-has-gone", () => {
		const { stream, log } = rig();
		const a = stream.join();
		a.play();
		a.close();
		a.play();
		a.pause();
		equal(log, ["1 play", "1 pause", "1 close"]);
	});

	suite.test("play-twice-of-a-member-counts-once", () => {
		const { stream, log } = rig();
		const a = stream.join(), b = stream.join();
		a.play();
		equal(a.play(), { sequenceNumber: 1, timestamp: undefined });
		b.play();
		a.pause();
		b.pause();
		equal(log, ["1 play", "1 play", "1 pause"]);
	});

	suite.test("members-know-what-was-sent-to-all", () => {
		const { stream } = rig();
		const a = stream.join(), b = stream.join();
		const read = (): (string | undefined)[] =>
			["packets_sent", "octets_sent", "jitter", "none"].map(name => b.readParameter(name));
		equal(read(), ["0", "0", undefined, undefined]);
		a.play();
		equal(read(), ["7", "4711", undefined, undefined]);
	});

	suite.test("reports-are-counted-across-streams", () => {
		const { stream } = rig();
		const a = stream.join();
		equal(stream.reportCount, 0);
		a.play();
		equal(stream.reportCount, 10);
		a.close();
		equal(stream.reportCount, 10);
		stream.join().play();
		equal(stream.reportCount, 30);
	});
}
