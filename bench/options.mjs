// SPDX-License-Identifier: MIT
/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { SIZES } from "./frames.mjs";
import { SERVERS } from "./servers.mjs";

export const PARTS = ["tables", "peers", "latency", "flat-out"];

export const HELP = `npm run bench [-- [PART…] [OPTION…]]

Parts, of which "tables" is the default, and all with --markdown:
  tables       what a captured frame costs this server
  peers        the same of other RTSP servers, in turns
  latency      from capture to the last packet
  flat-out     frames/s without a frame rate, of all servers in turns

Options:
  --sizes LIST        ${Object.keys(SIZES).join(",")}
  --transports LIST   tcp,udp and, for tables, mjpeg (over HTTP)
  --clients LIST      numbers of clients, for example 1,4,16
  --servers LIST      ${Object.keys(SERVERS).join(",")}
  --all               tables of all sizes, with 64 clients
  --fps NUMBER        frames per second
  --seconds NUMBER    of each measurement
  --rounds NUMBER     of turns of the servers
  --json FILE         writes the results
  --from FILE         reads results instead of measuring
  --chart FILE        writes a chart of the results as SVG
  --markdown          fills the tables of docs/performance.md, and its chart
  --no-install        installs nothing

LIVE555=FOLDER names live555's built sources where Debian's liblivemedia-dev is missing.`;

/**
 * @typedef {object} BenchOptions
 * @property {string[]} parts
 * @property {boolean} all
 * @property {string[]} [sizes]
 * @property {string[]} [transports]
 * @property {number[]} [clients]
 * @property {string[]} servers
 * @property {number} [fps]
 * @property {number} [seconds]
 * @property {number} [rounds]
 * @property {string} [json]
 * @property {string} [from]
 * @property {string} [chart]
 * @property {boolean} markdown
 * @property {boolean} install
 * @property {(line: string) => void} log tells what is being measured
 */

/** @param {string[]} args
 *  @returns {BenchOptions | undefined} undefined if help is wanted
 *  @throws {Error} with what is wrong */
export function readOptions(args, log = line => console.error(line)) {
	const text = { type: "string" }, flag = { type: "boolean", default: false };
	const { values, positionals } = parseArgs({ args, allowPositionals: true,
		options: { sizes: text, transports: text, clients: text, servers: text, fps: text, seconds: text, rounds: text,
			json: text, from: text, chart: text, all: flag, markdown: flag, "no-install": flag, help: flag } });
	if (values.help)
		return undefined;
	const list = (name, known) => {
		const items = values[name]?.split(",");
		for (const item of items ?? [])
			if (!known.includes(item))
				throw new Error(`--${name}: "${item}" is none of ${known.join(", ")}`);
		return items;
	};
	const number = (name, value = values[name]) => {
		if (value !== undefined && !(Number(value) > 0))
			throw new Error(`--${name}: "${value}" is not a positive number`);
		return value && Number(value);
	};
	for (const part of positionals)
		if (!PARTS.includes(part))
			throw new Error(`"${part}" is none of ${PARTS.join(", ")}`);
	const parts = positionals.length ? positionals : values.markdown ? PARTS : ["tables"];
	const transports = list("transports", ["tcp", "udp", "mjpeg"]);
	if (transports?.includes("mjpeg") && parts.some(part => part !== "tables"))
		throw new Error("--transports: mjpeg is for \"tables\" alone");
	return {
		parts,
		all: values.all,
		sizes: list("sizes", Object.keys(SIZES)),
		transports,
		clients: values.clients?.split(",").map(item => number("clients", item)).sort((a, b) => a - b),
		servers: list("servers", Object.keys(SERVERS)) ?? Object.keys(SERVERS),
		fps: number("fps"),
		seconds: number("seconds"),
		rounds: number("rounds"),
		json: values.json,
		from: values.from,
		chart: values.chart,
		markdown: values.markdown,
		install: !values["no-install"],
		log,
	};
}
