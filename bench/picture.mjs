// SPDX-License-Identifier: MIT
/** The chart of the results: instructions by number of clients, of this server and its peers; without peers, by size of
 *  the frame. */
import { lineChart } from "./chart.mjs";
import { SIZES } from "./frames.mjs";
import { SERVERS } from "./servers.mjs";

/** @param {{tables?: object, peers?: object}} results
 *  @returns {string} SVG
 *  @throws {Error} if no part of the results has instructions */
export function picture({ tables, peers }) {
	const all = (peers ?? tables)?.rows.filter(row => row.instructions) ?? [];
	if (!all.length)
		throw new Error("a chart needs instructions: results of tables or peers, with valgrind");
	const rows = peers ? all.filter(row => row.size === all[0].size) : all;
	const nameOf = row => peers ? SERVERS[row.server].title : SIZES[row.size].title;
	const panels = [...new Set(rows.map(row => row.transport))].map(transport => {
		const part = rows.filter(row => row.transport === transport);
		return {
			title: transport.toUpperCase(),
			series: [...new Set(part.map(nameOf))].map(name => ({
				name,
				points: part.filter(row => nameOf(row) === name).map(row => [row.clients, row.instructions]),
			})),
		};
	});
	const what = peers ? `, ${SIZES[rows[0].size].title}` : "";
	return lineChart({ title: `Instructions per frame period${what}`, x: "clients", panels });
}
