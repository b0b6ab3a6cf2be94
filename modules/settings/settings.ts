// SPDX-License-Identifier: MIT
/**
 * All settings, in one table. A new setting is one row here, with its default. The manifests' `config` has only what
 * differs on a platform, and command lines override both (`npm start -- --fps 10`, `mcconfig … fps=10`). Unknown names
 * and wrong values are errors that name the setting.
 */

import { parseIPv4 } from "../common/ipv4";
import { parseRTSPURL } from "../common/rtspurl";
import { isWithinSize, sizes, type FrameSize } from "../camera/sizes";
import { sensorControls, widestRange } from "../camera/sensorcontrols";

/** One row of a table of settings: of this table, or of the device's (device.ts). */
export interface Option {
	readonly name: string;
	readonly help: string;
	/** Value if none is given, as on a command line or as a number. */
	readonly default: string | number;
	/** Range of a number. */
	readonly minimum?: number;
	readonly maximum?: number;
	readonly integer?: boolean;
	/** Values of a choice. */
	readonly values?: readonly string[];
	/** Description of the allowed text. */
	readonly text?: string;
	/** @returns the value that the text means, undefined if it is not allowed */
	readonly read?: (text: string) => string | number | boolean | undefined;
	/** Error messages do not contain the value. */
	readonly secret?: boolean;
}

/** A row whose name and type of value are known. `value` exists only in the type. */
interface Row<Name extends string, Value> extends Option {
	readonly name: Name;
	readonly value?: Value;
}

export function integer<Name extends string>(
	name: Name,
	help: string,
	minimum: number,
	maximum: number,
	byDefault: number,
): Row<Name, number> {
	return { name, help, minimum, maximum, default: byDefault, integer: true };
}

function decimal<Name extends string>(
	name: Name,
	help: string,
	minimum: number,
	maximum: number,
	byDefault: number,
): Row<Name, number> {
	return { name, help, minimum, maximum, default: byDefault };
}

function choice<Name extends string, Value extends string>(
	name: Name,
	help: string,
	values: readonly Value[],
	byDefault: NoInfer<Value> | "",
): Row<Name, Value> {
	return { name, help, values, default: byDefault };
}

/** 1 or 0.
 *  @param byDefault "0" or "1" */
function onOff<Name extends string>(name: Name, help: string, byDefault: "0" | "1"): Row<Name, boolean> {
	const read = (text: string): boolean | undefined => {
		const word = text.toLowerCase();
		return word === "1" || word === "on" ? true : word === "0" || word === "off" ? false : undefined;
	};
	return { name, help, text: "0, 1", read, default: byDefault };
}

/** A choice of two words.
 *  @param yes means true, and is the default */
export function flag<Name extends string>(name: Name, help: string, yes: string, no: string): Row<Name, boolean> {
	const read = (text: string): boolean | undefined => {
		const word = text.toLowerCase();
		return word === yes ? true : word === no ? false : undefined;
	};
	return { name, help, text: `${yes}, ${no}`, read, default: yes };
}

/** @param read converts the text; "" stands for a default that another setting gives. Default: any text is allowed */
export function text<Name extends string, Value extends string | number = string>(
	name: Name,
	help: string,
	allowed: string,
	byDefault: string,
	read?: (text: string) => Value | "" | undefined,
): Row<Name, Value> {
	return read
		? { name, help, text: allowed, default: byDefault, read }
		: { name, help, text: allowed, default: byDefault };
}

/** Longest name, characters. A DNS label has at most 63; the set-up network, which has the same name, at most 32. */
const NAME_LENGTH = 24;

/** On a board, also the name of the set-up network. */
export const nameOption = Object.freeze(
	text("name", "name in the network (NAME.local)",
		`letters, digits and '-', at most ${NAME_LENGTH}; empty for a name from the MAC address`, "", readName),
);

