// SPDX-License-Identifier: MIT
/** The order in which clients are read. */

import Timer from "timer";
import { Turns, type Reader } from "sockets/turns";

/** Time to read a message on the test's clock, milliseconds. */
const WORK = 1;

/** @param done receives the problem, or undefined */
export default function (done: (name: string, problem: string | undefined) => void): void {
	let clock = 0, log = "";
	const turns = new Turns(() => clock);
	const reader = (name: string, granted: boolean, messages: number): Reader => ({
		granted,
		nextReader: undefined,
		isQueued: false,
		readNext() {
			log += name;
			clock += WORK;
			return --messages > 0;
		},
	});
	for (const name of ["a", "b", "c"])
		turns.add(reader(name, false, 4));
	turns.add(reader("G", true, 4));
	const gone = reader("x", false, 1);
	turns.add(gone);
	turns.remove(gone);
	let order = "";
	const others = new Turns(() => clock);
	const single = (name: string): Reader => ({ granted: false, nextReader: undefined, isQueued: false, readNext() {
		order += name;
		return false;
	} });
	const [p, q, r] = [single("p"), single("q"), single("r")];
	for (const item of [p, q, r, q, p])
		others.add(item);
	// due again immediately after every call: it represents frames, which are sent between turns
	const frames = Timer.repeat(() => log += log.endsWith(".") ? "" : ".", 1);
	const early = log;
	Timer.set(() => {
		Timer.clear(frames);
		turns.close();
		others.close();
		done("reader-that-is-queued-twice-has-one-place", order === "pqr" ? undefined : order);
		// in a turn of 4 ms every second message is from a client with a session; the others take turns
		const wanted = "GaGb|GcGa|bcab|cabc", got = log.split(".").filter(turn => turn !== "").join("|");
		done("clients-take-turns-and-frames-come-between",
			early !== "" ? "read within the caller's turn" : got === wanted ? undefined : `${got}, not ${wanted}`);
	}, 300);
}
