// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";

/** What the system counts at a UDP port of this machine (/proc/net/udp).
 *  @returns {{dropped: number, queued: number}} datagrams that it has dropped since the port was bound, since nobody
 *  read them in time; and bytes that wait to be read, with the system's own structures */
export function udpQueue(port) {
	const hex = port.toString(16).toUpperCase().padStart(4, "0");
	const fields = readFileSync("/proc/net/udp", "latin1").split("\n").map(line => line.trim().split(/\s+/)).find(
		line => line[1]?.endsWith(`:${hex}`),
	);
	if (!fields)
		throw new Error(`nobody has UDP port ${port}`);
	return { dropped: Number(fields.at(-1)), queued: parseInt(fields[4].split(":")[1], 16) };
}
