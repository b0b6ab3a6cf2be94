// SPDX-License-Identifier: MIT
/** Line charts as SVG, which follow the reader's light or dark theme. */

const PANEL = { width: 330, height: 250, left: 58, right: 12, top: 44, bottom: 40 };
/** Of the lines, in order: readable on white and on black. */
const COLORS = ["#2f7ed8", "#d9622b", "#3a9d5d", "#a05bc4", "#b8860b"];
const STYLE = `text { font: 11px system-ui, sans-serif; fill: #444; } .title { font-size: 13px; font-weight: 600; }
.grid { stroke: #8884; } .line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) { text { fill: #ccc; } }`;

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {{name: string, points: [number, number][]}[]} series points with positive coordinates
 *
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.x what the axis below shows; the values of the points become its ticks
 * @param {Panel[]} options.panels side by side, with one scale: logarithmic in both directions
 * @returns {string} SVG
 */
export function lineChart({ title, x, panels }) {
	const points = panels.flatMap(panel => panel.series.flatMap(series => series.points));
	const ticks = [...new Set(points.map(point => point[0]))].sort((a, b) => a - b);
	const decades = decadesOf(points.map(point => point[1]));
	const names = [...new Set(panels.flatMap(panel => panel.series.map(series => series.name)))];
	const width = PANEL.width * panels.length, height = PANEL.height + 24;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escape(title)}</title>`,
		`<style>${STYLE}</style>`,
		`<text class="title" x="8" y="18">${escape(title)}</text>`,
		...panels.map((panel, i) =>
			`<g transform="translate(${i * PANEL.width} 0)">\n${drawPanel({ panel, ticks, decades, names, x })}\n</g>`
		),
		...names.map((name, i) => legend(name, i, height - 8)),
		"</svg>",
		"",
	].join("\n");
}

/** @returns {number[]} powers of ten, and the halves between them, that enclose the values */
function decadesOf(values) {
	const steps = [];
	for (let power = 10 ** Math.floor(Math.log10(Math.min(...values)));; power *= 10) {
		for (const step of [power, power * 2, power * 5]) {
			steps.push(step);
			if (step >= Math.max(...values))
				return steps.filter((value, i) => i + 1 === steps.length || steps[i + 1] > Math.min(...values));
		}
	}
}

function drawPanel({ panel, ticks, decades, names, x }) {
	const { width, height, left, right, top, bottom } = PANEL;
	const scale = (value, values, from, to) => {
		const [low, high] = [values[0], values.at(-1)].map(Math.log);
		return from + (high > low ? (Math.log(value) - low) / (high - low) : 0.5) * (to - from);
	};
	const px = value => round(scale(value, ticks, left + 10, width - right - 10));
	const py = value => round(scale(value, decades, height - bottom, top));
	return [
		`<text x="${left}" y="${top - 8}">${escape(panel.title)}</text>`,
		...decades.map(value =>
			`<path class="grid" d="M${left} ${py(value)}H${width - right}"/><text x="${left - 6}" y="${py(value) + 4}" `
			+ `text-anchor="end">${short(value)}</text>`
		),
		...ticks.map(value =>
			`<text x="${px(value)}" y="${height - bottom + 16}" text-anchor="middle">${value}</text>`
		),
		`<text x="${(left + width - right) / 2}" y="${height - bottom + 31}" text-anchor="middle">${escape(x)}</text>`,
		...panel.series.map(series => {
			const color = COLORS[names.indexOf(series.name) % COLORS.length];
			return `<path class="line" stroke="${color}" d="M${
				series.points.map(point => `${px(point[0])} ${py(point[1])}`).join("L")
			}"/>` + series.points.map(point =>
				`<circle cx="${px(point[0])}" cy="${py(point[1])}" r="3" fill="${color}"/>`
			)
				.join("");
		}),
	].join("\n");
}

function legend(name, index, y) {
	const x = PANEL.left + index * 120;
	return `<path class="line" stroke="${COLORS[index % COLORS.length]}" d="M${x} ${y - 4}h18"/><text x="${x + 24}" `
		+ `y="${y}">${escape(name)}</text>`;
}

const round = value => Math.round(value * 10) / 10;
const short = value => value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(round(value));
const escape = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
