// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { Fixture, TCP, request } from "./fixture";

const GROUP = { address: "239.255.1.2", rtpPort: 5004, rtcpPort: 5005, timeToLive: 3 } as const;
const MULTICAST = "Transport: RTP/AVP;multicast";
const REPLY = "RTP/AVP;multicast;destination=239.255.1.2;port=5004-5005;ttl=3";

function withGroup(): Fixture {
	const fixture = new Fixture();
	fixture.multicast = GROUP;
	return fixture;
}

export default function (suite: Suite): void {
	suite.test("disabled-multicast-is-answered-461", () => {
		const fixture = new Fixture();
		equal([fixture.client().ask(request("SETUP rtsp://h/trackID=0", MULTICAST)).status,
			fixture.subscriptions.length], [461, 0]);
	});

	suite.test("disabled-multicast-leaves-the-next-alternative", () => {
		const answer = new Fixture().client().ask(
			request("SETUP rtsp://h/trackID=0", `${MULTICAST},RTP/AVP/TCP;interleaved=0-1`),
		);
		equal([answer.status, answer.header("Transport")], [200, "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000ABC"]);
	});

	for (const wish of ["", ";destination=203.0.113.9", ";destination=239.1.1.1;port=9000-9001;ttl=255",
		";client_port=5000-5001", ";port=5003"])
	{
		suite.test(`multicast-goes-to-the-server's-group-whatever-the-client-asks-for-${wish}`, () => {
			const fixture = withGroup();
			const answer = fixture.client().ask(request("SETUP rtsp://h/trackID=0", MULTICAST + wish));
			equal([answer.status, answer.header("Transport")], [200, REPLY]);
			equal(fixture.subscriptions[0]!.options.delivery, { kind: "multicast", group: GROUP });
		});
	}

	suite.test("multicast-that-the-host-cannot-deliver-leaves-the-next-alternative", () => {
		const fixture = withGroup();
		fixture.refusal = ({ delivery }) => delivery.kind === "multicast" ? "unsupported" : undefined;
		const answer = fixture.client().ask(
			request("SETUP rtsp://h/trackID=0", `${MULTICAST},RTP/AVP/TCP;interleaved=0-1`),
		);
		equal(answer.header("Transport")?.slice(0, 11), "RTP/AVP/TCP");
	});

	suite.test("multicast-reply-grants-no-blocksize", () => {
		const client = withGroup().client();
		equal(client.ask(request("SETUP rtsp://h/trackID=0", MULTICAST, "Blocksize: 500")).header("Blocksize"),
			undefined);
		equal(client.ask(request("SETUP rtsp://h/trackID=0", TCP, "Blocksize: 500")).header("Blocksize"), "500");
	});

	suite.test("description-does-not-name-the-group", () => {
		const { body } = withGroup().client().ask(request("DESCRIBE rtsp://h/"));
		equal([body.includes("c=IN IP4 0.0.0.0\r\n"), body.includes("m=video 0 "), body.includes(GROUP.address)], [true,
			true, false]);
	});

	suite.test("rtp-info-of-a-running-stream-has-the-number-and-no-timestamp", () => {
		const fixture = withGroup();
		const info = () => {
			const client = fixture.client();
			const { session } = client.ask(request("SETUP rtsp://h/trackID=0", MULTICAST));
			return client.ask(request("PLAY rtsp://h/", `Session: ${session}`)).header("RTP-Info");
		};
		equal(info(), "url=rtsp://h/trackID=0;seq=4711;rtptime=4022928576");
		fixture.running = true;
		equal(info(), "url=rtsp://h/trackID=0;seq=4711");
	});

	suite.test("multicast-session-outlives-its-connection-and-ends-in-silence", () => {
		const fixture = withGroup();
		const client = fixture.client();
		const { session } = client.ask(request("SETUP rtsp://h/trackID=0", MULTICAST));
		client.ask(request("PLAY rtsp://h/", `Session: ${session}`));
		client.connection.closed();
		fixture.pass(15);
		equal(fixture.server.sessionCount, 1);
		equal(fixture.client().ask(request("GET_PARAMETER rtsp://h/", `Session: ${session}`)).status, 200);
		fixture.pass(59);
		equal(fixture.server.sessionCount, 1);
		fixture.events();
		fixture.pass(2);
		equal([fixture.server.sessionCount, fixture.events().filter(event => event === "A close").length], [0, 1]);
	});

	suite.test("each-multicast-session-has-a-subscription-of-its-own", () => {
		const fixture = withGroup();
		const a = fixture.client(), b = fixture.client();
		const first = a.ask(request("SETUP rtsp://h/trackID=0", MULTICAST)).session;
		const second = b.ask(request("SETUP rtsp://h/trackID=0", MULTICAST)).session;
		a.ask(request("PLAY rtsp://h/", `Session: ${first}`));
		b.ask(request("PLAY rtsp://h/", `Session: ${second}`));
		fixture.events();
		a.ask(request("PAUSE rtsp://h/", `Session: ${first}`));
		b.ask(request("TEARDOWN rtsp://h/", `Session: ${second}`));
		equal(fixture.events(), ["A pause", "send 200", "B close", "send 200"]);
	});
}
