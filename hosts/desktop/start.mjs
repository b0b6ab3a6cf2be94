// SPDX-License-Identifier: MIT
/** `npm start -- [options]`: builds the camera, if it is not up to date, and runs it on the XS engine. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { constants, homedir } from "node:os";
import path from "node:path";
import { openPage, pageAddress } from "./open.mjs";
import { installPackages } from "./setup.mjs";

/** Signals closer together than this count as one, milliseconds. */
const SAME_SIGNAL = 500;

installPackages();
const { buildApplication } = await import("./build/app.mjs");
const { ROOT } = await import("./build/tools.mjs");

const options = process.argv.slice(2);
/** Resolves a folder's path from the user's working directory, not from the project's. */
const fromUser = folder => path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);

const camera = takeOption("--camera");
const frames = takeOption("--frames");
if (frames !== undefined)
	options.push("--frames", frames === "" || /^\w+:\/\//.test(frames) ? frames : fromUser(frames));

const open = takeFlag("--open");
const settingsFile = takeOption("--settings-file");
if (settingsFile !== "")
	options.unshift("--settings-file", settingsFile === undefined ? defaultSettingsFile() : fromUser(settingsFile));

let built;
try {
	built = await buildApplication({ ...applicationFor(camera), log: line => console.error(line) });
}
catch (error) {
	console.error(error.message);
	process.exit(1);
}

/** The file of a user's saved settings (XDG Base Directory Specification). */
function defaultSettingsFile() {
	const folder = process.env.XDG_CONFIG_HOME;
	return path.join(folder && path.isAbsolute(folder) ? folder : path.join(homedir(), ".config"), "rtsp-camera",
		"settings.json");
}

/** Removes an option with its value, `--name value` or `--name=value`.
 *  @returns the value; undefined if the option is not given */
function takeOption(name) {
	const index = options.findIndex(option => option === name || option.startsWith(`${name}=`));
	if (index < 0)
		return undefined;
	const [option, value] = options.splice(index, options[index] === name ? 2 : 1);
	return option === name ? value ?? "" : option.slice(name.length + 1);
}

/** Removes an option without a value. @returns whether it is given */
function takeFlag(name) {
	const index = options.indexOf(name);
	if (index >= 0)
		options.splice(index, 1);
	return index >= 0;
}

/** Selects the application for a camera: the simulated one, an example by name, or a folder with a manifest.json. */
function applicationFor(camera) {
	if (camera === undefined || camera === "simulated")
		return { manifest: path.join(ROOT, "manifest.json") };
	const examples = readdirSync(path.join(ROOT, "examples"));
	const folder = examples.includes(camera) ? path.join(ROOT, "examples", camera) : fromUser(camera);
	const manifest = path.join(folder, "manifest.json");
	if (camera === "" || !existsSync(manifest))
		throw new Error(
			`--camera is "${camera}": give simulated, ${examples.join(", ")}, or a folder with a manifest.json`,
		);
	return { manifest, name: `camera-${path.basename(folder)}` };
}

// in its own process group, so that a signal reaches the camera only once, forwarded by this process
const child = spawn(built.program, [built.folder, ...options], { stdio: "inherit", detached: true });
let forwarded = -Infinity;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.on(signal, () => {
		// under npm, Ctrl-C arrives twice: from the terminal and from npm. An intended second one ends the camera
		// without its BYE
		const now = performance.now();
		if (now - forwarded >= SAME_SIGNAL)
			child.kill(signal === "SIGINT" ? signal : "SIGTERM");
		forwarded = now;
	});
}
child.on("error", error => {
	console.error(`${built.program}: ${error.message}`);
	process.exit(1);
});
if (open) {
	const address = pageAddress(options);
	if (address === undefined)
		console.error("--open has no effect: there is no page with --http-port 0");
	else
		void openPage(address, line => console.error(line));
}
child.on("exit", (status, signal) => process.exit(status ?? (signal ? 128 + constants.signals[signal] : 0)));
