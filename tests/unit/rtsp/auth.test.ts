// SPDX-License-Identifier: MIT
import { assert, equal, throws, type Suite } from "../harness";
import { Authenticator, type AuthenticatorOptions, type Claim, type Standing } from "rtsp/authenticator";
import { parseAuthorization, parseDigest, textOfBasic } from "rtsp/authorization";
import { AUTH_EXCHANGES } from "./authexchanges";
import { Fixture, TCP, UDP, bytesOf, request } from "./fixture";
import { LOGIN, URL, challenged, clientAt, describe, digest, hash, nonceOf } from "./login";

function authenticator(
	options: Partial<AuthenticatorOptions> = {},
): { judge(claim: Partial<Claim>, standing?: Standing): string } {
	const it = new Authenticator({ ...LOGIN, realm: "rtsp", now: () => 5000, random32: () => 7, ...options });
	return {
		judge: (claim, standing = { granted: false, nonce: undefined }) =>
			it.judge({ method: "DESCRIBE", url: URL, authorization: undefined, address: "192.0.2.7", ...claim },
				standing),
	};
}

function exchanges(suite: Suite): void {
	for (const { name, scheme, requests } of AUTH_EXCHANGES) {
		suite.test(`${scheme}-exchange-of-${name}`, () => {
			const fixture = new Fixture({ serverName: "rtsp-camera", authentication: { ...LOGIN, scheme } });
			const client = fixture.client();
			for (const [status, text] of requests)
				equal(client.ask(text).status, status, text);
			equal(fixture.errors.length, 0);
		});

		suite.test(`${scheme}-exchange-of-${name}-with-another-password-gets-nothing`, () => {
			const fixture = new Fixture({ serverName: "rtsp-camera",
				authentication: { ...LOGIN, password: "s3creT", scheme } });
			const client = fixture.client();
			for (const [status, text] of requests) {
				if (!text.startsWith("OPTIONS"))
					equal(client.ask(text).status, status === 551 ? 551 : 401, text);
			}
			equal(fixture.subscriptions.length, 0);
		});
	}

	suite.test("digests-of-the-rfcs-are-right-but-stale", () => {
		// RFC 2617 section 3.5
		const example = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
			+ "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, "
			+ "nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
			+ "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
		const claim = { method: "GET", url: "/dir/index.html" };
		const mufasa = { user: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life" };
		equal(authenticator(mufasa).judge({ ...claim, authorization: example }), "stale");
		equal(authenticator({ ...mufasa, password: "Circle of Life" }).judge({ ...claim, authorization: example }),
			"failed");
		equal(authenticator(mufasa).judge({ ...claim, method: "PUT", authorization: example }), "failed");
		// RFC 7616 section 3.9.1
		const sha = "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
			+ "algorithm=SHA-256, "
			+ "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
			+ "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
			+ "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"";
		const other = { user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life",
			scheme: "digest-sha256" } as const;
		equal(authenticator(other).judge({ ...claim, authorization: sha }), "stale");
		equal(authenticator({ ...other, scheme: "digest" }).judge({ ...claim, authorization: sha }), "challenge",
			"not the algorithm of the challenge");
	});
}

function challenges(suite: Suite): void {
	suite.test("only-options-needs-no-password", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		equal(client.ask(request("OPTIONS *")).status, 200);
		equal(client.ask(request(`OPTIONS ${URL}`)).status, 200);
		for (const line of ["DESCRIBE rtsp://h/", "DESCRIBE rtsp://h/elsewhere", "DESCRIBE http://h/",
			"GET_PARAMETER *", "SETUP rtsp://h/trackID=0", "PLAY rtsp://h/", "PAUSE rtsp://h/", "TEARDOWN rtsp://h/"])
		{
			const answer = client.ask(request(line, "CSeq: 5", TCP, "Session: 1"));
			equal([answer.status, answer.header("CSeq")], [401, "5"], line);
			assert(answer.header("WWW-Authenticate") !== undefined);
		}
		equal(client.ask(request("FROBNICATE *")).status, 501);
	});

	suite.test("challenge-is-one-header-md5-without-qop", () => {
		const answer = new Fixture({ serverName: "cam", authentication: LOGIN }).client().ask(
			request(`DESCRIBE ${URL}`),
		);
		const header = answer.header("WWW-Authenticate")!;
		assert(/^Digest realm="cam", nonce="3e8-[0-9a-f]{32}", algorithm=MD5$/.test(header), header);
		equal(answer.text.split("WWW-Authenticate").length, 2);
	});

	suite.test("challenge-of-sha-256-and-of-basic", () => {
		const ask = (scheme: "digest-sha256" | "basic"): string =>
			new Fixture({ authentication: { ...LOGIN, scheme } }).client().ask(request(`DESCRIBE ${URL}`)).header(
				"WWW-Authenticate",
			)!;
		assert(/^Digest realm="rtsp", nonce="[0-9a-f-]+", algorithm=SHA-256, qop="auth"$/.test(ask("digest-sha256")));
		equal(ask("basic"), "Basic realm=\"rtsp\"");
	});

	suite.test("server-without-a-user-sends-no-challenge", () => {
		const answer = new Fixture().client().ask(request(`DESCRIBE ${URL}`, "Authorization: Basic x"));
		equal([answer.status, answer.header("WWW-Authenticate")], [200, undefined]);
	});

	suite.test("user-name-that-headers-cannot-carry-is-refused", () => {
		for (const user of ["", "a:b", "a\"b", "a\\b"])
			throws(() => authenticator({ user }), RangeError, user);
	});
}

