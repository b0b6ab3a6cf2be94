// SPDX-License-Identifier: MIT
/** Checks links in README.md and docs/: their files and headings exist, and the index links every page. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

const INDEX = "docs/README.md";

/** @param root folder of the project
 *  @returns {Map<string, string>} text of each document by its path */
export function readDocuments(root) {
	const names = ["README.md",
		...readdirSync(path.join(root, "docs")).filter(name => name.endsWith(".md")).sort().map(name =>
			`docs/${name}`
		)];
	return new Map(names.map(name => [name, readFileSync(path.join(root, name), "utf8")]));
}

/** @returns faults of one document's relative links */
export function brokenLinks(root, documents, name) {
	const faults = [];
	for (const [, target] of withoutCode(documents.get(name)).matchAll(/\]\(([^)\s]+)\)/g)) {
		if (/^[a-z]+:/.test(target))
			continue;
		const [file, anchor] = target.split("#"),
			linked = file === "" ? name : path.posix.join(path.posix.dirname(name), file);
		if (linked.startsWith("..") || !existsSync(path.join(root, linked)))
			faults.push(`${target}: there is no ${linked}`);
		else if (anchor !== undefined && !anchorsOf(documents.get(linked) ?? "").has(anchor))
			faults.push(`${target}: ${linked} has no such heading`);
	}
	return faults;
}

/** @returns pages that the index does not link */
export function unlistedPages(documents) {
	const index = documents.get(INDEX);
	return [...documents.keys()].filter(name =>
		name.startsWith("docs/") && name !== INDEX && !index.includes(`](${path.posix.basename(name)})`)
	)
		.map(name => `${INDEX} does not link ${name}`);
}

/** @returns the anchors that GitHub makes from headings: lower case, no punctuation, "-" for blanks, a number after
 *  repeated ones */
export function anchorsOf(text) {
	const anchors = new Set();
	for (const [, heading] of withoutBlocks(text).matchAll(/^#{1,6} +(.+?)\s*$/gm)) {
		const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "")
			.replace(/\s/g, "-");
		let anchor = words;
		for (let i = 1; anchors.has(anchor); i++)
			anchor = `${words}-${i}`;
		anchors.add(anchor);
	}
	return anchors;
}

const withoutBlocks = text => text.replace(/^```[^]*?^```/gm, "");

const withoutCode = text => withoutBlocks(text).replace(/`[^`\n]*`/g, "");

/** Tests the checks above with known faults. */
export function selfTest(root) {
	const page = "# There\n## Q: is it \"so\"?\n## There\n";
	const documents = new Map([
		["README.md", "# Here\n[a](docs/device.md#there) [b](docs/device.md#nowhere) [c](docs/none.md) [d](#here) "
			+ "[e](#elsewhere) [f](https://example.com/x)\n```\n[g](none)\n```\n`[h](none)`\n"],
		[INDEX, "[device](device.md)\n"],
		["docs/device.md", page],
		["docs/page.md", page],
	]);
	const compare = (what, found, expected) => found.join(" ") === expected ? [] : [`${what}: "${found.join(" ")}"`];
	return [
		...compare("broken links", brokenLinks(root, documents, "README.md").map(fault => fault.split(":")[0]),
			"docs/device.md#nowhere docs/none.md #elsewhere"),
		...compare("anchors", [...anchorsOf(page)], "there q-is-it-so there-1"),
		...compare("pages", unlistedPages(documents), "docs/README.md does not link docs/page.md"),
	];
}
