// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { credibleDate, dateLine } from "http/date";

export default function (suite: Suite): void {
	suite.test("http-date-is-that-of-rfc-9110", () => {
		equal(dateLine(Date.UTC(2026, 10, 6, 8, 49, 37, 999)), "Date: Fri, 06 Nov 2026 08:49:37 GMT\r\n");
		equal(dateLine(Date.UTC(2025, 0)), "Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n");
	});

	suite.test("http-date-is-left-out-while-the-clock-is-not-set", () => {
		for (const time of [0, 90_000, Date.UTC(2025, 0) - 1])
			equal([dateLine(time), credibleDate(time)], ["", undefined]);
	});
}
