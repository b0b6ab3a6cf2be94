// SPDX-License-Identifier: MIT
/**
 * A local network within this machine: a network namespace for each host, joined by a bridge. Nothing reaches the
 * machine's own interfaces. Needs Linux and root.
 */
import { spawn, spawnSync } from "node:child_process";
import { available } from "../system.mjs";

/** @returns {string | undefined} why there can be no such network here */
export function withoutNetwork() {
	if (process.platform !== "linux" || process.getuid?.() !== 0)
		return "network namespaces need Linux and root";
	const name = `dns-probe-${process.pid}`;
	const made = available(["ip", "netns", "add", name])
		&& available(["ip", "-n", name, "link", "add", "br0", "type", "bridge"]);
	spawnSync("ip", ["netns", "del", name], { stdio: "ignore" });
	return made ? undefined : "no network namespaces with a bridge (ip netns)";
}

function ip(...args) {
	const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
	if (status !== 0)
		throw new Error(`ip ${args.join(" ")}: ${stderr.trim()}`);
}

export class Network {
	static #count = 0;
	#prefix = `dns-${process.pid}-${Network.#count++}`;
	#hosts = [];
	#children = [];

	/** Makes the host `client`, 10.77.0.1, with the bridge br0, on which a capture sees all packets. */
	constructor() {
		this.#add("client");
		ip("-n", this.#name("client"), "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
		ip("-n", this.#name("client"), "addr", "add", "10.77.0.1/24", "dev", "br0");
		ip("-n", this.#name("client"), "link", "set", "br0", "up");
		// for programs that leave the interface to the routes; the cameras have no such route
		ip("-n", this.#name("client"), "route", "add", "default", "dev", "br0");
	}

	/** Makes a host with the interface eth0. */
	host(host, address) {
		this.#add(host);
		this.cable(host, "eth0", address);
	}

	/** Adds an interface to a host. */
	cable(host, device, address) {
		const peer = `${host}-${device}`.slice(0, 15);
		ip("-n", this.#name("client"), "link", "add", peer, "type", "veth", "peer", "name", device, "netns",
			this.#name(host));
		ip("-n", this.#name("client"), "link", "set", peer, "master", "br0", "up");
		ip("-n", this.#name(host), "addr", "add", `${address}/24`, "dev", device);
		ip("-n", this.#name(host), "link", "set", device, "up");
	}

	/** `ip` within a host. */
	ip(host, ...args) {
		ip("-n", this.#name(host), ...args);
	}

	/** Program and arguments that run a command on a host. */
	on(host) {
		return ["ip", "netns", "exec", this.#name(host)];
	}

	/** Starts a program on a host, which ends with the network. It has `output` and `ended`. */
	start(host, command, { env = {} } = {}) {
		const [program, ...args] = [...this.on(host), ...command];
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
		child.output = "";
		child.stdout.on("data", data => child.output += data);
		child.stderr.on("data", data => child.output += data);
		child.on("error", error => child.output += error.message);
		child.ended = new Promise(resolve => child.on("close", resolve));
		this.#children.push(child);
		return child;
	}

	/** Ends a program. */
	async end(child, signal = "SIGTERM") {
		const late = setTimeout(() => child.kill("SIGKILL"), 5000);
		child.kill(signal);
		await child.ended;
		clearTimeout(late);
	}

	async close() {
		for (const child of this.#children.reverse())
			await this.end(child);
		for (const host of this.#hosts)
			spawnSync("ip", ["netns", "del", this.#name(host)], { stdio: "ignore" });
	}

	#name(host) {
		return `${this.#prefix}-${host}`;
	}

	#add(host) {
		ip("netns", "add", this.#name(host));
		this.#hosts.push(host);
		ip("-n", this.#name(host), "link", "set", "lo", "up");
	}
}
