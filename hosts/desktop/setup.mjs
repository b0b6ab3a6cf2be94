// SPDX-License-Identifier: MIT
/** Installs the packages in the lock file, which `npm start`, `npm test` and `npm run bench` need. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Installs the packages in package-lock.json, unless they are up to date.
 *  On failure, prints a message and ends the program. */
export function installPackages(log = line => console.error(line)) {
	const [major] = process.versions.node.split(".").map(Number);
	if (major < 20) {
		log(`Node ${process.versions.node} is too old. Install Node 20 or newer.`);
		process.exit(2);
	}
	if (!install(ROOT, log)) {
		log("npm ci failed. Check the connection to the package registry.");
		process.exit(1);
	}
}

/** Installs the packages in the package-lock.json of a folder, unless they are up to date.
 *  @returns {boolean} false if npm failed */
export function install(folder, log = line => console.error(line)) {
	const lock = createHash("sha256").update(readFileSync(path.join(folder, "package-lock.json"))).digest("hex");
	const stamp = path.join(folder, "node_modules/.installed");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock)
		return true;
	log("installing packages");
	const npm = process.env.npm_execpath;
	const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
	const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"] };
	const { status } = npm ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync("npm", args, options);
	if (status !== 0)
		return false;
	mkdirSync(path.dirname(stamp), { recursive: true });
	writeFileSync(stamp, lock);
	return true;
}
