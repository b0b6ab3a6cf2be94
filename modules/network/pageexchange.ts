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
import { CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING, type Request } from "../rtsp/message";
import { Parser } from "../rtsp/parser";
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
	/** Of the request, once its head is accepted. */
	#method = "";
	#url = "";
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
		const hasLength = request.has(CONTENT_LENGTH), length = hasLength ? request.decimal(CONTENT_LENGTH) : 0;
		if (request.has(TRANSFER_ENCODING))
			this.#refuse(501);
		else if (length < 0)
			this.#refuse(400);
		else if (request.method === "POST" && !hasLength)
			this.#refuse(411);
		else if (length > FORM_LIMIT)
			this.#refuse(413);
		else {
			this.#method = request.method;
			this.#url = request.url;
			this.#body = new Uint8Array(length);
			if (request.header(EXPECT)?.toLowerCase() === "100-continue" && length)
				this.#refuse(417);
			else if (!length)
				this.#finish();
		}
	}

	#collect(bytes: Uint8Array): void {
		const missing = this.#body.byteLength - this.#filled;
		if (this.#answered || this.#method === "")
			return;
		const taken = Math.min(bytes.byteLength, missing);
		copy(bytes, 0, taken, this.#body, this.#filled);
		this.#filled += taken;
		if (this.#filled === this.#body.byteLength)
			this.#finish();
	}

	#finish(): void {
		this.#answer(this.#options.site.answer(this.#method, this.#url, this.#body), this.#method !== "HEAD");
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
