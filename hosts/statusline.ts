// SPDX-License-Identifier: MIT
/** Formats the status line: state now, and rates since the previous line. */

import type { ServerStatistics } from "../modules/stream/statistics";

export class StatusLine {
	#sent = 0;
	#octets = 0;
	#captured = 0;

	/** @param seconds since the last call
	 *  @returns "2 playing, 2 connected, 24.9 frames/s, 4980 kbit/s, 0 dropped", followed by ", quality 20" if the
	 *  quality is adapted */
	format(statistics: ServerStatistics, seconds: number): string {
		const { playing, connections, captured, sent, dropped, octets, quality } = statistics;
		const frames = (captured - this.#captured) / seconds;
		const bits = ((octets - this.#octets) * 8) / 1000 / seconds;
		this.#sent = sent;
		this.#octets = octets;
		this.#captured = captured;
		return `${playing} playing, ${connections} connected, ${frames.toFixed(1)} frames/s, ${Math.round(bits)} `
			+ `kbit/s, ${dropped} dropped${quality === undefined ? "" : `, quality ${quality}`}`;
	}

	/** Whether nothing has been sent since the last `format`. */
	isQuiet(statistics: ServerStatistics): boolean {
		return statistics.sent === this.#sent && statistics.playing === 0;
	}
}
