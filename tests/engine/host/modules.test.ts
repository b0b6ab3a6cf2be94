// SPDX-License-Identifier: MIT
/** The module loader: specifiers, and values of preloaded modules. */

import Process from "process";
import { equal } from "../../unit/harness";
import type { AsyncSuite } from "../harness";
import { names } from "./nested/first";
import { big, count, increment, list, makeClosure, pattern, text } from "./preloaded";

export default function (suite: AsyncSuite): void {
	suite.test("module-specifiers-are-relative-to-the-importer", () => {
		equal(names, ["first", "second", "third", "second"]);
	});

	suite.test("module-unknown-is-named-in-the-error", async () => {
		for (const [specifier, named] of [["no/such/module", "no/such/module"], ["./nested/nothing",
			"nested/nothing"]] as const)
		{
			let message = "";
			try {
				await import(specifier);
			}
			catch (error) {
				message = (error as Error).message;
			}
			equal(message.includes(named), true, `${specifier}: "${message}"`);
		}
	});

	suite.test("module-is-loaded-once", async () => {
		const specifier = "nested/first";
		const first = await import(specifier), second = await import(specifier);
		equal(first === second, true);
		equal(first.names === names, true);
	});

	suite.test("preloaded-values-survive-collections", () => {
		// copies in this machine of values in the shared one
		const copy = { text, list: [...list], big, closure: makeClosure(7) };
		const name = copy.closure.name;
		pattern.lastIndex = 1;
		for (let i = 0; i < 200; i++) {
			Process.collect();
			equal(copy.text, "computed at preload");
			equal(copy.list, ["com-puted", "2 parts"]);
			equal(String(copy.big), "36893488147419103232");
			equal(copy.closure.name, "closureNamedByAPreloadedModule");
			equal(name, "closureNamedByAPreloadedModule");
			pattern.lastIndex = 0;
			equal(pattern.exec("a computer")?.[1], "puter");
		}
		equal(text + list[0]! + text, "computed at preloadcom-putedcomputed at preload");
	});

	suite.test("preloaded-variables-can-be-changed", () => {
		equal([increment(), increment(), count], [1, 2, 2]);
		Process.collect();
		equal(count, 2);
	});
}
