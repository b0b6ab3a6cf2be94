// SPDX-License-Identifier: MIT
import { assert, equal, throws, type Suite } from "../harness";
import { Server } from "rtsp/server";
import { Fixture, TCP, UDP, request } from "./fixture";

const PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN";
const URL = "rtsp://h:8554/";
const TRACK = `${URL}trackID=0`;

/** Requests outside a session and the expected status. */
const STATUSES: readonly (readonly [name: string, text: string, status: number])[] = [
	["missing-cseq", "OPTIONS * RTSP/1.0\r\n\r\n", 400],
	["unreadable-cseq", request("OPTIONS *", "CSeq: one"), 400],
	["cseq-twice", request("OPTIONS *", "CSeq: 1", "CSeq: 2"), 400],
	["version-2", "OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n", 505],
	["unknown-method", request(`FROBNICATE ${URL}`), 501],
	["method-in-lower-case", request(`options ${URL}`), 501],
	["set-parameter", request(`SET_PARAMETER ${URL}`), 405],
	["announce", request(`ANNOUNCE ${URL}`), 405],
	["record", request(`RECORD ${URL}`), 405],
	["unknown-option", request(`DESCRIBE ${URL}`, "Require: implicit-play"), 551],
	["malformed-require", request(`DESCRIBE ${URL}`, "Require: \"x"), 400],
	["empty-require", request(`DESCRIBE ${URL}`, "Require:"), 200],
	["other-path", request("DESCRIBE rtsp://h/other"), 404],
	["other-track", request("SETUP rtsp://h/trackID=1", TCP), 404],
	["malformed-url", request("DESCRIBE http://h/"), 400],
	["describe-star", request("DESCRIBE *"), 404],
	["setup-star", request("SETUP *", TCP), 459],
	["get-parameter-star", request("GET_PARAMETER *"), 200],
	["options-of-another-path", request("OPTIONS rtsp://h/other"), 200],
	["options-of-a-url-that-is-none", request("OPTIONS rtsp:///"), 200],
	["describe-a-track", request(`DESCRIBE ${TRACK}`), 460],
	["describe-html", request(`DESCRIBE ${URL}`, "Accept: text/html"), 406],
	["describe-nothing", request(`DESCRIBE ${URL}`, "Accept:"), 406],
	["describe-sdp-among-others", request(`DESCRIBE ${URL}`, "Accept: text/html, Application/SDP;q=0.5"), 200],
	["describe-anything", request(`DESCRIBE ${URL}`, "Accept: */*"), 200],
	["describe-any-application", request(`DESCRIBE ${URL}`, "Accept: application/*"), 200],
	["setup-without-transport", request(`SETUP ${TRACK}`), 400],
	["setup-malformed-transport", request(`SETUP ${TRACK}`, "Transport: RTP/AVP;x=\""), 400],
	["setup-multicast", request(`SETUP ${TRACK}`, "Transport: RTP/AVP;multicast"), 461],
	["setup-record", request(`SETUP ${TRACK}`, `${TCP};mode=record`), 461],
	["setup-blocksize-0", request(`SETUP ${TRACK}`, TCP, "Blocksize: 0"), 400],
	["setup-blocksize-text", request(`SETUP ${TRACK}`, TCP, "Blocksize: big"), 400],
	["setup-unknown-session", request(`SETUP ${TRACK}`, TCP, "Session: 1"), 454],
	["play-without-session", request(`PLAY ${URL}`), 454],
	["pause-without-session", request(`PAUSE ${URL}`), 454],
	["teardown-without-session", request(`TEARDOWN ${URL}`), 454],
	["play-unknown-session", request(`PLAY ${URL}`, "Session: 12345678"), 454],
	["get-parameter-unknown-session", request(`GET_PARAMETER ${URL}`, "Session: 12345678"), 454],
	["options-unknown-session", request("OPTIONS *", "Session: 12345678"), 454],
];