const options = frozen([
	nameOption,
	integer("port", "RTSP port", 1, 65535, 8554),
	text("address", "address to listen on",
		"an IPv4 address of this machine; 127.0.0.1 admits only local clients; empty for all addresses", "",
		readAddress),
	integer("httpPort", "HTTP port: page, pictures and API, 0 for none", 0, 65535, 8080),
	integer("streamPort", "second HTTP port, for streams and snapshots only, 0 for none", 0, 65535, 0),
	text("httpHosts", "names by which browsers may call the camera, besides addresses and names of local networks",
		"names separated by commas", "", readHosts),
	text("corsOrigin", "web site whose pages may read pictures and API", "http://HOST, https://HOST, or * for all", "",
		readOrigin),
	onOff("onvif", "ONVIF for recorders, on the HTTP port", "1"),
	text("path", "stream name, as in rtsp://camera/NAME", "letters, digits, '-', '_', '.' and '/'", "", readPath),
	text("fps", "frames per second", "0.1 to 1000, or 0 for as many as possible", "25", readFrameRate),
	choice("size", "frame size", sizes, "VGA"),
	integer("quality", "JPEG quality number of the OV2640, lower is better", 0, 63, 12),
	choice("control", "clients that may set parameters", ["user", "anybody", "nobody"], "user"),
	text("maxFps", "highest frame rate that a client may set", "0.1 to 1000, or 0 for no limit; empty for --fps", "",
		text => text === "" ? "" : readFrameRate(text)),
	text("bestQuality", "best JPEG quality that a client may set", "0 to 63; empty for --quality", "",
		text => readOptionalNumber(text, 0, 63, true)),
	text("maxSize", "largest frame size that a client may set", `${sizes.join(", ")}; empty for --size`, "",
		readOptionalSize),
	text("frames", "folder of JPEG files to replay instead of the test card", "a folder", ""),
	choice("sampling", "chroma sampling of the test card", ["4:2:2", "4:2:0"], "4:2:2"),
	integer("restartInterval", "MCUs between restart markers of the test card, 0 for none", 0, 65535, 0),
	integer("buffers", "frame buffers of the camera", 2, 8, 3),
	integer("tcpPacketSize", "largest RTP packet over TCP, bytes", 256, 64000, 1400),
	integer("udpPacketSize", "largest RTP packet over UDP, bytes", 256, 1472, 1400),
	integer("udpPort", "first UDP port to try for RTP, even; RTCP uses the next", 1024, 65500, 6970),
	integer("burst", "UDP packets sent in a row before a pause, 0 for no pause", 0, 1000, 0),
	integer("spacing", "pause between UDP bursts, milliseconds", 1, 1000, 5),
	text("multicast", "multicast group of the stream",
		"an IPv4 address, 224.0.1.0 to 239.255.255.255; empty for no multicast", "", readGroup),
	integer("multicastPort", "UDP port of the group for RTP, even; RTCP uses the next", 1024, 65500, 5004),
	integer("multicastTtl", "time to live of multicast, 1 for the local network", 1, 255, 1),
	text("multicastInterface", "interface for multicast", "its IPv4 address; empty to follow the routes", "",
		readAddress),
	onOff("discovery", "announce the camera by multicast DNS and WS-Discovery", "0"),
	text("interfaces", "interfaces on which the camera is announced",
		"names and addresses separated by commas; empty for all that can multicast", "", readInterfaces),
	{
		...text("push", "receiver that the camera sends the stream to",
			"rtsp://USER:PASSWORD@HOST:PORT/PATH, or without USER:PASSWORD@ or :PORT; empty for none", ""),
		secret: true,
	},
	integer("sessionTimeout", "seconds after which a silent session ends, or a connection without one", 5, 3600, 60),
	integer("leaseDeadline", "milliseconds that a client may hold a frame", 50, 10_000, 1000),
	integer("stallTimeout", "seconds after which a stalled TCP client is dropped, 0 for never", 0, 3600, 10),
	integer("cameraTimeout", "seconds without a frame after which the camera is reopened", 1, 3600, 10),
	text("bitrate", "adapt quality and frame rate to the links, or to N kbit/s", "off, auto, or 50 to 100000", "off",
		readBitrate),
	integer("worstQuality", "worst JPEG quality that may be set or chosen", 0, 63, 40),
	decimal("minFps", "lowest frame rate that may be set or chosen", 0.5, 1000, 5),
	text("user", "user name; without one, anybody may watch", "a name without ':', '\"' and '\\'", ""),
	text("password", "password of the user; on a board, rtspPassword", "any text", ""),
	choice("auth", "authentication scheme", ["digest", "digest-sha256", "basic", "none"], "digest"),
	integer("nonceTimeout", "seconds that a Digest nonce is valid", 10, 86400, 300),
	integer("failureLimit", "wrong passwords after which an address is locked out, 0 for never", 0, 1000, 10),
	integer("lockTime", "seconds that an address stays locked out", 1, 86400, 60),
	integer("connectionLimit", "maximum number of connections", 1, 1000, 8),
	integer("sessionLimit", "maximum number of sessions", 1, 1000, 8),
	integer("connectionSessions", "maximum number of sessions per connection", 1, 1000, 4),
	integer("addressSessions", "maximum number of sessions per address without --user", 1, 1000, 4),
	integer("headLimit", "maximum size of a request's head, bytes", 512, 65536, 4096),
	integer("headerLimit", "maximum number of header fields in a request", 16, 1000, 64),
	integer("bodyLimit", "maximum size of a request's body, bytes", 0, 65536, 4096),
	integer("requestTimeout", "seconds that a new connection has for its first request", 1, 3600, 10),
]);

