// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { Fixture, TCP, UDP, bytesOf, frame, request } from "./fixture";

const SETUP = request("SETUP rtsp://h/trackID=0", TCP);

export default function (suite: Suite): void {
	suite.test("connections-above-the-limit-are-turned-away", () => {
		const fixture = new Fixture({ limits: { connections: 2 } });
		const first = fixture.client();
		fixture.client();
		fixture.events();
		const third = fixture.client();
		equal(third.take(), "RTSP/1.0 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n");
		equal([third.closed, fixture.server.connectionCount, fixture.events()], [true, 2, ["send 503", "peer close"]]);
		third.connection.receive(bytesOf(request("OPTIONS *")));
		third.connection.closed();
		equal([third.take(), fixture.server.connectionCount], ["", 2]);
		first.connection.closed();
		equal(fixture.client().ask(request("OPTIONS *")).status, 200, "a place is free again");
	});

	suite.test("sessions-above-the-limit-are-answered-503", () => {
		const fixture = new Fixture({ limits: { sessions: 2 } });
		const client = fixture.client();
		fixture.client("192.0.2.8").ask(SETUP);
		const { session } = client.ask(request("SETUP rtsp://h/", UDP));
		const answer = client.ask(SETUP);
		equal([answer.status, answer.header("Retry-After"), fixture.subscriptions.length], [503, "5", 2]);
		equal(client.ask(request("SETUP rtsp://h/", UDP, `Session: ${session}`)).status, 200, "not a new session");
		client.ask(request("TEARDOWN rtsp://h/", `Session: ${session}`));
		equal(client.ask(SETUP).status, 200, "a place is free again");
	});

	suite.test("default-limits-are-eight-connections-and-sessions", () => {
		const fixture = new Fixture();
		for (let i = 0; i < 8; i++)
			equal(fixture.client(`192.0.2.${i >> 2}`).ask(SETUP).status, 200);
		equal(fixture.client().closed, true);
		equal([fixture.server.connectionCount, fixture.server.sessionCount], [8, 8]);
		const again = new Fixture();
		for (let i = 0; i < 3; i++) {
			const client = again.client(`192.0.2.${i}`);
			for (let j = 0; j < 4; j++)
				equal(client.ask(SETUP).status, i < 2 ? 200 : 503);
		}
	});

	suite.test("missing-first-request-is-answered-408", () => {
		const fixture = new Fixture({ limits: { requestTimeout: 10 } });
		const silent = fixture.client(), dribbling = fixture.client(), asking = fixture.client(),
			framing = fixture.client();
		asking.ask(request("OPTIONS *"));
		framing.ask(frame(1, "x"));
		for (let i = 0; i < 11; i++) {
			equal([silent.closed, dribbling.closed], [false, false]);
			dribbling.ask("x");
			fixture.pass(1);
		}
		equal(silent.take(), "RTSP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n");
		equal([silent.closed, dribbling.closed, dribbling.ask("").status, asking.closed, framing.closed], [true, true,
			408, false, true]);
		fixture.pass(50);
		equal([asking.closed, asking.take()], [true, ""]);
		equal(fixture.server.connectionCount, 0);
	});

	suite.test("largest-unfinished-request-gives-way-when-the-buffer-is-full", () => {
		const fixture = new Fixture({ limits: { headBytes: 1000, bodyBytes: 1000 } });
		const [small, ...large] = [fixture.client(), fixture.client(), fixture.client(), fixture.client()];
		small.ask("OPTIONS * RT");
		const head = request("SET_PARAMETER *", "Content-Length: 900", `Transport: ${"x".repeat(800)}`);
		// a body takes no memory before its first byte arrives
		for (const client of large)
			client.ask(head);
		equal(large.map(client => client.closed), [false, false, false]);
		for (const client of large)
			client.connection.receive(bytesOf("x"));
		equal([large.filter(client => client.closed).length, small.closed], [1, false]);
		equal([large.find(client => client.closed)!.take().slice(9, 12), fixture.server.connectionCount], ["503", 3]);
		equal(small.ask("SP/1.0\r\nCSeq: 1\r\n\r\n").status, 200, "a small request is still served");
		equal(fixture.errors.length, 0);
	});

	suite.test("unfinished-heads-and-interleaved-data-count-as-well", () => {
		const fixture = new Fixture({ limits: { headBytes: 1000, bodyBytes: 0, frameBytes: 2048 } });
		const heads = [fixture.client(), fixture.client(), fixture.client()];
		for (const client of heads)
			client.ask(`OPTIONS * RTSP/1.0\r\nX: ${"x".repeat(700)}`);
		equal(heads.filter(client => client.closed).length, 1, "heads");
		const framing = fixture.client();
		framing.ask(frame(1, "x".repeat(1500)).slice(0, 100));
		equal([framing.closed, heads.filter(client => client.closed).length], [true, 1], "data");
	});

	suite.test("finished-requests-take-no-memory", () => {
		const fixture = new Fixture({ limits: { headBytes: 500, bodyBytes: 500 } });
		for (let i = 0; i < 8; i++) {
			const client = fixture.client(),
				text = request("OPTIONS *", "Content-Length: 450", `X: ${"x".repeat(400)}`);
			client.ask(text);
			equal(client.ask("x".repeat(200)).status, 0);
			equal(client.ask("x".repeat(250)).status, 200);
		}
		equal(fixture.server.connectionCount, 8);
	});

	suite.test("close-ends-sessions-then-connections", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		client.ask(SETUP);
		client.ask(request("SETUP rtsp://h/", UDP));
		fixture.client();
		fixture.events();
		fixture.server.close();
		equal(fixture.events(), ["A close", "B close", "peer close", "peer close"]);
		equal([fixture.server.connectionCount, fixture.server.sessionCount], [0, 0]);
		const late = fixture.client();
		equal([late.closed, fixture.server.connectionCount], [true, 0], "later connections are refused");
		fixture.server.close();
		fixture.pass(1);
		equal(fixture.errors.length, 0);
	});
}
