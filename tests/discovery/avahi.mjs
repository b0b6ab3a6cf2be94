// SPDX-License-Identifier: MIT
/** Avahi on a host of a test's network: a daemon with a message bus of its own, and its clients. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execute, until } from "../interop/harness.mjs";

const BUS = socket =>
	`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>custom</type>
	<listen>unix:path=${socket}</listen>
	<auth>EXTERNAL</auth>
	<policy context="default">
		<allow send_destination="*"/>
		<allow receive_sender="*"/>
		<allow own="*"/>
		<allow user="*"/>
	</policy>
</busconfig>
`;

/** Each host has a name of its own: two daemons that start with the machine's can take turns renaming themselves. */
const daemonOf = host =>
	`[server]
host-name=avahi-${host}
use-ipv4=yes
use-ipv6=no
enable-dbus=yes
[wide-area]
enable-wide-area=no
`;

/** A folder of its own in place of the one for the system's daemon. */
const OWN_FOLDER = "mkdir -p /run/avahi-daemon && mount -t tmpfs tmpfs /run/avahi-daemon && exec \"$@\"";

export class Avahi {
	#folder = mkdtempSync(path.join(tmpdir(), "avahi-"));
	#network;
	#host;
	#env;

	constructor(network, host) {
		this.#network = network;
		this.#host = host;
		this.#env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.#folder}/bus` };
	}

	/** Starts bus and daemon. */
	async start() {
		const bus = path.join(this.#folder, "bus.conf"), daemon = path.join(this.#folder, "avahi.conf");
		writeFileSync(bus, BUS(path.join(this.#folder, "bus")));
		writeFileSync(daemon, daemonOf(this.#host));
		const dbus = this.#network.start(this.#host, ["dbus-daemon", "--nofork", "--print-address=1",
			`--config-file=${bus}`]);
		await until(() => dbus.output.includes("unix:path"), "the message bus");
		const child = this.#network.start(this.#host, ["sh", "-c", OWN_FOLDER, "sh", "avahi-daemon", "--no-drop-root",
			"--no-chroot", "--no-rlimits", "-f", daemon], { env: this.#env });
		await until(() => child.output.includes("Server startup complete"), "the daemon", 20_000).catch(error => {
			error.message += `\n${child.output}`;
			throw error;
		});
	}

	/** Finds and resolves services, as long as new ones come within seconds.
	 *  @returns {Promise<{name: string, host: string, address: string, port: number, text: string, device:
	 *  string}[]>} */
	async browse(type) {
		const [program, ...args] = [...this.#network.on(this.#host), "avahi-browse", "-rtp", type];
		const { stdout } = await execute(program, args, { env: this.#env, timeout: 15_000 });
		return String(stdout).split("\n").filter(line => line.startsWith("=")).map(line => {
			const [, device, , name, , , host, address, port, text] = line.split(";");
			return { device, name, host, address, port: Number(port), text };
		});
	}

	/** Follows what comes and goes: lines of `+;…` and `-;…`. */
	follow(type) {
		return this.#network.start(this.#host, ["avahi-browse", "-p", type], { env: this.#env });
	}

	/** @returns {Promise<string>} the address of a name */
	async resolve(name) {
		const [program, ...args] = [...this.#network.on(this.#host), "avahi-resolve", "-4", "-n", name];
		const { stdout } = await execute(program, args, { env: this.#env, timeout: 15_000 });
		return String(stdout).trim().split("\t")[1] ?? "";
	}

	close() {
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
