// SPDX-License-Identifier: MIT
/**
 * Two network namespaces with a cable between them: the camera's, and the recorder's, in which the tests run. Multicast
 * then reaches nobody else, and the ports 3702 and 5353 are free.
 *
 *    recorder 10.77.0.2/24, 172.31.9.1/24  =====  10.77.0.1/24 camera
 *
 * The recorder's second address is outside of the camera's network, which knows the way to it.
 */
import { spawnSync } from "node:child_process";

export const CAMERA = "10.77.0.1", RECORDER = "10.77.0.2", STRANGER = "172.31.9.1";

export class Network {
	camera;
	recorder;

	/** @returns {Network | undefined} undefined where namespaces cannot be made */
	static create() {
		const network = new Network();
		if (network.#build())
			return network;
		network.close();
		return undefined;
	}

	constructor() {
		this.camera = `rtspcam${process.pid}`;
		this.recorder = `recorder${process.pid}`;
	}

	#build() {
		const { camera, recorder } = this;
		return [
			["netns", "add", camera],
			["netns", "add", recorder],
			["-n", recorder, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", camera],
			["-n", camera, "address", "add", `${CAMERA}/24`, "dev", "eth0"],
			["-n", recorder, "address", "add", `${RECORDER}/24`, "dev", "eth0"],
			["-n", recorder, "address", "add", `${STRANGER}/24`, "dev", "eth0"],
			...[camera, recorder].flatMap(name =>
				["lo", "eth0"].map(device => ["-n", name, "link", "set", device, "up"])
			),
			["-n", camera, "route", "add", "default", "via", RECORDER],
			["-n", recorder, "route", "add", "224.0.0.0/4", "dev", "eth0"],
		].every(args => spawnSync("ip", args, { stdio: "ignore" }).status === 0);
	}

	close() {
		for (const name of [this.camera, this.recorder])
			spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
	}
}
