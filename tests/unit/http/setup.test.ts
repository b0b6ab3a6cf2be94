// SPDX-License-Identifier: MIT
/** Set-up over the API, with a board's set-up that records what it is given. */

import { equal, type Suite } from "../harness";
import { bytesOf } from "../rtsp/fixture";
import { setupRoutes } from "http/api/setup";
import { HTTPConnection, type HTTPConnectionOwner } from "http/connection";
import { HTTPService } from "http/service";
import type { Answer } from "http/types";
import { Request } from "rtsp/message";
import type { Setup, SetupRefusal, SetupValues } from "settings/setup";
import { FakePeer } from "./peer";

class Board implements Setup, HTTPConnectionOwner {
	readonly state = { ssid: "home", name: "porch", user: "me", networks: ["home"], searching: false };
	readonly log: unknown[] = [];
	refusal: SetupRefusal | undefined;
	readonly limits = {};
	readonly request = new Request();
	readonly serverName = "test";
	readonly requestTimeout = 10_000;
	readonly #service: HTTPService;

	constructor(writable = true) {
		const limits = { writable } as Parameters<typeof setupRoutes>[1]["limits"];
		this.#service = new HTTPService({ routes: setupRoutes(this, { limits }), authenticator: undefined, names: [],
			cors: "", admits: () => true });
	}

	search(): void {
		this.log.push("search");
	}
	save(values: SetupValues): SetupRefusal | undefined {
		this.log.push(values);
		return this.refusal;
	}
	forget(): SetupRefusal | undefined {
		this.log.push("forget");
		return this.refusal;
	}
	now(): number {
		return 0;
	}
	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		return this.#service.answer(request, connection);
	}
	onError(error: unknown): void {
		this.log.push(error);
	}
	onKept(): void {
		// not limited here
	}
	onEnd(): void {
		// the connection ends by itself
	}

	/** @returns status and body */
	send(method: string, path: string, body = "", headers = ""): string {
		const peer = new FakePeer(), connection = new HTTPConnection(this, peer);
		const type = body === "" ? "" : "Content-Type: application/json\r\n";
		connection.receiveNext(
			bytesOf(
				`${method} ${path} HTTP/1.1\r\nHost: camera\r\n${headers}${type}Content-Length: ${body.length}\r\n\r\n`
					+ body,
			),
			0,
		);
		return `${peer.sent.slice(9, 12)} ${peer.sent.split("\r\n\r\n")[1] ?? ""}`;
	}

	/** @returns status of the answer, and the name of its error */
	post(body: string): string {
		const answer = this.send("POST", "/api/setup", body), name = /"error":\{"name":"(\w+)"/.exec(answer)?.[1];
		return `${answer.slice(0, 3)} ${name ?? ""}`;
	}
}

export default function (suite: Suite): void {
	suite.test("set-up-is-read-searched-stored-and-forgotten", () => {
		const board = new Board();
		equal(board.send("GET", "/api/setup"), `200 ${JSON.stringify(board.state)}`);
		equal(board.send("POST", "/api/setup/search"), `200 ${JSON.stringify(board.state)}`);
		equal(board.send("POST", "/api/setup", "{\"name\":\"gate\",\"open\":true}"), "200 {\"restarting\":\"board\"}");
		equal(board.send("POST", "/api/setup/forget"), "200 {\"restarting\":\"board\"}");
		equal(board.log, ["search", { name: "gate", open: true }, "forget"]);
	});

	suite.test("texts-of-set-up-may-have-escapes", () => {
		const board = new Board();
		for (const text of ["a\"b", "a\\", "\\\"", "\\\\\"\\", "\u00e9 \u0001", ""])
			equal(board.post(JSON.stringify({ password: text, name: text })), "200 ", text);
		equal(board.log.length, 6);
		equal(board.log[3], { password: "\\\\\"\\", name: "\\\\\"\\" });
	});

	suite.test("what-is-no-value-of-set-up-is-named", () => {
		const board = new Board();
		for (const [body, answer] of [["{\"port\":\"80\"}", "400 port"], ["{\"ssid\":5}", "400 ssid"], [
			"{\"open\":\"yes\"}",
			"400 open",
		], ["{\"ssid\":null}", "400 ssid"], ["[]", "400 body"], ["{\"a\\\\u0062\":\"\"}", "400 body"], [
			"{\"ssid\":\"a\\",
			"400 body",
		], ["{\"ssid\":\"a\\\"}", "400 body"], ["{\"ssid\":\"\\x\"}", "400 body"], ["{\"ssid\":{}}",
			"400 body"]] as const)
			equal(board.post(body), answer, body);
		equal(board.log, []);
		board.refusal = { name: "password", message: "too short" };
		equal(board.post("{\"password\":\"x\"}"), "400 password");
		board.refusal = { name: "store", message: "full" };
		equal([board.post("{}"), board.send("POST", "/api/setup/forget").slice(0, 3)], ["500 store", "500"]);
	});

	suite.test("set-up-is-changed-by-nobody-else", () => {
		for (const path of ["/api/setup", "/api/setup/search", "/api/setup/forget"]) {
			const board = new Board(), closed = new Board(false);
			equal(board.send("POST", path, "{}", "Origin: http://evil.example\r\n").slice(0, 3), "403");
			equal(board.send("POST", path, "{}", "Sec-Fetch-Site: cross-site\r\n").slice(0, 3), "403");
			equal(closed.send("POST", path, "{}").slice(0, 3), "403");
			equal([board.log, closed.log], [[], []], path);
		}
	});
}
