// SPDX-License-Identifier: MIT
/** The header fields of a request by their names, valid as long as the request. */

import { ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, IF_NONE_MATCH, ORIGIN, REFERER, SEC_FETCH_SITE,
	USER_AGENT, type Request } from "../rtsp/message";

/** Those that this server reads. */
const NUMBERS = Object.freeze({
	"accept-encoding": ACCEPT_ENCODING,
	"authorization": AUTHORIZATION,
	"connection": CONNECTION,
	"content-type": CONTENT_TYPE,
	"host": HOST,
	"if-none-match": IF_NONE_MATCH,
	"origin": ORIGIN,
	"referer": REFERER,
	"sec-fetch-site": SEC_FETCH_SITE,
	"user-agent": USER_AGENT,
});

export type HeaderName = keyof typeof NUMBERS;

export interface HeaderFields {
	/** @returns all values joined with commas, so that a repeated single-value field fails to parse */
	get(name: HeaderName): string | undefined;
}

export class RequestHeaders implements HeaderFields {
	readonly #request: Request;

	constructor(request: Request) {
		this.#request = request;
	}

	get(name: HeaderName): string | undefined {
		return this.#request.header(NUMBERS[name]);
	}
}
