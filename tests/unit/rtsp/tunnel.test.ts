// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { Fixture, bytesOf, frame, request, type Client, base64 } from "./fixture";

const HEAD = "HTTP/1.0 200 OK\r\nConnection: close\r\nCache-Control: no-cache\r\nPragma: no-cache\r\nContent-Type: "
	+ "application/x-rtsp-tunnelled\r\n\r\n";

function http(line: string, ...headers: string[]): string {
	return `${[`${line} HTTP/1.0`, ...headers].join("\r\n")}\r\n\r\n`;
}

function get(cookie: string, path = "/"): string {
	return http(`GET ${path}`, `x-sessioncookie: ${cookie}`, "Accept: application/x-rtsp-tunnelled");
}

function post(cookie: string, path = "/"): string {
	return http(`POST ${path}`, `X-SessionCookie: ${cookie}`, "Content-Type: application/x-rtsp-tunnelled",
		"Content-Length: 32767");
}

function say(client: Client, text: string): void {
	client.connection.receive(bytesOf(text));
}

/** Opens a complete tunnel. */
function open(fixture: Fixture, cookie = "c1"): { down: Client; up: Client } {
	const down = fixture.client(), up = fixture.client();
	say(down, get(cookie));
	say(up, post(cookie));
	equal([down.take(), up.take()], [HEAD, ""]);
	return { down, up };
}

/** Refused HTTP requests and the expected status. */
const REFUSALS: readonly (readonly [name: string, text: string, status: number])[] = [
	["no-cookie", http("GET /"), 400],
	["browser", "GET / HTTP/1.1\r\nHost: camera:8554\r\nAccept: text/html\r\n\r\n", 400],
	["empty-cookie", http("POST /", "x-sessioncookie:"), 400],
	["long-cookie", get("x".repeat(129)), 400],
	["other-path", get("c1", "/elsewhere"), 404],
	["other-track", post("c1", "/trackID=1"), 404],
	["head", http("HEAD /", "x-sessioncookie: c1"), 405],
	["options", http("OPTIONS *"), 405],
	["http-2", "PRI * HTTP/2.0\r\n\r\n", 505],
	["bad-header", "GET / HTTP/1.1\r\nnothing\r\n\r\n", 400],
	["bad-url", "GET rtsp:// HTTP/1.1\r\n\r\n", 400],
	["long-head", `GET / HTTP/1.1\r\nX: ${"x".repeat(5000)}`, 413],
];

