// SPDX-License-Identifier: MIT
/** The programs that tests use in addition to Node and a C compiler. They are installed if possible; otherwise tests
 *  report what is missing. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { BUILD } from "../hosts/desktop/build/tools.mjs";

/** Programs, what the tests use them for, and the Debian packages that provide them. `optional`: Debian 12 lacks the
 *  package. */
const NEEDS = [
	{ name: "ffmpeg", purpose: "plays and records the stream", check: ["ffmpeg", "-version"], packages: ["ffmpeg"] },
	{ name: "GStreamer", purpose: "plays the stream", check: ["gst-inspect-1.0", "--exists", "rtspsrc"],
		packages: ["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"] },
	{ name: "GStreamer's jpegdec", purpose: "decodes the stream", check: ["gst-inspect-1.0", "--exists", "jpegdec"],
		packages: ["gstreamer1.0-plugins-good"] },
	{ name: "OpenCV", purpose: "plays the stream", check: ["/usr/bin/python3", "-c", "import cv2"],
		packages: ["python3-opencv"] },
	{ name: "GStreamer for Python", purpose: "reads the stream's buffers",
		check: ["/usr/bin/python3", "-c", "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst"],
		packages: ["python3-gi", "gir1.2-gstreamer-1.0"] },
	{ name: "HTTP clients for Python", purpose: "ask as Home Assistant does",
		check: ["/usr/bin/python3", "-c", "import aiohttp, httpx, requests"],
		packages: ["python3-aiohttp", "python3-httpx", "python3-requests"] },
	{ name: "GStreamer's RTSP server", purpose: "takes the stream that the camera pushes",
		check: ["/usr/bin/python3", "-c",
			"import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"],
		packages: ["python3-gi", "gir1.2-gst-rtsp-server-1.0"] },
	{ name: "mpv", purpose: "plays the stream", check: ["mpv", "--version"], packages: ["mpv"] },
	{ name: "live555's openRTSP and testRTSPClient", purpose: "play the stream", optional: true,
		check: ["sh", "-c", "command -v openRTSP && command -v testRTSPClient"], packages: ["livemedia-utils"] },
	{ name: "tshark", purpose: "dissects the packets", check: ["tshark", "--version"], packages: ["tshark"] },
	{ name: "Avahi", purpose: "finds the camera",
		check: ["sh", "-c", "command -v avahi-browse && command -v avahi-daemon && command -v dbus-daemon"],
		packages: ["avahi-utils", "avahi-daemon", "dbus-daemon"] },
	{ name: "clang", purpose: "builds with fuzzers", check: ["clang", "--version"], packages: ["clang"] },
	{ name: "libFuzzer", purpose: "fuzzes the C core",
		check: ["sh", "-c", "test -e \"$(clang -print-file-name=libclang_rt.fuzzer-x86_64.a)\""],
		packages: ["libclang-rt-14-dev"] },
	{ name: "libjpeg", purpose: "decodes the test card",
		check: ["sh", "-c", "echo '#include <stdio.h>\n#include <jpeglib.h>' | cc -fsyntax-only -x c -"],
		packages: ["libjpeg-dev"] },
	{ name: "clang-format", purpose: "checks the format of C", check: ["clang-format", "--version"],
		packages: ["clang-format"] },
	{ name: "ShellCheck", purpose: "checks shell scripts", check: ["shellcheck", "--version"],
		packages: ["shellcheck"] },
	{ name: "Valgrind", purpose: "counts instructions", check: ["valgrind", "--version"], packages: ["valgrind"] },
	{ name: "strace", purpose: "counts system calls", check: ["strace", "--version"], packages: ["strace"] },
	{ name: "libslirp", purpose: "connects clients to lwIP",
		check: ["sh", "-c", "echo '#include <slirp/libslirp.h>' | cc -fsyntax-only -x c -"],
		packages: ["libslirp-dev"] },
	{ name: "dpkg-source", purpose: "unpacks the sources of lwIP", check: ["dpkg-source", "--version"],
		packages: ["dpkg-dev"] },
	{ name: "32-bit C library", purpose: "builds with the board's 32-bit slots",
		check: ["sh", "-c", "echo '#include <stdio.h>\nint main(void){return 0;}' | cc -m32 -x c - -o /dev/null"],
		packages: ["gcc-multilib"] },
	{ name: "Chromium", purpose: "shows the camera's page", check: ["chromium", "--version"], packages: ["chromium"] },
	{ name: "onvif-util", purpose: "finds the camera and sets it", check: ["sh", "-c", "command -v onvif-util"],
		packages: ["onvif-tools"] },
	{ name: "Motion", purpose: "records the stream", check: () => motion(), packages: ["motion"] },
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

/** @returns {string[]} the programs that are missing, each with its purpose */
export function missingPrograms() {
	return missing(NEEDS).map(({ name, purpose }) => `${name} (${purpose})`);
}

function missing(needs) {
	return needs.filter(({ check }) => !(typeof check === "function" ? check() : available(check)));
}

/** Packages that apt can install. `apt-get install` refuses all names when one of them is unknown.
 *  @param {Iterable<string>} packages
 *  @param {(packages: string[]) => string} policy what apt-cache prints of them
 *  @returns {string[]} */
export function withCandidate(packages, policy = aptPolicy) {
	const names = [...packages];
	const candidates = new Map(
		policy(names).split(/\n(?=\S)/).map(text => [
			/^\S+(?=:\n)/.exec(text)?.[0],
			/^ {2}Candidate: (.*)$/m.exec(text)?.[1],
		]),
	);
	return names.filter(name => (candidates.get(name) ?? "(none)") !== "(none)");
}

function aptPolicy(packages) {
	return spawnSync("apt-cache", ["policy", ...packages], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } })
		.stdout ?? "";
}

/** Installs missing Debian packages if run as root with apt-get available. First prints which, and what for.
 *  @param {typeof NEEDS} [needs] programs, as in NEEDS */
export function installSystemPackages(log = line => console.log(line), needs = NEEDS) {
	const absent = missing(needs);
	if (process.getuid?.() !== 0 || !available(["apt-get", "--version"])
		|| absent.every(({ optional, packages }) => optional && withCandidate(packages).length === 0))
		return;
	log("# Programs are missing here. Installing their Debian packages (leave them out: --no-install):");
	for (const { name, purpose, packages } of absent)
		log(`#   ${packages.join(" ")}: ${name} ${purpose}`);
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	const apt = (...args) =>
		spawnSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", ...args], { env,
			stdio: ["ignore", "ignore", "inherit"] });
	const install = packages => apt("install", "-y", "--no-install-recommends", ...packages);
	const packages = new Set(absent.flatMap(need => need.packages));
	const withoutMotion = packages.delete("motion");
	apt("update");
	const known = withCandidate(packages);
	if (known.length)
		install(known);
	if (withoutMotion) {
		// unpacked, not installed: Debian's package would start a service that uses this machine's own camera
		install(MOTION_LIBRARIES);
		mkdirSync(UNPACKED, { recursive: true });
		spawnSync("apt-get", ["-q", "download", "motion"], { env, cwd: UNPACKED, stdio: "ignore" });
		for (const archive of readdirSync(UNPACKED).filter(name => name.endsWith(".deb")))
			spawnSync("dpkg-deb", ["-x", archive, "."], { cwd: UNPACKED, stdio: ["ignore", "ignore", "inherit"] });
	}
}
