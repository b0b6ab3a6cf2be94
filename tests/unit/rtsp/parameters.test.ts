// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import type { ParameterControl, Subscription } from "rtsp/types";
import { Fixture, TCP, request, type Answer, type Client } from "./fixture";

const URL = "rtsp://h/";

/** A camera's parameters: two are writable, one is read-only, one belongs to a session. */
class Parameters implements ParameterControl {
	readonly values = new Map([["quality", "12"], ["size", "VGA"], ["clients", "3"]]);
	readonly log: string[] = [];

	read(name: string, subscription: Subscription | undefined): string | undefined {
		return name === "jitter" ? subscription && `${subscription.ssrc}` : this.values.get(name);
	}

	isWritable(name: string): boolean {
		return name === "quality" || name === "size";
	}

	write(name: string, value: string): boolean {
		this.log.push(`${name}=${value}`);
		const possible = name === "size" ? value === "VGA" || value === "SVGA" : value.length <= 2;
		if (possible)
			this.values.set(name, value);
		return possible;
	}
}

function rig(): { parameters: Parameters; fixture: Fixture; client: Client } {
	const parameters = new Parameters();
	const fixture = new Fixture({ parameters });
	return { parameters, fixture, client: fixture.client() };
}

function ask(client: Client, method: string, body: string, ...headers: string[]): Answer {
	return client.ask(
		request(`${method} ${URL}`, "Content-Type: text/parameters", ...headers, `Content-Length: ${body.length}`)
			+ body,
	);
}

export default function (suite: Suite): void {
	suite.test("set-parameter-is-listed-if-there-are-parameters", () => {
		const { client } = rig();
		equal(client.ask(request("OPTIONS *")).header("Public"),
			"OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN, SET_PARAMETER");
		const { session } = client.ask(request(`SETUP ${URL}`, TCP));
		equal(client.ask(request(`PAUSE ${URL}`, `Session: ${session}`)).header("Allow"),
			"OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN, SET_PARAMETER");
	});

	suite.test("get-parameter-answers-in-the-order-of-the-request", () => {
		const answer = ask(rig().client, "GET_PARAMETER", "size\r\nQuality\r\n\r\nclients");
		equal([answer.status, answer.header("Content-Type"), answer.header("Content-Length")], [200, "text/parameters",
			"36"]);
		equal(answer.body, "size: VGA\r\nQuality: 12\r\nclients: 3\r\n");
	});

	suite.test("get-parameter-answers-451-with-all-unknown-names", () => {
		const answer = ask(rig().client, "GET_PARAMETER", "one\nquality\ntwo\n");
		equal([answer.status, answer.body], [451, "one\r\ntwo\r\n"]);
	});

	suite.test("parameters-of-a-session-need-one", () => {
		const { client } = rig();
		equal(ask(client, "GET_PARAMETER", "jitter").status, 451);
		const { session } = client.ask(request(`SETUP ${URL}`, TCP));
		const answer = ask(client, "GET_PARAMETER", "jitter", `Session: ${session}`);
		equal([answer.body, answer.session], ["jitter: 2748\r\n", session]);
	});

	suite.test("set-parameter-sets", () => {
		const { client, parameters } = rig();
		equal(ask(client, "SET_PARAMETER", "QUALITY:20\r\nsize : SVGA\r\n").text, "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
		equal(parameters.log, ["quality=20", "size=SVGA"]);
		equal(client.ask(`${request("SET_PARAMETER *", "Content-Length: 9")}quality:7`).status, 200,
			"without Content-Type");
	});

	suite.test("set-parameter-without-a-body-is-a-ping", () => {
		const { client, parameters } = rig();
		equal([client.ask(request(`SET_PARAMETER ${URL}`)).status, parameters.log], [200, []]);
	});

	const refusals: [name: string, body: string, status: number, answer: string][] = [
		["unknown", "quality: 1\r\nbarparam: barstuff\r\n", 451, "barparam\r\n"],
		["read-only", "quality: 1\r\nclients: 0\r\n", 458, "clients\r\n"],
		["unknown-and-read-only", "clients: 0\r\nnone: 0\r\n", 451, "none\r\n"],
		["malformed", "quality: 1\r\nsize\r\n", 400, ""],
		["malformed-after-unknown", "none: 1\r\nsize\r\n", 400, ""],
	];
	for (const [name, body, status, answer] of refusals) {
		suite.test(`set-parameter-${name}-is-answered-${status}-and-sets-nothing`, () => {
			const { client, parameters } = rig();
			const reply = ask(client, "SET_PARAMETER", body);
			equal([reply.status, reply.body, parameters.log], [status, answer, []]);
		});
	}

	suite.test("set-parameter-with-a-bad-value-restores-earlier-values", () => {
		const { client, parameters } = rig();
		const answer = ask(client, "SET_PARAMETER", "quality: 20\r\nquality: 21\r\nsize: HUGE\r\nquality: 7");
		equal([answer.status, answer.body], [451, "size\r\n"]);
		equal(parameters.log, ["quality=20", "quality=21", "size=HUGE", "quality=20", "quality=12"]);
		equal(parameters.values.get("quality"), "12");
	});

	suite.test("parameters-of-another-type-are-answered-415", () => {
		const { client, parameters } = rig();
		for (const method of ["GET_PARAMETER", "SET_PARAMETER"]) {
			equal(
				client.ask(
					`${request(`${method} ${URL}`, "Content-Type: application/json", "Content-Length: 10")}quality: 1`,
				).status,
				415,
			);
			equal(client.ask(request(`${method} ${URL}`, "Content-Type: application/json")).status, 200,
				"a ping needs no type");
			equal(
				client.ask(
					request(`${method} ${URL}`, "Content-Type: Text/Parameters; charset=utf-8", "Content-Length: 10")
						+ "quality: 1",
				).status,
				200,
			);
		}
		equal(parameters.log, ["quality=1"]);
	});

	suite.test("set-parameter-needs-the-password", () => {
		const parameters = new Parameters();
		const client = new Fixture({ parameters, authentication: { user: "admin", password: "s3cret" } }).client();
		equal([ask(client, "SET_PARAMETER", "quality: 1").status, client.ask(request("SET_PARAMETER *")).status,
			parameters.log], [401, 401, []]);
	});

	suite.test("set-parameter-of-an-unknown-session-or-path-sets-nothing", () => {
		const { client, parameters } = rig();
		equal(ask(client, "SET_PARAMETER", "quality: 1", "Session: 1").status, 454);
		equal(client.ask(`${request("SET_PARAMETER rtsp://h/other", "Content-Length: 10")}quality: 1`).status, 404);
		equal(parameters.log, []);
	});
}
