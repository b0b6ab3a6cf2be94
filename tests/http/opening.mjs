// SPDX-License-Identifier: MIT
/** `npm start -- --open` shows the page. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pageAddress } from "../../hosts/desktop/open.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { Camera, freePort } from "../camera.mjs";
import { check, equal, until } from "../interop/harness.mjs";

export async function opening(tests) {
	await tests.test("open-finds-the-page-of-every-command-line", [], () => {
		equal(pageAddress([]), "http://127.0.0.1:8080/", "by default");
		equal(pageAddress(["--http-port", "0"]), undefined, "without a port");
		equal(pageAddress(["--http-port", "81", "--address=127.0.0.3", "--http-port=82"]), "http://127.0.0.3:82/",
			"the last one counts");
	});

	await tests.test("open-starts-the-browser-once-the-page-is-there", [], async () => {
		const folder = mkdtempSync(path.join(os.tmpdir(), "open-")), browser = path.join(folder, "browser");
		const [port, httpPort] = [await freePort(), await freePort()];
		// fails where the page is not there yet
		writeFileSync(browser, `#!/bin/sh\ncurl -s -f -o /dev/null "$1" && echo "$1" > ${folder}/opened\n`);
		chmodSync(browser, 0o755);
		const run = program =>
			new Camera(
				spawn(process.execPath, ["hosts/desktop/start.mjs", "--open", "--port", String(port), "--http-port",
					String(httpPort), "--settings-file", ""], { cwd: ROOT, env: { ...process.env, BROWSER: program },
					stdio: ["ignore", "pipe", "pipe"] }),
				port,
			);
		let camera = run(browser);
		try {
			await camera.ready(60_000);
			await until(() => existsSync(path.join(folder, "opened")), "the browser");
			equal(readFileSync(path.join(folder, "opened"), "utf8"), `http://127.0.0.1:${httpPort}/\n`, "the address");
			await camera.stop();
			camera = run("/nowhere/browser");
			await camera.ready(60_000);
			await until(() => camera.output.includes("/nowhere/browser"), "a notice");
			check(camera.output.includes(`open http://127.0.0.1:${httpPort}/ in a browser`), camera.output);
		}
		finally {
			await camera.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	});
}
