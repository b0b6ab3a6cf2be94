// SPDX-License-Identifier: MIT
import { NoticeLog } from "common/noticelog";
import { equal, type Suite } from "../harness";

export default function (suite: Suite): void {
	const rig = (limit = 3): { log: NoticeLog; at: (seconds: number, text: string) => void; shown: () => string[] } => {
		let now = 0;
		const log = new NoticeLog({ limit, clock: { now: () => now } });
		return { log, at(seconds, text) {
			now = seconds * 1000;
			log.add(text);
		}, shown: () => log.list().map(({ time, text, count }) => `${time} ${text} ${count}`) };
	};

	suite.test("notices-are-kept-newest-first-and-counted", () => {
		const { at, shown } = rig();
		at(1, "a");
		at(2, "b");
		equal(shown(), ["2 b 1", "1 a 1"]);
		at(3.5, "a");
		equal(shown(), ["3.5 a 2", "2 b 1"]);
	});

	suite.test("notices-that-did-not-come-again-give-way", () => {
		const { at, shown } = rig(3);
		for (const [i, text] of ["a", "b", "c", "a", "d"].entries())
			at(i, text);
		equal(shown(), ["4 d 1", "3 a 2", "2 c 1"]);
	});

	suite.test("long-notices-are-cut-and-still-counted-as-one", () => {
		const { at, log } = rig();
		at(0, "x".repeat(5000));
		at(1, "x".repeat(6000));
		const [notice, other] = log.list();
		equal([notice!.text.length, notice!.count, other], [200, 2, undefined]);
	});
}
