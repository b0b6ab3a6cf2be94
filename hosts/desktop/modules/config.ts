// SPDX-License-Identifier: MIT
/**
 * `mc/config` on the desktop: the manifests' `config`, overridden by `--name value` on the command line, as mcconfig's
 * `name=value` does. Handles `--help` and rejects unknown options.
 */
import defaults from "manifest/config";
import Process from "process";
import { sensorControls } from "camera/sensorcontrols";
import { applySaved } from "settings/saved";
import { SettingsFile } from "settingsfile";
import { helpLines, nearestOption, settingName } from "settings/settings";

const HOST_HELP = [
	"  --open                      shows the camera's page in the browser",
	"  --camera NAME               simulated, a camera in examples/, or a folder with a manifest.json",
	"  --brightness, --mirror, …   initial values of the camera's controls (docs/camera.md)",
	"  --settings-file PATH        file for settings saved over HTTP; npm start has one in the user's folder",
	"  --heap[=SLOTS:BYTES]        limit memory to the device's size (\"creation\" in manifest.json)",
	"  --send-buffer N             TCP send buffer in bytes, 4096 to 16777216, to imitate a device (28720)",
	"  --no-gso                    send UDP packets one by one, so that a capture on this machine shows each",
	"  --help, -h                  show this text",
];

/** Limits that the manifest raises for the desktop. */
const RAISED_LIMITS = ["connectionLimit", "sessionLimit", "addressSessions"];

const SETTINGS_FILE = "--settings-file";

/** @returns the name of the sensor's control that an option sets */
function controlName(option: string): string | undefined {
	return sensorControls.find(({ name }) => `--${name}` === option)?.name;
}

function refuse(message: string): never {
	Process.error(`${message}\nnpm start -- --help shows all options`);
	return Process.abort(2);
}

/** @returns the manifests' values, overridden by saved ones, and these by those of the command line */
function override(config: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
	const path = String(given["settingsFile"] ?? "");
	return path === ""
		? { ...config, ...given }
		: applySaved(config, given, new SettingsFile(path), message => Process.error(`${path}: ${message}`));
}

function read(): Record<string, unknown> {
	const config: Record<string, unknown> = { ...defaults }, given: Record<string, unknown> = {};
	if (Process.hasDeviceHeap()) {
		// the defaults fit the device's heap
		for (const name of RAISED_LIMITS)
			config[name] = undefined;
	}
	for (let i = 0;; i++) {
		const argument = Process.argument(i);
		if (argument === undefined)
			return override(config, given);
		if (argument === "--help" || argument === "-h") {
			trace(["npm start -- [options]", ...helpLines(defaults), ...HOST_HELP, ""].join("\n"));
			Process.abort(0);
		}
		const equals = argument.indexOf("=");
		const option = equals < 0 ? argument : argument.slice(0, equals);
		const name = option === SETTINGS_FILE ? "settingsFile" : settingName(option) ?? controlName(option);
		if (name === undefined) {
			const near = nearestOption(option);
			refuse(`${option} is not an option.${near === undefined ? "" : ` Did you mean ${near}?`}`);
		}
		const value = equals < 0 ? Process.argument(++i) : argument.slice(equals + 1);
		if (value === undefined)
			refuse(`${option} needs a value`);
		given[name] = value;
	}
}

export default Object.freeze(read());
