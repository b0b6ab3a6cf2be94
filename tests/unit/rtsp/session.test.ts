// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { Session } from "rtsp/session";
import { Fixture, TCP, UDP, request, type Client } from "./fixture";

const URL = "rtsp://h/";

function setUp(client: Client, transport: string): string {
	return client.ask(request(`SETUP ${URL}trackID=0`, transport)).session;
}

function status(client: Client, method: string, session: string, ...headers: string[]): number {
	return client.ask(request(`${method} ${URL}`, `Session: ${session}`, ...headers)).status;
}

export default function (suite: Suite): void {
	suite.test("session-goes-from-ready-to-playing-and-back", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const session = setUp(client, UDP);
		equal([fixture.server.sessionCount, fixture.server.playingCount], [1, 0]);
		equal(status(client, "PLAY", session), 200);
		equal([fixture.server.sessionCount, fixture.server.playingCount], [1, 1]);
		equal(status(client, "PAUSE", session), 200);
		equal([fixture.server.sessionCount, fixture.server.playingCount], [1, 0]);
		equal(status(client, "PLAY", session), 200);
		equal(status(client, "TEARDOWN", session), 200);
		equal([fixture.server.sessionCount, fixture.server.playingCount], [0, 0]);
		equal(status(client, "PLAY", session), 454);
		equal(fixture.events(), ["send 200", "A play", "send 200", "A pause", "send 200", "A play", "send 200",
			"A close", "send 200", "send 454"]);
	});

	suite.test("setup-while-playing-is-answered-455", () => {
		const client = new Fixture().client();
		const session = setUp(client, UDP);
		status(client, "PLAY", session);
		const answer = client.ask(request(`SETUP ${URL}trackID=0`, TCP, `Session: ${session}`));
		equal([answer.status, answer.header("Allow")], [455,
			"OPTIONS, DESCRIBE, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"]);
	});

	suite.test("pause-before-play-is-answered-455", () => {
		const client = new Fixture().client();
		const answer = client.ask(request(`PAUSE ${URL}`, `Session: ${setUp(client, UDP)}`));
		equal([answer.status, answer.header("Allow")], [455,
			"OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]);
	});

	suite.test("play-while-playing-changes-nothing", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const session = setUp(client, UDP);
		status(client, "PLAY", session);
		fixture.events();
		const answer = client.ask(request(`PLAY ${URL}`, `Session: ${session}`));
		equal([answer.status, answer.header("RTP-Info")], [200, undefined]);
		equal(fixture.events(), ["send 200"]);
	});

	suite.test("repeated-setup-changes-the-transport", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const session = setUp(client, UDP);
		const answer = client.ask(request(`SETUP ${URL}trackID=0`, TCP, `Session: ${session}`));
		equal([answer.status, answer.session, answer.header("Transport")], [200, session,
			"RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000ABD"]);
		equal(fixture.server.sessionCount, 1);
		status(client, "PLAY", session);
		equal(fixture.events(), ["send 200", "A close", "send 200", "B play", "send 200"]);
	});

	suite.test("repeated-setup-may-keep-its-channels", () => {
		const client = new Fixture().client();
		const session = setUp(client, TCP);
		const answer = client.ask(request(`SETUP ${URL}trackID=0`, TCP, `Session: ${session}`));
		equal(answer.header("Transport"), "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000ABD");
	});

	suite.test("failed-repeated-setup-leaves-the-session-unchanged", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const session = setUp(client, UDP);
		equal(
			client.ask(request(`SETUP ${URL}trackID=0`, "Transport: RTP/AVP;multicast", `Session: ${session}`)).status,
			461,
		);
		fixture.refusal = () => "busy";
		equal(client.ask(request(`SETUP ${URL}trackID=0`, TCP, `Session: ${session}`)).status, 503);
		fixture.events();
		equal(status(client, "PLAY", session), 200);
		equal(fixture.events(), ["A play", "send 200"]);
	});

	suite.test("session-id-may-be-sent-with-its-timeout", () => {
		const client = new Fixture().client();
		const session = setUp(client, UDP);
		equal(status(client, "PLAY", `${session};timeout=60`), 200);
		equal(status(client, "PAUSE", `${session} ; timeout=60`), 200);
	});

	suite.test("session-id-is-32-hexadecimal-digits-whatever-the-random-numbers", () => {
		for (const value of [0, -1, 0x7fffffff, 0x80000000, 0xffffffff]) {
			const session = setUp(new Fixture({ random32: () => value }).client(), UDP);
			equal(session.length, 32);
			assert([...session].every(digit => "0123456789abcdef".includes(digit)), session);
		}
	});

	suite.test("session-ends-after-silence", () => {
		const fixture = new Fixture({ sessionTimeout: 30 });
		const client = fixture.client();
		equal(client.ask(request(`SETUP ${URL}`, UDP)).header("Session"),
			"00000002000000030000000400000005;timeout=30");
		fixture.events();
		fixture.pass(30);
		equal([fixture.server.sessionCount, fixture.events()], [1, []]);
		fixture.time += 1;
		fixture.server.tick();
		equal([fixture.server.sessionCount, fixture.events()], [0, ["A close", "peer close"]]);
	});

	const alive: [string, (fixture: Fixture, client: Client, session: string) => void][] = [
		["a-ping", (_, client, session) => equal(status(client, "GET_PARAMETER", session), 200)],
		["options", (_, client, session) => equal(status(client, "OPTIONS", session), 200)],
		["any-request-on-its-connection", (_, client) => equal(client.ask(request("OPTIONS *")).status, 200)],
		["a-ping-on-another-connection",
			(fixture, _, session) => equal(status(fixture.client(), "GET_PARAMETER", session), 200)],
		["rtcp-over-udp", fixture => fixture.subscriptions[0]!.options.onAlive()],
	];
	for (const [name, act] of alive) {
		suite.test(`session-is-kept-alive-by-${name}`, () => {
			const fixture = new Fixture();
			const client = fixture.client();
			const session = setUp(client, UDP);
			status(client, "PLAY", session);
			for (let i = 0; i < 5; i++) {
				fixture.pass(59);
				act(fixture, client, session);
			}
			equal(fixture.server.playingCount, 1);
			fixture.pass(61);
			equal(fixture.server.playingCount, 0);
		});
	}

	suite.test("session-is-not-kept-alive-by-others", () => {
		const fixture = new Fixture();
		setUp(fixture.client(), UDP);
		const other = fixture.client();
		for (let i = 0; i < 3; i++) {
			fixture.pass(25);
			other.ask(request("OPTIONS *"));
		}
		equal(fixture.server.sessionCount, 0);
	});

	suite.test("session-before-setup-has-nothing-to-play", () => {
		const session = new Session({ id: "1", timeout: 1000, now: 0 });
		equal([session.state, session.play(), session.delivery, session.trackURL], ["init", undefined, undefined, ""]);
		session.close();
		equal([session.expired(1000), session.expired(1001)], [false, true]);
	});
}
