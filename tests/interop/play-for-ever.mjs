// SPDX-License-Identifier: MIT
/** play-for-ever.mjs PORT TRANSPORT: plays until it is killed; prints "playing" after the first frames. */
import { Player } from "./rtsp-client.mjs";

const [port, transport] = process.argv.slice(2);
const player = await Player.play(Number(port), { transport });
await player.receive(5);
console.log("playing");
setInterval(() => player.frames.splice(0), 1000);
