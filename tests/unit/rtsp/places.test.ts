// SPDX-License-Identifier: MIT
/** Which connections and sessions give way when places are short. */

import { equal, type Suite } from "../harness";
import { Fixture, TCP, UDP, base64, frame, request, type Answer, type Client } from "./fixture";
import { LOGIN, challenged, digest } from "./login";

const URL = "rtsp://h/";
const OPTIONS = request("OPTIONS *");
const TRACK = `SETUP ${URL}trackID=0`;

const setUp = (client: Client, transport = TCP): Answer => client.ask(request(TRACK, transport));
const udp = (port: number): string => `Transport: RTP/AVP;unicast;client_port=${port}-${port + 1}`;
const play = (client: Client, { session }: Answer): number =>
	client.ask(request(`PLAY ${URL}`, `Session: ${session}`)).status;
const closed = (clients: readonly Client[]): string => clients.map(client => client.closed ? "x" : "-").join("");

export default function (suite: Suite): void {
	suite.test("strangers-of-one-address-give-way-to-another-whatever-they-send", () => {
		for (const [what, text] of [["options", OPTIONS], ["frames", frame(1, "")], ["nothing", ""]] as const) {
			const fixture = new Fixture({ limits: { connections: 4 } });
			const crowd = ["a", "a", "a", "b"].map(address => fixture.client(address));
			for (const client of crowd)
				client.ask(text);
			const newcomer = fixture.client("c");
			equal([closed(crowd), newcomer.closed], ["x---", false], what);
			equal([fixture.client("d").closed, closed(crowd)], [false, "xx--"], what);
			equal([fixture.client("e").closed, closed(crowd)], [true, "xx--"],
				"strangers with one connection each do not give way");
		}
	});

	suite.test("stranger-gives-way-to-its-own-address-when-it-has-had-time-to-ask", () => {
		const fixture = new Fixture({ limits: { connections: 3 } });
		const first = fixture.client(), second = fixture.client();
		fixture.time += 250;
		const third = fixture.client();
		fixture.time += 250;
		equal(fixture.client().closed, true, "all still have time to ask");
		for (const client of [first, second, third])
			client.ask(OPTIONS);
		fixture.time += 1;
		equal([fixture.client().closed, closed([first, second, third])], [false, "x--"]);
		equal([fixture.client().closed, closed([first, second, third])], [false, "xx-"]);
		equal([fixture.client().closed, closed([first, second, third])], [true, "xx-"]);
	});

	suite.test("stranger-without-a-request-is-answered-408", () => {
		const fixture = new Fixture({ limits: { connections: 2 } });
		const [silent] = [fixture.client("a"), fixture.client("a")];
		fixture.client("b");
		equal(silent!.take().slice(9, 12), "408");
	});

	suite.test("connection-with-a-session-or-a-password-keeps-its-place", () => {
		const fixture = new Fixture({ limits: { connections: 3 }, authentication: LOGIN });
		const player = fixture.client("a"), owner = fixture.client("a"), guest = fixture.client("a");
		const nonce = challenged(player);
		equal(player.ask(request(TRACK, TCP, digest("SETUP", { nonce }))).status, 200);
		equal(owner.ask(request(`DESCRIBE ${URL}`, digest("DESCRIBE", { nonce: challenged(owner) }))).status, 200);
		equal([fixture.client("b").closed, closed([player, owner, guest])], [false, "--x"]);
		equal([fixture.client("b").closed, closed([player, owner, guest])], [true, "--x"],
			"that of an address with one has not had its time");
		fixture.time += 2001;
		equal([fixture.client("b").closed, closed([player, owner, guest])], [false, "--x"]);
		fixture.time += 1;
		equal([fixture.client("b").closed, closed([player, owner, guest])], [false, "-xx"],
			"the silent one without a session gives way");
	});

	suite.test("longest-silent-connection-without-a-session-gives-way-when-all-have-the-password", () => {
		const fixture = new Fixture({ limits: { connections: 3 }, authentication: LOGIN });
		const clients = [fixture.client(), fixture.client(), fixture.client()];
		for (const index of [1, 0, 2]) {
			fixture.time += 3000;
			const client = clients[index]!;
			client.ask(request(`DESCRIBE ${URL}`, digest("DESCRIBE", { nonce: challenged(client) })));
		}
		fixture.time += 3000;
		fixture.client();
		equal(closed(clients), "-x-");
	});

	suite.test("stranger's-tunnel-gives-way-with-both-halves-and-a-granted-one-does-not", () => {
		const fixture = new Fixture({ limits: { connections: 4 } });
		const http = (method: string, cookie: string): string =>
			`${method} / HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\n\r\n`;
		const clients = [1, 2].map(i =>
			[fixture.client(), fixture.client()].map((client, half) => {
				client.ask(http(half ? "POST" : "GET", `c${i}`));
				return client;
			})
		);
		const [first, second] = clients as [Client[], Client[]];
		first[1]!.ask(base64(request(`SETUP ${URL}`, TCP)));
		equal(fixture.server.sessionCount, 1);
		fixture.client("b");
		equal([closed(first), closed(second)], ["--", "xx"]);
	});

	suite.test("frames-without-a-session-keep-no-connection-alive", () => {
		const fixture = new Fixture({ limits: { requestTimeout: 10 } });
		const client = fixture.client();
		for (let i = 0; i < 10; i++) {
			client.ask(frame(0, ""));
			fixture.pass(1);
		}
		equal(client.closed, false);
		fixture.pass(1);
		equal([client.closed, client.take().slice(9, 12)], [true, "408"]);
	});

	/* ---- sessions ---- */

	suite.test("setup-for-a-port-in-use-ends-the-previous-session-without-a-bye", () => {
		const fixture = new Fixture();
		const first = fixture.client();
		const { session } = setUp(first, UDP);
		const other = fixture.client(), elsewhere = fixture.client("192.0.2.8");
		setUp(other, udp(6000));
		setUp(elsewhere, UDP);
		first.connection.closed();
		fixture.events();
		equal(setUp(fixture.client(), UDP).status, 200);
		equal(fixture.events(), ["A close quietly", "send 200"]);
		equal(other.ask(request(`PLAY ${URL}`, `Session: ${session}`)).status, 454);
		equal(fixture.server.sessionCount, 3, "sessions for other ports and addresses remain");
	});

	suite.test("repeated-setup-for-the-same-ports-sends-no-bye", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const { session } = setUp(client, UDP);
		fixture.events();
		client.ask(request(TRACK, UDP, `Session: ${session}`));
		client.ask(request(TRACK, udp(6000), `Session: ${session}`));
		equal(fixture.events(), ["A close quietly", "send 200", "B close", "send 200"]);
		equal(fixture.server.sessionCount, 1);
	});

	suite.test("orphan-lives-while-reports-arrive", () => {
		const fixture = new Fixture();
		const client = fixture.client(), other = fixture.client();
		const answer = setUp(client, UDP);
		play(client, answer);
		setUp(other, udp(6000));
		fixture.pass(50);
		client.connection.closed();
		for (let i = 0; i < 4; i++) {
			fixture.pass(15);
			equal(fixture.server.playingCount, 1);
			fixture.subscriptions[0]!.options.onAlive();
		}
		fixture.pass(15);
		equal(fixture.server.playingCount, 1);
		fixture.pass(1);
		equal(fixture.server.playingCount, 0);
	});

	suite.test("orphan-belongs-to-the-next-connection-that-names-it", () => {
		const fixture = new Fixture();
		const client = fixture.client();
		const answer = setUp(client, UDP);
		client.connection.closed();
		const next = fixture.client();
		equal(play(next, answer), 200);
		for (let i = 0; i < 3; i++) {
			fixture.pass(59);
			next.ask(OPTIONS);
		}
		equal(fixture.server.playingCount, 1, "requests on its new connection keep it alive");
		next.connection.closed();
		fixture.pass(16);
		equal(fixture.server.sessionCount, 0);
	});

	suite.test("session-is-not-taken-from-an-open-connection", () => {
		const fixture = new Fixture();
		const client = fixture.client(), other = fixture.client();
		const { session } = setUp(client, UDP);
		other.ask(request(`GET_PARAMETER ${URL}`, `Session: ${session}`));
		other.connection.closed();
		fixture.pass(30);
		equal([fixture.server.sessionCount, client.closed], [1, false]);
	});

	suite.test("options-of-a-stranger-keeps-no-session-alive", () => {
		const fixture = new Fixture({ authentication: LOGIN });
		const client = fixture.client(), stranger = fixture.client();
		const { session } = client.ask(request(TRACK, UDP, digest("SETUP", { nonce: challenged(client) })));
		fixture.pass(59);
		equal(stranger.ask(request("OPTIONS *", `Session: ${session}`)).status, 200);
		fixture.pass(2);
		equal(fixture.server.sessionCount, 0);
		const again = client.closed ? fixture.client() : client;
		const { session: second } = again.ask(request(TRACK, UDP, digest("SETUP", { nonce: challenged(again) })));
		fixture.pass(59);
		const friend = fixture.client();
		friend.ask(request(`DESCRIBE ${URL}`, digest("DESCRIBE", { nonce: challenged(friend) })));
		friend.ask(request("OPTIONS *", `Session: ${second}`));
		fixture.pass(2);
		equal(fixture.server.sessionCount, 1, "OPTIONS of a granted connection does");
	});

	suite.test("sessions-of-one-connection-are-limited", () => {
		const fixture = new Fixture({ limits: { sessions: 100, connectionSessions: 3, addressSessions: 100 } });
		const client = fixture.client();
		equal([1, 2, 3, 4].map(() => setUp(client).status), [200, 200, 200, 503]);
		equal(setUp(fixture.client()).status, 200);
		fixture.time += 5001;
		equal([setUp(client).status, fixture.server.sessionCount], [200, 4],
			"its first session that has not played gives way");
		equal(fixture.events().filter(event => event.endsWith("close")), ["A close"]);
	});

	suite.test("one-address-cannot-take-all-sessions-without-a-password", () => {
		const fixture = new Fixture({ limits: { sessions: 4, addressSessions: 100 } });
		equal([1, 2, 3, 4].map(() => setUp(fixture.client()).status), [200, 200, 200, 503]);
		equal(setUp(fixture.client("192.0.2.8")).status, 200);
		const limited = new Fixture({ limits: { sessions: 4, addressSessions: 2 } });
		equal([1, 2, 3].map(() => setUp(limited.client()).status), [200, 200, 503]);
		const known = new Fixture({ limits: { sessions: 4, addressSessions: 2 }, authentication: LOGIN });
		equal([1, 2, 3, 4].map(() => {
			const client = known.client();
			return client.ask(request(TRACK, TCP, digest("SETUP", { nonce: challenged(client) }))).status;
		}), [200, 200, 200, 200], "with a password it may");
	});

	suite.test("sessions-give-way-when-places-are-short", () => {
		const fixture = new Fixture({ limits: { sessions: 4 } });
		const clients = ["a", "b", "c", "d"].map(address => fixture.client(address));
		const answers = clients.map((client, i) => setUp(client, udp(5000 + 10 * i)));
		play(clients[0]!, answers[0]!);
		play(clients[2]!, answers[2]!);
		play(clients[3]!, answers[3]!);
		clients[2]!.connection.closed();
		fixture.time += 1000;
		clients[3]!.connection.closed();
		fixture.events();
		const next = (): (string | number)[] => {
			const { status } = setUp(fixture.client("e"));
			return [status, ...fixture.events().filter(event => event.endsWith("close"))];
		};
		equal(next(), [200, "C close"], "the orphan silent for longest");
		equal(next(), [200, "D close"]);
		equal(next(), [503], "all others play or have just begun");
		fixture.time += 5001;
		equal(next(), [200, "B close"], "a session that has never played");
		equal(next(), [200, "E close"], "the next one that has not played");
		fixture.time += 60_000;
		equal([fixture.server.sessionCount, fixture.server.playingCount], [4, 1]);
	});

	suite.test("setup-that-is-refused-makes-nobody-give-way", () => {
		for (const [refusal, status] of [["unsupported", 461], ["busy", 503]] as const) {
			const fixture = new Fixture({ limits: { sessions: 3 } });
			const orphan = fixture.client("a"), player = fixture.client("b");
			setUp(orphan, UDP);
			play(player, setUp(player, udp(6000)));
			setUp(fixture.client("c"), UDP);
			orphan.connection.closed();
			fixture.time += 5001;
			fixture.events();
			const expected = [`send ${status}`];
			equal(fixture.client("d").ask(request(TRACK, "Transport: RTP/AVP;multicast")).status, 461);
			equal(fixture.events(), ["send 461"], "multicast is off");
			fixture.refusal = () => refusal;
			equal(setUp(fixture.client("d"), udp(6970)).status, status, "who takes a place");
			equal(fixture.events(), expected, "nobody gives a place up");
			const again = fixture.client("b");
			equal(setUp(again, udp(6000)).status, status, "who is served at the same ports");
			equal(fixture.events(), expected, "that session goes on");
			equal(setUp(fixture.client("d"), `${udp(6970)},RTP/AVP/TCP`).status, status, "any of several transports");
			equal([fixture.events(), fixture.server.sessionCount, fixture.server.playingCount], [expected, 3, 1]);
			fixture.refusal = ({ delivery }) => delivery.kind === "udp" ? "unsupported" : undefined;
			equal(setUp(fixture.client("d"), `${udp(6970)},RTP/AVP/TCP`).status, 200, "the next transport is served");
			equal(fixture.events(), ["A close", "send 200"], "one gives way, once");
		}
	});

	suite.test("setup-without-a-place-leaves-the-session-at-its-ports", () => {
		const fixture = new Fixture({ limits: { connectionSessions: 1 } });
		const player = fixture.client(), other = fixture.client();
		play(player, setUp(player, UDP));
		play(other, setUp(other));
		fixture.events();
		equal([setUp(other, UDP).status, fixture.events(), fixture.server.playingCount], [503, ["send 503"], 2]);
	});

	suite.test("setup-for-a-port-that-is-served-takes-that-session's-place", () => {
		const fixture = new Fixture({ limits: { sessions: 2 } });
		const clients = ["a", "b"].map(address => fixture.client(address));
		for (const client of clients)
			play(client, setUp(client, UDP));
		clients[0]!.connection.closed();
		fixture.events();
		equal(setUp(fixture.client("b"), UDP).status, 200);
		equal(fixture.events(), ["B close quietly", "send 200"], "the one without a connection stays");
	});
}
