// SPDX-License-Identifier: MIT
/** Each address of the camera in docs/integrations is one that a camera serves. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { check, equal } from "../interop/harness.mjs";
import { withCamera } from "../http/pictures.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";

const FOLDER = path.join(ROOT, "docs/integrations");
/** An address of the host `camera`, with or without a login and a port. */
const ADDRESS = /\b(rtsp|rtsph|http):\/\/(?:[^\s@/"'`<>]+@)?camera(?![\w.-])(?::\d+)?(\/[^\s"'`<>()#|!,;]*)?/g;
/** Fewer addresses than this mean that ADDRESS no longer fits the documents. */
const FEWEST = 30;

/** @returns {Map<string, string>} the addresses as `scheme target`, and the first document with each */
function documented() {
	const found = new Map();
	let count = 0;
	for (const name of readdirSync(FOLDER).filter(file => file.endsWith(".md"))) {
		for (const [, scheme, target = "/"] of readFileSync(path.join(FOLDER, name), "utf8").matchAll(ADDRESS)) {
			count++;
			const address = `${scheme === "http" ? "http" : "rtsp"} ${target}`;
			if (!found.has(address))
				found.set(address, name);
		}
	}
	check(count >= FEWEST, `only ${count} addresses in the documents`);
	return found;
}

export async function addresses(tests) {
	await tests.test("addresses-in-the-documents-exist", [], () =>
		withCamera([], async camera => {
			const found = documented(), types = new Set();
			for (const [address, name] of found) {
				const [scheme, target] = address.split(" ");
				if (scheme === "rtsp") {
					const client = await RTSPClient.connect(camera.port);
					const { status } = await client.request("DESCRIBE", camera.url(target.slice(1)));
					equal(status, 200, `${name}: the status of DESCRIBE for ${target}`);
					client.close();
					continue;
				}
				const abort = new AbortController();
				const { status, headers } = await fetch(`http://127.0.0.1:${camera.httpPort}${target}`, {
					signal: abort.signal,
				});
				abort.abort();
				equal(status, 200, `${name}: the status of ${target}`);
				types.add(headers.get("content-type").split(";")[0]);
			}
			for (const type of ["multipart/x-mixed-replace", "image/jpeg"])
				check(types.has(type), `no address in the documents is ${type}`);
			return `${found.size} different ones`;
		}));
}
