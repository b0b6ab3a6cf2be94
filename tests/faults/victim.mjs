/** A player in a process of its own, to be killed or stopped: PORT TRANSPORT. Says "playing" once frames come. */
import { play } from "../../bench/player.mjs";

const player = await play(Number(process.argv[2]), process.argv[3]);
const timer = setInterval(() => {
	if (player.frames > 2) {
		clearInterval(timer);
		console.log("playing");
	}
}, 5);
// until somebody ends it
setInterval(() => {}, 1000);
