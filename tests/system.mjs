// SPDX-License-Identifier: MIT
/** The programs that tests use in addition to Node and a C compiler. They are installed if possible; otherwise tests
 *  report what is missing. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { BUILD } from "../hosts/desktop/build/tools.mjs";

/** Required programs, and the Debian packages that provide them. */
const needs = [
	{ check: ["ffmpeg", "-version"], packages: ["ffmpeg"] },
	{ check: ["gst-inspect-1.0", "--exists", "rtspsrc"],
		packages: ["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"] },
	{ check: ["gst-inspect-1.0", "--exists", "jpegdec"], packages: ["gstreamer1.0-plugins-good"] },
	{ check: ["/usr/bin/python3", "-c", "import cv2"], packages: ["python3-opencv"] },
	{ check: ["/usr/bin/python3", "-c", "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst"],
		packages: ["python3-gi", "gir1.2-gstreamer-1.0"] },
	{ check: ["mpv", "--version"], packages: ["mpv"] },
	{ check: ["tshark", "--version"], packages: ["tshark"] },
	{ check: ["clang", "--version"], packages: ["clang"] },
	{ check: ["sh", "-c", "test -e \"$(clang -print-file-name=libclang_rt.fuzzer-x86_64.a)\""],
		packages: ["libclang-rt-14-dev"] },
	{ check: ["sh", "-c", "echo '#include <stdio.h>\n#include <jpeglib.h>' | cc -fsyntax-only -x c -"],
		packages: ["libjpeg-dev"] },
	{ check: ["clang-format", "--version"], packages: ["clang-format"] },
	{ check: ["shellcheck", "--version"], packages: ["shellcheck"] },
	{ check: ["valgrind", "--version"], packages: ["valgrind"] },
	{ check: ["strace", "--version"], packages: ["strace"] },
	{ check: ["sh", "-c", "echo '#include <slirp/libslirp.h>' | cc -fsyntax-only -x c -"], packages: ["libslirp-dev"] },
	// unpacks the sources of lwIP
	{ check: ["dpkg-source", "--version"], packages: ["dpkg-dev"] },
	{ check: ["sh", "-c", "echo '#include <stdio.h>\nint main(void){return 0;}' | cc -m32 -x c - -o /dev/null"],
		packages: ["gcc-multilib"] },
];

const UNPACKED = path.join(BUILD, "motion");
/** Libraries of Motion that no other package here provides. */
const MOTION_LIBRARIES = ["libavdevice59", "libmariadb3", "libmicrohttpd12", "libpq5"];

/** The recorder Motion: the system's, or the copy unpacked here. */
export function motion() {
	return ["motion", path.join(UNPACKED, "usr/bin/motion")].find(program =>
		available(["sh", "-c", `"$0" -h | grep -q "^motion Version"`, program])
	);
}

export function available(check) {
	return spawnSync(check[0], check.slice(1), { stdio: "ignore" }).status === 0;
}

/** Installs missing packages if run as root with apt-get available. */
export function installSystemPackages(log = line => console.log(line)) {
	const missing = needs.filter(({ check }) => !available(check)).flatMap(({ packages }) => packages);
	const withoutMotion = !motion();
	if (withoutMotion)
		missing.push("motion");
	if (!missing.length)
		return;
	if (process.getuid?.() !== 0 || !available(["apt-get", "--version"])) {
		log(`# not installed here, tests that need them are skipped: ${[...new Set(missing)].join(", ")}`);
		return;
	}
	log(`# installing ${[...new Set(missing)].join(" ")}`);
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	const apt = (...args) =>
		spawnSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", ...args], { env,
			stdio: ["ignore", "ignore", "inherit"] });
	const install = packages => apt("install", "-y", "--no-install-recommends", ...packages);
	apt("update");
	install(new Set(missing.filter(name => name !== "motion")));
	if (withoutMotion) {
		// unpacked, not installed: Debian's package would start a service that uses this machine's own camera
		install(MOTION_LIBRARIES);
		mkdirSync(UNPACKED, { recursive: true });
		spawnSync("apt-get", ["-q", "download", "motion"], { env, cwd: UNPACKED, stdio: "ignore" });
		for (const archive of readdirSync(UNPACKED).filter(name => name.endsWith(".deb")))
			spawnSync("dpkg-deb", ["-x", archive, "."], { cwd: UNPACKED, stdio: ["ignore", "ignore", "inherit"] });
	}
}