/** Freezes a table, so that it stays in flash when it is preloaded. */
export function frozen<T extends Option>(table: T[]): readonly T[] {
	for (const option of table) {
		Object.freeze(option.values);
		Object.freeze(option);
	}
	return Object.freeze(table);
}

/** Settings that only boards have. They may be absent, and are not on the desktop's command line. */
const boardOptions = frozen([
	choice("camera", "source of the pictures", ["sensor", "simulated"], ""),
]);

/** A property per row of a table. */
export type Values<Table extends readonly Option[]> = {
	readonly [Each in Table[number] as Each["name"]]: Each extends Row<string, infer Value> ? Value : never;
};

/** The user's words for rates, and the modules'. */
const RATES = Object.freeze([["fps", "frameRate"], ["minFps", "minFrameRate"], ["maxFps", "maxFrameRate"]] as const);

type Rates = typeof RATES[number];

/** All settings: a property per row of the tables, rates under the modules' names. */
export type Settings = Omit<Values<typeof options>, Rates[0]> & Readonly<Record<Rates[1], number>> & {
	/** "" for the board's own camera. */
	readonly camera: "" | Values<typeof boardOptions>["camera"];
	/** The given values of the sensor's controls, by name (camera/sensorcontrols.ts). */
	readonly controls: Readonly<Record<string, number>>;
};

const everyOption: readonly Option[] = Object.freeze([...options, ...boardOptions]);

/** An error whose message names the wrong setting and the allowed values. */
export class SettingsError extends Error {}

/** The command line's name of a setting: `--udp-port` for udpPort. */
export function optionName(name: string): string {
	let result = "--";
	for (const character of name) {
		const lower = character.toLowerCase();
		result += lower === character ? character : `-${lower}`;
	}
	return result;
}

/** @param message names settings as `optionName` does
 *  @returns the message with the names of `config`: udpPort for `--udp-port`, as mcconfig's command line has them */
export function withConfigNames(message: string): string {
	return message.replace(/--([a-z]+(?:-[a-z]+)*)/g,
		(_option, name: string) =>
			name.split("-").map((word, i) => i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)).join(""));
}

/** The setting that an option of the command line names, or undefined. */
export function settingName(option: string): typeof options[number]["name"] | undefined {
	for (const { name } of options) {
		if (optionName(name) === option)
			return name;
	}
	return undefined;
}

/** The option that `option` is most likely meant to be, or undefined if none is similar. */
export function nearestOption(option: string): string | undefined {
	const best = nearestRow(option, options, 3);
	return best === undefined ? undefined : optionName(best.name);
}

/** @param option as on the command line
 *  @param distance number of changed characters that is too large
 *  @returns the row with the most similar name, or undefined if none is similar */
export function nearestRow(option: string, table: readonly Option[], distance: number): Option | undefined {
	let best: Option | undefined;
	for (const row of table) {
		const candidate = optionName(row.name), d = editDistance(option, candidate);
		if (d < distance) {
			distance = d;
			best = row;
		}
	}
	return best;
}

/** The settings of every platform and of boards, to compare names with. */
export function settingOptions(): readonly Option[] {
	return everyOption;
}

/** Lines of help, one per setting, with the defaults.
 *  @param config what the platform sets */
export function helpLines(config: Record<string, unknown>): string[] {
	const lines: string[] = [];
	for (const option of options) {
		const value = config[option.name] ?? option.default;
		const left = `  ${optionName(option.name)} ${placeholder(option)}`;
		const hidden = value === undefined || value === "" || option.secret;
		lines.push(
			`${left.padEnd(30)}${option.help}: ${allowedValues(option)}${hidden ? "" : ` (${String(value)})`}`,
		);
	}
	return lines;
}

/** What stands for a value in the help. */
function placeholder({ values, text, default: byDefault }: Option): string {
	if (values)
		return "NAME";
	return text === undefined || (byDefault !== "" && Number.isFinite(Number(byDefault))) ? "N" : "TEXT";
}

/** Reads the settings from `config`. A value may be text, as from a command line, or have its own type.
 *  @throws SettingsError naming the setting and the allowed values */
