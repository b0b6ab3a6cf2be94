// SPDX-License-Identifier: MIT
/**
 * Tests of the camera's announcement in networks of network namespaces: it is found by Avahi and by libraries from npm,
 * gives way to another camera, follows changes of its addresses, takes itself back at the end, and answers a flood of
 * questions with little.
 *
 *   node tests/discovery/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runAlone } from "../alone.mjs";
import { startCamera } from "../camera.mjs";
import { check, CLIENTS, equal, execute, OUT, Skip, sleep, Tests, until } from "../interop/harness.mjs";
import { available } from "../system.mjs";
import { Avahi } from "./avahi.mjs";
import { manifestWithout } from "../leftout.mjs";
import { Network, withoutNetwork } from "./network.mjs";

/** Milliseconds until a camera must have a name: 1.5 s, and more on a busy machine. */
const CLAIM = 20_000;

/** Programs that are not in the list of interop tests. */
const needs = {
	avahi: () =>
		available(["sh", "-c", "command -v avahi-browse && command -v avahi-daemon && command -v dbus-daemon"]),
	bonjour: () => available([process.execPath, path.join(CLIENTS, "bonjour.mjs")]),
};

function need(...names) {
	const missing = names.filter(name => !needs[name]());
	if (missing.length)
		throw new Skip(`${missing.join(", ")} missing`);
}

/** Starts a camera on a host and waits until it has a name. */
async function announce(network, host, args = []) {
	const camera = await startCamera({ wrapper: network.on(host), args: ["--discovery", "1", "--path", "live", ...args],
		http: true });
	network.cameras.push(camera);
	await until(() => /rtsp:\/\/[\w-]+\.local:/.test(camera.output), `a name in:\n${camera.output}`, CLAIM);
	return camera;
}

/** Runs a test in a network of its own. */
async function within(body) {
	const network = new Network();
	network.cameras = [];
	network.avahis = [];
	try {
		return await body(network);
	}
	finally {
		await Promise.all(network.cameras.map(camera => camera.stop()));
		await network.close();
		network.avahis.forEach(avahi => avahi.close());
	}
}

async function startAvahi(network, host) {
	need("avahi");
	const avahi = new Avahi(network, host);
	network.avahis.push(avahi);
	await avahi.start();
	return avahi;
}

/** Runs a program of tests/clients on the host `client`.
 *  @returns what it prints, from JSON */
async function client(network, name, ...args) {
	const [program, ...rest] = [...network.on("client"), process.execPath, path.join(CLIENTS, name), ...args];
	const { stdout, stderr, status } = await execute(program, rest, { timeout: 20_000 });
	check(status === 0, `${name} ended with ${status}: ${stderr}`);
	return JSON.parse(String(stdout));
}