export default function (suite: Suite): void {
	for (const [name, text, status] of STATUSES) {
		suite.test(`${name}-is-answered-${status}`, () => {
			const fixture = new Fixture();
			const client = fixture.client();
			const answer = client.ask(text);
			equal([answer.status, client.closed, fixture.errors.length], [status, false, 0], answer.text);
			equal(answer.header("CSeq"), text.includes("CSeq: 1\r\n") && !text.includes("CSeq: 2") ? "1" : undefined);
			equal(fixture.server.sessionCount, 0);
			equal(client.ask(request("OPTIONS *", "CSeq: 9")).header("CSeq"), "9", "the connection stays usable");
		});
	}

	suite.test("options-lists-supported-methods", () => {
		const client = new Fixture().client();
		equal(client.ask(request("OPTIONS *")).text, `RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: ${PUBLIC}\r\n\r\n`);
		equal(client.ask(request("FROBNICATE *")).header("Public"), PUBLIC);
		equal(client.ask(request("SET_PARAMETER *")).header("Allow"), PUBLIC);
	});

	suite.test("unsupported-options-are-named", () => {
		const client = new Fixture().client();
		equal(
			client.ask(request("OPTIONS *", "Require: a, www.onvif.org/ver20/backchannel", "Require: b@")).header(
				"Unsupported",
			),
			"a, www.onvif.org/ver20/backchannel",
		);
	});

	suite.test("describe-answers-sdp-and-content-base", () => {
		const client = new Fixture({ serverName: "camera" }).client();
		const answer = client.ask(request("DESCRIBE rtsp://user:secret@h:8554"));
		equal(answer.header("Content-Base"), "rtsp://h:8554/");
		equal(answer.header("Content-Type"), "application/sdp");
		equal(answer.header("Content-Length"), `${answer.body.length}`);
		equal(answer.header("Server"), "camera");
		assert(answer.body.startsWith("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=camera\r\n"), answer.body);
	});

	suite.test("describe-without-an-image-asks-to-retry", () => {
		const fixture = new Fixture();
		fixture.description = undefined;
		const answer = fixture.client().ask(request(`DESCRIBE ${URL}`));
		equal([answer.status, answer.header("Retry-After")], [503, "5"]);
	});

	suite.test("stream-name-selects-the-path", () => {
		const client = new Fixture({ path: "/cam/1" }).client();
		const status = (line: string): number => client.ask(request(line)).status;
		equal(
			["DESCRIBE rtsp://h/cam/1", "DESCRIBE rtsp://h/cam/1/", "DESCRIBE rtsp://h/cam/1?x=2", "DESCRIBE /cam/1"]
				.map(status),
			[200, 200, 200, 200],
		);
		equal(
			["DESCRIBE rtsp://h/", "DESCRIBE rtsp://h", "DESCRIBE rtsp://h/cam", "DESCRIBE rtsp://h/cam/1/2"].map(
				status,
			),
			[404, 404, 404, 404],
		);
		equal(client.ask(request("DESCRIBE rtsp://h/cam/1?x=2")).header("Content-Base"), "rtsp://h/cam/1/");
		equal(client.ask(request("SETUP rtsp://h/cam/1/trackID=0", TCP)).status, 200);
	});

	suite.test("setup-over-udp-announces-both-port-pairs", () => {
		const fixture = new Fixture();
		const answer = fixture.client().ask(request(`SETUP ${TRACK}`, UDP));
		equal(answer.header("Transport"), "RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971;ssrc=00000ABC");
		equal(answer.header("Session"), "00000002000000030000000400000005;timeout=60");
		equal(fixture.subscriptions[0]!.options.delivery, { kind: "udp", address: "192.0.2.7", rtpPort: 5000,
			rtcpPort: 5001 });
		equal(fixture.subscriptions[0]!.options.blocksize, undefined);
	});

	suite.test("setup-over-tcp-chooses-free-channels", () => {
		const fixture = new Fixture({ limits: { sessions: 20, connectionSessions: 20, addressSessions: 20 } });
		const client = fixture.client();
		const transport = (text: string): string | undefined =>
			client.ask(request(`SETUP ${TRACK}`, `Transport: ${text}`)).header("Transport");
		equal(transport("RTP/AVP/TCP"), "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000ABC");
		equal(transport("RTP/AVP/TCP;interleaved=2-3"), "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=00000ABD");
		equal(transport("RTP/AVP/TCP"), "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=00000ABE");
		equal(transport("RTP/AVP/TCP;interleaved=0-1"), "RTP/AVP/TCP;unicast;interleaved=6-7;ssrc=00000ABF", "taken");
		equal(transport("RTP/AVP/TCP;interleaved=9-5"), "RTP/AVP/TCP;unicast;interleaved=8-9;ssrc=00000AC0",
			"the RTCP channel is taken");
		equal(transport("RTP/AVP/TCP;interleaved=255-11"), "RTP/AVP/TCP;unicast;interleaved=255-11;ssrc=00000AC1",
			"any two channels");
		equal(transport("RTP/AVP/TCP;interleaved=10-254"), "RTP/AVP/TCP;unicast;interleaved=10-254;ssrc=00000AC2");
		equal(transport("RTP/AVP/TCP"), "RTP/AVP/TCP;unicast;interleaved=12-13;ssrc=00000AC3");
		equal(fixture.client().ask(request(`SETUP ${TRACK}`, TCP)).header("Transport"),
			"RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000AC4", "another connection");
	});

	suite.test("setup-fails-when-all-channels-are-taken", () => {
		const fixture = new Fixture({ limits: { sessions: 1000, connectionSessions: 1000, addressSessions: 1000 } });
		const client = fixture.client();
		for (let i = 0; i < 128; i++)
			equal(client.ask(request(`SETUP ${TRACK}`, "Transport: RTP/AVP/TCP")).status, 200);
		equal(client.ask(request(`SETUP ${TRACK}`, "Transport: RTP/AVP/TCP")).status, 461);
		equal(client.ask(request(`SETUP ${TRACK}`, UDP)).status, 200);
	});

	suite.test("setup-takes-the-first-transport-that-works", () => {
		const fixture = new Fixture();
		fixture.refusal = ({ delivery }) => delivery.kind === "udp" ? "unsupported" : undefined;
		const answer = fixture.client().ask(
			request(`SETUP ${TRACK}`, "Transport: RTP/SAVP;unicast,RTP/AVP;multicast",
				"Transport: RTP/AVP;client_port=4-5,RTP/AVP/TCP;interleaved=4-5"),
		);
		equal(answer.header("Transport"), "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=00000ABC");
	});

	suite.test("setup-on-the-aggregate-takes-its-only-track", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const { session } = client.ask(request("SETUP rtsp://h:8554/?src=1", UDP));
		const answer = client.ask(request("PLAY rtsp://h:8554/?src=1", `Session: ${session}`));
		equal(answer.header("RTP-Info"), "url=rtsp://h:8554/trackID=0;seq=4711;rtptime=4022928576");
	});

	suite.test("setup-passes-blocksize-on-and-reports-the-granted-value", () => {
		const fixture = new Fixture();
		equal(fixture.client().ask(request(`SETUP ${TRACK}`, TCP, "Blocksize: 64000")).header("Blocksize"), "16000");
		equal(fixture.subscriptions[0]!.options.blocksize, 64000);
	});

	suite.test("setup-while-busy-asks-to-retry", () => {
		const fixture = new Fixture();
		fixture.refusal = () => "busy";
		const answer = fixture.client().ask(request(`SETUP ${TRACK}`, TCP));
		equal([answer.status, answer.header("Retry-After"), fixture.server.sessionCount], [503, "5", 0]);
	});

	suite.test("play-answers-before-any-media", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const { session } = client.ask(request(`SETUP ${TRACK}`, TCP));
		fixture.events();
		const answer = client.ask(
			request(`PLAY ${URL}`, `Session: ${session}`, "Range: npt=0.000-", "Scale: 2", "Speed: 2"),
		);
		equal(answer.text,
			"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 00000002000000030000000400000005;timeout=60\r\nRange: "
				+ "npt=now-\r\nScale: 1\r\nSpeed: 1\r\n"
				+ "RTP-Info: url=rtsp://h:8554/trackID=0;seq=4711;rtptime=4022928576\r\n\r\n");
		equal(fixture.events(), ["A play", "send 200"]);
		equal(fixture.server.playingCount, 1);
	});

	suite.test("play-is-accepted-on-aggregate-and-track", () => {
		for (const url of ["rtsp://h:8554", URL, TRACK, `${TRACK}/`, "*"]) {
			const client = new Fixture().client();
			const { session } = client.ask(request(`SETUP ${TRACK}`, TCP));
			equal(client.ask(request(`PLAY ${url}`, `Session: ${session}`)).status, url === "*" ? 404 : 200, url);
		}
	});

	suite.test("rtp-info-names-the-url-of-setup", () => {
		const client = new Fixture().client();
		const { session } = client.ask(request("SETUP rtsp://me:secret@h/?a=b/trackID=0", TCP));
		equal(client.ask(request("PLAY rtsp://h/?a=b/", `Session: ${session}`)).header("RTP-Info"),
			"url=rtsp://h/?a=b/trackID=0;seq=4711;rtptime=4022928576");
	});

	suite.test("play-treats-any-range-as-now", () => {
		for (const range of ["npt=now-", "npt=0.000-", "NPT = 12.5-", "npt=0-;time=19970123T143720Z", "npt=0.000-3.000",
			"npt=now-10", "npt=-10", "npt=-", "npt=", "clock=19000101T000000Z-", "smpte=0:10:20-", "0.000-", "now",
			"=0-", ""])
		{
			const fixture = new Fixture();
			const client = fixture.client();
			const { session } = client.ask(request(`SETUP ${TRACK}`, TCP));
			const answer = client.ask(request(`PLAY ${URL}`, `Session: ${session}`, `Range: ${range}`));
			equal([answer.status, answer.header("Range"), answer.header("Scale"), answer.header("Speed")], [200,
				"npt=now-", undefined, undefined], range);
			equal(fixture.server.playingCount, 1);
		}
	});

	suite.test("get-parameter-without-a-body-is-a-ping", () => {
		const client = new Fixture().client();
		equal(client.ask(request(`GET_PARAMETER ${URL}`)).text, "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
		equal(client.ask(`${request(`GET_PARAMETER ${URL}`, "Content-Length: 4")}\r\n\r\n`).status, 200, "white space");
	});

	suite.test("get-parameter-names-unknown-parameters", () => {
		const client = new Fixture().client();
		const answer = client.ask(
			request(`GET_PARAMETER ${URL}`, "Content-Type: text/parameters", "Content-Length: 25")
				+ `packets_received\r\n\r\njitt\xe9`,
		);
		equal(answer.text,
			"RTSP/1.0 451 Parameter Not Understood\r\nCSeq: 1\r\nContent-Type: text/parameters\r\nContent-Length: "
				+ "25\r\n\r\npackets_received\r\njitt?\r\n");
	});

	suite.test("timestamp-is-echoed", () => {
		equal(new Fixture().client().ask(request("OPTIONS *", "Timestamp: 1.5")).header("Timestamp"), "1.5");
	});

	suite.test("session-timeout-must-be-valid", () => {
		const fixture = new Fixture();
		throws(() => new Server({ control: fixture, now: () => 0, random32: () => 0, sessionTimeout: 0.5 }),
			RangeError);
		throws(() => new Server({ control: fixture, now: () => 0, random32: () => 0, sessionTimeout: NaN }),
			RangeError);
	});
}
