// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { matchesETag, parseTarget } from "http/request";

/** Targets with path and query; undefined: refused. */
const TARGETS: readonly (readonly [target: string, path: string | undefined, query?: string])[] = [
	["/", "/"],
	["/stream", "/stream"],
	["/stream?", "/stream", ""],
	["/stream?fps=5", "/stream", "fps=5"],
	["/stream?fps=5&fps=6&=7&x&y=&z=a=b", "/stream", "fps=5 x= y= z=a=b"],
	["/a%20b/%C3%A9?q=a+b%2B%26%20", "/a b/é", "q=a+b+& "],
	["http://camera:8080/stream?fps=5", "/stream", "fps=5"],
	["HTTP://camera", "/"],
	["http://camera/", "/"],
	["//stream", "//stream"],
	["/a/../b", "/a/../b"],
	["/a%2e%2e%2fb", "/a../b"],
	["http:///stream", undefined],
	["http://camera?fps=5", undefined],
	["stream", undefined],
	["", undefined],
	["?fps=5", undefined],
	["https://camera/stream", undefined],
	["/%", undefined],
	["/%zz", undefined],
	["/%ff", undefined],
	["/%00", undefined],
	["/%0a", undefined],
	["/%09", undefined],
	["/%7f", undefined],
	["/%C2%80", undefined],
	["/a?b=%0d", undefined],
	["/a?%=b", undefined],
	[`/a?${"b&".repeat(24)}`, "/a", "b="],
	[`/a?${"b&".repeat(25)}`, undefined],
];

export default function (suite: Suite): void {
	for (const [target, path, query] of TARGETS) {
		suite.test(`http-target-${target.slice(0, 40)}-${path === undefined ? "is-refused" : "is-read"}`, () => {
			const result = parseTarget(target);
			const parameters = [...result?.query ?? []].map(([name, value]) => `${name}=${value}`).join(" ");
			equal([result?.path, parameters], [path, query ?? ""]);
		});
	}

	suite.test("http-target-that-is-an-url-names-the-host-of-the-request", () => {
		equal(parseTarget("http://Camera:80/a", "camera:80")?.path, "/a");
		for (const host of ["evil.com", "camera:80", "", "camera.evil.com"])
			equal(parseTarget("http://camera/a", host), undefined, host);
		equal(parseTarget("/a", "camera")?.path, "/a");
	});

	suite.test("http-etag-matches-itself-in-a-list-and-weakly", () => {
		for (const value of ["\"a-1\"", "W/\"a-1\"", "*", "\"x\", \"a-1\"", "\"x\",W/\"a-1\" ,\"y\""])
			equal(matchesETag(value, "\"a-1\""), true, value);
		for (const value of [undefined, "", "a-1", "\"a-2\"", "\"a-1", "\"a-1\"x", `${"\"x\",".repeat(8)}"a-1"`])
			equal(matchesETag(value, "\"a-1\""), false, String(value));
	});
}
