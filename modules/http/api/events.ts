// SPDX-License-Identifier: MIT
/**
 * `GET /api/events`: server-sent events (WHATWG HTML section 9.2). Each second, all readers get the event `status`: the
 * document of `/api/status`, with the list of `/api/clients` as `clients`.
 *
 * A reader that does not keep up misses events. One that misses more than it takes is dropped after some seconds.
 */

import Timer from "timer";
import { remove } from "../../common/list";
import type { Answer, HTTPExchange, HTTPRequest, Route, Watcher } from "../types";
import type { ClientDocument } from "./clients";
import { answerError, rounded, GET } from "./json";

const PATHS: readonly string[] = Object.freeze(["/api/events"]);

/** What an event consists of. */
export interface EventSource {
	/** The addresses of the stream, for a client that knows the camera by this name. */
	describeStream(host: string | undefined): unknown;
	/** The rest of the status, with the clients. */
	describe(): object;
	/** @returns a number for a client */
	nextNumber(): number;
	/** Milliseconds, monotonic. */
	uptime(): number;
}

/** Readers at a time, and events that a reader may miss beyond those that it takes meanwhile: a kernel lets a little
 *  data through even if nobody reads it. */
const READER_LIMIT = 8, PATIENCE = 10;
/** Milliseconds until a browser connects again. */
const RETRY = 3000;

const HEAD: Answer = Object.freeze({ status: 200, type: "text/event-stream" });

class Reader implements Watcher {
	readonly exchange: HTTPExchange;
	readonly id: number;
	readonly begun: number;
	/** JSON of the stream's addresses. */
	readonly stream: string;
	sent = 0;
	skipped = 0;
	octets = 0;
	/** Events in the last second: 0 or 1. */
	rate = 0;
	#missed = 0;
	readonly #onClosed: (reader: Reader) => void;

	constructor(exchange: HTTPExchange, id: number, begun: number, stream: string, onClosed: (reader: Reader) => void) {
		this.exchange = exchange;
		this.id = id;
		this.begun = begun;
		this.stream = stream;
		this.#onClosed = onClosed;
	}

	/** @returns false if the reader has missed too many */
	write(text: string): boolean {
		if (this.exchange.write(text)) {
			this.sent += 1;
			this.octets += text.length;
			this.rate = 1;
			if (this.#missed > 0)
				this.#missed -= 1;
			return true;
		}
		this.skipped += 1;
		this.rate = 0;
		this.#missed += 1;
		return this.#missed < PATIENCE;
	}

	resume(): void {
		// the next event follows within a second
	}

	closed(): void {
		this.#onClosed(this);
	}
}

export class EventsRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly lasting = true;
	readonly #source: EventSource;
	readonly #readers: Reader[] = [];
	#timer: Timer | undefined;

	constructor(source: EventSource) {
		this.#source = source;
	}

	handle({ headers }: HTTPRequest, exchange: HTTPExchange): Answer | undefined {
		if (exchange.headOnly) {
			exchange.begin(HEAD);
			return undefined;
		}
		if (this.#readers.length >= READER_LIMIT)
			return answerError(503, "busy", `${READER_LIMIT} clients read events already`);
		const source = this.#source;
		const reader = new Reader(exchange, source.nextNumber(), source.uptime(),
			JSON.stringify(source.describeStream(headers.get("host"))), gone => this.#forget(gone));
		exchange.watch(reader);
		this.#readers.push(reader);
		this.#timer ??= Timer.repeat(() => this.#tell(), 1000);
		exchange.begin(HEAD);
		reader.write(`retry: ${RETRY}\n${this.#format(reader, this.#describe())}`);
		return undefined;
	}

	/** The readers as clients. */
	list(): ClientDocument[] {
		const now = this.#source.uptime();
		return this.#readers.map(({ id, exchange, begun, sent, skipped, octets, rate }) => ({ id,
			address: exchange.peer.remoteAddress, kind: "events", since: rounded((now - begun) / 1000), packets: sent,
			octets, frameRate: rate, sent, skipped, waits: 0, lost: null, jitter: null, roundTrip: null })
		);
	}

	close(): void {
		while (this.#readers.length)
			this.#readers.pop()!.exchange.end();
		this.#stop();
	}

	/** Runs in a timer: no exception may leave it. */
	#tell(): void {
		try {
			const text = this.#describe(), readers = this.#readers;
			for (let i = readers.length - 1; i >= 0; i--) {
				const reader = readers[i]!;
				if (!reader.write(this.#format(reader, text))) {
					this.#forget(reader);
					reader.exchange.peer.drop();
				}
			}
		}
		catch {
			// no memory for an event: the next may find some
		}
	}

	#describe(): string {
		return JSON.stringify(this.#source.describe());
	}

	#format(reader: Reader, text: string): string {
		return `event: status\ndata: {"stream":${reader.stream},${text.slice(1)}\n\n`;
	}

	#forget(reader: Reader): void {
		remove(this.#readers, reader);
		if (this.#readers.length === 0)
			this.#stop();
	}

	#stop(): void {
		Timer.clear(this.#timer);
		this.#timer = undefined;
	}
}
