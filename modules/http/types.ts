// SPDX-License-Identifier: MIT
/**
 * The boundaries of http/: the connection below it, and the handlers of its paths above it.
 */

import type { Route as FrameRoute } from "fanout";
import type Picture from "pictureburst";
import type { Frame } from "../camera/source";
import type { HeaderFields } from "./headers";
import type { SendResult } from "../stream/sink";

/** A complete request, authenticated and for a path that the server has. Valid during the call only, as its body is. */
export interface HTTPRequest {
	/** As written. Never HEAD: a handler sees GET, and the connection leaves out the body. */
	readonly method: string;
	/** Percent-decoded, without query. Begins with `/`. */
	readonly path: string;
	/** Percent-decoded. A repeated parameter has its first value. */
	readonly query: ReadonlyMap<string, string>;
	readonly headers: HeaderFields;
	readonly body: Uint8Array;
	/** Client's address, an IP literal. */
	readonly address: string;
	/** Name of the user that has shown the password; undefined if the server needs none. */
	readonly user: string | undefined;
	/** The refusal of a client that has not shown the password. Only an `open` route is called with one. */
	readonly refusal?: Answer | undefined;
}

/** A response. The connection adds general headers, Content-Length and Connection. */
export interface Answer {
	readonly status: number;
	/** `Content-Type`. Default: none. */
	readonly type?: string | undefined;
	/** Text is sent as UTF-8. Bytes must stay valid and unchanged. */
	readonly body?: string | ArrayBuffer | Uint8Array | undefined;
	/** More header lines, each with its CRLF. */
	readonly headers?: string | undefined;
}

/** Takes notice of what happens to a connection. Methods never throw. */
export interface Watcher {
	/** The socket has room again, and nothing is queued. */
	resume(): void;
	/** The connection has ended, from the other side or because it gave way. Nothing else follows. */
	closed(): void;
}

/** The connection, as a handler sees it that answers later or for long. Methods never throw. After the end of the
 *  connection they have no effect. */
export interface HTTPExchange {
	readonly peer: HTTPPeer;
	/** Whether the client sent HEAD: the answer has no body. */
	readonly headOnly: boolean;
	/** Answers the request. The connection is then free for the next one. */
	respond(answer: Answer): void;
	/** Sends the head of a response without length, at once. The connection ends with the stream.
	 *  @param first text of the stream that is sent with the head
	 *  @returns false if the connection has ended instead: memory is short */
	begin(head: Answer, first?: string): boolean;
	/** Sends the head of a response with this length, at once. `finish` follows when the body has been written. */
	beginBody(head: Answer, byteLength: number): void;
	/** Appends text to the stream, whole or not at all.
	 *  @returns false if the socket has no room for it */
	write(text: string): boolean;
	/** The body that `beginBody` announced is complete: the connection is free for the next request. */
	finish(): void;
	/** Ends the stream, and with it the connection. */
	end(): void;
	/** Takes notice of the connection until `respond`, `finish` or `end`. There is one watcher at a time. A handler
	 *  calls it before it begins anything that must end with the connection: if the handler throws, the watcher's
	 *  `closed` is called. */
	watch(watcher: Watcher): void;
	/** Like `watch`, for the end only. */
	onClose(callback: () => void): void;
}

/** The socket of a connection. Implemented by socket.ts, and by tests. Methods never throw. */
export interface HTTPPeer {
	readonly remoteAddress: string;
	/** Queues text for the client. */
	sendText(text: string): void;
	/** Queues a body. It is sent in pieces as the socket has room. `isOwn`: it counts as the connection's memory. */
	sendBody(bytes: Uint8Array, isOwn: boolean): void;
	/** Sends text if the socket has room for all of it, and nothing is queued.
	 *  @returns whether it was sent */
	sendIfRoom(text: string): boolean;
	/** Whether all that was queued has been given to the socket. */
	readonly idle: boolean;
	/** While held, nothing is read from the client. */
	hold(held: boolean): void;
	/** Sends what is left of a picture, as far as the socket has room. If it waits, the partner is told of room. */
	sendPicture(picture: Picture, frame: Frame | undefined): SendResult;
	/** Opens the direct way of frames to the socket. There is one at most.
	 *  @returns undefined once the connection is closed */
	openRoute(picture: Picture): FrameRoute | undefined;
	/** Closes the connection once queued data has been sent. */
	close(): void;
	/** The client reads nothing: a notice says so, and the connection ends. */
	stalled(): void;
	/** Closes the connection at once, and tells its partner that it is lost. */
	drop(): void;
}

/** The handler of some paths. It answers at once, or takes over the exchange and returns nothing. */
export interface Route {
	/** As `HTTPRequest.path`. One that ends with `/*` stands for all paths below. */
	readonly paths: readonly string[];
	/** Accepted methods. GET includes HEAD. */
	readonly methods: readonly string[];
	/** The request changes something: guard.ts checks where it comes from. */
	readonly changes?: boolean | undefined;
	/** The body of a change is a form's, and the handler checks a token in it. */
	readonly form?: boolean | undefined;
	/** It is called without the password, too, and decides by itself which requests need it: see `HTTPRequest.refusal`.
	 *  For targets that are one of `paths` letter by letter. */
	readonly open?: boolean | undefined;
	/** The answer lasts: it is a stream, which keeps its place. */
	readonly lasting?: boolean | undefined;
	/** The stream port serves it, too. */
	readonly stream?: boolean | undefined;
	/** May throw: the client then gets 500. */
	handle(request: HTTPRequest, exchange: HTTPExchange): Answer | undefined;
}
