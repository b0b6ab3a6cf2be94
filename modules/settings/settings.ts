/**
 * Everything that can be set, in one table: what `config` of the manifests and the command lines (`npm start -- --fps 10`,
 * `mcconfig … fps=10`) may say, with range and default. Unknown names and wrong values are refused by name.
 */

import { sensorControls, widestRange } from "./controls";

export interface Settings {
	/** RTSP port. */
	readonly port: number;
	/** IPv4 address that the server is reached at; empty: any of the machine's. */
	readonly address: string;
	/** Stream name: `rtsp://camera/NAME`; empty for `rtsp://camera/`. */
	readonly path: string;
	/** Frame rate to capture and send, frames a second. */
	readonly fps: number;
	/** Frame size by its sensor name. */
	readonly size: FrameSize;
	/** OV2640's JPEG quality: lower is better. */
	readonly quality: number;
	/** Who may set parameters while it runs: anybody who may watch, the user where one is set, nobody. */
	readonly control: "anybody" | "user" | "nobody";
	/** The most that a client may set: frames a second, JPEG quality, frame size. On a board frame buffers are made for `maxSize`. */
	readonly maxFps: number;
	readonly bestQuality: number;
	readonly maxSize: FrameSize;
	/** Folder of JPEG files to replay; empty for the live test card. */
	readonly frames: string;
	/** Chroma sampling of the simulated camera. */
	readonly sampling: "4:2:2" | "4:2:0";
	/** MCUs between restart markers of the simulated camera; 0 for none. */
	readonly restartInterval: number;
	/** Frame buffers that the camera owns. */
	readonly buffers: number;
	/** Largest interleaved RTP packet, bytes. */
	readonly tcpPacketSize: number;
	/** Largest RTP packet over UDP, bytes. */
	readonly udpPacketSize: number;
	/** First UDP port tried for RTP; RTCP takes the next. Even. */
	readonly udpPort: number;
	/** UDP packets sent to one client in a row before a pause; 0 for no pause. */
	readonly burst: number;
	/** The pause between bursts, milliseconds. */
	readonly spacing: number;
	/** Multicast group, IPv4; empty: no multicast. */
	readonly multicast: string;
	/** UDP port of the group for RTP; RTCP takes the next. Even. */
	readonly multicastPort: number;
	/** Routers that multicast passes at most, and one. */
	readonly multicastTtl: number;
	/** IPv4 address of the interface that multicast uses, on the desktop; empty: as the system's routes say. */
	readonly multicastInterface: string;
	/** Seconds without a sign of life after which a session ends. */
	readonly sessionTimeout: number;
	/** How long a client may hold a frame, milliseconds. */
	readonly leaseDeadline: number;
	/** Seconds after which a TCP client that takes nothing is dropped; 0: never. */
	readonly stallTimeout: number;
	/** Seconds without a frame after which the camera is opened again. */
	readonly cameraTimeout: number;
	/** kbit/s to keep: 0 for "off", Infinity for "auto". */
	readonly bitrate: number;
	/** The worst JPEG quality that may be set, or chosen to keep the bit rate, not better than `quality`. */
	readonly worstQuality: number;
	/** The least frames a second that may be set, or chosen to keep the bit rate. */
	readonly minFps: number;
	/** Who may watch; empty: everybody. */
	readonly user: string;
	/** The user's password. Where `ssid` is set, `password` is the Wi-Fi's, and this one is called `rtspPassword`. */
	readonly password: string;
	/** What is asked for when a user is set. */
	readonly auth: "digest" | "digest-sha256" | "basic" | "none";
	/** Seconds that the nonce of a challenge is good. */
	readonly nonceTimeout: number;
	/** Wrong passwords from an address that lock it out; 0: none do. */
	readonly failureLimit: number;
	/** Seconds that an address stays locked out. */
	readonly lockTime: number;
	/** Connections at most. */
	readonly connectionLimit: number;
	/** Sessions at most. */
	readonly sessionLimit: number;
	/** Sessions of one connection at most. */
	readonly connectionSessions: number;
	/** Sessions of one address at most, and never all, while no user is set. */
	readonly addressSessions: number;
	/** Request line and headers of a request at most, bytes. */
	readonly headLimit: number;
	/** Header fields of a request at most. */
	readonly headerLimit: number;
	/** Body of a request at most, bytes. */
	readonly bodyLimit: number;
	/** Seconds that a new connection has for its first request. */
	readonly requestTimeout: number;
	/** What makes the pictures: "sensor", or "simulated" for the test card. Empty: what the board has. */
	readonly camera: "" | "sensor" | "simulated";
	/** What the sensor is told: values by the names of controls.ts. Those that were given. */
	readonly controls: Readonly<Record<string, number>>;
}

