// SPDX-License-Identifier: MIT
/** Saved settings in a file. */

import { Iterator } from "file";
import { SettingsFile } from "settingsfile";
import { assert, equal } from "../../unit/harness";
import type { AsyncSuite } from "../harness";

/** Names in a folder. */
function entries(folder: string): string[] {
	const names: string[] = [], iterator = new Iterator(folder);
	for (let entry = iterator.next(); entry; entry = iterator.next())
		names.push(entry.name);
	return names.sort();
}

function complaint(action: () => void): string {
	try {
		action();
	}
	catch (error) {
		return (error as Error).message;
	}
	return "";
}

/** @param folder that exists and is empty */
export default function (suite: AsyncSuite, folder: string): void {
	suite.test("settings-file-is-written-read-and-removed-with-its-folders", () => {
		const file = new SettingsFile(`${folder}/a/b/settings.json`);
		equal(file.read(), undefined);
		file.remove();
		file.write("{\"size\": \"VGA\", \"ä\": 1}\n");
		equal(file.read(), "{\"size\": \"VGA\", \"ä\": 1}\n");
		file.write("{}");
		equal(file.read(), "{}");
		equal(entries(`${folder}/a/b`), ["settings.json"], "files left behind");
		file.remove();
		equal([file.read(), entries(`${folder}/a/b`)], [undefined, []]);
	});

	suite.test("settings-file-that-cannot-be-written-is-told-by-its-path", () => {
		for (const path of ["/dev/null/settings.json", `${folder}/a`, "/proc/none/settings.json"]) {
			const text = complaint(() => new SettingsFile(path).write("{}"));
			assert(text.startsWith("cannot ") && text.includes(path), `${path}: "${text}"`);
		}
		assert(complaint(() => new SettingsFile(`${folder}/a`).read()).startsWith(`cannot read ${folder}/a: `));
		assert(complaint(() => new SettingsFile("/dev/zero").read()).endsWith("File too large"));
		assert(complaint(() => new SettingsFile("").write("{}")) !== "");
		equal(entries(folder), ["a"], "files left behind");
	});
}
