// SPDX-License-Identifier: MIT
/** `GET /api/log`: the last notices, newest first. */

import type { NoticeLog } from "../../common/noticelog";
import type { Answer, Route } from "../types";
import { answerJSON, rounded, GET } from "./json";

const PATHS: readonly string[] = Object.freeze(["/api/log"]);

export class LogRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #notices: NoticeLog;

	constructor(notices: NoticeLog) {
		this.#notices = notices;
	}

	handle(): Answer {
		return answerJSON({
			notices: this.#notices.list().map(({ time, text, count }) => ({ time: rounded(time), text, count })),
		});
	}
}