/** One row of a table of settings: of this one, or of the device's own (device.ts). */
export interface Option {
	readonly name: string;
	readonly help: string;
	/** For numbers. */
	readonly minimum?: number;
	readonly maximum?: number;
	readonly integer?: boolean;
	/** For text. */
	readonly values?: readonly string[];
	readonly text?: string;
	/** @returns what the text means, undefined when it means nothing */
	readonly read?: (text: string) => string | number | undefined;
}

export const sizes = Object.freeze(["QQVGA", "QCIF", "HQVGA", "QVGA", "CIF", "HVGA", "VGA", "SVGA", "XGA", "HD", "SXGA", "UXGA"] as const);

/** Name of a frame size. */
export type FrameSize = typeof sizes[number];

const options = frozen<Option & { readonly name: keyof Settings }>([
	{ name: "port", help: "RTSP port", minimum: 1, maximum: 65535, integer: true },
	{ name: "address", help: "address that the camera is reached at", text: "an IPv4 address of this machine, 127.0.0.1 for this machine only; empty for all", read: readAddress },
	{ name: "path", help: "stream name, as in rtsp://camera/NAME", text: "letters, digits, '-', '_', '.' and '/'", read: readPath },
	{ name: "fps", help: "frames a second", minimum: 0.1, maximum: 120 },
	{ name: "size", help: "frame size", values: sizes },
	{ name: "quality", help: "JPEG quality as the OV2640 counts it: lower is better", minimum: 0, maximum: 63, integer: true },
	{ name: "control", help: "who may set parameters while it runs", values: ["user", "anybody", "nobody"] },
	{ name: "maxFps", help: "most frames a second that a client may set", text: "0.1 to 120; empty for --fps", read: text => readOptionalNumber(text, 0.1, 120, false) },
	{ name: "bestQuality", help: "best JPEG quality that a client may set", text: "0 to 63; empty for --quality", read: text => readOptionalNumber(text, 0, 63, true) },
	{ name: "maxSize", help: "largest frame size that a client may set", text: `${sizes.join(", ")}; empty for --size`, read: readOptionalSize },
	{ name: "frames", help: "folder of JPEG files to replay instead of the live test card", text: "a folder" },
	{ name: "sampling", help: "chroma sampling of the test card", values: ["4:2:2", "4:2:0"] },
	{ name: "restartInterval", help: "MCUs between restart markers of the test card, 0 for none", minimum: 0, maximum: 65535, integer: true },
	{ name: "buffers", help: "frame buffers that the camera owns", minimum: 2, maximum: 8, integer: true },
	{ name: "tcpPacketSize", help: "largest RTP packet over TCP, bytes", minimum: 256, maximum: 64000, integer: true },
	{ name: "udpPacketSize", help: "largest RTP packet over UDP, bytes", minimum: 256, maximum: 1472, integer: true },
	{ name: "udpPort", help: "first UDP port tried for RTP", minimum: 1024, maximum: 65500, integer: true },
	{ name: "burst", help: "UDP packets sent in a row before a pause, 0 for no pause", minimum: 0, maximum: 1000, integer: true },
	{ name: "spacing", help: "pause between UDP bursts, milliseconds", minimum: 1, maximum: 1000, integer: true },
	{ name: "multicast", help: "group that the stream is multicast to", text: "an IPv4 address, 224.0.1.0 to 239.255.255.255; empty for no multicast", read: readGroup },
	{ name: "multicastPort", help: "UDP port of the group for RTP", minimum: 1024, maximum: 65500, integer: true },
	{ name: "multicastTtl", help: "networks that multicast crosses, 1 for the camera's own", minimum: 1, maximum: 255, integer: true },
	{ name: "multicastInterface", help: "interface that multicast uses", text: "its IPv4 address; empty for what the routes say", read: readAddress },
	{ name: "sessionTimeout", help: "seconds without a sign of life after which a session ends", minimum: 5, maximum: 3600, integer: true },
	{ name: "leaseDeadline", help: "how long a client may hold a frame, milliseconds", minimum: 50, maximum: 10_000, integer: true },
	{ name: "stallTimeout", help: "seconds after which a TCP client that takes nothing is dropped, 0 for never", minimum: 0, maximum: 3600, integer: true },
	{ name: "cameraTimeout", help: "seconds without a frame after which the camera is opened again", minimum: 1, maximum: 3600, integer: true },
	{ name: "bitrate", help: "quality and frame rate follow the links, or keep N kbit/s", text: "off, auto, or 50 to 100000", read: readBitrate },
	{ name: "worstQuality", help: "worst JPEG quality that is set or chosen", minimum: 0, maximum: 63, integer: true },
	{ name: "minFps", help: "least frames a second that are set or chosen", minimum: 0.5, maximum: 120 },
	{ name: "user", help: "who may watch; everybody when there is none", text: "a name without ':', '\"' and '\\'" },
	{ name: "password", help: "the user's password (where ssid= is given: rtspPassword=)", text: "any text" },
	{ name: "auth", help: "how the password is asked for", values: ["digest", "digest-sha256", "basic", "none"] },
	{ name: "nonceTimeout", help: "seconds that a Digest challenge is good", minimum: 10, maximum: 86400, integer: true },
	{ name: "failureLimit", help: "wrong passwords that lock an address out, 0 for none", minimum: 0, maximum: 1000, integer: true },
	{ name: "lockTime", help: "seconds that an address stays locked out", minimum: 1, maximum: 86400, integer: true },
	{ name: "connectionLimit", help: "connections at most", minimum: 1, maximum: 1000, integer: true },
	{ name: "sessionLimit", help: "sessions at most", minimum: 1, maximum: 1000, integer: true },
	{ name: "connectionSessions", help: "sessions of one connection at most", minimum: 1, maximum: 1000, integer: true },
	{ name: "addressSessions", help: "sessions of one address at most, without --user", minimum: 1, maximum: 1000, integer: true },
	{ name: "headLimit", help: "bytes of a request's head at most", minimum: 512, maximum: 65536, integer: true },
	{ name: "headerLimit", help: "header fields of a request at most", minimum: 16, maximum: 1000, integer: true },
	{ name: "bodyLimit", help: "bytes of a request's body at most", minimum: 0, maximum: 65536, integer: true },
	{ name: "requestTimeout", help: "seconds that a new connection has for its first request", minimum: 1, maximum: 3600, integer: true },
]);