function credentials(suite: Suite): void {
	suite.test("right-digest-is-granted-for-every-method", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		const nonce = challenged(client);
		equal(describe(client, { nonce }).status, 200);
		const setup = client.ask(
			request(`SETUP ${URL}trackID=0`, UDP, digest("SETUP", { nonce, uri: `${URL}trackID=0` })),
		);
		equal(setup.status, 200);
		equal(client.ask(request(`PLAY ${URL}`, `Session: ${setup.session}`)).status, 401,
			"each request needs credentials");
		equal(client.ask(request(`PLAY ${URL}`, `Session: ${setup.session}`, digest("PLAY", { nonce }))).status, 200);
	});

	suite.test("digest-of-another-user-password-or-method-is-refused", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		const nonce = challenged(client);
		for (const proof of [{ user: "Admin" }, { user: "" }, { password: "S3cret" }, { password: "" }])
			equal(describe(client, { ...proof, nonce }).status, 401, JSON.stringify(proof));
		equal(client.ask(request(`DESCRIBE ${URL}`, digest("PLAY", { nonce }))).status, 401);
		equal(describe(client, { nonce }).status, 200);
	});

	suite.test("right-response-under-another-name-is-refused", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		const header = digest("DESCRIBE", { nonce: challenged(client) });
		equal(client.ask(request(`DESCRIBE ${URL}`, header.replace("username=\"admin\"", "username=\"root\""))).status,
			401);
		equal(client.ask(request(`DESCRIBE ${URL}`, header)).status, 200);
	});

	suite.test("quality-of-protection-is-auth-or-absent", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		const nonce = challenged(client);
		const status = (qop: string): number => {
			const response = hash(`${hash("admin:rtsp:s3cret")}:${nonce}:00000001:c:${qop}:${hash(`DESCRIBE:${URL}`)}`);
			return client.ask(
				request(`DESCRIBE ${URL}`,
					`Authorization: Digest username="admin", realm="rtsp", nonce="${nonce}", uri="${URL}", qop=${qop}, `
						+ `nc=00000001, cnonce="c", response="${response}"`),
			).status;
		};
		equal([status("auth"), status("auth-int")], [200, 401]);
	});

	suite.test("response-in-capitals-is-the-same", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		const header = digest("DESCRIBE", { nonce: challenged(client) });
		equal(
			client.ask(
				request(`DESCRIBE ${URL}`,
					header.replace(/response="(\w+)"/, (_, digits: string) => `response="${digits.toUpperCase()}"`)),
			).status,
			200,
		);
	});

	suite.test("user-and-password-may-be-in-any-language", () => {
		const login = { user: "jürgen", password: "p@ß:\"w\\örd€" };
		const client = new Fixture({ authentication: login }).client();
		const header = digest("DESCRIBE", { ...login, nonce: challenged(client) });
		equal(client.ask(request(`DESCRIBE ${URL}`, header.replace("jürgen", "j\xc3\xbcrgen"))).status, 200,
			"in UTF-8");
		equal(client.ask(request(`DESCRIBE ${URL}`, header)).status, 401, "in ISO 8859-1");
		const basic = new Fixture({ authentication: { ...login, scheme: "basic" } }).client();
		equal(basic.ask(request(`DESCRIBE ${URL}`, "Authorization: Basic asO8cmdlbjpwQMOfOiJ3XMO2cmTigqw=")).status,
			200);
	});

	suite.test("uri-may-differ-in-form-but-must-name-the-same-stream", () => {
		const table: [url: string, uri: string, status: number][] = [
			["rtsp://h:8554/cam/trackID=0", "rtsp://h:8554/cam", 200],
			["rtsp://h:8554/cam/trackID=0", "rtsp://h:8554/cam/", 200],
			["rtsp://h:8554/cam", "rtsp://h/cam", 200],
			["rtsp://h/cam", "/cam", 200],
			["rtsp://h/cam/", "/cam?x=1", 200],
			["rtsp://h/cam", "rtsp://admin:pw@h/cam", 200],
			["rtsp://h/c%61m", "rtsp://h/cam", 200],
			["rtsp://h/cam", "rtsp://h/", 400],
			["rtsp://h/cam", "rtsp://h/camera", 400],
			["rtsp://h/cam", "", 400],
			["rtsp://h/cam", "*", 400],
		];
		for (const [url, uri, status] of table) {
			const client = new Fixture({ path: "/cam", authentication: LOGIN }).client();
			const nonce = nonceOf(client.ask(request(`SETUP ${url}`, UDP)));
			equal(client.ask(request(`SETUP ${url}`, UDP, digest("SETUP", { nonce, uri }))).status, status,
				`${uri} for ${url}`);
		}
	});

	suite.test("star-is-its-own-uri", () => {
		const client = new Fixture({ authentication: LOGIN }).client();
		equal(
			client.ask(request("GET_PARAMETER *", digest("GET_PARAMETER", { nonce: challenged(client), uri: "*" })))
				.status,
			200,
		);
	});

	suite.test("repeated-credentials-are-good-for-the-same-request-only", () => {
		const fixture = new Fixture({ authentication: LOGIN }), client = fixture.client(),
			other = fixture.client("192.0.2.8");
		const ping = digest("GET_PARAMETER", { nonce: challenged(client) });
		for (let i = 0; i < 3; i++)
			equal(client.ask(request(`GET_PARAMETER ${URL}`, ping)).status, 200);
		equal(client.ask(request(`DESCRIBE ${URL}`, ping)).status, 401, "another method");
		equal(client.ask(request(`GET_PARAMETER ${URL}x/y`, ping)).status, 400, "another URL");
		equal(client.ask(request(`GET_PARAMETER ${URL}`, `${ping}, x="1"`)).status, 200, "judged again");
		equal(client.ask(request(`GET_PARAMETER ${URL}`, ping.replace("response=\"", "response=\"0"))).status, 401);
		equal(client.ask(request(`GET_PARAMETER ${URL}`)).status, 401, "no credentials");
		equal(other.ask(request(`GET_PARAMETER ${URL}`, ping)).status, 401, "a nonce for another address");
		equal(client.ask(request(`GET_PARAMETER ${URL}`, ping)).status, 200);
	});

	suite.test("malformed-credentials-are-answered-400", () => {
		const client = new Fixture({ authentication: { ...LOGIN, failureLimit: 1 } }).client();
		const whole = digest("DESCRIBE", { nonce: challenged(client) });
		for (const header of ["Authorization: Digest", "Authorization: Digest \"", whole.replace("uri=", "url="),
			whole.replace("nonce=", "="), `${whole}, nonce="x"`, whole.replace(", response", ", respond"),
			`${whole}, qop=auth`])
			equal(client.ask(request(`DESCRIBE ${URL}`, header)).status, 400, header);
		for (const header of ["Authorization:", "Authorization: Bearer x", "Authorization: Basic YWRtaW46czNjcmV0",
			`${whole}, algorithm=MD5-sess`])
			equal(client.ask(request(`DESCRIBE ${URL}`, header)).status, 401, header);
		equal(client.ask(request(`DESCRIBE ${URL}`, whole)).status, 200, "none of these counts as a failure");
	});

	suite.test("basic-is-granted-if-configured", () => {
		const client = new Fixture({ authentication: { ...LOGIN, scheme: "basic" } }).client();
		const status = (text: string): number =>
			client.ask(request(`DESCRIBE ${URL}`, `Authorization: ${text}`)).status;
		equal(
			["Basic YWRtaW46czNjcmV0", "basic  YWRtaW46czNjcmV0", "Basic YWRtaW46czNjcmVU", "Basic ", "Basic"].map(
				status,
			),
			[200, 200, 401, 401, 401],
		);
	});

	suite.test("authorization-is-read-as-clients-write-it", () => {
		const text = "username=\"a b\" ,nonce=n==,  uri = \"rtsp://h/?a=b,c\",response=\"0F\", algorithm=\"md5\", "
			+ "opaque=\"\"";
		equal(parseDigest(parseAuthorization(`Digest ${text}`)), {
			username: "a b",
			nonce: "n==",
			uri: "rtsp://h/?a=b,c",
			response: "0f",
			algorithm: "md5",
			qop: undefined,
			nonceCount: "",
			clientNonce: "",
		});
		const basic = parseAuthorization("BASIC  x=y");
		equal([basic.scheme, textOfBasic(basic)], ["basic", "x=y"]);
	});
}

