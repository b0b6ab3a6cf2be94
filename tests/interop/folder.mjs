// SPDX-License-Identifier: MIT
/** Replay of a folder in which some files cannot be sent. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startCamera } from "../camera.mjs";
import { Gap, PYTHON, check, has, succeed } from "./harness.mjs";
import { emptyFolder, makeCards, makeWithFfmpeg } from "./frames.mjs";
import { parseJPEG } from "./jpeg.mjs";
import { Player } from "./rtsp-client.mjs";

const SIZE = { width: 320, height: 240, sampling: 422 };

/** @returns the offset of the first segment with this marker */
function findSegment(file, marker) {
	for (let offset = 2; file[offset] === 0xff; offset += 2 + file.readUInt16BE(offset + 2)) {
		if (file[offset + 1] === marker)
			return offset;
	}
	throw new Error(`no marker ${marker.toString(16)}`);
}

function changed(file, change) {
	const copy = Buffer.from(file);
	return change(copy) ?? copy;
}

export async function folder(tests) {
	const folder = emptyFolder("frames-mixed");
	const file = name => path.join(folder, name);
	await makeCards(path.join(folder, "card"), { ...SIZE, count: 6 });
	const good = readFileSync(file("card-0.jpg"));
	// good files with names that do not sort in the order of writing; upper case sorts before lower case
	["m.jpg", "b.jpeg", "Z.JPG"].forEach((name, i) => renameSync(file(`card-${3 + i}.jpg`), file(name)));
	const order = ["Z.JPG", "b.jpeg", "card-0.jpg", "card-1.jpg", "card-2.jpg", "m.jpg"];

	const bad = new Map([
		["a-text.jpg", /not a JPEG/],
		["a-empty.jpg", /empty/],
		["c-truncated.jpg", /truncated/],
		["c-headers-only.jpg", /truncated|no scan/],
		["d-progressive.jpg", /progressive/],
		["e-greyscale.jpg", /greyscale/],
		["f-444.jpg", /sampling \(4:4:4\)/],
		["g-12-bit.jpg", /precision/],
	]);
	writeFileSync(file("a-text.jpg"), "This is no picture.\n");
	writeFileSync(file("a-empty.jpg"), "");
	writeFileSync(file("c-truncated.jpg"), good.subarray(0, good.length >> 1));
	writeFileSync(file("c-headers-only.jpg"), good.subarray(0, findSegment(good, 0xda)));
	writeFileSync(file("f-444.jpg"), changed(good, copy => void (copy[findSegment(copy, 0xc0) + 11] = 0x11)));
	writeFileSync(file("g-12-bit.jpg"), changed(good, copy => void (copy[findSegment(copy, 0xc0) + 4] = 12)));
	// ignored without a notice: not JPEG files by their names
	writeFileSync(file("readme.txt"), "not to be tried\n");
	writeFileSync(file(".hidden.jpg"), "not to be tried\n");
	if (has("OpenCV")) {
		await succeed(PYTHON, ["-c", `
import cv2, sys
picture = cv2.imread(sys.argv[1])
cv2.imwrite(sys.argv[2], picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
cv2.imwrite(sys.argv[3], cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
cv2.imwrite(sys.argv[4], picture, [cv2.IMWRITE_JPEG_OPTIMIZE, 1])
`, file("card-0.jpg"), file("d-progressive.jpg"), file("e-greyscale.jpg"), file("h-optimized.jpg")]);
		bad.set("h-optimized.jpg", /Huffman/);
	}
	else {
		writeFileSync(file("d-progressive.jpg"), changed(good, copy =>
			void (copy[findSegment(copy, 0xc0) + 1] = 0xc2)));
		writeFileSync(file("e-greyscale.jpg"), changed(good, copy => {
			const at = findSegment(copy, 0xc0);
			const header = Buffer.from([...copy.subarray(at, at + 13)]);
			header.writeUInt16BE(11, 2);
			header[9] = 1;
			return Buffer.concat([copy.subarray(0, at), header, copy.subarray(at + 19)]);
		}));
	}
	// ffmpeg's sampling factors are 22-12-12: the same picture as with 21-11-11, but another scan
	if (await makeWithFfmpeg(file("i-ffmpeg-422.jpg"), SIZE))
		bad.set("i-ffmpeg-422.jpg", /sampling/);

	await tests.test("bad-files-are-named-with-the-reason-and-skipped", [], async () => {
		const camera = await startCamera({ args: ["--frames", folder, "--fps", "20"] });
		try {
			const lines = camera.output.split("\n");
			for (const [name, reason] of bad) {
				const line = lines.find(text => text.includes(name));
				check(line !== undefined, `${name} is not named`);
				check(reason.test(line), `${name}: "${line}" does not give the reason ${reason}`);
				check(/skipped/.test(line), `${name}: "${line}" does not say that it is skipped`);
			}
			for (const name of [...order, "readme.txt", ".hidden.jpg"])
				check(!lines.some(text => text.startsWith(name)), `${name} is named`);
			return `${bad.size} bad files`;
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("good-files-among-bad-ones-play-in-the-order-of-their-names", [], async () => {
		const camera = await startCamera({ args: ["--frames", folder, "--fps", "20"] });
		try {
			const player = await Player.play(camera.port);
			await player.receive(order.length * 2);
			await player.teardown();
			player.mustBeSound();
			player.close();
			const scans = order.map(name => parseJPEG(readFileSync(file(name))).scan);
			const played = player.frames.slice(0, order.length * 2).map(frame =>
				scans.findIndex(scan => scan.equals(frame.scan))
			);
			check(!played.includes(-1), `frame ${played.indexOf(-1)} matches no good file`);
			const names = played.map(index => order[index]);
			if (!played.every((index, i) => index === i % order.length))
				throw new Gap(`the order is ${names.join(" ")}`);
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("folder-without-a-good-file-ends-with-the-reason", [], async () => {
		const empty = emptyFolder("frames-none");
		writeFileSync(path.join(empty, "text.jpg"), "This is no picture.\n");
		for (const [where, reason] of [[empty, /no JPEG file/], [path.join(empty, "missing"), /cannot be opened/]]) {
			const error = await startCamera({ args: ["--frames", where] }).then(async camera => {
				await camera.stop();
				return undefined;
			}, problem => problem);
			check(error !== undefined, `the camera has started with --frames ${path.basename(where)}`);
			check(reason.test(error.message), `the camera ends with: ${error.message}`);
			check(/ended with [12]\b/.test(error.message), `the camera ends with: ${error.message.split("\n")[0]}`);
		}
	});
}