/** What is frozen stays in flash when it is preloaded. */
export function frozen<T extends Option>(table: T[]): readonly T[] {
	for (const option of table) {
		Object.freeze(option.values);
		Object.freeze(option);
	}
	return Object.freeze(table);
}

/** What only a board has. They may be absent, and are no options of the desktop's command line. */
const boardOptions: readonly Option[] = frozen([
	{ name: "camera", help: "what makes the pictures", values: ["sensor", "simulated"] },
]);

const everyOption: readonly Option[] = Object.freeze([...options, ...boardOptions]);

/** Says which setting is wrong and what would be right. */
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

/** The setting that an option of the command line names, or undefined. */
export function settingName(option: string): keyof Settings | undefined {
	for (const { name } of options) {
		if (optionName(name) === option)
			return name;
	}
	return undefined;
}

/** The option that `option` is most likely meant to be, or undefined when none is near. */
export function nearestOption(option: string): string | undefined {
	const best = nearestName(option, options, 3);
	return best === undefined ? undefined : optionName(best);
}

/** @param option as on the command line
 *  @param distance changes of a character that are too many
 *  @returns the name in the table that is nearest, undefined when none is near */
export function nearestName(option: string, table: readonly Option[], distance: number): string | undefined {
	let best: string | undefined;
	for (const { name } of table) {
		const candidate = optionName(name), d = editDistance(option, candidate);
		if (d < distance) {
			distance = d;
			best = name;
		}
	}
	return best;
}

/** The settings of every platform and those of boards, to look for names that are nearly one of theirs. */
export function settingOptions(): readonly Option[] {
	return everyOption;
}

/** Lines of help, one a setting, with the values that hold when nothing is said. */
export function helpLines(defaults: Record<string, unknown>): string[] {
	const lines: string[] = [];
	for (const option of options) {
		const value = defaults[option.name];
		const left = `  ${optionName(option.name)} ${option.values ? "NAME" : option.text ? "TEXT" : "N"}`;
		lines.push(`${left.padEnd(28)}${option.help}: ${allowed(option)}${value === undefined || value === "" ? "" : ` (${String(value)})`}`);
	}
	return lines;
}

/** Settings from `config`, whose values may be text (a command line's) or of their own type.
 *  @throws SettingsError naming the setting and what would be right */
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
	result["controls"] = readControls(config);
	for (const name of ["udpPort", "multicastPort"]) {
		if ((result[name] as number) & 1)
			throw new SettingsError(`${optionName(name)} is ${String(result[name])}: an even port, RTCP takes the odd one after it`);
	}
	if ((result["worstQuality"] as number) < (result["quality"] as number) && result["bitrate"] !== 0)
		throw new SettingsError(`${optionName("worstQuality")} is ${String(result["worstQuality"])}, better than ${optionName("quality")} ${String(result["quality"])}: lower is better`);
	// mcconfig's password= has always been the Wi-Fi's: it opens no camera
	if (config["ssid"] !== undefined || config["rtspPassword"] !== undefined)
		result["password"] = config["rtspPassword"] === undefined ? "" : String(config["rtspPassword"]);
	const settings = result as unknown as Settings;
	checkLimits(settings);
	checkUser(settings);
	return settings;
}

