// SPDX-License-Identifier: MIT
/**
 * Checks that the boards' manifests, the sdkconfig files and the tables in the documents fit the chips and each other.
 * Also checks links in the documents. It does not need mcconfig, so it cannot tell whether the SDK accepts the
 * manifests or whether a board works.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runAlone } from "../alone.mjs";
import { checkSizes } from "../sdk/sizes.test.mjs";
import { withCandidate } from "../system.mjs";
import { checkDependencies } from "./dependencies.mjs";
import { brokenLinks, readDocuments, selfTest, unlistedPages } from "./links.mjs";
import { boardTable, readBoards, readManifest, readOptions, readRows } from "./manifests.mjs";
import { simulatorFaults } from "./simulator.mjs";
import { chips } from "./soc.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const HOST = path.join(ROOT, "hosts/esp32");
const BOARDS = path.join(HOST, "boards");
const SDKCONFIG = path.join(HOST, "sdkconfig");

const INPUTS = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "vsync", "href", "pclk"];
const OUTPUTS = ["xclk", "sda", "scl"];
/** Pins that may be missing: -1. */
const OPTIONAL = ["powerdown", "reset"];
/** Values of defines.ethernet by link: required and optional ones. */
const ETHERNET = {
	openeth: [[], []],
	rmii: [["mdc", "mdio"], ["phy_address", "reset", "clock_in", "clock_out", "power"]],
	w5500: [["sck", "mosi", "miso", "cs"], ["interrupt", "reset", "hz"]],
};
/** Values of defines.ethernet that are not GPIOs. */
const NUMBERS = ["phy_address", "hz"];
/** Fixed pins of RMII on the ESP32. */
const RMII = [19, 21, 22, 25, 26, 27];
const LINKS = { wifi: "Wi-Fi", openeth: "emulated Ethernet", rmii: "Ethernet, RMII", w5500: "Ethernet, W5500" };
const COMMON = "# From here on the same for every chip";

/** What `apt-cache policy ffmpeg livemedia-utils no-such-package mpv` prints on Debian 12, with fewer versions. */
const POLICY = `ffmpeg:
  Installed: 7:5.1.9-0+deb12u1
  Candidate: 7:5.1.9-0+deb12u1
  Version table:
 *** 7:5.1.9-0+deb12u1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
livemedia-utils:
  Installed: (none)
  Candidate: (none)
  Version table:
mpv:
  Installed: (none)
  Candidate: 0.35.1-4
  Version table:
     0.35.1-4 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
`;

