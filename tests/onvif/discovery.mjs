// SPDX-License-Identifier: MIT
/** WS-Discovery in the recorder's namespace: probes that are made by hand, and what the camera says by itself. */
import { randomUUID } from "node:crypto";
import dgram from "node:dgram";
import { watch } from "../../bench/viewer.mjs";
import { Gap, check, equal, sleep, until } from "../interop/harness.mjs";
import { CAMERA, RECORDER, STRANGER } from "./network.mjs";
import { textIn, withCamera } from "./soap.mjs";

export const GROUP = "239.255.255.250", PORT = 3702;
const DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery";

/** A message of a client. */
export function message(action, body, id = `urn:uuid:${randomUUID()}`) {
	return Buffer.from(
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
			+ `xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:MessageID>${id}`
			+ `</a:MessageID><a:To>`
			+ `urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To><a:Action>${DISCOVERY}/${action}</a:Action>`
			+ `</s:Header><s:Body>`
			+ `<d:${action} xmlns:d="${DISCOVERY}" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">${body}`
			+ `</d:${action}>`
			+ "</s:Body></s:Envelope>",
	);
}

export const TYPES = "<d:Types>dn:NetworkVideoTransmitter</d:Types>";
/** The shortest message that is answered. */
const SHORTEST = id =>
	Buffer.from("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://schemas.xmlsoap."
		+ `org/ws/2004/08/addressing" xmlns:d="${DISCOVERY}"><s:Header><a:MessageID>${id}</a:MessageID>`
		+ `<a:Action>${DISCOVERY}/Probe</a:Action>`
		+ "</s:Header><s:Body><d:Probe/></s:Body></s:Envelope>");

/** A socket that collects what it receives: {text, byteLength, address, port, time}. */
class Client {
	received = [];

	/** @param {object} [options] {address, port, group} */
	static open({ address = RECORDER, port = 0, group } = {}) {
		return new Promise((resolve, reject) => {
			const client = new Client(), socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
			client.socket = socket;
			socket.once("error", reject);
			socket.on("message",
				(data, { address: from, port: fromPort }) =>
					client.received.push({ text: data.toString(), byteLength: data.length, address: from,
						port: fromPort, time: performance.now() }));
			socket.bind({ port, address: group ? undefined : address }, () => {
				socket.setMulticastInterface(address);
				if (group)
					socket.addMembership(group, address);
				resolve(client);
			});
		});
	}

	send(data, address = GROUP, port = PORT) {
		this.socket.send(data, port, address);
	}

	close() {
		this.socket.close();
	}
}

async function withClients(options, body) {
	const clients = await Promise.all(options.map(item => Client.open(item)));
	try {
		return await body(...clients);
	}
	finally {
		clients.forEach(client => client.close());
	}
}

const WITH_DISCOVERY = ["--discovery", "1"];

