// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { formatTransport, parseTransport } from "rtsp/transport";
import { Fixture } from "./fixture";

/** Transport headers and a short form of their usable alternatives. */
const TABLE: readonly (readonly [header: string, offers: string | undefined])[] = [
	["RTP/AVP;unicast;client_port=5000-5001", "RTP/AVP 5000-5001"],
	["RTP/AVP/UDP;unicast;client_port=5000-5001", "RTP/AVP/UDP 5000-5001"],
	["rtp/avp/udp;UNICAST;Client_Port=5000-5001", "RTP/AVP/UDP 5000-5001"],
	["RTP/AVP;client_port=5000", "RTP/AVP 5000-5001"],
	[" RTP/AVP ; unicast ; client_port = 5000 - 5001 ", "RTP/AVP 5000-5001"],
	["RTP/AVP;unicast;client_port=\"5000-5001\"", "RTP/AVP 5000-5001"],
	["RTP/AVP;unicast;client_port = \"5000-5001\"; mode = \"PLAY, play\"", "RTP/AVP 5000-5001"],
	["RTP/AVP;unicast;client_port=5000-6001", "RTP/AVP 5000-6001"],
	["RTP/AVP;unicast;client_port=65534-65535", "RTP/AVP 65534-65535"],
	["RTP/AVP;unicast;client_port=5000-5001;mode=\"PLAY\"", "RTP/AVP 5000-5001"],
	["RTP/AVP;unicast;client_port=5000-5001;mode=play", "RTP/AVP 5000-5001"],
	["RTP/AVP;unicast;destination=203.0.113.9;client_port=5000-5001;ttl=1;ssrc=1", "RTP/AVP 5000-5001"],
	["RTP/AVP/TCP;unicast;interleaved=0-1", "tcp 0-1"],
	["RTP/AVP/TCP;interleaved=254-255", "tcp 254-255"],
	["RTP/AVP/TCP;unicast;interleaved=2", "tcp 2-3"],
	["RTP/AVP/TCP;unicast", "tcp any"],
	["RTP/AVP/TCP", "tcp any"],
	["RTP/AVP;unicast;interleaved=0-1", "tcp 0-1"],
	["RTP/AVP;multicast", "multicast RTP/AVP"],
	["RTP/AVP/UDP;multicast;port=5000-5001;ttl=5", "multicast RTP/AVP/UDP"],
	["RTP/AVP;multicast;destination=224.2.0.1;port=5000-5001;mode=PLAY", "multicast RTP/AVP"],
	["RTP/AVP;multicast;client_port=5000-5001", "multicast RTP/AVP"],
	["RTP/AVP;multicast;mode=RECORD", ""],
	["RTP/AVP/TCP;multicast;mode=RECORD", ""],
	["RTP/SAVP;multicast", ""],
	["RTP/AVP;unicast;client_port=5000-5001,RTP/AVP;multicast,RTP/AVP/TCP;interleaved=0-1",
		"RTP/AVP 5000-5001, multicast RTP/AVP, tcp 0-1"],
	["RTP/AVP;unicast;client_port=5000-5001;mode=\"RECORD,PLAY\",RTP/AVP/TCP", "tcp any"],

	// the client chooses any pair: parity, order and adjacency do not matter
	["RTP/AVP;unicast;client_port=5001-5002", "RTP/AVP 5001-5002"],
	["RTP/AVP;unicast;client_port=31001", "RTP/AVP 31001-31002"],
	["RTP/AVP;unicast;client_port=6001-5000", "RTP/AVP 6001-5000"],
	["RTP/AVP;unicast;client_port=65535-1", "RTP/AVP 65535-1"],
	["RTP/AVP/TCP;interleaved=1-2", "tcp 1-2"],
	["RTP/AVP/TCP;interleaved=9-0", "tcp 9-0"],
	["RTP/AVP/TCP;interleaved=0-255", "tcp 0-255"],
	["RTP/AVP/TCP;interleaved=3", "tcp 3-4"],

	// impossible alternatives are left out
	["RTP/AVP;unicast;client_port=0-1", ""],
	["RTP/AVP;unicast;client_port=65535", ""],
	["RTP/AVP;unicast;client_port=65536-65537", ""],
	["RTP/AVP;unicast;client_port=5000-65536", ""],
	["RTP/AVP;unicast;client_port=5000-0", ""],
	["RTP/AVP;unicast;client_port=5000-5000", ""],
	["RTP/AVP;unicast;client_port=5000-", ""],
	["RTP/AVP;unicast;client_port=-5000", ""],
	["RTP/AVP;unicast;client_port=a-b", ""],
	["RTP/AVP;unicast;client_port", ""],
	["RTP/AVP;unicast", ""],
	["RTP/AVP/TCP;interleaved=0-0", ""],
	["RTP/AVP/TCP;interleaved=255", ""],
	["RTP/AVP/TCP;interleaved=256-257", ""],
	["RTP/AVP/TCP;interleaved=x", ""],
	["RTP/AVP/TCP;interleaved=0-1;mode=record", ""],
	["RTP/AVP/TCP;interleaved=0-1;mode=", ""],
	["RTP/SAVP;unicast;client_port=5000-5001", ""],
	["RAW/RAW/UDP;unicast;client_port=5000-5001", ""],
	["nonsense", ""],
	[";;;", ""],

	// not a list
	["", undefined],
	[",,", undefined],
	["RTP/AVP;mode=\"PLAY", undefined],
];

function show(header: string): string | undefined {
	return parseTransport(header)?.map(offer => {
		switch (offer.kind) {
			case "udp":
				return `${offer.protocol} ${offer.rtpPort}-${offer.rtcpPort}`;
			case "interleaved":
				return "tcp "
					+ (offer.channels === undefined
						? "any"
						: `${offer.channels.rtpChannel}-${offer.channels.rtcpChannel}`);
			case "multicast":
				return `multicast ${offer.protocol}`;
		}
	}).join(", ");
}

export default function (suite: Suite): void {
	for (const [header, offers] of TABLE)
		suite.test(`transport-reads-${JSON.stringify(header)}`, () => equal(show(header), offers));

	suite.test("transport-reply-names-the-ports-and-the-ssrc", () => {
		const fixture = new Fixture();
		const peer = fixture.client();
		const udp = { kind: "udp", address: "192.0.2.7", rtpPort: 5000, rtcpPort: 5001 } as const;
		const tcp = { kind: "interleaved", peer, rtpChannel: 2, rtcpChannel: 3 } as const;
		const subscription = fixture.subscribe({ delivery: udp, onAlive: () => undefined });
		if (typeof subscription === "string")
			throw new Error(subscription);
		equal(
			formatTransport({ kind: "udp", protocol: "RTP/AVP/UDP", rtpPort: 5000, rtcpPort: 5001 }, udp, subscription),
			"RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=6970-6971;ssrc=00000ABC",
		);
		equal(
			formatTransport({ kind: "interleaved", channels: undefined }, tcp, subscription),
			"RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=00000ABC",
		);
		// RFC 2326 section 12.39: ssrc only for unicast
		const multicast = { kind: "multicast",
			group: { address: "239.255.1.2", rtpPort: 5004, rtcpPort: 5005, timeToLive: 3 } } as const;
		equal(
			formatTransport({ kind: "multicast", protocol: "RTP/AVP/UDP" }, multicast, subscription),
			"RTP/AVP/UDP;multicast;destination=239.255.1.2;port=5004-5005;ttl=3",
		);
	});
}