/** What the camera begins with is within what clients may set. */
function checkLimits({ fps, maxFps, quality, bestQuality, size, maxSize }: Settings): void {
	if (maxFps < fps)
		throw new SettingsError(`${optionName("maxFps")} is ${maxFps}, less than ${optionName("fps")} ${fps}`);
	if (bestQuality > quality)
		throw new SettingsError(`${optionName("bestQuality")} is ${bestQuality}, worse than ${optionName("quality")} ${quality}: lower is better`);
	if (!isWithinSize(size, maxSize))
		throw new SettingsError(`${optionName("maxSize")} is ${maxSize}, smaller than ${optionName("size")} ${size}`);
}

/** Whether the size that is named is one, and not larger than `maxSize`: `sizes` go from the smallest to the largest. */
export function isWithinSize(name: string, maxSize: FrameSize): boolean {
	const index = sizes.findIndex(size => size === name);
	return index >= 0 && index <= sizes.indexOf(maxSize);
}

function readControls(config: Record<string, unknown>): Record<string, number> {
	const result: Record<string, number> = {};
	for (const control of sensorControls) {
		const { name } = control, value = config[name];
		if (value === undefined || value === "")
			continue;
		const { minimum, maximum } = widestRange(control), number = toNumber(value);
		if (!(number >= minimum && number <= maximum) || Math.floor(number) !== number)
			throw new SettingsError(`${name} is "${String(value)}": it takes ${minimum} to ${maximum}`);
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
			throw new SettingsError(`${optionName("user")} is "${user}": it takes a name without ${character}`);
	}
	if (user !== "" && password === "")
		throw new SettingsError(`${optionName("user")} needs ${optionName("password")} (rtspPassword= where ssid= is given)`);
	if (user === "" && password !== "")
		throw new SettingsError(`${optionName("password")} needs ${optionName("user")}`);
	if (user === "" && (auth === "basic" || auth === "digest-sha256"))
		throw new SettingsError(`${optionName("auth")} ${auth} needs ${optionName("user")} and ${optionName("password")}`);
	if (user !== "" && auth === "none")
		throw new SettingsError(`${optionName("auth")} none lets everybody in: leave out ${optionName("user")}, or it`);
}

/** @returns what `value`, text or of its own type, means for the option
 *  @throws SettingsError */
export function readOption(option: Option, value: unknown): unknown {
	if (option.values || option.text) {
		const text = value === undefined ? "" : String(value);
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
		if (!((character >= "a" && character <= "z") || (character >= "A" && character <= "Z") || (character >= "0" && character <= "9") || "-_./".includes(character)))
			return undefined;
	}
	return name;
}

function readAddress(text: string): string | undefined {
	return text === "" || parseIPv4(text) !== undefined ? text : undefined;
}

/** The local network control block, 224.0.0.0/24, is for routing protocols (RFC 5771 section 4). */
function readGroup(text: string): string | undefined {
	const address = parseIPv4(text);
	return text === "" || (address !== undefined && address >= 0xe0000100 && address <= 0xefffffff) ? text : undefined;
}

/** @returns unsigned 32-bit, undefined for what is no dotted IPv4 address */
function parseIPv4(text: string): number | undefined {
	const parts = text.split(".");
	let address = 0;
	for (const part of parts) {
		const value = Number(part);
		if (String(value) !== part || !(value >= 0 && value <= 255) || Math.floor(value) !== value)
			return undefined;
		address = address * 256 + value;
	}
	return parts.length === 4 ? address : undefined;
}

/** @returns the number, empty text as it is, undefined for anything else */
function readOptionalNumber(text: string, minimum: number, maximum: number, integer: boolean): number | "" | undefined {
	if (text === "")
		return "";
	const number = toNumber(text);
	return number >= minimum && number <= maximum && !(integer && Math.floor(number) !== number) ? number : undefined;
}

function readOptionalSize(text: string): string | undefined {
	const name = text.toUpperCase();
	return name === "" || sizes.some(size => size === name) ? name : undefined;
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
	return new SettingsError(value === undefined ? `${optionName(option.name)} is missing: ${allowed(option)}` :
		`${optionName(option.name)} is "${String(value)}": it takes ${allowed(option)}`);
}

function allowed(option: Option): string {
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
