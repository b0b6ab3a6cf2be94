// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { Fixture, TCP, request, type Answer, type Client } from "./fixture";
import { LOGIN, URL, challenged, clientAt, describe, digest, nonceOf } from "./login";

export default function (suite: Suite): void {
	const guess = (client: Client, nonce: string): Answer => describe(client, { nonce, password: "guess" });

	suite.test("too-many-wrong-guesses-lock-the-address-for-a-while", () => {
		const locked: string[] = [];
		const fixture = new Fixture({
			authentication: { ...LOGIN, failureLimit: 3, lockTime: 30, onLock: address => locked.push(address) },
		});
		const client = fixture.client();
		const nonce = challenged(client);
		for (let i = 0; i < 3; i++)
			equal(guess(client, nonce).status, 401);
		equal(locked, ["192.0.2.7"]);
		fixture.time += 1500;
		const answer = describe(client, { nonce });
		equal([answer.status, answer.header("Retry-After"), answer.header("Connection"), client.closed], [503, "29",
			"close", true], "even with the right password");
		equal(fixture.client().ask(request(`DESCRIBE ${URL}`)).status, 503, "on another connection as well");
		equal(fixture.client().ask(request("OPTIONS *")).status, 200);
		fixture.time += 28_500;
		equal(describe(fixture.client(), { nonce }).status, 200);
	});

	suite.test("lock-affects-one-address-only", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, failureLimit: 1 } });
		const attacker = clientAt(fixture, "192.0.2.66"), user = clientAt(fixture, "192.0.2.7");
		guess(attacker, challenged(attacker));
		equal(describe(attacker, { nonce: "" }).status, 503);
		equal(describe(user, { nonce: challenged(user) }).status, 200);
	});

	suite.test("player-at-a-locked-address-continues", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, failureLimit: 2 } });
		const player = fixture.client();
		const nonce = challenged(player);
		const { session } = player.ask(request(`SETUP ${URL}`, TCP, digest("SETUP", { nonce })));
		equal(player.ask(request(`PLAY ${URL}`, `Session: ${session}`, digest("PLAY", { nonce }))).status, 200);
		const attacker = fixture.client();
		guess(attacker, nonce);
		guess(attacker, nonce);
		equal(guess(attacker, nonce).status, 503);
		equal(
			player.ask(request(`GET_PARAMETER ${URL}`, `Session: ${session}`, digest("GET_PARAMETER", { nonce })))
				.status,
			200,
		);
		equal(fixture.server.playingCount, 1);
	});

	suite.test("success-and-time-forgive-failures", () => {
		const fixture = new Fixture({ sessionTimeout: 3600,
			authentication: { ...LOGIN, failureLimit: 2, lockTime: 60 } });
		const client = fixture.client();
		const nonce = challenged(client);
		guess(client, nonce);
		equal(describe(client, { nonce }).status, 200);
		guess(fixture.client(), nonce);
		equal(describe(fixture.client(), { nonce: "" }).status, 401, "one failure since");
		fixture.time += 60_000;
		guess(fixture.client(), nonce);
		equal(fixture.client().ask(request(`DESCRIBE ${URL}`)).status, 401, "the first failure is forgotten");
	});

	suite.test("guessing-neighbour-does-not-lock-the-owner-out", () => {
		// ten failures a minute lock an address; one that has shown the password only waits longer between guesses
		const fixture = new Fixture({ limits: { connections: 1000 },
			authentication: { ...LOGIN, failureLimit: 10, lockTime: 60 } });
		const nonce = challenged(fixture.client());
		equal(describe(fixture.client(), { nonce }).status, 200);
		let refused = 0;
		for (let i = 0; i < 100; i++) {
			fixture.time += 6000;
			guess(fixture.client(), challenged(fixture.client()));
			const owner = fixture.client();
			refused += describe(owner, { nonce: nonceOf(owner.ask(request(`DESCRIBE ${URL}`))) }).status === 200
				? 0
				: 1;
		}
		equal(refused, 0);
	});

	suite.test("guessing-is-as-slow-from-an-address-that-has-shown-the-password", () => {
		const judged = (known: boolean): number => {
			const fixture = new Fixture({ limits: { connections: 10_000 },
				authentication: { ...LOGIN, failureLimit: 10, lockTime: 60, nonceTimeout: 3600 } });
			const nonce = challenged(fixture.client()), owner = fixture.client();
			let count = 0;
			for (let i = 0; i < 1200; i++) {
				fixture.time += 500;
				// the owner's player keeps sending requests on a granted connection
				if (known && i % 20 === 0)
					equal(describe(owner, { nonce }).status, 200);
				const guesser = fixture.client();
				count += guess(guesser, nonce).status === 401 ? 1 : 0;
				guesser.connection.closed();
			}
			return count;
		};
		const before = judged(false), now = judged(true);
		assert(before >= 85 && now >= 85 && now <= 110,
			`${before} guesses in ten minutes, ${now} from an address that has shown the password`);
	});

	suite.test("known-address-waits-for-one-guess-and-is-a-stranger-after-a-day", () => {
		const locked: string[] = [];
		const fixture = new Fixture({ limits: { connections: 1000 },
			authentication: { ...LOGIN, failureLimit: 3, lockTime: 30, nonceTimeout: 3600 * 48,
				onLock: address => locked.push(address) } });
		const nonce = challenged(fixture.client());
		describe(fixture.client(), { nonce });
		for (let i = 0; i < 3; i++)
			guess(fixture.client(), nonce);
		fixture.time += 2500;
		const answer = fixture.client().ask(request(`DESCRIBE ${URL}`));
		equal([answer.status, answer.header("Retry-After"), locked], [503, "8", ["192.0.2.7"]]);
		fixture.time += 7500;
		equal([guess(fixture.client(), nonce).status, guess(fixture.client(), nonce).status], [401, 503],
			"one more guess");
		fixture.time += 24 * 3600 * 1000;
		for (let i = 0; i < 3; i++)
			guess(fixture.client(), nonce);
		fixture.time += 12_000;
		equal(fixture.client().ask(request(`DESCRIBE ${URL}`)).header("Retry-After"), "18", "locked for the full time");
	});

	suite.test("right-but-stale-answer-forgives-nothing", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, failureLimit: 2 } });
		const nonce = challenged(fixture.client());
		guess(fixture.client(), nonce);
		describe(fixture.client(), { nonce: "" });
		guess(fixture.client(), nonce);
		equal(fixture.client().ask(request(`DESCRIBE ${URL}`)).status, 503);
	});

	suite.test("failure-limit-0-locks-nobody", () => {
		const client = new Fixture({ authentication: { ...LOGIN, failureLimit: 0 } }).client();
		const nonce = challenged(client);
		for (let i = 0; i < 50; i++)
			equal(guess(client, nonce).status, 401);
	});

	suite.test("table-of-failures-is-bounded-and-keeps-locked-addresses", () => {
		const fixture = new Fixture({ limits: { connections: 1000 }, authentication: { ...LOGIN, failureLimit: 2 } });
		const at = (address: string): Client => clientAt(fixture, address);
		const nonce = challenged(at("locked"));
		guess(at("locked"), nonce);
		guess(at("locked"), nonce);
		guess(at("first"), nonce);
		for (let i = 0; i < 200; i++) {
			fixture.time += 1;
			guess(at(`other${i}`), nonce);
		}
		equal(at("locked").ask(request(`DESCRIBE ${URL}`)).status, 503);
		guess(at("first"), nonce);
		equal(at("first").ask(request(`DESCRIBE ${URL}`)).status, 401, "displaced");
		guess(at("other199"), nonce);
		equal(at("other199").ask(request(`DESCRIBE ${URL}`)).status, 503, "not displaced");
	});

	suite.test("table-full-of-locked-addresses-still-locks", () => {
		const fixture = new Fixture({ limits: { connections: 1000 }, authentication: { ...LOGIN, failureLimit: 1 } });
		const nonce = challenged(fixture.client());
		for (let i = 0; i < 100; i++) {
			fixture.time += 1;
			guess(clientAt(fixture, `a${i}`), nonce);
		}
		equal(clientAt(fixture, "a99").ask(request(`DESCRIBE ${URL}`)).status, 503);
		equal(clientAt(fixture, "a0").ask(request(`DESCRIBE ${URL}`)).status, 401, "the oldest lock is dropped");
	});
}