export default function (suite: Suite): void {
	for (const [name, text, status] of REFUSALS) {
		suite.test(`http-${name}-is-answered-${status}-in-http`, () => {
			const fixture = new Fixture();
			const client = fixture.client();
			say(client, text);
			const answer = client.take();
			assert(answer.startsWith(`HTTP/1.0 ${status} `) && answer.endsWith("Content-Length: 0\r\n\r\n"), answer);
			equal([answer.includes("Allow: GET, POST\r\n"), client.closed, fixture.server.connectionCount], [
				status === 405,
				true,
				0,
			]);
			equal(fixture.errors, []);
		});
	}

	suite.test("http-after-rtsp-is-refused", () => {
		const client = new Fixture().client();
		client.ask(request("OPTIONS *"));
		say(client, get("c1"));
		assert(client.take().startsWith("HTTP/1.0 400 "));
		equal(client.closed, true);
	});

	suite.test("tunnel-answers-on-get-to-requests-on-post", () => {
		const { down, up } = open(new Fixture());
		say(up, base64(request("OPTIONS *")));
		const answer = down.take();
		assert(answer.startsWith("RTSP/1.0 200 OK\r\nCSeq: 1\r\n"), answer);
		equal([up.take(), up.closed, down.closed], ["", false, false]);
	});

	suite.test("tunnel-accepts-requests-cut-anywhere-with-line-breaks-and-padding", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		let text = "";
		for (let i = 1; i <= 6; i++)
			text += base64(request("OPTIONS *", `CSeq: ${i}`, `X: ${"y".repeat(i)}`)).replace(/(.{20})/g, "$1\r\n")
				+ `\r\n`;
		assert(text.includes("=="));
		for (let offset = 0, size = 1; offset < text.length; offset += size, size = size % 7 + 1)
			say(up, text.slice(offset, offset + size));
		equal(down.take().match(/CSeq: \d/g), ["CSeq: 1", "CSeq: 2", "CSeq: 3", "CSeq: 4", "CSeq: 5", "CSeq: 6"]);
	});

	suite.test("tunnel-accepts-many-requests-in-one-piece", () => {
		const { down, up } = open(new Fixture());
		let text = "";
		for (let i = 0; i < 50; i++)
			text += base64(request("OPTIONS *", `CSeq: ${i}`));
		say(up, text);
		equal(down.take().match(/CSeq: \d+/g)?.length, 50);
	});

	suite.test("tunnel-body-may-follow-post's-head-at-once", () => {
		const fixture = new Fixture();
		const down = fixture.client(), up = fixture.client();
		say(down, get("c1"));
		down.take();
		say(up, post("c1") + base64(request("OPTIONS *")));
		assert(down.take().startsWith("RTSP/1.0 200 OK\r\n"));
	});

	suite.test("tunnel-ignores-data-on-get", () => {
		const { down, up } = open(new Fixture());
		say(down, base64(request("OPTIONS *", "CSeq: 5")));
		say(down, "=");
		say(up, base64(request("OPTIONS *", "CSeq: 6")));
		equal([down.take().match(/CSeq: \d/g), down.closed], [["CSeq: 6"], false]);
	});

	suite.test("tunnel-delivers-on-get-and-takes-interleaved-rtcp-from-post", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		say(up, base64(request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")));
		const delivery = fixture.subscriptions[0]!.options.delivery;
		equal(delivery.kind === "interleaved" && delivery.peer === down, true);
		fixture.events();
		say(up, base64(frame(1, "rtcp")));
		equal(fixture.events(), ["A rtcp 4"]);
	});

	suite.test("post-before-get-waits-with-its-request", () => {
		const fixture = new Fixture();
		const up = fixture.client(), down = fixture.client();
		say(up, post("c1") + base64(request("OPTIONS *")));
		say(down, get("c1"));
		const answer = down.take();
		assert(answer.startsWith(HEAD) && answer.slice(HEAD.length).startsWith("RTSP/1.0 200 OK"), answer);
		equal(up.take(), "");
	});

	suite.test("post-with-much-data-before-get-is-closed", () => {
		const fixture = new Fixture();
		const up = fixture.client();
		say(up, post("c1"));
		for (let i = 0; i < 40; i++)
			say(up, base64("x".repeat(60)));
		equal([up.closed, up.take(), fixture.server.connectionCount], [true, "", 0]);
	});

	suite.test("tunnel-ends-when-get-is-lost", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		say(up, base64(request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")));
		fixture.events();
		down.connection.closed();
		equal([fixture.events(), fixture.server.connectionCount, fixture.server.sessionCount], [["peer close",
			"A close"], 0, 0]);
		equal(up.closed, true);
		open(fixture);
	});

	suite.test("post-may-be-closed-and-reopened", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		say(up, base64(request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")));
		// part of a base64 group: nothing to decode yet
		say(up, "T");
		const session = /Session: (\w+)/.exec(down.take())![1]!;
		up.connection.closed();
		equal([down.closed, fixture.server.connectionCount, fixture.server.sessionCount], [false, 1, 1]);
		fixture.pass(30);
		const again = fixture.client();
		say(again, post("c1"));
		say(again, base64(request("PLAY rtsp://h/", `Session: ${session}`)));
		equal([down.take().slice(0, 15), again.take(), fixture.server.playingCount], ["RTSP/1.0 200 OK", "", 1]);
		equal(fixture.errors, []);
	});

	suite.test("new-post-replaces-the-previous-one", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		const again = fixture.client();
		say(again, post("c1"));
		equal([up.closed, down.closed, again.closed, fixture.server.connectionCount], [true, false, false, 2]);
		say(up, base64(request("OPTIONS *")));
		equal(down.take(), "");
		say(again, base64(request("OPTIONS *")));
		equal(down.take().slice(0, 15), "RTSP/1.0 200 OK");
	});

	suite.test("get-without-its-post-and-without-a-session-ends-in-silence", () => {
		const fixture = new Fixture({ sessionTimeout: 20 });
		const { down, up } = open(fixture);
		say(up, base64(request("OPTIONS *")));
		up.connection.closed();
		fixture.pass(20);
		equal(down.closed, false);
		fixture.pass(1);
		equal([down.closed, fixture.server.connectionCount], [true, 0]);
	});

	suite.test("tunnel-ends-with-connection-close", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		say(up, base64(request("OPTIONS *", "Connection: close")));
		assert(down.take().includes("Connection: close\r\n"));
		equal([down.closed, up.closed, fixture.server.connectionCount], [true, true, 0]);
	});

	suite.test("tunnel-answers-requests-before-damage-in-the-same-piece", () => {
		const { down, up } = open(new Fixture());
		say(up, `${base64(request("OPTIONS *"))}!`);
		equal(down.take().match(/^RTSP.*/gm), ["RTSP/1.0 200 OK", "RTSP/1.0 400 Bad Request"]);
		equal(down.closed, true);
	});

	for (const [name, text] of [["is-not-base64", request("OPTIONS *")], ["is-not-rtsp", base64("nonsense\r\n\r\n")], [
		"is-http",
		base64(get("c2")),
	]] as const) {
		suite.test(`tunnel-ends-with-400-when-its-content-${name}`, () => {
			const fixture = new Fixture();
			const { down, up } = open(fixture);
			say(up, text);
			assert(/^(RTSP|HTTP)\/1\.0 400 /.test(down.take()));
			equal([down.closed, up.closed, up.take(), fixture.server.connectionCount, fixture.errors], [true, true, "",
				0, []]);
		});
	}

	for (const [name, text] of [["get", get("c1")], ["post", post("c1")]] as const) {
		suite.test(`lone-${name}-is-closed-after-ten-seconds`, () => {
			const fixture = new Fixture();
			const client = fixture.client();
			say(client, text);
			fixture.pass(10);
			equal(client.closed, false);
			fixture.pass(1);
			equal([client.closed, fixture.server.connectionCount], [true, 0]);
		});
	}

	suite.test("second-get-of-a-cookie-is-refused-and-disturbs-nothing", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture), other = fixture.client();
		say(other, get("c1"));
		assert(other.take().startsWith("HTTP/1.0 400 "));
		say(up, base64(request("OPTIONS *")));
		equal([other.closed, down.take().slice(0, 15)], [true, "RTSP/1.0 200 OK"]);
	});

	suite.test("second-post-of-a-cookie-without-a-get-is-refused", () => {
		const fixture = new Fixture();
		const first = fixture.client(), second = fixture.client();
		say(first, post("c1"));
		say(second, post("c1"));
		assert(second.take().startsWith("HTTP/1.0 400 "));
		equal([first.closed, second.closed], [false, true]);
	});

	suite.test("http-url-may-be-absolute", () => {
		for (const url of ["http://camera:8554/", "HTTP://camera", "/", "rtsp://camera/"]) {
			const client = new Fixture().client();
			say(client, http(`GET ${url}`, "x-sessioncookie: c1"));
			equal(client.take(), HEAD, url);
		}
	});

	suite.test("tunnel-with-a-path-is-opened-by-any-spelling-of-its-url", () => {
		for (const url of ["http://camera/garden", "http://camera//garden", "HTTP://camera:8554/garden/", "/garden",
			"//garden", "garden", "/g%61rden?a=b", "/garden/trackID=0"])
		{
			const fixture = new Fixture({ path: "garden" });
			const down = fixture.client(), up = fixture.client();
			say(down, get("c1", url));
			equal(down.take(), HEAD, `GET ${url}`);
			say(up, post("c1", url) + base64(request("DESCRIBE rtsp://camera/garden")));
			equal([down.take().slice(0, 15), up.take()], ["RTSP/1.0 200 OK", ""], `POST ${url}`);
		}
		for (const url of ["http://camera/", "http://camera//", "http://garden", "http://camera/garden/garden", "/"]) {
			const client = new Fixture({ path: "garden" }).client();
			say(client, get("c1", url));
			assert(client.take().startsWith("HTTP/1.0 404 "), url);
		}
	});

	suite.test("get-half-alone-carries-no-request", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const options = request("OPTIONS *");
		say(client, get("c1") + options + base64(options));
		say(client, base64(options));
		equal([client.take(), client.closed], [HEAD, false]);
	});

	suite.test("requests-of-a-web-page-are-refused", () => {
		for (const field of ["Origin: http://camera:8554", "Origin: null", "Sec-Fetch-Site: same-origin",
			"Sec-Fetch-Mode: cors", "sec-fetch-dest: empty"])
		{
			for (const method of ["GET", "POST"]) {
				const client = new Fixture().client();
				say(client, http(`${method} /`, "x-sessioncookie: c1", field));
				equal([client.take().slice(0, 22), client.closed], ["HTTP/1.0 403 Forbidden", true], field);
			}
		}
	});

	suite.test("tunnel-cannot-be-entered-from-another-address", () => {
		const fixture = new Fixture();
		const down = fixture.client("192.0.2.7"), thief = fixture.client("192.0.2.66"),
			up = fixture.client("192.0.2.7");
		say(down, get("c1"));
		down.take();
		say(thief, post("c1") + base64(request("OPTIONS *")));
		equal(down.take(), "");
		say(up, post("c1") + base64(request("OPTIONS *", "CSeq: 7")));
		equal(down.take().match(/CSeq: \d/g), ["CSeq: 7"]);
		// nor read
		const spy = fixture.client("192.0.2.66");
		say(spy, get("c1"));
		const heard = spy.take();
		assert(heard.startsWith(HEAD) && !heard.includes("CSeq: 7"));
	});

	suite.test("pending-tunnels-are-limited", () => {
		const fixture = new Fixture({ limits: { connections: 16, tunnels: 2 } });
		open(fixture, "standing");
		const first = fixture.client();
		say(first, get("a"));
		const second = fixture.client();
		say(second, post("b"));
		equal(second.closed, false, "a complete tunnel is not pending");
		const third = fixture.client();
		say(third, get("c"));
		const answer = third.take();
		assert(answer.startsWith("HTTP/1.0 503 ") && answer.includes("Retry-After: 5\r\n"), answer);
		equal(third.closed, true);
		first.connection.closed();
		const fourth = fixture.client();
		say(fourth, get("d"));
		equal(fourth.take(), HEAD, "a place is free again");
	});

	suite.test("pending-tunnels-of-one-address-do-not-block-others", () => {
		const fixture = new Fixture({ limits: { connections: 16, tunnels: 3 } });
		const crowd = ["a", "b", "c"].map(cookie => {
			const client = fixture.client("192.0.2.66");
			say(client, get(cookie));
			fixture.time += 1;
			return client;
		});
		const down = fixture.client("192.0.2.7"), up = fixture.client("192.0.2.7");
		say(down, get("good"));
		equal(down.take(), HEAD);
		equal(crowd.map(client => client.closed), [true, false, false], "the oldest of the crowded address gives way");
		// an address with as many pending tunnels as all others is refused
		const more = fixture.client("192.0.2.66");
		say(more, get("d"));
		assert(more.take().startsWith("HTTP/1.0 503 "));
		say(up, post("good") + base64(request("OPTIONS *", "CSeq: 7")));
		equal(down.take().match(/CSeq: \d/g), ["CSeq: 7"]);
	});

	suite.test("tunnel-with-a-session-is-kept-alive-by-post", () => {
		const fixture = new Fixture();
		const { down, up } = open(fixture);
		say(up, base64(request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")));
		for (let i = 0; i < 3; i++) {
			fixture.pass(50);
			say(up, base64(request("OPTIONS *")));
		}
		equal([down.closed, up.closed, fixture.server.sessionCount], [false, false, 1]);
		fixture.pass(122);
		equal([down.closed, up.closed, fixture.server.connectionCount, fixture.server.sessionCount], [true, true, 0,
			0]);
	});

	suite.test("closing-the-server-ends-tunnels", () => {
		for (const order of [0, 1]) {
			const fixture = new Fixture();
			const clients = [fixture.client(), fixture.client(), fixture.client()];
			say(clients[order]!, get("c1"));
			say(clients[1 - order]!, post("c1"));
			fixture.server.close();
			equal([clients.map(client => client.closed), fixture.server.connectionCount, fixture.errors], [[true, true,
				true], 0, []]);
		}
	});

	suite.test("tunnels-survive-damage", () => {
		// Lehmer random number generator, exact in floating point; seeded, so that runs repeat
		let state = 1945, standing = 0;
		const below = (limit: number) => (state = (state * 16807) % 2147483647) % limit;
		const damage = (text: string) => {
			if (below(4))
				return text;
			const at = below(text.length);
			return text.slice(0, at) + String.fromCharCode(below(256)).repeat(below(3)) + text.slice(at + below(4));
		};
		for (let round = 0; round < 300; round++) {
			const fixture = new Fixture();
			const down = fixture.client(), up = fixture.client();
			const body = base64(damage(request("SETUP rtsp://h/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")))
				+ base64(damage(frame(1, "rtcp")));
			for (const [client, text] of [[down, damage(get("c1"))], [up,
				damage(post("c1")) + damage(body)]] as const)
			{
				for (let offset = 0, size; offset < text.length; offset += size) {
					size = 1 + below(60);
					say(client, text.slice(offset, offset + size));
				}
			}
			standing += fixture.server.sessionCount;
			for (const client of [up, down]) {
				if (!client.closed && below(2))
					client.connection.closed();
			}
			fixture.pass(122);
			equal([fixture.errors, fixture.server.connectionCount, fixture.server.sessionCount], [[], 0, 0],
				`round ${round}`);
		}
		assert(standing > 50 && standing < 250, `${standing} of 300 tunnels carried a session`);
	});
}