export async function run() {
	const result = { passed: 0, failed: 0, skipped: 0, lines: [] };
	const test = (name, body) => {
		let faults;
		try {
			faults = body();
		}
		catch (error) {
			faults = [error.message];
		}
		result[faults.length ? "failed" : "passed"] += 1;
		result.lines.push(faults.length ? `not ok ${name}: ${faults.join("; ")}` : `ok ${name}`);
	};

	const read = name => readFileSync(path.join(ROOT, name), "utf8");
	const device = read("docs/device.md");

	let table = new Map(), boards = new Map();
	test("table-of-boards-reads", () => {
		table = boardTable(read("docs/boards.md"));
		return table.size ? [] : ["docs/boards.md has no such table"];
	});
	test("manifests-of-boards-parse", () => {
		boards = readBoards(BOARDS);
		return boards.size ? [] : ["no board has a manifest"];
	});
	for (const [name, board] of boards) {
		test(`${name}-has-every-camera-pin`, () => missingPins(board));
		test(`${name}-has-all-pins-of-its-link`, () => linkFaults(board));
		test(`${name}-uses-a-pin-once`, () => sharedPins(board));
		test(`${name}-uses-pins-that-are-free-on-its-chip`, () => takenPins(board));
		test(`${name}-drives-no-input-only-pin`, () => drivenInputs(board));
		test(`${name}-has-the-build-settings-that-it-needs`, () => buildFaults(name, board));
		test(`${name}-is-described-correctly-in-the-table`, () =>
			tableFaults(table.get(`esp32:hosts/esp32/boards/${name}`), board));
	}

	const selection = JSON.parse(readFileSync(path.join(BOARDS, "manifest.json"), "utf8")).platforms;
	test("boards-of-the-sdk-keep-their-pins", () => selectionFaults(selection));
	test("table-of-boards-has-each-board-once", () => {
		const expected = [...Object.keys(selection).filter(name => !name.endsWith("/*")),
			...[...boards.keys()].map(name => `esp32:hosts/esp32/boards/${name}`)];
		return difference("docs/boards.md", [...table.keys()], expected);
	});
	const documents = readDocuments(ROOT);
	test("documents-name-boards-that-exist", () => {
		const named = [...documents].flatMap(([name, text]) =>
			[...text.matchAll(/-p (esp32[:/][\w/-]+)/g)].map(match => [name, match[1]])
		);
		const faults = named.filter(([, board]) => !table.has(board)).map(([name, board]) =>
			`${name} names ${board}, which does not exist`
		);
		return named.some(([name]) => name === "README.md") ? faults : ["README.md names no board"];
	});
	test("broken-links-are-found", () => selfTest(ROOT));
	for (const name of documents.keys())
		test(`links-of-${name}-resolve`, () => brokenLinks(ROOT, documents, name));
	test("index-of-documents-has-every-page", () => unlistedPages(documents));

	checkDependencies([...table.keys(), "lin", "mac"], test, Object.fromEntries(documents));

	test("program-compiles-for-the-simulator", () => simulatorFaults(ROOT));
	checkSizes(test);
	test("packages-that-apt-does-not-know-are-left-out", () => {
		const names = ["ffmpeg", "livemedia-utils", "no-such-package", "mpv"];
		return difference("the packages to install", withCandidate(names, () => POLICY), ["ffmpeg", "mpv"]);
	});

	const variants = readdirSync(SDKCONFIG).sort();
	const documented = readRows(device).flatMap(([first]) =>
		[...first.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(match => match[1])
	);
	const used = new Set();
	for (const variant of variants) {
		for (const file of ["sdkconfig.defaults", "sdkconfig.defaults.release"]) {
			test(`sdkconfig-${variant}${file.endsWith("release") ? "-release" : ""}-is-read-as-written`, () => {
				const { options, faults } = readOptions(path.join(SDKCONFIG, variant, file));
				for (const option of options.keys())
					used.add(option.slice("CONFIG_".length));
				return options.size ? faults : ["the file is empty"];
			});
		}
	}
	test("sdkconfig-is-the-same-for-every-chip-after-the-chip's-part", () =>
		variants.flatMap(variant => differs(variant, variants[0])));
	test("release-build-has-a-console", () => variants.flatMap(consoleFaults));
	test("esp32-of-revision-3-starts-in-debug-builds", () =>
		variants.filter(variant => !variant.startsWith("esp32s3")).flatMap(watchdogFaults));
	test("slots-are-in-internal-memory-and-chunks-in-psram", () =>
		variants.flatMap(variant => placementFaults(variant, read("manifest.json"))));
	test("sdkconfig-options-have-a-reason-in-the-document", () => difference("docs/device.md", documented, [...used]));
	return result;
}

/** @returns "build" of the program, overridden by the board's */
function choices({ build }) {
	return { ...JSON.parse(readFileSync(path.join(ROOT, "manifest.json"), "utf8")).platforms.esp32.build, ...build };
}

function missingPins(board) {
	const { camera = {} } = board.defines, faults = [];
	if (choices(board).CAMERA_SOURCE === "simulated")
		return Object.keys(camera).filter(name => name !== "xclk_freq_hz").map(name =>
			`the simulated camera has no ${name}`
		);
	for (const pin of [...INPUTS, ...OUTPUTS]) {
		if (!Number.isInteger(camera[pin]) || camera[pin] < 0)
			faults.push(`${pin} is ${camera[pin]}`);
	}
	for (const pin of OPTIONAL) {
		if (!Number.isInteger(camera[pin]) || camera[pin] < -1)
			faults.push(`${pin} is ${camera[pin]}`);
	}
	if (!(camera.xclk_freq_hz >= 5_000_000 && camera.xclk_freq_hz <= 24_000_000))
		faults.push(`xclk_freq_hz is ${camera.xclk_freq_hz}`);
	const unknown = Object.keys(camera).filter(name =>
		![...INPUTS, ...OUTPUTS, ...OPTIONAL, "xclk_freq_hz"].includes(name)
	);
	return [...faults, ...unknown.map(name => `the camera does not know "${name}"`), ...bindingFaults(camera)];
}

function linkFaults(board) {
	const { CAMERA_LINK: link } = choices(board), { ethernet = {} } = board.defines;
	const [needed, allowed] = ETHERNET[link] ?? [[], []], names = Object.keys(ethernet);
	const { options } = readOptions(path.join(board.build.SDKCONFIGPATH, "sdkconfig.defaults"));
	const faults = [
		...needed.filter(name => !names.includes(name)).map(name => `defines.ethernet has no ${name}`),
		...names.filter(name => ![...needed, ...allowed].includes(name)).map(name => `${link} does not know "${name}"`),
	];
	if (!LINKS[link])
		faults.push(`there is no link "${link}"`);
	if (link === "rmii" && names.includes("clock_in") === names.includes("clock_out"))
		faults.push("rmii needs either clock_in or clock_out");
	if ((link === "openeth") !== (options.get("CONFIG_ETH_USE_OPENETH") === "y"))
		faults.push("openeth and CONFIG_ETH_USE_OPENETH belong together");
	return faults;
}

/** Finds values without a default that the camera's native code needs from the manifest. */
function bindingFaults(camera) {
	const folder = path.join(HOST, "camera");
	const faults = [];
	for (const file of existsSync(folder) ? readdirSync(folder, { recursive: true }) : []) {
		if (!/\.[ch]$/.test(file))
			continue;
		const source = readFileSync(path.join(folder, file), "utf8");
		for (const [, name] of source.matchAll(/\bMODDEF_CAMERA_(\w+)/g)) {
			if (!new RegExp(`(#ifn?def|defined ?\\(?) ?MODDEF_CAMERA_${name}\\b`).test(source)
				&& camera[name.toLowerCase()] === undefined)
				faults.push(`${file} needs "${name.toLowerCase()}"`);
		}
	}
	return [...new Set(faults)];
}

/** @returns [name, GPIO] of each line of the board */
function lines(board) {
	const { defines: { camera, ethernet = {} }, config } = board;
	const result = [...INPUTS, ...OUTPUTS, ...OPTIONAL].map(name => [name, camera[name]]).filter(([, pin]) =>
		pin !== undefined && pin !== -1
	);
	for (const [name, pin] of Object.entries(ethernet).filter(([name]) => !NUMBERS.includes(name)))
		result.push([`ethernet ${name}`, pin]);
	if (choices(board).CAMERA_LINK === "rmii")
		result.push(...RMII.map(pin => ["ethernet", pin]));
	for (const name of ["led_pin", "flash_pin"]) {
		if (config[name] !== undefined)
			result.push([name, config[name]]);
	}
	return result;
}

function sharedPins(board) {
	const owners = new Map(), faults = [];
	for (const [name, pin] of lines(board)) {
		if (owners.has(pin))
			faults.push(`GPIO ${pin} is used for ${owners.get(pin)} and ${name}`);
		owners.set(pin, name);
	}
	return faults;
}

function chipOf({ build }) {
	return chips[build.ESP32_SUBCLASS ?? "esp32"];
}

function isOctal({ build }) {
	return readOptions(path.join(build.SDKCONFIGPATH, "sdkconfig.defaults")).options.has("CONFIG_SPIRAM_MODE_OCT");
}

function takenPins(board) {
	const chip = chipOf(board), faults = [];
	const taken = isOctal(board) ? [...chip.taken, chip.octal] : chip.taken;
	for (const [name, pin] of lines(board)) {
		if (!chip.pins.has(pin))
			faults.push(`${name}: the chip has no GPIO ${pin}`);
		for (const [owner, pins] of taken) {
			if (pins.includes(pin))
				faults.push(`${name}: GPIO ${pin} belongs to ${owner}`);
		}
	}
	return faults;
}

function drivenInputs(board) {
	const driven = lines(board).filter(([name]) =>
		![...INPUTS, "ethernet miso", "ethernet interrupt", "ethernet clock_in"].includes(name)
	);
	return driven.filter(([, pin]) => chipOf(board).inputOnly.has(pin)).map(([name, pin]) =>
		`${name}: GPIO ${pin} is input-only`
	);
}

function buildFaults(name, { build, config }) {
	const faults = [];
	if (!/^[a-z0-9-]+$/.test(name))
		faults.push("mcconfig converts -p to lower case and would not find the folder");
	for (const file of ["sdkconfig.defaults", "sdkconfig.defaults.release"]) {
		if (!existsSync(path.join(build.SDKCONFIGPATH ?? "", file)))
			faults.push(`${file} is missing`);
	}
	const chip = path.basename(build.SDKCONFIGPATH ?? "").split("-")[0];
	if (chip !== (build.ESP32_SUBCLASS ?? "esp32"))
		faults.push(`its sdkconfig is for ${chip}`);
	if (chip === "esp32" && build.C_FLAGS_SUBPLATFORM !== "-mfix-esp32-psram-cache-issue")
		faults.push("PSRAM on the first ESP32 chips needs -mfix-esp32-psram-cache-issue");
	for (const led of ["led", "flash"]) {
		if ((config[`${led}_pin`] === undefined) !== (config[`${led}_on`] === undefined))
			faults.push(`${led}_pin and ${led}_on belong together`);
	}
	return faults;
}

function tableFaults(row, board) {
	if (!row)
		return ["the table has no row for it"];
	const { config } = board;
	const led = [["led", "LED"], ["flash", "flash"]].filter(([name]) => config[`${name}_pin`] !== undefined)
		.map(([name, title]) => `${title} ${config[`${name}_pin`]} ${config[`${name}_on`] ? "high" : "low"}`).join(", ")
		|| "none";
	const expected = {
		chip: board.build.ESP32_SUBCLASS === "esp32s3" ? "ESP32-S3" : "ESP32",
		psram: isOctal(board) ? "octal" : "quad",
		led,
		network: LINKS[choices(board).CAMERA_LINK],
	};
	if (choices(board).CAMERA_SOURCE === "simulated")
		expected.sensor = "none: test card";
	return Object.entries(expected).filter(([name, value]) => row[name] !== value).map(([name, value]) =>
		`${name} is "${row[name]}", but should be "${value}"`
	);
}

/** Checks our manifests for the SDK's boards. Pins come from the SDK; only sdkconfig, partitions and values without a
 *  name in the SDK are ours. */
function selectionFaults(selection) {
	const faults = [];
	const names = Object.keys(selection);
	if (names.at(-1) !== "esp32/*" || Object.keys(selection["esp32/*"]).length)
		faults.push("without an empty \"esp32/*\" at the end, every other board gets the pins of esp32");
	for (const name of names.filter(name => name !== "esp32/*")) {
		const { build, defines } = readManifest(path.join(BOARDS, selection[name].include));
		if (!existsSync(path.join(build.SDKCONFIGPATH ?? "", "sdkconfig.defaults")))
			faults.push(`${name}: sdkconfig.defaults is missing`);
		if (name === "esp32")
			continue;
		if (!build.PARTITIONS_FILE)
			faults.push(`${name}: the SDK's partitions need a larger flash than sdkconfig sets`);
		if (Object.keys(defines.camera).some(pin => pin !== "xclk_freq_hz"))
			faults.push(`${name}: its pins must come from the SDK`);
	}
	return faults;
}

function differs(variant, other) {
	const faults = [];
	const part = name => {
		const { lines } = readOptions(path.join(SDKCONFIG, name, "sdkconfig.defaults"));
		const begin = lines.findIndex(line => line.startsWith(COMMON));
		if (begin < 0)
			throw new Error(`${name} has no line "${COMMON}"`);
		return lines.slice(begin).join("\n");
	};
	if (part(variant) !== part(other))
		faults.push(`${variant} and ${other} differ`);
	const release = name => readFileSync(path.join(SDKCONFIG, name, "sdkconfig.defaults.release"), "utf8");
	if (release(variant) !== release(other))
		faults.push(`${variant} and ${other} differ in release builds`);
	return faults;
}

/** Release builds need a console, which the SDK disables by default: only there is the set-up network's password
 *  shown. */
function consoleFaults(variant) {
	const { options } = readOptions(path.join(SDKCONFIG, variant, "sdkconfig.defaults.release"));
	return options.get("CONFIG_ESP_CONSOLE_UART_DEFAULT") === "y"
		? []
		: [`${variant}: release builds have no console`];
}

/** Without the interrupt watchdog, ESP-IDF fails an assertion at the start of a revision 3 chip with PSRAM and two
 *  cores. The SDK disables the watchdog. */
function watchdogFaults(variant) {
	const { options } = readOptions(path.join(SDKCONFIG, variant, "sdkconfig.defaults"));
	return options.get("CONFIG_ESP_INT_WDT") === "y" ? [] : [`${variant}: debug builds restart forever`];
}

/** Checks where malloc puts slots and chunks: blocks of up to SPIRAM_MALLOC_ALWAYSINTERNAL octets are in internal
 *  memory. XS allocates its slots, 16 octets each, in one block, and its chunks with a header of 16 octets in
 *  another. */
function placementFaults(variant, manifest) {
	const { creation, platforms } = JSON.parse(manifest);
	const { heap, chunk } = { ...creation, ...platforms.esp32.creation };
	const limit = Number(
		readOptions(path.join(SDKCONFIG, variant, "sdkconfig.defaults")).options.get(
			"CONFIG_SPIRAM_MALLOC_ALWAYSINTERNAL",
		),
	);
	const faults = [];
	if (!(heap.initial * 16 <= limit))
		faults.push(`${variant}: ${heap.initial} slots go to PSRAM`);
	if (!(chunk.initial + 16 > limit))
		faults.push(`${variant}: ${chunk.initial} octets of chunks go to internal memory`);
	return faults;
}

function difference(where, found, expected) {
	return [
		...expected.filter(name => !found.includes(name)).map(name => `${where} does not have ${name}`),
		...found.filter(name => !expected.includes(name)).map(name => `${where} has ${name}, which does not exist`),
		...found.filter((name, index) => found.indexOf(name) !== index).map(name => `${where} has ${name} twice`),
	];
}

await runAlone(import.meta.url, run);
