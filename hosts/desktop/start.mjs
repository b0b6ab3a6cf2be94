/** `npm start -- [options]`: builds what is not up to date, and runs the camera on the XS engine. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { installPackages } from "./setup.mjs";

/** Milliseconds within which two signals are one. */
const SAME_SIGNAL = 500;

installPackages();
const { buildApplication } = await import("./build/app.mjs");
const { ROOT } = await import("./build/tools.mjs");

let built;
try {
	built = await buildApplication({ manifest: path.join(ROOT, "manifest.json"), log: line => console.error(line) });
}
catch (error) {
	console.error(error.message);
	process.exit(1);
}

const options = process.argv.slice(2);
// a folder is named from where the user stands, not from the project
const frames = options.findIndex(option => option === "--frames" || option.startsWith("--frames="));
if (frames >= 0) {
	const joined = options[frames].indexOf("=") >= 0;
	const folder = joined ? options[frames].slice("--frames=".length) : options[frames + 1];
	if (folder)
		options[joined ? frames : frames + 1] = (joined ? "--frames=" : "") + path.resolve(process.env.INIT_CWD ?? process.cwd(), folder);
}
// In a process group of its own, so that a signal reaches the camera once: through here, whoever it was sent to
const child = spawn(built.program, [built.folder, ...options], { stdio: "inherit", detached: true });
let forwarded = -Infinity;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.on(signal, () => {
		// Ctrl-C comes twice under npm, from the terminal and from npm; a second one that is meant ends the camera without its BYE
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
child.on("exit", (status, signal) => process.exit(status ?? (signal ? 128 + constants.signals[signal] : 0)));
