// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { Fixture, TCP, UDP, bytesOf, frame, request } from "./fixture";

const URL = "rtsp://h/";
const SETUP = (transport: string): string => request(`SETUP ${URL}trackID=0`, transport);

export default function (suite: Suite): void {
	suite.test("lost-connection-ends-its-interleaved-sessions-only", () => {
		const fixture = new Fixture();
		const client = fixture.client(), other = fixture.client();
		client.ask(SETUP(TCP));
		client.ask(SETUP(UDP));
		other.ask(SETUP(TCP));
		fixture.events();
		client.connection.closed();
		equal(fixture.events(), ["A close"]);
		equal([fixture.server.sessionCount, fixture.server.connectionCount], [2, 1]);
		client.connection.closed();
		client.connection.receive(bytesOf(request("OPTIONS *")));
		client.connection.receive(bytesOf(SETUP(UDP)));
		equal([fixture.events(), fixture.server.sessionCount], [[], 2], "a lost connection does nothing");
	});

	suite.test("udp-session-outlives-its-connection", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const { session } = client.ask(SETUP(UDP));
		client.connection.closed();
		equal(fixture.client().ask(request(`PLAY ${URL}`, `Session: ${session}`)).status, 200);
		fixture.pass(50);
		fixture.subscriptions[0]!.options.onAlive();
		fixture.pass(50);
		equal(fixture.server.playingCount, 1);
	});

	suite.test("silent-connection-has-the-session-timeout", () => {
		const fixture = new Fixture({ sessionTimeout: 1 });
		const client = fixture.client();
		fixture.pass(1);
		equal(client.closed, false);
		fixture.time += 1;
		fixture.server.tick();
		equal(client.closed, true);
	});

	suite.test("interleaved-rtcp-reaches-its-session", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.ask(SETUP(TCP) + request(`SETUP ${URL}`, "Transport: RTP/AVP/TCP;interleaved=4-5"));
		client.ask(SETUP(UDP));
		fixture.events();
		client.ask(frame(1, "12345678") + frame(5, "123") + frame(0, "1") + frame(4, "1") + frame(9, "1"));
		equal(fixture.events(), ["A rtcp 8", "B rtcp 3"]);
	});

	suite.test("interleaved-frames-keep-no-session-alive-by-themselves", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.ask(SETUP(TCP));
		client.ask(SETUP(UDP));
		for (let i = 0; i < 6; i++) {
			client.ask(frame(0, "x") + frame(1, "x") + frame(9, "x"));
			fixture.pass(10);
		}
		equal([fixture.server.sessionCount, client.closed], [2, false]);
		fixture.pass(1);
		equal([fixture.server.sessionCount, client.closed], [0, true]);
	});

	suite.test("interleaved-report-keeps-its-own-session-alive", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.ask(SETUP(TCP));
		client.ask(SETUP(UDP));
		client.ask(request(`SETUP ${URL}`, "Transport: RTP/AVP/TCP;interleaved=4-5"));
		for (let i = 0; i < 3; i++) {
			fixture.pass(30);
			fixture.subscriptions[0]!.options.onAlive();
		}
		equal([fixture.server.sessionCount, client.closed], [1, false]);
		fixture.pass(60);
		equal(fixture.server.sessionCount, 1);
		fixture.pass(1);
		equal([fixture.server.sessionCount, client.closed], [0, true]);
	});

	suite.test("invalid-message-is-answered-and-ends-the-connection", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.ask(SETUP(TCP));
		fixture.events();
		const answer = client.ask(`OPTIONS * RTSP/1.0\r\nCSeq: 8\r\nnothing\r\n\r\n${request("OPTIONS *")}`);
		equal(answer.text, "RTSP/1.0 400 Bad Request\r\nCSeq: 8\r\nConnection: close\r\n\r\n");
		equal(fixture.events(), ["send 400", "A close", "peer close"]);
		equal([fixture.server.connectionCount, fixture.server.sessionCount], [0, 0]);
	});

	suite.test("too-much-is-answered-413-and-414", () => {
		const fixture = new Fixture({ limits: { headBytes: 200, headerCount: 3, bodyBytes: 10 } });
		equal(fixture.client().ask(`OPTIONS ${"a".repeat(300)}`).status, 414);
		equal(fixture.client().ask(request("OPTIONS *", `X: ${"a".repeat(300)}`)).status, 413);
		equal(fixture.client().ask(request("OPTIONS *", "A: 1", "B: 1", "C: 1")).status, 413);
		equal(fixture.client().ask(request("GET_PARAMETER *", "Content-Length: 11")).status, 413);
		equal(fixture.server.connectionCount, 0);
	});

	suite.test("connection-close-is-obeyed", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const answer = client.ask(request("OPTIONS *", "Connection: Close") + request("OPTIONS *"));
		equal(answer.text.split("RTSP/1.0 200").length, 2, "one answer");
		equal([answer.header("Connection"), client.closed], ["close", true]);
		assert(!fixture.client().ask(request("OPTIONS *", "Connection: keep-alive")).text.includes("Connection"));
	});

	suite.test("silent-connection-is-closed", () => {
		const fixture = new Fixture();
		const silent = fixture.client(), dribbling = fixture.client(), pinging = fixture.client(),
			watching = fixture.client();
		watching.ask(SETUP(UDP));
		for (let i = 0; i < 61; i++) {
			fixture.pass(1);
			dribbling.ask("x");
			fixture.subscriptions[0]!.options.onAlive();
			if (i === 30)
				pinging.ask(request("OPTIONS *"));
		}
		equal([silent.closed, dribbling.closed, pinging.closed, watching.closed], [true, true, false, false]);
		equal(fixture.server.connectionCount, 2);
	});

	suite.test("exception-becomes-500-and-is-reported", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		fixture.refusal = () => {
			throw new Error("broken");
		};
		equal(client.ask(request(`SETUP ${URL}`, TCP, "CSeq: 77")).text,
			"RTSP/1.0 500 Internal Server Error\r\nCSeq: 77\r\n\r\n");
		equal(fixture.errors.map(String), ["Error: broken"]);
		equal(client.ask(request("OPTIONS *")).status, 200, "the connection stays open");
	});

	suite.test("exception-while-sending-ends-the-connection", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.send = () => {
			throw new Error("broken");
		};
		client.connection.receive(bytesOf(request("OPTIONS *")));
		equal([fixture.errors.length, client.closed, fixture.server.connectionCount], [1, true, 0]);
	});

	suite.test("exception-while-closing-is-reported", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.close = () => {
			throw new Error("broken");
		};
		client.ask("\0");
		equal([fixture.errors.length, fixture.server.connectionCount], [1, 0]);
	});

	suite.test("exception-in-a-timer-is-reported", () => {
		const fixture = new Fixture();
		for (let i = 0; i < 3; i++)
			fixture.client().ask(SETUP(TCP));
		for (const subscription of fixture.subscriptions) {
			subscription.close = () => {
				throw new Error("broken");
			};
		}
		fixture.pass(61);
		fixture.server.close();
		equal([fixture.errors.length, fixture.server.sessionCount, fixture.server.connectionCount], [3, 0, 0]);
	});

	suite.test("exception-in-the-report-goes-no-further", () => {
		const fixture = new Fixture({
			onError: () => {
				throw new Error("in onError");
			},
		});
		fixture.refusal = () => {
			throw new Error("broken");
		};
		equal(fixture.client().ask(SETUP(TCP)).status, 500);
	});

	suite.test("pipelined-requests-are-answered-in-order", () => {
		const client = new Fixture().client();
		const { text } = client.ask(
			request("OPTIONS *", "CSeq: 1") + request("DESCRIBE /no", "CSeq: 2") + request("OPTIONS *", "CSeq: 3"),
		);
		equal(text.split("RTSP/1.0 ").map(part => `${part.slice(0, 3)} ${part.split("CSeq: ")[1]?.charAt(0)}`).slice(1),
			["200 1", "404 2", "200 3"]);
	});
}
