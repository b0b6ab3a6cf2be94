// SPDX-License-Identifier: MIT
/** Compiles the XS engine from the sources in the npm package, once per variant. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { BUILD, ROOT, digest, each, once, run, stateOf } from "./tools.mjs";

const XS = path.join(ROOT, "node_modules/@agoric/xsnap/moddable/xs");
const HOST = path.join(ROOT, "hosts/desktop");
const CC = process.env.CC ?? "cc";

const COMMON = [
	"-std=gnu11",
	"-fno-common",
	"-DINCLUDE_XSPLATFORM",
	`-DXSPLATFORM="engine/platform.h"`,
	"-DmxParse=1",
	"-DmxRun=1",
	"-DmxSloppy=1",
	"-DmxNoConsole=1",
	"-DmxRegExpUnicodePropertyEscapes=1",
	"-DmxStringNormalize=1",
	"-DmxMinusZero=1",
	"-DmxLockdown=1",
	"-DmxBoundsCheck=1",
	`-I${HOST}`,
	`-I${XS}/includes`,
	`-I${XS}/platforms`,
	`-I${XS}/sources`,
];

const SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];
/** Collects garbage at every allocation and poisons freed slots,
 *  so that a stale pointer in native code fails at once. */
const STRESS = ["-DmxStress=1", "-DmxPoisonSlots=1"];

/** No red zones around globals: the engine reads strings eight bytes at a time, past the end of short constants.
 *  This is harmless. */
const noGlobals = /clang/.test(spawnSync(CC, ["--version"], { encoding: "utf8" }).stdout ?? "")
	? ["-mllvm", "-asan-globals=0"]
	: ["--param", "asan-globals=0"];

/**
 * Build variants. release: for `npm start`. sanitize: ASan, UBSan and a collection at every allocation. coverage:
 * counts executed lines of TypeScript (engine/coverage.c). m32: 32-bit, with the device's slot size, and poll(2)
 * instead of epoll(7). thread: TSan, for
 * natives that use threads.
 */
export const variants = {
	release: { all: ["-O2", "-g1"], engine: [], natives: [] },
	sanitize: { all: ["-O1", "-g", ...SANITIZE, ...STRESS],
		engine: ["-fno-sanitize=alignment", "-fno-sanitize=shift,signed-integer-overflow", ...noGlobals], natives: [] },
	coverage: { all: ["-O1", "-g", "-DHOST_COVERAGE=1", "-DmxDebug=1"], engine: [], natives: [],
		link: ["-Wl,--wrap=fxDebugLine"] },
	m32: { all: ["-O2", "-g1", "-m32"], engine: [], natives: ["-DHOST_POLL=1"] },
	thread: { all: ["-O1", "-g", "-fsanitize=thread", "-fno-omit-frame-pointer"], engine: [], natives: [] },
};

export function flagsFor(variant) {
	return [...COMMON, ...variants[variant].all];
}

/** Whether this machine can build the variant. 32-bit code needs a package such as Debian's gcc-multilib. */
export async function canBuild(variant) {
	try {
		mkdirSync(BUILD, { recursive: true });
		await run("sh", ["-c", `echo '#include <stdio.h>
int main(void){return 0;}' | ${CC} ${variants[variant].all.join(" ")} -x c - -o ${BUILD}/probe-${variant} -lm`]);
		return true;
	}
	catch {
		return false;
	}
}

/** @returns the path of the engine's archive */
export async function buildEngine(variant, log = () => {}) {
	const folder = path.join(BUILD, variant, "engine");
	const archive = path.join(folder, "libxs.a");
	const sources = readdirSync(path.join(XS, "sources")).filter(name =>
		name.endsWith(".c") && name !== "xsSnapshot.c"
	);
	const flags = [...flagsFor(variant), ...variants[variant].engine, "-w"];
	const version = createRequire(import.meta.url)(path.join(ROOT, "node_modules/@agoric/xsnap/package.json")).version;
	const key = digest(flags, sources, version, await run(CC, ["--version"]),
		stateOf([path.join(HOST, "engine/platform.h")]));
	await once(path.join(folder, "stamp"), key, async () => {
		log(`compiling the XS engine (${variant}), once`);
		mkdirSync(folder, { recursive: true });
		await each(sources, async name => {
			/* the host has its own lookup of source lines for error stacks (engine/errors.c) */
			const extra = name === "xsDefaults.c" ? ["-DfxCaptureErrorStack=host_capture_error_stack"] : [];
			await run(CC, [...flags, ...extra, "-c", path.join(XS, "sources", name), "-o",
				path.join(folder, name.replace(/c$/, "o"))]);
		});
		if (existsSync(archive))
			rmSync(archive);
		await run("ar", ["rcs", archive, ...sources.map(name => path.join(folder, name.replace(/c$/, "o")))]);
	});
	return archive;
}

export { CC, HOST };
