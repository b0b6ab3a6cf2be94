// SPDX-License-Identifier: MIT
/** The built document: its size, its policy, and that it is what the sources give. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { HEADERS, LIMIT, compress, makeDocument, readDocument } from "../../hosts/desktop/build/page.mjs";
import { check, equal } from "../interop/harness.mjs";

/** Markup, style or script that would load something from elsewhere, or that the policy would stop. */
const OUTSIDE = [
	["an address of another host", /(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\/|\burl\(|@import|@font-face/],
	["a style attribute", /<[^>]*\sstyle\s*=/i],
	["a handler in an attribute", /<[^>]*\son\w+\s*=/i],
	["text that is run or parsed", /\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write/],
];

export async function documentTests(tests) {
	const { document, policy } = await makeDocument();

	await tests.test("built-files-are-what-the-sources-give", [], () => {
		equal(readDocument() === document, true, "run `npm run build:page`: the built document is the sources'");
		const text = readFileSync(HEADERS, "utf8").replaceAll("\"\n\t+ \"", "");
		check(text.includes(policy), "run `npm run build:page`: the built policy is not the sources'");
	});
	await tests.test("document-is-below-20-kb-compressed", [], () => {
		const { length } = compress(document);
		check(length < LIMIT, `${length} bytes`);
		return `${length} bytes, ${document.length} characters`;
	});
	await tests.test("document-loads-nothing-from-elsewhere", [], () => {
		for (const [what, pattern] of OUTSIDE) {
			const found = pattern.exec(document);
			check(!found, `${what}: ${found && document.slice(found.index, found.index + 80)}`);
		}
	});
	await tests.test("policy-allows-this-script-and-this-style-only", [], () => {
		for (const element of ["script", "style"]) {
			const parts = [...document.matchAll(new RegExp(`<${element}\\b[^>]*>([^]*?)</${element}>`, "g"))];
			equal(parts.length, 1, `number of <${element}>`);
			const hash = createHash("sha256").update(parts[0][1]).digest("base64");
			check(policy.includes(`${element}-src 'sha256-${hash}';`), `${element}-src is not its hash: ${policy}`);
		}
		check(!/unsafe|\*/.test(policy), policy);
		check(/^default-src 'none'/.test(policy) && /frame-ancestors 'none'/.test(policy), policy);
	});
}