/** Time that a process has computed. */
function processorSeconds(pid) {
	// the name of the program, in parentheses, may contain anything
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @returns the MAC address of a host's eth0 in hexadecimal digits */
function macOf(network, host) {
	const [program, ...args] = [...network.on(host), "cat", "/sys/class/net/eth0/address"];
	return spawnSync(program, args, { encoding: "utf8" }).stdout.trim().replaceAll(":", "");
}

/** Records the packets of the network. @returns a function that ends it, and checks them */
async function capture(network, file) {
	const tshark = network.start("client", ["tshark", "-q", "-i", "br0", "-f", "udp port 5353", "-w", file]);
	await until(() => tshark.output.includes("Capturing on"), "tshark");
	await sleep(300);
	return async () => {
		await sleep(300);
		await network.end(tshark, "SIGINT");
		const list = async (...filter) =>
			String((await execute("tshark", ["-r", file, ...filter])).stdout).trim().split("\n").filter(Boolean);
		const [all, wrong] = await Promise.all([
			list("-Y", "mdns"),
			list("-Y", "_ws.malformed || _ws.expert.severity == error"),
		]);
		equal(wrong.join("\n"), "", "what tshark finds malformed");
		return { count: all.length, list };
	};
}

const tests = {
	async "discovery-camera-is-found-by-avahi-and-by-npm"() {
		need("bonjour");
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const avahi = await startAvahi(network, "client"),
				end = await capture(network, path.join(OUT, "found.pcap"));
			const camera = await announce(network, "a", ["--name", "porch"]);
			const [rtsp, http] = await Promise.all([avahi.browse("_rtsp._tcp"), avahi.browse("_http._tcp")]);
			equal(JSON.stringify(rtsp),
				JSON.stringify([{ device: "br0", name: "porch", host: "porch.local", address: "10.77.0.2",
					port: camera.port, text: "\"path=/live\"" }]), "what avahi-browse finds");
			equal(JSON.stringify(http.map(({ name, port, text }) => [name, port, text])),
				JSON.stringify([["porch", camera.httpPort, "\"path=/\""]]), "the page");
			equal(await avahi.resolve("porch.local"), "10.77.0.2", "avahi-resolve");
			const [found] = await client(network, "bonjour.mjs", "rtsp", "1");
			equal(`${found.fqdn} ${found.host} ${found.port} ${found.txt.path} ${found.addresses}`,
				`porch._rtsp._tcp.local porch.local ${camera.port} /live 10.77.0.2`, "what bonjour-service finds");
			await sleep(1100);
			const { answers } = await client(network, "multicast-dns.mjs", "_services._dns-sd._udp.local", "PTR");
			equal(answers.map(({ data }) => data).sort().join(), "_http._tcp.local,_rtsp._tcp.local", "the services");
			await camera.stop();
			const { count, list } = await end();
			const left = await list("-Y", "ip.src == 10.77.0.2 && ip.ttl != 255");
			equal(left.length, 0, "packets with another time to live");
			return `${count} packets, none malformed`;
		});
	},

	async "discovery-two-cameras-with-one-name-end-with-two-names"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			network.host("b", "10.77.0.3");
			const avahi = await startAvahi(network, "client");
			const cameras = await Promise.all(
				["a", "b", "b"].map(host => announce(network, host, ["--name", "porch"])),
			);
			const found = await avahi.browse("_rtsp._tcp");
			equal(found.map(({ name }) => name).sort().join(), "porch,porch-2,porch-3", "names");
			for (const { name, port } of found) {
				const camera = cameras.find(item => item.port === port);
				check(camera.output.includes(`rtsp://${name}.local:${port}/live`), `${name} is another camera`);
			}
		});
	},

	async "discovery-has-a-name-from-the-mac-address-and-ends-with-a-goodbye"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const avahi = await startAvahi(network, "client"), browser = avahi.follow("_rtsp._tcp");
			const camera = await announce(network, "a"), name = `camera-${macOf(network, "a").slice(-6)}`;
			await until(() => browser.output.includes(`+;br0;IPv4;${name};`), `${name} comes`);
			const begin = Date.now();
			const { status } = await camera.stop("SIGINT");
			equal(status, 0, "status");
			await until(() => browser.output.includes(`-;br0;IPv4;${name};`), `${name} goes`, 10_000);
			return `gone after ${Date.now() - begin} ms; its records live for 4,500 s`;
		});
	},

	async "discovery-follows-changes-of-addresses"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const avahi = await startAvahi(network, "client");
			await announce(network, "a", ["--name", "porch"]);
			equal(await avahi.resolve("porch.local"), "10.77.0.2", "address");
			network.ip("a", "addr", "add", "10.77.0.9/24", "dev", "eth0");
			network.ip("a", "addr", "del", "10.77.0.2/24", "dev", "eth0");
			network.ip("a", "addr", "replace", "10.77.0.9/24", "dev", "eth0");
			let address;
			for (let i = 0; i < 20 && address !== "10.77.0.9"; i++) {
				await sleep(500);
				address = await avahi.resolve("porch.local");
			}
			equal(address, "10.77.0.9", "the new address");
		});
	},

	async "discovery-runs-beside-avahi-on-one-machine"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const [there, here] = await Promise.all([startAvahi(network, "client"), startAvahi(network, "a")]);
			const camera = await announce(network, "a", ["--name", "porch"]);
			for (const avahi of [there, here]) {
				const found = await avahi.browse("_rtsp._tcp");
				equal(found.map(({ port, address }) => `${address}:${port}`).join(), `10.77.0.2:${camera.port}`,
					"found");
			}
		});
	},

	async "discovery-uses-only-the-chosen-interfaces"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			network.cable("a", "eth1", "10.77.0.3");
			const end = await capture(network, path.join(OUT, "chosen.pcap"));
			await announce(network, "a", ["--name", "porch", "--interfaces", "eth1"]);
			await announce(network, "a", ["--name", "yard", "--address", "10.77.0.2"]).catch(() => {
				// it does not print its own address twice
			});
			await startCamera({ wrapper: network.on("a"), args: ["--name", "silent"] }).then(camera =>
				network.cameras.push(camera)
			);
			await sleep(1500);
			const { list } = await end();
			const sources = async name =>
				[
					...new Set(
						await list("-Y", `mdns && dns.resp.name == "${name}.local"`, "-T", "fields", "-e", "ip.src"),
					),
				].join();
			equal(await sources("porch"), "10.77.0.3", "of porch");
			equal(await sources("yard"), "10.77.0.2", "of yard");
			equal(await sources("silent"), "", "of a camera without --discovery");
		});
	},

	async "discovery-answers-a-flood-with-little"() {
		need("bonjour");
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const camera = await announce(network, "a", ["--name", "porch"]), seconds = 3;
			await sleep(1500);
			const { sent, received } = await client(network, "dns-flood.mjs", "10.77.0.2", String(seconds));
			equal(received.malformed, 0, "malformed replies");
			check(sent.packets > 1000, `only ${sent.packets} queries were sent`);
			// 20 and 10 a second by unicast; a second's multicasts are at most one of each record
			check(received.unicast > 0 && received.unicast <= 20 + 10 * (seconds + 1),
				`${received.unicast} by unicast`);
			check(received.multicast > 0 && received.multicast <= 4 * (seconds + 2),
				`${received.multicast} to the group`);
			check(!/internal error/.test(camera.output), camera.output);
			const [found] = await client(network, "bonjour.mjs", "rtsp", "1");
			equal(found.name, "porch", "after the flood");
			return `${sent.packets} queries of ${sent.octets} octets: ${received.unicast} replies by unicast, `
				+ `${received.multicast} to the group, ${received.octets} octets; factor `
				+ (received.octets / sent.octets).toFixed(3);
		});
	},

	async "discovery-dear-messages-leave-the-camera-its-processor"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const camera = await announce(network, "a", ["--name", "porch"]), seconds = 3;
			const before = processorSeconds(camera.pid);
			const { sent } = await client(network, "dns-chains.mjs", String(seconds));
			const used = processorSeconds(camera.pid) - before;
			check(sent > 1000, `only ${sent} messages were sent`);
			check(used < seconds / 5,
				`the camera computed for ${used.toFixed(2)} of ${seconds} s for ${sent} messages`);
			return `${used.toFixed(2)} of ${seconds} s for ${sent} messages`;
		});
	},

	async "discovery-without-its-port-is-told-and-the-camera-plays"() {
		return await within(async network => {
			network.host("a", "10.77.0.2");
			const other = network.start("a", [process.execPath, "-e", "require('dgram').createSocket('udp4')"
				+ ".bind({ port: 5353, exclusive: true }, () => console.log('bound'))"]);
			await until(() => other.output.includes("bound"), "the other program");
			const camera = await startCamera({ wrapper: network.on("a"), args: ["--discovery", "1"] });
			network.cameras.push(camera);
			await until(() => /the camera is not announced: .*5353.*in use/.test(camera.output), camera.output);
		});
	},

	async "discovery-left-out-of-a-build-is-told"() {
		const camera = await startCamera({ manifest: manifestWithout("discovery"), name: "without-discovery",
			args: ["--discovery", "1"] });
		try {
			check(camera.output.includes("this build has no discovery"), camera.output);
		}
		finally {
			await camera.stop();
		}
	},
};

/** Tests that run at the same time. They mostly wait. */
const PARALLEL = 3;

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ log, only } = {}) {
	mkdirSync(OUT, { recursive: true });
	const group = new Tests({ log, only }), why = withoutNetwork(), queue = Object.entries(tests);
	const worker = async () => {
		for (let next; (next = queue.shift());) {
			const [name, body] = next, needsNetwork = !name.includes("left-out");
			await group.test(name, [], () => {
				if (why && needsNetwork)
					throw new Skip(why);
				return body();
			});
		}
	};
	// the first one builds the camera
	await (await startCamera()).stop();
	await Promise.all(Array.from({ length: PARALLEL }, worker));
	return group;
}

await runAlone(import.meta.url, run);