export async function discovery(tests, namespace) {
	await tests.test("ws-discovery-says-hello-answers-and-says-bye", [],
		() =>
			withClients([{ group: GROUP, port: PORT }, {}], async (listener, client) => {
				let urn;
				await withCamera(namespace, WITH_DISCOVERY, async camera => {
					const address = `http://${camera.authority}/onvif/device_service`;
					await until(() => listener.received.length > 0, "Hello", 3000);
					const [{ text: hello }] = listener.received;
					check(hello.includes("/Hello</a:Action>") && hello.includes(`<d:XAddrs>${address}</d:XAddrs>`),
						hello);
					urn = textIn(hello, "Address");
					check(/^urn:uuid:[0-9a-f-]{36}$/.test(urn), hello);

					const begin = performance.now();
					client.send(message("Probe", TYPES, "urn:uuid:probe-1"));
					client.send(message("Probe", TYPES, "urn:uuid:probe-1"));
					await until(() => client.received.length > 0, "ProbeMatches", 2000);
					await sleep(600);
					equal(client.received.length, 1, "replies to the same message");
					const [{ text, time, address: from }] = client.received;
					check(time - begin < 700, `the reply took ${(time - begin).toFixed(0)} ms`);
					equal(from, CAMERA, "the sender");
					for (const [name, expected] of [["RelatesTo", "urn:uuid:probe-1"], ["Address", urn], ["XAddrs",
						address], ["Types", "dn:NetworkVideoTransmitter tds:Device"]])
						equal(textIn(text, name), expected, name);
					check(textIn(text, "Scopes").includes("onvif://www.onvif.org/Profile/Streaming"), text);
					// by unicast, as programs do that know the address
					client.send(message("Probe", TYPES), CAMERA);
					client.send(
						message("Resolve", `<a:EndpointReference><a:Address>${urn}</a:Address></a:EndpointReference>`),
					);
					await until(() => client.received.length === 3, "two replies", 2000);
					check(client.received.some(item => item.text.includes("ResolveMatches")), "no ResolveMatches");
					const numbers = client.received.map(item => Number(/MessageNumber="(\d+)"/.exec(item.text)[1]));
					equal(new Set(numbers).size, 3, "message numbers");
					client.send(message("Probe", "<d:Types>dn:NetworkVideoDisplay</d:Types>"));
					client.send(
						message("Resolve",
							"<a:EndpointReference><a:Address>urn:uuid:x</a:Address></a:EndpointReference>"),
					);
					await sleep(700);
					equal(client.received.length, 3, "replies to what is for others");
				});
				await until(() => listener.received.some(({ text }) => text.includes("/Bye</a:Action>")), "Bye", 2000);
				check(listener.received.at(-1).text.includes(urn), "Bye is somebody else's");
				// the same after a restart
				await withCamera(namespace, WITH_DISCOVERY, async () => {
					const isSecond = ({ text }) => text.includes("/Hello<");
					await until(() => listener.received.filter(isSecond).length > 1, "the second Hello", 3000);
					const hellos = listener.received.filter(isSecond).map(({ text }) => text);
					const instances = hellos.map(text => Number(/InstanceId="(\d+)"/.exec(text)[1]));
					check(instances.at(-1) >= instances[0], instances.join());
				});
			}));

	await tests.test("ws-discovery-answers-only-the-local-network-and-slowly", [],
		() =>
			withClients([{ address: STRANGER }, {}], (stranger, client) =>
				withCamera(namespace, WITH_DISCOVERY, async () => {
					stranger.send(message("Probe", TYPES));
					stranger.send(message("Probe", TYPES), CAMERA);
					client.send(message("Probe", TYPES));
					await until(() =>
						client.received.length === 1, "the neighbour's reply", 2000);
					await sleep(600);
					equal(stranger.received.length, 0, "replies to an address outside of the network");

					const begin = performance.now();
					let sent = 0, bytes = 0;
					while (performance.now() - begin < 3000) {
						const data = SHORTEST(String(sent++));
						bytes += data.length;
						client.send(data);
						await sleep(5);
					}
					await sleep(700);
					const replies = client.received.slice(1), largest = Math.max(...replies.map(({ byteLength }) =>
						byteLength
					));
					const seconds = (performance.now() - begin) / 1000;
					// 16 at once, and 8 a second
					check(replies.length >= 8 && replies.length <= 16 + 8 * seconds + 1,
						`${replies.length} replies to ${sent} probes`);
					const all = replies.reduce((sum, { byteLength }) => sum + byteLength, 0);
					check(largest <= 2048 && largest / (bytes / sent) < 6, `${largest} bytes for ${bytes / sent}`);
					return `${sent} probes of ${
						Math.round(bytes / sent)
					} bytes, ${replies.length} replies of ${largest}: ${
						(largest / (bytes / sent)).toFixed(1)
					} times each, ${(all / bytes).toFixed(2)} times in all`;
				})));

	await tests.test("ws-discovery-in-a-flood-delays-no-picture", [],
		() =>
			withClients([{}], client =>
				withCamera(namespace, [...WITH_DISCOVERY, "--fps", "25"], async camera => {
					const arrivals = [];
					const viewer = await watch(camera.httpPort, "/stream", { host: CAMERA,
						onPart: () => arrivals.push(performance.now()) });
					await until(() => arrivals.length > 2, "pictures");
					const begin = performance.now(), junk = message("Probe", "<d:Scopes>".repeat(90));
					let sent = 0;
					while (performance.now() - begin < 2000) {
						for (let i = 0; i < 20; i++, sent++)
							client.send(sent % 2 ? junk : message("Probe", TYPES));
						await sleep(5);
					}
					const seconds = (performance.now() - begin) / 1000,
						rate = arrivals.filter(time => time > begin).length / seconds;
					viewer.close();
					const text = `${Math.round(sent / seconds)} messages/s, ${rate.toFixed(1)} frames/s`;
					// a busy machine delays some frames
					if (rate < 23)
						throw new Gap(text);
					await sleep(600);
					return `${text}, ${client.received.length} replies`;
				})));

	await tests.test("without-discovery-there-is-silence", [],
		() =>
			withClients([{ group: GROUP, port: PORT }, {}], (listener, client) =>
				withCamera(namespace, [], async camera => {
					client.send(message("Probe", TYPES));
					client.send(message("Probe", TYPES), CAMERA);
					await sleep(700);
					equal(listener.received.filter(({ address }) =>
						address === CAMERA
					).length + client.received.length, 0, "messages");
					equal(textIn(await camera.must("tds:GetDiscoveryMode"), "DiscoveryMode"), "NonDiscoverable",
						"the mode");
				})));
}
