// SPDX-License-Identifier: MIT
/** What a camera's lwIP holds, and what it is refused, while it runs: lwip/control.c. */
import net from "node:net";
import path from "node:path";
import { mkdirSync } from "node:fs";
import { OUT } from "../interop/harness.mjs";

let count = 0;

/** A place for a camera's socket: to be given to it as DEVICE_CONTROL. */
export function controlPath() {
	mkdirSync(OUT, { recursive: true });
	return path.join(OUT, `control-${count++}`);
}

/** Sets numbers by name, all of none, and reads all of them. @returns {Promise<Record<string, number>>} */
export function numbers(control, set = {}) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(control);
		let text = "";
		socket.on("error", reject);
		socket.on("data", data => {
			text += data;
			if (!text.endsWith("\n"))
				return;
			socket.destroy();
			const reply = JSON.parse(text);
			if (reply.error === undefined)
				resolve(reply);
			else
				reject(new RangeError(`"${reply.error}" is no number that can be set`));
		});
		socket.end(`${Object.entries(set).map(([name, value]) => `${name}=${value}`).join(",")}\n`);
	});
}