function nonces(suite: Suite): void {
	suite.test("expired-nonce-is-stale-and-not-a-failure", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, nonceTimeout: 20, failureLimit: 1 } });
		const client = fixture.client();
		const nonce = challenged(client);
		fixture.time += 20_001;
		const answer = describe(client, { nonce });
		equal(answer.status, 401);
		assert(answer.header("WWW-Authenticate")!.endsWith(", stale=true"));
		equal(describe(client, { nonce: nonceOf(answer) }).status, 200);
		fixture.time += 20_000;
		equal(describe(fixture.client(), { nonce: nonceOf(answer) }).status, 200, "valid until the timeout");
	});

	suite.test("wrong-password-with-an-old-nonce-is-not-stale", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, nonceTimeout: 20 } });
		const client = fixture.client();
		const nonce = challenged(client);
		fixture.time += 30_000;
		assert(!describe(client, { nonce, password: "x" }).header("WWW-Authenticate")!.includes("stale"));
	});

	suite.test("nonce-does-not-expire-on-the-connection-that-used-it", () => {
		const fixture = new Fixture({ sessionTimeout: 3600, authentication: { ...LOGIN, nonceTimeout: 20 } });
		const client = fixture.client(), other = fixture.client();
		const nonce = challenged(client);
		equal(describe(client, { nonce }).status, 200);
		fixture.pass(3000);
		equal(describe(client, { nonce }).status, 200);
		equal(describe(other, { nonce }).status, 401, "expires on another connection");
	});

	suite.test("connection-that-was-granted-is-locked-out-with-its-address-when-it-fails", () => {
		const fixture = new Fixture({ authentication: { ...LOGIN, failureLimit: 3 } });
		const client = fixture.client(), other = fixture.client(), nonce = challenged(client);
		for (const it of [client, other])
			equal(describe(it, { nonce }).status, 200);
		for (let i = 0; i < 3; i++)
			equal(describe(client, { nonce, password: "x" }).status, 401);
		equal([describe(client, { nonce }).status, describe(other, { nonce }).status], [503, 200]);
	});

	suite.test("nonce-of-http-expires-on-its-connection-too", () => {
		let time = 0;
		const authenticator = new Authenticator({ ...LOGIN, realm: "r", now: () => time, random32: () => 1,
			nonceTimeout: 20 });
		const standing: Standing = { granted: false, nonce: undefined }, address = "192.0.2.9";
		const nonce = /nonce="([^"]+)"/.exec(authenticator.challenge(address, false))![1]!;
		const response = hash(`${hash(`${LOGIN.user}:r:${LOGIN.password}`)}:${nonce}:${hash("GET:/x")}`);
		const judge = (exact: boolean) =>
			authenticator.judge({ method: "GET", url: "/x", address, exact,
				authorization: `Digest username="${LOGIN.user}", realm="r", nonce="${nonce}", uri="/x", `
					+ `response="${response}"` }, standing);
		equal([judge(true), judge(false)], ["granted", "granted"]);
		time += 21_000;
		equal([judge(true), judge(false)], ["stale", "granted"]);
	});

	suite.test("nonce-of-another-address-server-or-time-is-stale", () => {
		const fixture = new Fixture({ limits: { connections: 100 }, authentication: LOGIN });
		const nonce = challenged(clientAt(fixture, "192.0.2.9"));
		equal(describe(clientAt(fixture, "192.0.2.9"), { nonce }).status, 200);
		for (const [address, text] of [["192.0.2.10", nonce], ["192.0.2.9", nonce.replace("3e8-", "3e7-")], [
			"192.0.2.9",
			nonce.replace("3e8-", "3e8x-"),
		], ["192.0.2.9", nonce.slice(0, -1)], ["192.0.2.9", `${nonce}0`], ["192.0.2.9", "3e8"], ["192.0.2.9", ""], [
			"192.0.2.9",
			"dcd98b7102dd2f0e8b11d0f600bfb0c093",
		]] as const) {
			const answer = describe(clientAt(fixture, address), { nonce: text });
			equal([answer.status, answer.header("WWW-Authenticate")?.endsWith("stale=true")], [401, true],
				`${text} from ${address}`);
		}
		let random = 1000;
		const restarted = new Fixture({ authentication: LOGIN, random32: () => ++random });
		equal(describe(clientAt(restarted, "192.0.2.9"), { nonce }).status, 401);
	});

	suite.test("nonce-of-the-future-is-not-fresh", () => {
		const fixture = new Fixture({ authentication: LOGIN });
		fixture.time = 50_000;
		const nonce = challenged(fixture.client());
		fixture.time = 40_000;
		equal(describe(fixture.client(), { nonce }).status, 401);
	});
}

export default function (suite: Suite): void {
	exchanges(suite);
	challenges(suite);
	credentials(suite);
	nonces(suite);

	suite.test("password-is-neither-sent-nor-reported", () => {
		for (const scheme of ["digest", "digest-sha256", "basic"] as const) {
			const fixture = new Fixture({ serverName: "cam", authentication: { ...LOGIN, scheme, failureLimit: 2 } });
			const client = fixture.client();
			let text = "";
			for (const header of ["X: 1", "Authorization: Basic YWRtaW46czNjcmV0", digest("DESCRIBE", { nonce: "1" }),
				"Authorization: Digest"])
			{
				client.connection.receive(bytesOf(request(`DESCRIBE ${URL}`, header)));
				text += client.take();
			}
			for (const secret of ["s3cret", "YWRtaW46czNjcmV0", "admin"])
				assert(!text.includes(secret) && !JSON.stringify(fixture.errors).includes(secret), text);
		}
	});
}
