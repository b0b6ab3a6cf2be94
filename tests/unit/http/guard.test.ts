// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { isOwnHost, refuseForeign } from "http/guard";
import type { HeaderFields, HeaderName } from "http/headers";

const NAMES = ["camera.example.com"];

function fields(values: Readonly<Partial<Record<HeaderName, string>>>): HeaderFields {
	return new Map(Object.entries(values)) as HeaderFields;
}

export default function (suite: Suite): void {
	suite.test("http-host-of-the-camera-is-an-address-or-a-local-name", () => {
		for (const host of ["10.0.0.5", "10.0.0.5:8080", "localhost", "localhost:8080", "camera", "CAMERA.local",
			"camera.local.:80", "a.b.local", "camera.home.arpa", "camera.fritz.box", "camera.lan", "[::1]:8080",
			"[fe80::1]", "camera.example.com", "Camera.Example.com:8080"])
			equal(isOwnHost(host, NAMES), true, host);
	});

	suite.test("http-host-of-somebody-else-is-not-the-camera's", () => {
		for (const host of ["", ":80", "example.com", "evil.example.com", "camera.example.com.evil.com",
			"10.0.0.5.evil.com", "1.2.3", "1.2.3.256", "1.2.3.4.5", "01.2.3.4", "1.2..4", "local.evil.com",
			"evilarpa.com", "a.b", "a".repeat(300), "evil.com#.local", "evil.com/.local", "evil.com?.local",
			"evil.com:80.local", "a:b.evil.com", "127.0.0.1:80:evil.com", "127.0.0.1:evil", "127.0.0.1:", "a@camera",
			"[::1]evil.com", "[::1", "camera\u00e9", "a b"])
			equal(isOwnHost(host, NAMES), false, host.slice(0, 40));
	});

	suite.test("http-change-is-accepted-from-the-own-page-and-from-programs", () => {
		for (const headers of [{}, { host: "camera" }, { host: "10.0.0.5:8080", origin: "http://10.0.0.5:8080" }, {
			host: "Camera.local",
			origin: "http://camera.local",
			"sec-fetch-site": "same-origin",
		}, { host: "Camera.example.com", origin: "https://camera.example.com", "sec-fetch-site": "same-origin" }, {
			host: "camera:8443",
			origin: "https://camera:8443",
		}, { host: "camera", "sec-fetch-site": "none" }, {
			host: "camera",
			"content-type": "application/json; charset=utf-8",
		}])
			equal(refuseForeign("POST", fields(headers), NAMES), undefined, JSON.stringify(headers));
	});

	suite.test("http-change-is-refused-from-another-page", () => {
		for (const [headers, status] of [
			[{ host: "evil.com" }, 421],
			[{ host: "camera", origin: "http://evil.com" }, 403],
			[{ host: "camera", origin: "null" }, 403],
			[{ host: "camera", origin: "" }, 403],
			[{ host: "camera:8080", origin: "http://camera" }, 403],
			[{ host: "camera", origin: "https://evil.com" }, 403],
			[{ host: "camera:8443", origin: "https://camera" }, 403],
			[{ host: "camera", origin: "https://camera.evil.com" }, 403],
			[{ host: "camera", origin: "ftp://camera" }, 403],
			[{ host: "evil.com", origin: "https://evil.com", "sec-fetch-site": "same-origin" }, 421],
			[{ origin: "http://evil.com" }, 403],
			[{ host: "camera", "sec-fetch-site": "cross-site" }, 403],
			[{ host: "camera", "sec-fetch-site": "same-site" }, 403],
			[{ host: "camera", origin: "http://camera", "sec-fetch-site": "cross-site" }, 403],
			[{ host: "camera", "content-type": "text/plain" }, 415],
			[{ host: "camera", "content-type": "Text/Plain ; application/json" }, 415],
			[{ host: "camera", "content-type": "multipart/form-data; boundary=x" }, 415],
			[{ "content-type": "application/x-www-form-urlencoded" }, 415],
		] as const)
			equal(refuseForeign("POST", fields(headers), NAMES)?.status, status, JSON.stringify(headers));
		const { body } = refuseForeign("POST", fields({ "content-type": "text/plain" }), NAMES)!;
		equal(JSON.parse(String(body)), {
			error: { name: "body", message: "use Content-Type: application/json, or none without a body" },
		});
	});

	suite.test("http-get-of-a-browser-changes-nothing", () => {
		const get = (headers: Parameters<typeof fields>[0], method = "GET") =>
			refuseForeign(method, fields({ host: "10.0.0.5", ...headers }), NAMES)?.status;
		const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36" };
		equal([get(browser), get({ "user-agent": "curl/8.1" }), get({}), get(browser, "PATCH")], [403, undefined,
			undefined, undefined]);
		// programs that play a page's video for the browser
		equal(get({ "user-agent": "AppleCoreMedia/1.0.0.21A329", "referer": "http://evil.com/" }), 403);
		equal(get({ "user-agent": "AppleCoreMedia/1.0.0.21A329", "referer": "http://10.0.0.5/" }), 403);
		// where it says that the camera's own page asks
		equal([get({ ...browser, "sec-fetch-site": "same-origin" }),
			get({ ...browser, "sec-fetch-site": "cross-site" })], [
			undefined,
			403,
		]);
	});
}
