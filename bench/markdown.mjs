// SPDX-License-Identifier: MIT
/** Tables of Markdown, and how numbers are written in them. */

/** @param {string[]} head
 *  @param {(string | number)[][]} rows */
export function markdownTable(head, rows) {
	return [head, head.map(() => "---"), ...rows].map(row => `| ${row.join(" | ")} |`).join("\n").replaceAll("| --- ",
		"|---").replaceAll("--- |", "---|");
}

/** Rounds to hundreds, which repeat from run to run. @returns {string} empty without a number */
export function rounded(value) {
	return value === undefined || Number.isNaN(value) ? "" : (Math.round(value / 100) * 100).toLocaleString("en-US");
}

/** @returns {string} a number with a fixed number of decimals; empty without one */
export function fixed(value, decimals) {
	return value === undefined || Number.isNaN(value)
		? ""
		: Number(value.toFixed(decimals)).toLocaleString("en-US", { minimumFractionDigits: decimals });
}

/** Wraps paragraphs at a number of columns, and leaves tables as they are. */
export function wrap(text, columns = 120) {
	const wrapParagraph = paragraph =>
		paragraph.split(" ").reduce((lines, word) => {
			const last = lines.at(-1);
			return last !== undefined && last.length + 1 + word.length <= columns
				? [...lines.slice(0, -1), `${last} ${word}`]
				: [...lines, word];
		}, []).join("\n");
	return text.split("\n").map(line => line.startsWith("|") ? line : wrapParagraph(line)).join("\n");
}

/** Replaces the part of a document between `<!-- bench:NAME -->` and `<!-- end -->`.
 *  @throws {Error} if the document does not have it */
export function fillPart(document, name, content) {
	const start = `<!-- bench:${name} -->`, from = document.indexOf(start), to = document.indexOf("<!-- end -->", from);
	if (from < 0 || to < 0)
		throw new Error(`the document has no ${start}`);
	return `${document.slice(0, from + start.length)}\n\n${content}\n\n${document.slice(to)}`;
}
