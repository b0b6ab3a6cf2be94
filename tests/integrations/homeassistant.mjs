// SPDX-License-Identifier: MIT
/** The requests of Home Assistant's "MJPEG IP Camera", compared with the camera's files. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { emptyFolder } from "../interop/frames.mjs";
import { check, equal, succeed } from "../interop/harness.mjs";
import { indexOf, makePictures, mustFollow, withCamera } from "../http/pictures.mjs";

const PROGRAM = path.join(import.meta.dirname, "home-assistant.py");
/** Home Assistant's libraries send Basic in Latin-1, so only Digest is for letters beyond ASCII. */
const LOGIN = { user: "ha", password: "p@ss/wörd: 100 %" }, ASCII = { user: "ha", password: "p@ss/word: 100 %" };

/** @returns {Buffer[]} the pictures of a stream, without the last, which may be cut */
function parts(stream, boundary) {
	const pieces = stream.toString("latin1").split(`--${boundary}\r\n`);
	equal(pieces[0], "", "the text before the first boundary line");
	return pieces.slice(1, -1).map(piece => Buffer.from(piece.slice(piece.indexOf("\r\n\r\n") + 4, -2), "latin1"));
}

export async function homeassistant(tests) {
	const { folder, pictures } = await makePictures("homeassistant-pictures");
	for (const [name, args, login, scheme] of [
		["without-a-password", [], { user: "", password: "" }, "basic"],
		["with-digest", ["--user", LOGIN.user, "--password", LOGIN.password], LOGIN, "digest"],
		["with-basic", ["--user", ASCII.user, "--password", ASCII.password, "--auth", "basic"], ASCII, "basic"],
	]) {
		await tests.test(`home-assistant-shows-stream-and-still-${name}`, ["Python's HTTP clients"], () =>
			withCamera(["--frames", folder, ...args], async ({ httpPort }) => {
				const out = emptyFolder("homeassistant");
				const answer = JSON.parse(String(
					await succeed("/usr/bin/python3", [PROGRAM, `http://127.0.0.1:${httpPort}`, login.user,
						login.password, out]),
				));
				equal(String(answer.schemes), scheme, "the scheme found");
				for (const file of ["still.jpg", "first.jpg"])
					indexOf(readFileSync(path.join(out, file)), pictures);
				const boundary = /^multipart\/x-mixed-replace;boundary=(\S+)$/.exec(answer.type)[1];
				const images = parts(readFileSync(path.join(out, "stream")), boundary);
				check(images.length > 20, `${images.length} pictures`);
				return `${images.length} pictures, ${mustFollow(images, pictures)} skipped`;
			}));
	}
}
