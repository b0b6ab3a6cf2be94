// SPDX-License-Identifier: MIT
/**
 * lwIP for the desktop host: the sources of Debian's package, compiled with the boards' options (lwip/lwipopts.h). Our
 * sockets for the ESP32 are on top of it, and a link to a gateway is below. To run an application on it, build the
 * application with `await lwip("board")` as its network.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CC, flagsFor } from "../../hosts/desktop/build/engine.mjs";
import { BUILD, ROOT, digest, each, once, run, stateOf } from "../../hosts/desktop/build/tools.mjs";

const HERE = path.join(ROOT, "tests/device");
const SOCKETS = path.join(ROOT, "hosts/esp32/io"), LOOKUP = path.join(SOCKETS, "lookup");

/** @returns the size of a number of segments of 1,436 bytes */
const segments = count => count * 1436;

/**
 * board: as hosts/esp32/sdkconfig on the plain ESP32. small: with the SDK's send buffer and window for the S3. roomy:
 * for tests in which one lwIP is at both ends of more connections than a board has; TIME-WAIT lasts for 0.2 s
 * instead of two.
 */
const configurations = {
	board: { TCP_SND_BUF: segments(20), TCP_WND: 8192, DEVICE_TCP_PCBS: 16, DEVICE_LOOPBACK_PBUFS: 8, TCP_MSL: 1000 },
	small: { TCP_SND_BUF: segments(4), TCP_WND: segments(4), DEVICE_TCP_PCBS: 16, DEVICE_LOOPBACK_PBUFS: 8,
		TCP_MSL: 1000 },
	roomy: { TCP_SND_BUF: segments(20), TCP_WND: 8192, DEVICE_TCP_PCBS: 1000, DEVICE_LOOPBACK_PBUFS: 0, TCP_MSL: 100 },
};

/** Size of the send buffer in bytes, by configuration. */
export const sendBuffers = Object.fromEntries(
	Object.entries(configurations).map(([name, { TCP_SND_BUF }]) => [name, TCP_SND_BUF]),
);

/**
 * @param {string} configuration board, small or roomy
 * @returns {Promise<import("../../hosts/desktop/build/app.mjs").Network>}
 * @throws {Error} if the package is not available
 */
export async function lwip(configuration) {
	const source = await sources();
	const defines = Object.entries(configurations[configuration]).map(([name, value]) => `-D${name}=${value}`);
	const includes = [path.join(HERE, "lwip"), path.join(HERE, "fake"), SOCKETS, path.join(source, "src/include")];
	return {
		name: `lwip-${configuration}`,
		replaces: ["tcp.c", "udp.c", "udpbatch.c", "listener.c", "lookup.c", "socket.c", "linger.c", "interfaces.c"],
		async prepare(variant, log) {
			const library = await buildLibrary({ source, configuration, variant,
				flags: [...defines, ...includes.map(folder => `-I${folder}`)], log });
			return {
				// the desktop's engine has its own handler of uncaught exceptions
				sources: [SOCKETS, LOOKUP, path.join(HERE, "lwip"), path.join(HERE, "fake")].flatMap(folder =>
					filesOf(folder, ".c")
				)
					.filter(file => path.basename(file) !== "uncaught.c"),
				includes,
				flags: defines,
				libraries: [library],
				// lwip/memory.c wraps these functions of lwIP, and lwip/stack.c one of our sockets'
				link: ["memp_malloc", "memp_free", "pbuf_alloc", "tcpip_api_call", "io_raise"].map(name =>
					`-Wl,--wrap=${name}`
				),
			};
		},
	};
}

/** @returns {Promise<string | undefined>} why lwIP is not available here; undefined if it is */
export async function withoutLwip() {
	try {
		await sources();
		return undefined;
	}
	catch (error) {
		return error.message;
	}
}

function filesOf(folder, ending) {
	return readdirSync(folder).filter(name => name.endsWith(ending)).sort().map(name => path.join(folder, name));
}

/* ---- the package ---- */

const PACKAGE = "lwip";

/** Fetches lwIP's sources once.
 *  @returns their folder */
async function sources() {
	const folder = path.join(BUILD, PACKAGE), stamp = path.join(folder, "unpacked");
	if (existsSync(stamp))
		return path.join(folder, readFileSync(stamp, "utf8"));
	// a failure is remembered, also by child processes
	if (process.env.NO_LWIP)
		throw new Error(process.env.NO_LWIP);
	try {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(path.join(folder, "lists/partial"), { recursive: true });
		await fetch(folder);
		const [unpacked] = readdirSync(folder).filter(name => existsSync(path.join(folder, name, "src/core/tcp.c")));
		writeFileSync(`${stamp}.new`, unpacked);
		renameSync(`${stamp}.new`, stamp);
		return path.join(folder, unpacked);
	}
	catch (error) {
		process.env.NO_LWIP = `no sources of lwIP: ${error.message.trim().split("\n").at(-1)}`;
		throw new Error(process.env.NO_LWIP);
	}
}

/** Downloads the source package from the mirrors of this system's packages. Uses separate lists, because the system's
 *  have no source packages; the system's are not changed. */
async function fetch(folder) {
	const targets = await run("apt-get", ["indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)",
		"Created-By: Packages"]);
	const list = path.join(folder, "sources.list");
	writeFileSync(list, [...new Set(targets.trim().split("\n"))].map(target => `deb-src ${target}\n`).join(""));
	const options = [
		["Dir::Etc::sourcelist", list],
		["Dir::Etc::sourceparts", "-"],
		["Dir::State::lists", path.join(folder, "lists")],
		["Dir::Cache::pkgcache", ""],
		["Dir::Cache::srcpkgcache", ""],
		["APT::Sandbox::User", "root"],
	].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
	await run("apt-get", ["-q", ...options, "update"]);
	await run("apt-get", ["-q", ...options, "source", PACKAGE], { cwd: folder });
	rmSync(path.join(folder, "lists"), { recursive: true, force: true });
}

/* ---- the library ---- */

const FOLDERS = ["src/core", "src/core/ipv4"];
const FILES = ["src/api/tcpip.c", "src/api/err.c", "src/netif/ethernet.c"];

/** Compiles lwIP, unless it is up to date.
 *  @returns {Promise<string>} path of the archive */
async function buildLibrary({ source, configuration, variant, flags, log }) {
	const folder = path.join(BUILD, variant, `lwip-${configuration}`), archive = path.join(folder, "liblwip.a");
	const files = [...FOLDERS.flatMap(name => filesOf(path.join(source, name), ".c")),
		...FILES.map(name => path.join(source, name))];
	const headers = [...filesOf(path.join(HERE, "lwip"), ".h"), ...filesOf(path.join(HERE, "lwip/arch"), ".h")];
	const all = [...flagsFor(variant), ...flags];
	const key = digest(all, files, stateOf(headers), spawnSync(CC, ["--version"], { encoding: "utf8" }).stdout);
	await once(path.join(folder, "stamp"), key, async () => {
		log(`compiling lwIP (${configuration}, ${variant})`);
		mkdirSync(folder, { recursive: true });
		const object = file => path.join(folder, `${path.basename(file, ".c")}.o`);
		await each(files, file => run(CC, [...all, "-w", "-c", file, "-o", object(file)]));
		rmSync(archive, { force: true });
		await run("ar", ["rcs", archive, ...files.map(object)]);
	});
	return archive;
}
