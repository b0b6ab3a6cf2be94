/** `npm start -- [options]`: builds what is not up to date, and runs the camera on the XS engine. */
import { spawn } from "node:child_process";
import path from "node:path";
import { installPackages } from "./setup.mjs";

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
const child = spawn(built.program, [built.folder, ...options], { stdio: "inherit" });
// Ctrl-C reaches the camera itself, through the terminal; a SIGTERM is passed on. It says BYE and ends, and so do we
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", error => {
	console.error(`${built.program}: ${error.message}`);
	process.exit(1);
});
child.on("exit", (status, signal) => process.exit(status ?? (signal ? 128 : 0)));
