// SPDX-License-Identifier: MIT
/** The password: shown by each scheme, never told, and not guessed. */
import { createHash } from "node:crypto";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { Receiver } from "./receiver.mjs";
import { Pusher } from "./rig.mjs";

const USER = "cam", PASSWORD = "pass/word";
const CREDENTIALS = "cam:pass%2Fword@";

const hash = (algorithm, text) => createHash(algorithm === "SHA-256" ? "sha256" : "md5").update(text).digest("hex");

/** @returns whether the Authorization header of a request shows the password */
function isGranted({ method, headers: { authorization = "" } }, nonce) {
	if (authorization.startsWith("Basic "))
		return Buffer.from(authorization.slice(6), "base64").toString() === `${USER}:${PASSWORD}`;
	const value = name => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(authorization)?.[1];
	const algorithm = value("algorithm"), secret = hash(algorithm, `${USER}:the realm:${PASSWORD}`);
	const middle = value("qop") ? `${nonce}:${value("nc")}:${value("cnonce")}:auth` : nonce;
	return value("nonce") === nonce
		&& value("response") === hash(algorithm, `${secret}:${middle}:${hash(algorithm, `${method}:${value("uri")}`)}`);
}

/** @param {() => string} challenge value of WWW-Authenticate for a nonce
 *  @param {number} [lifetime] requests for which a nonce is valid */
function guarded(challenge, lifetime = Infinity) {
	let number = 0, left = lifetime;
	return (request, publisher) => {
		const nonce = `nonce${number}`, granted = isGranted(request, nonce);
		if (granted && left-- > 0) {
			publisher.serve(request);
			return;
		}
		number += 1;
		left = lifetime;
		publisher.reply(request, 401, {
			"WWW-Authenticate": challenge(`nonce${number}`) + (granted && lifetime !== Infinity ? ", stale=true" : ""),
		});
	};
}

const SCHEMES = {
	"digest-with-md5": nonce => `Digest realm="the realm", nonce="${nonce}"`,
	"digest-with-sha-256": nonce =>
		`Basic realm="the realm", Digest realm="the realm", nonce="${nonce}", `
		+ "algorithm=SHA-256, qop=\"auth\"",
	basic: () => "Basic realm=\"the realm\"",
};

export async function logins(tests) {
	for (const [name, challenge] of Object.entries(SCHEMES)) {
		tests.test(`push-shows-the-password-by-${name}`, [], async () => {
			const receiver = await Receiver.listen({ answer: guarded(challenge) });
			const pusher = await Pusher.start(receiver.url(CREDENTIALS));
			try {
				await until(() => receiver.frameCount >= 3, `frames; ${pusher.output}`);
				check(!pusher.output.includes("word"), pusher.output);
				check(!JSON.stringify(await pusher.get("/api/status")).includes("word"),
					"the status tells the password");
				check(!JSON.stringify(await pusher.get("/api/log")).includes("word"), "the notices tell the password");
			}
			finally {
				await pusher.stop();
				await receiver.close();
			}
		});
	}

	tests.test("push-answers-a-stale-nonce-with-the-new-one", [], async () => {
		const receiver = await Receiver.listen({ answer: guarded(SCHEMES["digest-with-md5"], 1), timeout: 2 });
		const pusher = await Pusher.start(receiver.url(CREDENTIALS));
		try {
			const pings = () => receiver.last?.methods().filter(method => method === "GET_PARAMETER").length ?? 0;
			await until(() => pings() >= 4, `keepalives; ${pusher.output}`);
			equal(receiver.publishers.length, 1, "connections");
			equal((await pusher.push()).state, "sending", "state");
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});

	tests.test("push-with-a-wrong-password-tells-it-and-does-not-guess-on", [], async () => {
		const receiver = await Receiver.listen({ answer: guarded(SCHEMES["digest-with-md5"]) });
		const pusher = await Pusher.start(receiver.url("cam:wrongword@"));
		try {
			await pusher.fails(/push: rtsp:\/\/127\.0\.0\.1:\d+\/live\/cam: wrong user name or password; .* 60 s/);
			await sleep(4000);
			equal(receiver.publishers.length, 1, "connections");
			equal(receiver.last.methods().join(), "OPTIONS,OPTIONS", "requests");
			const { state, error } = await pusher.push();
			equal(`${state}: ${error}`, "waiting: wrong user name or password", "state");
			check(!pusher.output.includes("wrongword"), pusher.output);
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});

	tests.test("push-follows-a-redirection-and-tells-only-its-own-server-the-password", [], async () => {
		const guard = guarded(SCHEMES.basic), target = await Receiver.listen({ answer: guard });
		const redirecting = place => (request, publisher) =>
			publisher.reply(request, 302, { Location: `${place()}/other` });
		const own = await Receiver.listen({
			answer: (request, publisher) =>
				(request.url.includes("/other") ? guard : redirecting(() => `rtsp://127.0.0.1:${own.port}`))(
					request,
					publisher,
				),
		});
		const others = await Promise.all(
			["127.0.0.1", "localhost"].map(host =>
				Receiver.listen({ answer: redirecting(() => `rtsp://${host}:${target.port}`) })
			),
		);
		const receivers = [own, ...others];
		const pushers = await Promise.all(receivers.map(it => Pusher.start(it.url(CREDENTIALS))));
		try {
			await until(() => own.frameCount >= 3, `frames; ${pushers[0].output}`);
			for (const pusher of pushers.slice(1))
				await pusher.fails(/wants a user name and a password/);
			const requests = target.publishers.flatMap(publisher => publisher.requests);
			check(requests.every(({ url }) => url.includes("/other")), "the URL is the new one");
			check(requests.every(({ headers }) => !headers.authorization), "another server was told the password");
			for (const host of ["127.0.0.1", "localhost"])
				check(requests.some(({ url }) => url.includes(host)), `nothing came to ${host}`);
		}
		finally {
			await Promise.all([...pushers.map(pusher => pusher.stop()), target.close(), ...receivers.map(it =>
				it.close()
			)]);
		}
	});

	tests.test("push-uses-a-proxy-and-ends-endless-redirections", [], async () => {
		const proxy = await Receiver.listen(),
			endless = await Receiver.listen({
				answer: (request, publisher) => publisher.reply(request, 302, { Location: endless.url() }),
			});
		const receiver = await Receiver.listen({
			answer: (request, publisher) =>
				publisher.reply(request, 305, { Location: `rtsp://127.0.0.1:${proxy.port}` }),
		});
		const pushers = await Promise.all([receiver, endless].map(it => Pusher.start(it.url())));
		try {
			await until(() => proxy.frameCount >= 3, `frames; ${pushers[0].output}`);
			equal(proxy.last.requests[0].url, receiver.url(), "URL of the request to the proxy");
			await pushers[1].fails(/redirected more than 5 times/);
			await sleep(500);
			check(endless.publishers.length <= 6, `${endless.publishers.length} connections`);
		}
		finally {
			await Promise.all([...pushers.map(pusher => pusher.stop()), proxy.close(), receiver.close(),
				endless.close()]);
		}
	});
}
