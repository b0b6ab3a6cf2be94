// SPDX-License-Identifier: MIT
/** The arithmetic of the benchmarks, their chart and their tables. */
import assert from "node:assert/strict";
import { lineChart } from "../../bench/chart.mjs";
import { fillPart, fixed, markdownTable, rounded, wrap } from "../../bench/markdown.mjs";
import { gridDistances, percentile, slope } from "../../bench/statistics.mjs";

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`);

const tests = {
	"percentile-is-the-nearest-rank"() {
		const values = [15, 20, 35, 50, 40];
		assert.deepEqual([0, 0.2, 0.21, 0.5, 0.99, 1].map(share => percentile(values, share)), [15, 15, 20, 35, 50,
			50]);
		assert.deepEqual(values, [15, 20, 35, 50, 40], "the values are left as they are");
	},
	"slope-is-that-of-the-least-squares"() {
		near(slope([[1, 10], [4, 40], [16, 160]]), 10);
		near(slope([[1, 1], [2, 3], [3, 2]]), 0.5);
		assert.equal(slope([[4, 10]]), undefined);
	},
	"distances-are-those-from-the-best-grid"() {
		// the second instant is missing, the last is 3 late; where the grid begins does not matter
		assert.deepEqual(gridDistances([107, 187, 227, 267, 310], 40), [0, 0, 0, 0, 3]);
		// the first instant is the one that is late
		assert.deepEqual(gridDistances([110, 147, 187, 227], 40), [3, 0, 0, 0]);
	},
	"chart-has-a-line-and-its-points-in-scale"() {
		const svg = lineChart({ title: "a < b", x: "clients",
			panels: [{ title: "TCP", series: [{ name: "one", points: [[1, 10], [10, 100], [100, 1000]] }] }] });
		assert.ok(svg.includes("a &lt; b"));
		const [, ...line] = /d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(svg).map(Number);
		// both scales are logarithmic: the middle point is in the middle
		near(line[2] * 2, line[0] + line[4]);
		assert.ok(line[1] > line[3] && line[3] > line[5]);
		assert.ok(Math.abs(line[3] * 2 - line[1] - line[5]) <= 0.2, "rounded to tenths");
		assert.equal(svg.match(/<circle /g).length, 3);
	},
	"tables-are-markdown"() {
		assert.equal(markdownTable(["a", "b"], [["x", 1]]), "| a | b |\n|---|---|\n| x | 1 |");
		assert.deepEqual([rounded(27_449), fixed(2.04, 1), fixed(1234.5, 0), fixed(undefined, 1), rounded(NaN)], [
			"27,400",
			"2.0",
			"1,235",
			"",
			"",
		]);
	},
	"paragraphs-are-wrapped-and-tables-are-not"() {
		assert.equal(wrap("aaa bbb cc\n\n| a b c d e f |\nlonger-than-that x", 7),
			"aaa bbb\ncc\n\n| a b c d e f |\nlonger-than-that\nx");
	},
	"a-part-of-a-document-is-replaced"() {
		const document = "a\n<!-- bench:one -->\nold\n<!-- end -->\nb\n<!-- bench:two -->\n\nkept\n\n<!-- end -->\n";
		const filled = fillPart(document, "one", "new");
		assert.equal(filled,
			"a\n<!-- bench:one -->\n\nnew\n\n<!-- end -->\nb\n<!-- bench:two -->\n\nkept\n\n<!-- end -->\n");
		assert.equal(fillPart(filled, "one", "new"), filled);
		assert.throws(() => fillPart(document, "three", "new"), /bench:three/);
	},
};

/** @param {(line: string) => void} log */
export function bench(log) {
	for (const [name, test] of Object.entries(tests)) {
		try {
			test();
			log(`ok bench ${name}`);
		}
		catch (error) {
			log(`not ok bench ${name}: ${error.message}`);
		}
	}
}
