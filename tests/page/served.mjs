// SPDX-License-Identifier: MIT
/** The document as the camera serves it. */
import http from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { makeDocument } from "../../hosts/desktop/build/page.mjs";
import { freePort, startCamera } from "../camera.mjs";
import { check, equal } from "../interop/harness.mjs";

export async function servedTests(tests) {
	const httpPort = await freePort(), { document, policy } = await makeDocument();
	const camera = await startCamera({ args: ["--http-port", String(httpPort), "--address", "127.0.0.1"] });
	const ask = async (headers, method = "GET", path = "/") => {
		const response = await new Promise((resolve, reject) => {
			http.request({ host: "127.0.0.1", port: httpPort, path, method, headers }, resolve).on("error", reject)
				.end();
		});
		return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
	};
	try {
		await tests.test("served-compressed-with-its-policy", [], async () => {
			for (const path of ["/", "/index.html", "/?from=bookmark"]) {
				const { status, headers, body } = await ask({ "Accept-Encoding": "gzip, br" }, "GET", path);
				equal(status, 200, `status of ${path}`);
				equal(headers["content-encoding"], "gzip", "Content-Encoding");
				equal(headers["content-type"], "text/html; charset=utf-8", "Content-Type");
				equal(headers["content-security-policy"], policy, "Content-Security-Policy");
				equal(headers["x-content-type-options"], "nosniff", "X-Content-Type-Options");
				check(gunzipSync(body).toString() === document, "the body is not the document");
			}
			const head = await ask({}, "HEAD");
			equal(head.body.length, 0, "length of the body after HEAD");
			check(Number(head.headers["content-length"]) > 1000, "HEAD tells no length");
		});
		await tests.test("served-once-to-a-browser-that-keeps-it", [], async () => {
			const { etag } = (await ask({})).headers;
			const again = await ask({ "If-None-Match": etag });
			equal(again.status, 304, "status for the same tag");
			equal(again.headers.etag, etag, "its tag");
			equal((await ask({ "If-None-Match": "\"other\"" })).status, 200, "status for another tag");
		});
		await tests.test("refused-in-words-without-gzip", [], async () => {
			const { status, headers, body } = await ask({ "Accept-Encoding": "identity" });
			equal(status, 406, "status");
			equal(headers.vary, "Accept-Encoding", "Vary");
			check(/send Accept-Encoding: gzip/.test(body.toString()), body.toString());
		});
	}
	finally {
		await camera.stop();
	}
}
