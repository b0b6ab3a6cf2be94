// SPDX-License-Identifier: MIT
/** The page at `/`. It is stored compressed, and only so. */

import { GET } from "../api/json";
import { matchesETag } from "../request";
import type { Answer, HTTPRequest, Route } from "../types";
import { acceptsGzip } from "./accepts";
import { PAGE_POLICY, PAGE_TAG } from "./built/headers";
import pageDocument from "./pagedocument";

/** The browser keeps the page, and asks whether it is still the same. */
const CACHE_LINES = `ETag: ${PAGE_TAG}\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\n`;
const PAGE_LINES = `Content-Encoding: gzip\r\n${CACHE_LINES}Content-Security-Policy: ${PAGE_POLICY}\r\n`
	+ "Referrer-Policy: same-origin\r\n";

export class PageRoute implements Route {
	readonly paths: readonly string[] = ["/", "/index.html"];
	readonly methods = GET;
	readonly #body = new Uint8Array(pageDocument());

	handle({ headers }: HTTPRequest): Answer {
		if (!acceptsGzip(headers.get("accept-encoding")))
			return { status: 406, headers: CACHE_LINES, type: "text/plain",
				body: "406 Not Acceptable\r\nThe page is stored with gzip: send Accept-Encoding: gzip.\r\n" };
		if (matchesETag(headers.get("if-none-match"), PAGE_TAG))
			return { status: 304, headers: CACHE_LINES };
		return { status: 200, type: "text/html; charset=utf-8", headers: PAGE_LINES, body: this.#body };
	}
}
