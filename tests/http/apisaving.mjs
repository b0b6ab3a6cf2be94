// SPDX-License-Identifier: MIT
/** Settings that are saved over HTTP. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check, equal, OUT } from "../interop/harness.mjs";
import { CONTROLS, HTTPCamera } from "./apiclient.mjs";

const OPEN = ["--control", "anybody"];

/** Runs a camera with this settings file. */
async function withFile(file, args, body) {
	const it = await HTTPCamera.start([...OPEN, "--settings-file", file, ...args]);
	try {
		return await body(it);
	}
	finally {
		await it.stop();
	}
}

const values = async it => JSON.stringify((await it.get("/api/settings")).values);
const post = (it, what) => it.request(`/api/settings/${what}`, { method: "POST" });
const set = (it, body) => it.request("/api/settings", { method: "PATCH", body });

export async function apisaving(tests) {
	await tests.test("saved-settings-survive-a-restart-until-they-are-forgotten", [], async () => {
		const folder = path.join(OUT, "saved", "new"), file = path.join(folder, "settings.json");
		await withFile(file, ["--size", "VGA"], async it => {
			equal((await it.get("/api/settings")).saved, null, "saved before");
			await set(it, { quality: 20, framerate: 12.5, size: "QVGA" });
			check(!existsSync(file), "settings are saved before anybody asks");
			const { status, json } = await post(it, "save");
			equal(status, 200, "status");
			equal(JSON.stringify(json.saved), `{"framerate":12.5,"quality":20,"size":"QVGA"${CONTROLS}}`, "saved");
			equal(readdirSync(folder).join(), "settings.json", "files");
			// what is set later is not saved
			await set(it, { quality: 30 });
		});
		await withFile(file, ["--size", "VGA"], async it => {
			equal(await values(it), `{"framerate":12.5,"quality":20,"size":"VGA"${CONTROLS}}`,
				"the command line has the size");
		});
		await withFile(file, [], async it => {
			equal(await values(it), `{"framerate":12.5,"quality":20,"size":"QVGA"${CONTROLS}}`,
				"values after a restart");
			// the owner's limits are those without saved settings
			const { limits } = await it.get("/api/settings");
			equal(JSON.stringify([limits.framerate.maximum, limits.quality.minimum, limits.size.at(-1)]),
				"[25,12,\"VGA\"]", "limits");
			equal((await set(it, { size: "VGA", framerate: 25, quality: 12 })).status, 200, "the way back");
			await post(it, "reset");
			equal(await values(it), `{"framerate":12.5,"quality":20,"size":"QVGA"${CONTROLS}}`, "values of this start");
			const { json } = await post(it, "forget");
			equal(json.saved, null, "saved");
			check(!existsSync(file), "the file is still there");
			equal((await post(it, "forget")).status, 200, "forgetting nothing");
		});
		await withFile(file, [], async it => {
			equal(await values(it), `{"framerate":25,"quality":12,"size":"VGA"${CONTROLS}}`, "values after forgetting");
		});
	});

	await tests.test("settings-that-cannot-be-saved-are-told-by-name", [], async () => {
		const none = await HTTPCamera.start(OPEN);
		try {
			equal((await none.get("/api/settings")).storable, false, "storable");
			for (const what of ["save", "forget"]) {
				const { status, json } = await post(none, what);
				equal(`${status} ${json.error.name}`, "501 store", "error");
				check(json.error.message.includes("--settings-file"), json.error.message);
			}
		}
		finally {
			await none.stop();
		}
		await withFile("/proc/rtsp-camera/settings.json", [], async it => {
			const { status, json } = await post(it, "save");
			equal(`${status} ${json.error.name}`, "500 store", "error");
			check(json.error.message.includes("/proc/rtsp-camera/settings.json: "), json.error.message);
		});
	});

	await tests.test("broken-saved-settings-do-not-keep-the-camera-from-starting", [], async () => {
		const folder = path.join(OUT, "broken"), file = path.join(folder, "settings.json");
		mkdirSync(folder, { recursive: true });
		for (const [text, notice, expected] of [
			["{\"fps\": 1", /saved settings are not used/, `{"framerate":25,"quality":12,"size":"VGA"${CONTROLS}}`],
			["{\"fps\": 10, \"size\": \"UXGA\"}", /saved size is not used: --max-size is VGA/,
				`{"framerate":10,"quality":12,"size":"VGA"${CONTROLS}}`],
			["{\"password\": \"x\"}", /password is not a setting that can be saved/,
				`{"framerate":25,"quality":12,"size":"VGA"${CONTROLS}}`],
		]) {
			writeFileSync(file, text);
			await withFile(file, [], async it => {
				check(notice.test(it.camera.output) && it.camera.output.includes(file), it.camera.output);
				equal(await values(it), expected, `values with ${text}`);
			});
			equal(readFileSync(file, "utf8"), text, "the file");
		}
	});
}
