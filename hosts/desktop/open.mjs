// SPDX-License-Identifier: MIT
/** `npm start -- --open`: shows the camera's page in the user's browser. */
import { spawn } from "node:child_process";
import net from "node:net";

/** The camera's own default. */
const PORT = "8080";
/** Time for the camera to start, and pause between attempts, milliseconds. */
const PATIENCE = 10_000, PAUSE = 50;

/** @param {string[]} options of the camera
 *  @returns {string | undefined} the page's address; undefined if the camera has no HTTP port */
export function pageAddress(options) {
	const valueOf = (name, byDefault) => {
		const index = options.findLastIndex(option => option === name || option.startsWith(`${name}=`));
		return index < 0
			? byDefault
			: options[index] === name
			? options[index + 1]
			: options[index].slice(name.length + 1);
	};
	const port = valueOf("--http-port", PORT);
	return port === "0" ? undefined : `http://${valueOf("--address", "") || "127.0.0.1"}:${port}/`;
}

function accepts(address) {
	const { hostname, port } = new URL(address);
	return new Promise(resolve => {
		const socket = net.connect(Number(port || 80), hostname, () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

/** Opens the page once the camera accepts connections: with the program that BROWSER names, or the system's.
 *  @param {string} address of the page
 *  @param {(line: string) => void} tell takes a line for the user */
export async function openPage(address, tell) {
	const end = Date.now() + PATIENCE;
	while (!await accepts(address)) {
		if (Date.now() > end)
			return;
		await new Promise(resolve => setTimeout(resolve, PAUSE));
	}
	const program = process.env.BROWSER || (process.platform === "darwin" ? "open" : "xdg-open");
	const browser = spawn(program, [address], { stdio: "ignore", detached: true });
	browser.on("error",
		({ message }) => tell(`${program} cannot be started (${message}): open ${address} in a browser`));
	browser.unref();
}
