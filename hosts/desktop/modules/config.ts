/**
 * `mc/config` on the desktop: the manifests' `config`, with the command line's `--name value` laid over it as mcconfig lays its
 * `name=value`. Answers `--help`, and refuses what it does not know.
 */
import defaults from "manifest/config";
import Process from "process";
import { helpLines, nearestOption, settingName } from "settings/settings";

const HOST_HELP = [
	"  --heap[=SLOTS:BYTES]      memory fixed at the device's size (\"creation\" in manifest.json)",
	"  --send-buffer N           bytes a TCP socket holds, to imitate a device: 5744 to 28672 there",
	"  --no-gso                  UDP packets leave one by one: a capture on this machine shows each",
	"  --help                    this text",
];

/** Connections and sessions that the device's heap holds, and of them of one address, as in the manifest. */
const DEVICE_LIMIT = 8, DEVICE_ADDRESS_LIMIT = 4;

function refuse(message: string): never {
	Process.error(`${message}\nnpm start -- --help lists the options`);
	return Process.abort(2);
}

function read(): Record<string, unknown> {
	const config: Record<string, unknown> = { ...defaults };
	if (Process.hasDeviceHeap()) {
		// the desktop's limits do not fit into it
		config["connectionLimit"] = DEVICE_LIMIT;
		config["sessionLimit"] = DEVICE_LIMIT;
		config["addressSessions"] = DEVICE_ADDRESS_LIMIT;
	}
	for (let i = 0; ; i++) {
		const argument = Process.argument(i);
		if (argument === undefined)
			return config;
		if (argument === "--help" || argument === "-h") {
			trace(["npm start -- [options]", ...helpLines(defaults), ...HOST_HELP, ""].join("\n"));
			Process.abort(0);
		}
		const equals = argument.indexOf("=");
		const option = equals < 0 ? argument : argument.slice(0, equals);
		const name = settingName(option);
		if (name === undefined) {
			const near = nearestOption(option);
			refuse(`${option} is no option${near === undefined ? "" : `: did you mean ${near}?`}`);
		}
		const value = equals < 0 ? Process.argument(++i) : argument.slice(equals + 1);
		if (value === undefined)
			refuse(`${option} needs a value`);
		config[name] = value;
	}
}

export default Object.freeze(read());
