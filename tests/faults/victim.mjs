// SPDX-License-Identifier: MIT
/** A player in a separate process, to be killed or stopped. Arguments: PORT TRANSPORT.
 *  Prints "playing" once it receives frames. */
import { play } from "../../bench/player.mjs";

const player = await play(Number(process.argv[2]), process.argv[3]);
const timer = setInterval(() => {
	if (player.frames > 2) {
		clearInterval(timer);
		console.log("playing");
	}
}, 5);
// runs until killed
setInterval(() => {}, 1000);
