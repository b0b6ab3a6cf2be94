// SPDX-License-Identifier: MIT
/**
 * One request to the set-up page and its response. The connection ends afterwards: a form is sent only once, and a
 * device has few sockets.
 *
 * RTSP's parser reads the head, since its messages have the same form. It passes on the bytes that follow an HTTP head
 * as they arrive.
 */

import { errorText } from "../common/errortext";
import { copy } from "../octets/octets";
import type { Request } from "../rtsp/message";
import { Parser } from "../rtsp/parser";
import { parseDecimal } from "../rtsp/text";
import { formatAnswer, refusal, type Answer, type Site } from "./site";

/** Limits of a head. Browsers send about 600 bytes and 12 fields. */
const PAGE_HEAD_LIMIT = 2048, PAGE_HEADER_LIMIT = 32;
/** Limit of a form: six fields of 64 characters, each of which takes three bytes when encoded. */
const FORM_LIMIT = 2048;

export interface PageExchangeOptions {
	readonly site: Site;
	/** Receives the response in pieces. The connection must end after the last one. Called at most once. */
	readonly onAnswer: (pieces: string[]) => void;
	readonly onNotice: (message: string) => void;
}

export class PageExchange {
	readonly #options: PageExchangeOptions;
	readonly #parser: Parser;
	#request: Request | undefined;
	#body = new Uint8Array(0);
	#filled = 0;
	#answered = false;

	constructor(options: PageExchangeOptions) {
		this.#options = options;
		this.#parser = new Parser({
			onRequest: request => this.#begin(request),
			onTunnelled: bytes => this.#collect(bytes),
			onInterleaved: () => this.#refuse(400),
			onError: ({ status }) => this.#refuse(status),
			limits: { headBytes: PAGE_HEAD_LIMIT, headerCount: PAGE_HEADER_LIMIT, bodyBytes: 0, frameBytes: 0 },
		});
	}

	/** Receives the next bytes from the client. Never throws. */
	receive(bytes: Uint8Array): void {
		if (this.#answered)
			return;
		try {
			this.#parser.receive(bytes);
		}
		catch (error) {
			this.#options.onNotice(`internal error: ${errorText(error)}`);
			this.#refuse(500);
		}
	}

	/** Refuses a request that has taken too long. */
	expire(): void {
		this.#refuse(408);
	}

	#begin(request: Request): void {
		const answer = this.#options.site.refuse(request);
		if (answer !== undefined) {
			this.#answer(answer, request.method !== "HEAD");
			return;
		}
		const text = request.headers.get("content-length");
		const length = text === undefined ? undefined : parseDecimal(text);
		if (request.headers.get("transfer-encoding") !== undefined)
			this.#refuse(501);
		else if (text !== undefined && length === undefined)
			this.#refuse(400);
		else if (request.method === "POST" && length === undefined)
			this.#refuse(411);
		else if (length !== undefined && length > FORM_LIMIT)
			this.#refuse(413);
		else {
			this.#request = request;
			this.#body = new Uint8Array(length ?? 0);
			if (request.headers.get("expect")?.toLowerCase() === "100-continue" && length)
				this.#refuse(417);
			else if (!length)
				this.#finish();
		}
	}

	#collect(bytes: Uint8Array): void {
		const missing = this.#body.byteLength - this.#filled;
		if (this.#answered || !this.#request)
			return;
		const taken = Math.min(bytes.byteLength, missing);
		copy(bytes, 0, taken, this.#body, this.#filled);
		this.#filled += taken;
		if (this.#filled === this.#body.byteLength)
			this.#finish();
	}

	#finish(): void {
		const { method, url, version, headers } = this.#request!;
		this.#answer(this.#options.site.answer({ method, url, version, headers, body: this.#body }), method !== "HEAD");
	}

	#refuse(status: number): void {
		this.#answer(refusal(status), true);
	}

	#answer(answer: Answer, withBody: boolean): void {
		if (this.#answered)
			return;
		this.#answered = true;
		this.#parser.close();
		this.#options.onAnswer(formatAnswer(answer, withBody));
	}
}
