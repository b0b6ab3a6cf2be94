// SPDX-License-Identifier: MIT
/**
 * The part of HTTP/1 (RFC 1945) that RTSP over HTTP needs: two requests, and refusals as HTTP responses.
 *
 *    GET /camera HTTP/1.0                            POST /camera HTTP/1.0
 *    x-sessioncookie: 5c1f…                          x-sessioncookie: 5c1f…
 *    Accept: application/x-rtsp-tunnelled            Content-Type: application/x-rtsp-tunnelled
 *                                                    Content-Length: 32767
 *    <- HTTP/1.0 200 OK
 *    <- Content-Type: application/x-rtsp-tunnelled   base64 of RTSP requests, endless and without a reply;
 *    <-                                              the length is nominal
 *    <- RTSP replies and interleaved packets
 */

import { ORIGIN, SEC_FETCH_DEST, SEC_FETCH_MODE, SEC_FETCH_SITE, X_SESSIONCOOKIE, type Request } from "./message";
import { parseURL } from "./url";
import { reasonPhrase } from "../common/reasonphrase";

const TUNNEL_TYPE = "application/x-rtsp-tunnelled";

/** Longest cookie, characters. Clients send about 20. */
const COOKIE_LIMIT = 128;

/** Header fields that browsers send and that a page cannot leave out. */
const BROWSER_FIELDS = Object.freeze([ORIGIN, SEC_FETCH_DEST, SEC_FETCH_MODE, SEC_FETCH_SITE]);

/** A request for one half of a tunnel. */
export interface TunnelRequest {
	readonly kind: "get" | "post";
	/** Opaque text, the same for both halves. */
	readonly cookie: string;
}

/** Reads a request for a tunnel; no other HTTP is served. A request that a web page could have sent is refused: with
 *  DNS rebinding, a page could otherwise reach a camera that trusts its viewer's network. Browsers send `Origin` with
 *  every POST.
 *  @param path stream name, as `normalizePath` returns it
 *  @returns the requested half of a tunnel, or the status of the refusal: 400, 403, 404, 405 or 505 */
export function readTunnelRequest(request: Request, path: string): TunnelRequest | number {
	const { method, url: text, version } = request;
	if (version !== "HTTP/1.0" && version !== "HTTP/1.1")
		return 505;
	if (method !== "GET" && method !== "POST")
		return 405;
	if (BROWSER_FIELDS.some(name => request.has(name)))
		return 403;
	// clients behind a proxy send an absolute URL with HTTP's scheme
	const url = parseURL(text.slice(0, 7).toLowerCase() === "http://" ? `rtsp${text.slice(4)}` : text);
	if (url === undefined)
		return 400;
	if (url.path !== path || (url.track ?? 0) !== 0)
		return 404;
	const cookie = request.header(X_SESSIONCOOKIE);
	if (cookie === undefined || cookie === "" || cookie.length > COOKIE_LIMIT)
		return 400;
	return { kind: method === "GET" ? "get" : "post", cookie };
}

/** Response head that opens the channel to the client. There is no length: the channel ends with the connection. */
export function formatTunnelHead(serverName: string | undefined): string {
	return `${
		begin(200, serverName)
	}Cache-Control: no-cache\r\nPragma: no-cache\r\nContent-Type: ${TUNNEL_TYPE}\r\n\r\n`;
}

/** Response that refuses a request and ends the connection.
 *  @param retryAfter seconds, sent with 503 */
export function formatHTTPRefusal(status: number, retryAfter: number, serverName: string | undefined): string {
	let text = begin(status, serverName);
	if (status === 405)
		text += "Allow: GET, POST\r\n";
	if (status === 503)
		text += `Retry-After: ${retryAfter}\r\n`;
	return `${text}Content-Length: 0\r\n\r\n`;
}

function begin(status: number, serverName: string | undefined): string {
	let text = `HTTP/1.0 ${status} ${status === 505 ? "HTTP Version Not Supported" : reasonPhrase(status)}\r\n`;
	if (serverName !== undefined)
		text += `Server: ${serverName}\r\n`;
	return `${text}Connection: close\r\n`;
}