export function readSettings(config: Record<string, unknown>): Settings {
	const result: Record<string, unknown> = {};
	for (const option of options)
		result[option.name] = readOption(option, config[option.name]);
	for (const option of boardOptions)
		result[option.name] = config[option.name] ? readOption(option, config[option.name]) : "";
	for (const [limit, name] of [["maxFps", "fps"], ["bestQuality", "quality"], ["maxSize", "size"]] as const) {
		if (result[limit] === "")
			result[limit] = result[name];
	}
	for (const [word, name] of RATES) {
		result[name] = result[word];
		delete result[word];
	}
	result["controls"] = readControls(config);
	for (const name of ["udpPort", "multicastPort"]) {
		if ((result[name] as number) & 1)
			throw new SettingsError(
				`${optionName(name)} is ${String(result[name])}: it must be even, because RTCP uses the next port`,
			);
	}
	if ((result["worstQuality"] as number) < (result["quality"] as number) && result["bitrate"] !== 0)
		throw new SettingsError(
			`${optionName("worstQuality")} is ${String(result["worstQuality"])}, better than `
				+ `${optionName("quality")} ${String(result["quality"])}: lower is better`,
		);
	// mcconfig's password= has always been the Wi-Fi password: it must not open the camera
	if (config["ssid"] !== undefined || config["rtspPassword"] !== undefined)
		result["password"] = config["rtspPassword"] === undefined ? "" : String(config["rtspPassword"]);
	// each row of the table gave the value of its type
	const settings = result as Settings;
	checkLimits(settings);
	checkUser(settings);
	checkPush(settings);
	return settings;
}

/** Checks that the camera's initial values are within the limits for clients. */
function checkLimits({ bitrate, frameRate, maxFrameRate, quality, bestQuality, size, maxSize }: Settings): void {
	if (frameRate === Infinity && bitrate !== 0)
		throw new SettingsError(
			`${optionName("bitrate")} adapts to a frame rate: give ${optionName("fps")} a number above 0`,
		);
	if (maxFrameRate < frameRate)
		throw new SettingsError(
			`${optionName("maxFps")} is ${maxFrameRate}, less than ${optionName("fps")} ${
				frameRate === Infinity ? 0 : frameRate
			}`,
		);
	if (bestQuality > quality)
		throw new SettingsError(
			`${optionName("bestQuality")} is ${bestQuality}, worse than ${optionName("quality")} ${quality}: lower `
				+ "is better",
		);
	if (!isWithinSize(size, maxSize))
		throw new SettingsError(`${optionName("maxSize")} is ${maxSize}, smaller than ${optionName("size")} ${size}`);
}

function readControls(config: Record<string, unknown>): Record<string, number> {
	const result: Record<string, number> = {};
	for (const control of sensorControls) {
		const { name } = control, value = config[name];
		if (value === undefined || value === "")
			continue;
		const { minimum, maximum } = widestRange(control), number = toNumber(value);
		if (!(number >= minimum && number <= maximum) || Math.floor(number) !== number)
			throw new SettingsError(`${name} is "${String(value)}": use ${minimum} to ${maximum}`);
		result[name] = number;
	}
	return result;
}

