// SPDX-License-Identifier: MIT
/** Reads and sets the numbers of a running camera's lwIP (lwip/control.c, lwip/numbers.h). */
import net from "node:net";
import path from "node:path";
import { mkdirSync } from "node:fs";
import { OUT } from "../interop/harness.mjs";

let count = 0;

/** @returns a path for a camera's control socket, for the environment variable DEVICE_CONTROL */
export function controlPath() {
	mkdirSync(OUT, { recursive: true });
	return path.join(OUT, `control-${count++}`);
}

/** Sets numbers by name, all or none, and reads all numbers.
 *  @returns {Promise<Record<string, number>>} */
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
				reject(new RangeError(`"${reply.error}" does not name a settable number`));
		});
		socket.end(`${Object.entries(set).map(([name, value]) => `${name}=${value}`).join(",")}\n`);
	});
}
