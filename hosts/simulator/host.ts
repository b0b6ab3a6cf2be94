// SPDX-License-Identifier: MIT
/** The `host` of the Moddable simulator. It writes everything to the debugger's console. */

import Timer from "timer";
import type { Host, Running } from "../contract";
import { StatusLine } from "hosts/statusline";

const host: Host = Object.freeze({
	notice(message) {
		trace(`${message}\n`);
	},

	started({ port, path, httpPort, statistics }: Running) {
		if (httpPort !== undefined)
			trace(`http://127.0.0.1:${httpPort}/\n`);
		trace(`rtsp://127.0.0.1:${port}/${path}\n`);
		const status = new StatusLine();
		Timer.repeat(() => {
			const numbers = statistics();
			if (!status.isQuiet(numbers))
				trace(`${status.format(numbers, 10)}\n`);
		}, 10_000);
	},

	failed(error) {
		trace(`${typeof error === "string" ? error : `${error.message}\n${error.stack}`}\n`);
	},
} satisfies Host);

export default host;
