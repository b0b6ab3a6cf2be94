// SPDX-License-Identifier: MIT
/**
 * Asks much, and counts what comes back: `node dns-flood.mjs ADDRESS SECONDS`. Sends queries of three kinds in turn, as
 * fast as the kernel takes them: to the group from port 5353, to the group from another port, and to the camera alone.
 * Prints one line of JSON: packets and octets of UDP sent and received.
 */
import dgram from "node:dgram";
import packet from "dns-packet";

const [address, seconds] = process.argv.slice(2), GROUP = "224.0.0.251", PORT = 5353;
const questions = ["_rtsp._tcp.local", "_http._tcp.local", "_services._dns-sd._udp.local"].map(name => ({ name,
	type: "PTR" })
);
const query = packet.encode({ type: "query", id: 7, questions });
const open = port =>
	new Promise(resolve => {
		const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
		socket.bind(port, () => resolve(socket));
	});
const sent = { packets: 0, octets: 0 }, received = { multicast: 0, unicast: 0, octets: 0, malformed: 0 };
const [member, plain] = await Promise.all([open(PORT), open(0)]);
member.addMembership(GROUP);
member.setMulticastLoopback(false);
plain.setMulticastLoopback(false);
for (const [socket, kind] of [[member, "multicast"], [plain, "unicast"]]) {
	socket.on("message", (message, { address: from }) => {
		if (from !== address)
			return;
		received[kind] += 1;
		received.octets += message.length;
		try {
			packet.decode(message);
		}
		catch {
			received.malformed += 1;
		}
	});
}
const deadline = Date.now() + Number(seconds) * 1000;
while (Date.now() < deadline) {
	for (const [socket, to] of [[member, GROUP], [plain, GROUP], [plain, address]]) {
		await new Promise(resolve => socket.send(query, PORT, to, resolve));
		sent.packets += 1;
		sent.octets += query.length;
	}
}
await new Promise(resolve => setTimeout(resolve, 1500));
console.log(JSON.stringify({ sent, received }));
process.exit();
