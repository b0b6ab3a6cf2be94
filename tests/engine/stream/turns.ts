/** Who is read from next: watched for as long as it takes. */

import Timer from "timer";
import { Turns, type Reader } from "sockets/turns";

/** Milliseconds that reading a message takes, by the test's clock. */
const WORK = 1;

/** @param done gets what is wrong, if anything */
export default function (done: (name: string, problem: string | undefined) => void): void {
	let clock = 0, log = "";
	const turns = new Turns(() => clock);
	const reader = (name: string, granted: boolean, messages: number): Reader => ({
		granted,
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
	// it is due at once again whenever it was called: it stands for frames, which come between turns
	const frames = Timer.repeat(() => log += log.endsWith(".") ? "" : ".", 1);
	const early = log;
	Timer.set(() => {
		Timer.clear(frames);
		turns.close();
		// every second message of a turn of 4 ms is that of who was granted something; strangers go round
		const wanted = "GaGb|GcGa|bcab|cabc", got = log.split(".").filter(turn => turn !== "").join("|");
		done("clients-take-turns-and-frames-come-between", early !== "" ? "read within the caller's turn" : got === wanted ? undefined : `${got}, not ${wanted}`);
	}, 300);
}