function toNumber(value: unknown): number {
	return typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

function checkUser({ user, password, auth }: Settings): void {
	for (const character of ":\"\\") {
		if (user.includes(character))
			throw new SettingsError(`${optionName("user")} is "${user}": use a name without ${character}`);
	}
	if (user !== "" && password === "")
		throw new SettingsError(
			`${optionName("user")} needs ${optionName("password")} (rtspPassword= where ssid= is given)`,
		);
	if (user === "" && password !== "")
		throw new SettingsError(`${optionName("password")} needs ${optionName("user")}`);
	if (user === "" && (auth === "basic" || auth === "digest-sha256"))
		throw new SettingsError(
			`${optionName("auth")} ${auth} needs ${optionName("user")} and ${optionName("password")}`,
		);
	if (user !== "" && auth === "none")
		throw new SettingsError(
			`${optionName("auth")} none lets everybody in: leave out ${optionName("user")} or ${optionName("auth")}`,
		);
}

/** The message does not contain the URL, which may hold a password. */
function checkPush({ push }: Settings): void {
	const target = push === "" ? undefined : parseRTSPURL(push);
	if (typeof target === "string")
		throw new SettingsError(`${optionName("push")}: ${target}`);
}

/** Reads all rows of a table.
 *  @throws SettingsError naming the setting and the allowed values */
export function readTable<Table extends readonly Option[]>(
	table: Table,
	config: Record<string, unknown>,
): Values<Table> {
	const result: Record<string, unknown> = {};
	for (const option of table)
		result[option.name] = readOption(option, config[option.name]);
	// each row gives its own type; the compiler does not follow that through a loop
	return result as Values<Table>;
}

/** Reads the value of an option, given as text or in its own type.
 *  @param given undefined for the default
 *  @throws SettingsError if it is not allowed */
function readOption(option: Option, given: unknown): unknown {
	const value = given ?? option.default;
	if (option.values || option.text) {
		const text = String(value);
		if (option.values) {
			const wanted = text.toUpperCase();
			for (const candidate of option.values) {
				if (candidate.toUpperCase() === wanted)
					return candidate;
			}
			throw wrong(option, text);
		}
		const result = option.read ? option.read(text) : text;
		if (result === undefined)
			throw wrong(option, text);
		return result;
	}
	const number = toNumber(value);
	if (!(number >= option.minimum! && number <= option.maximum!) || (option.integer && Math.floor(number) !== number))
		throw wrong(option, value);
	return number;
}

function readPath(text: string): string | undefined {
	let start = 0, end = text.length;
	while (start < end && text[start] === "/")
		start += 1;
	while (end > start && text[end - 1] === "/")
		end -= 1;
	const name = text.slice(start, end);
	for (const character of name) {
		if (!((character >= "a" && character <= "z") || (character >= "A" && character <= "Z")
			|| (character >= "0" && character <= "9") || "-_./".includes(character)))
			return undefined;
	}
	return name;
}

function readHosts(text: string): string | undefined {
	return text.includes(" ") || text.includes(":") || text.includes("/") ? undefined : text.toLowerCase();
}

/** As browsers write it in `Origin`: without a path. */
function readOrigin(text: string): string | undefined {
	const origin = text.toLowerCase(), host = origin.slice(origin.indexOf("//") + 2);
	const isOrigin = (origin.startsWith("http://") || origin.startsWith("https://")) && host !== ""
		&& !host.includes("/") && !host.includes(" ");
	return origin === "" || origin === "*" || isOrigin ? origin : undefined;
}

function readName(text: string): string | undefined {
	if (text.length > NAME_LENGTH || text.startsWith("-") || text.endsWith("-"))
		return undefined;
	for (const character of text) {
		if (!((character >= "a" && character <= "z") || (character >= "A" && character <= "Z")
			|| (character >= "0" && character <= "9") || character === "-"))
			return undefined;
	}
	return text;
}

function readInterfaces(text: string): string | undefined {
	return text.includes(" ") || `,${text},`.includes(",,") && text !== "" ? undefined : text;
}

function readAddress(text: string): string | undefined {
	return text === "" || parseIPv4(text) !== undefined ? text : undefined;
}

/** The local network control block, 224.0.0.0/24, is for routing protocols (RFC 5771 section 4). */
function readGroup(text: string): string | undefined {
	const address = parseIPv4(text);
	return text === "" || (address !== undefined && address >= 0xe0000100 && address <= 0xefffffff) ? text : undefined;
}

/** @returns the number; "" for empty text; undefined for anything else */
function readOptionalNumber(text: string, minimum: number, maximum: number, integer: boolean): number | "" | undefined {
	if (text === "")
		return "";
	const number = toNumber(text);
	return number >= minimum && number <= maximum && !(integer && Math.floor(number) !== number) ? number : undefined;
}

/** 0 stands for Infinity. */
function readFrameRate(text: string): number | undefined {
	const number = toNumber(text);
	return number === 0 ? Infinity : number >= 0.1 && number <= 1000 ? number : undefined;
}

function readOptionalSize(text: string): FrameSize | "" | undefined {
	const name = text.toUpperCase();
	return name === "" ? name : sizes.find(size => size === name);
}

function readBitrate(text: string): number | undefined {
	switch (text.toLowerCase()) {
		case "off":
			return 0;
		case "auto":
			return Infinity;
		default: {
			const number = text.trim() === "" ? NaN : Number(text);
			return number >= 50 && number <= 100_000 ? number : undefined;
		}
	}
}

function wrong(option: Option, value: unknown): SettingsError {
	return new SettingsError(
		`${optionName(option.name)} is ${option.secret ? "not valid" : `"${String(value)}"`}: use ${
			allowedValues(option)
		}`,
	);
}

/** @returns the values that an option allows, for a person */
export function allowedValues(option: Option): string {
	if (option.values)
		return option.values.join(", ");
	return option.text ?? `${option.minimum} to ${option.maximum}`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
	let row: number[] = [];
	for (let j = 0; j <= b.length; j++)
		row.push(j);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++)
			next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
		row = next;
	}
	return row[b.length]!;
}
