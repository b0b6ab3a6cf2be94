// SPDX-License-Identifier: MIT
/** The password over HTTP: the same user and the same lock-out as over RTSP. */
import { freePort, startCamera } from "../camera.mjs";
import { check, equal, execute, sleep } from "../interop/harness.mjs";
import { authorization } from "../interop/login-client.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { ask, HTTPClient } from "./client.mjs";

const USER = ["--user", "me", "--password", "pass word"];

async function withCamera(args, body) {
	const camera = await startCamera({ http: true, args: [...USER, ...args] });
	try {
		await body(camera);
	}
	finally {
		await camera.stop();
	}
}

/** Asks twice: for a challenge, then with credentials for `uri`. */
async function login(client, target, { uri = target, password = "pass word", method = "GET" } = {}) {
	const challenge = (await client.ask(target, { method })).headers["www-authenticate"];
	return client.ask(target, { method,
		headers: [`Authorization: ${authorization(challenge, method, uri, "me", password)}`] });
}

export async function logins(tests) {
	const streamPort = await freePort();
	await tests.test("no-path-and-no-port-is-open-without-the-password", [],
		() =>
			withCamera(["--stream-port", String(streamPort)], async ({ httpPort }) => {
				for (const port of [httpPort, streamPort]) {
					for (const target of ["/", "/stream", "/snapshot.jpg", "/capture", "/nothing", "/..", "*"]) {
						for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
							const { status, headers } = await ask(port, target, { method });
							equal(status, 401, `${method} ${target} at port ${port}`);
							check(/^Digest .*nonce=".*qop="auth"/.test(headers["www-authenticate"]), "no challenge");
						}
					}
				}
			}));
	await tests.test("digest-of-the-tests-client", [], () =>
		withCamera([], async ({ httpPort }) => {
			const client = await HTTPClient.connect(httpPort);
			equal((await login(client, "/snapshot.jpg")).status, 200, "the right password");
			equal((await login(client, "/snapshot.jpg", { method: "HEAD" })).status, 200, "HEAD");
			equal((await login(client, "/snapshot.jpg", { password: "password" })).status, 401, "a wrong password");
			equal((await login(client, "/snapshot.jpg?download", { uri: "/snapshot.jpg" })).status, 400,
				"a hash for another query");
			client.close();
		}));
	for (const [scheme, options] of [["digest", ["--digest"]], ["basic", ["--basic"]], ["digest-sha256", [
		"--digest",
	]]]) {
		await tests.test(`curl-logs-in-with-${scheme}`, [], () =>
			withCamera(["--auth", scheme], async ({ httpPort }) => {
				const curl = async password => {
					const { stdout } = await execute("curl", ["-s", "-m", "10", ...options, "-u", `me:${password}`,
						"-o", "/dev/null", "-w", "%{http_code} %{content_type}",
						`http://127.0.0.1:${httpPort}/snapshot.jpg`]);
					return String(stdout);
				};
				equal(await curl("pass word"), "200 image/jpeg", "curl's answer");
				equal(await curl("password"), "401 text/plain", "curl's answer to a wrong password");
			}));
	}
	await tests.test("guesses-over-http-lock-rtsp-out-too", [],
		() =>
			withCamera(["--auth", "basic", "--failure-limit", "3", "--lock-time", "2"], async ({ httpPort, port }) => {
				for (let i = 0; i < 3; i++) {
					const { status } = await ask(httpPort, "/", { headers: ["Authorization: Basic bWU6eA=="] });
					equal(status, 401, `the status of guess ${i}`);
				}
				const right = ["Authorization: Basic bWU6cGFzcyB3b3Jk"];
				const locked = await ask(httpPort, "/snapshot.jpg", { headers: right });
				equal(locked.status, 503, "the status once locked");
				check(Number(locked.headers["retry-after"]) <= 2, "no Retry-After");
				const client = await RTSPClient.connect(port);
				equal((await client.request("DESCRIBE", `rtsp://127.0.0.1:${port}/`)).status, 503, "RTSP's status");
				client.close();
				await sleep(2100);
				equal((await ask(httpPort, "/snapshot.jpg", { headers: right })).status, 200, "the status afterwards");
			}));
}
