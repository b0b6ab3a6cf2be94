// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { acceptsGzip } from "http/page/accepts";

/** Values of `Accept-Encoding` (RFC 9110 section 12.5.3), and whether gzip may be sent. */
const TABLE: readonly (readonly [name: string, value: string | undefined, accepted: boolean])[] = [
	["no-header", undefined, true],
	["empty", "", false],
	["chromium", "gzip, deflate, br, zstd", true],
	["old-name", "x-gzip", true],
	["capitals", "GZIP", true],
	["identity", "identity", false],
	["others", "br, deflate", false],
	["any", "*", true],
	["weight", "br;q=1.0, gzip;q=0.8, *;q=0.1", true],
	["never", "gzip;q=0, *", false],
	["never-in-full", "gzip ; q=0.000", false],
	["any-but-never", "*;q=0", false],
	["named-before-any", "*;q=0, gzip", true],
	["late", `${"a".repeat(250)},gzip`, true],
	["too-late", `${"a".repeat(260)},gzip`, false],
	["part-of-a-name", "notgzip, gzipped", false],
];

export default function (suite: Suite): void {
	for (const [name, value, accepted] of TABLE)
		suite.test(`accepts-gzip-${name}`, () => equal(acceptsGzip(value), accepted));
}
