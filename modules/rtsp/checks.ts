// SPDX-License-Identifier: MIT
/**
 * The checks that every request passes before its method handles it, in a fixed order. Each check passes the request
 * on, adding its findings to the exchange, or answers it.
 */

import type { Exchange } from "./exchange";
import type { Authenticator } from "./authenticator";
import { IS_RTSP_1_0 } from "./head";
import { AUTHORIZATION, REQUIRE, SESSION } from "./message";
import type { Response } from "./response";
import type { SessionState } from "./session";
import { isToken, splitList } from "./text";

/** Methods of every server. */
export const METHODS: readonly string[] = Object.freeze(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE",
	"GET_PARAMETER", "TEARDOWN"]);

/** Additional method of servers that have parameters. */
export const SET_PARAMETER = "SET_PARAMETER";

/** Methods of RFC 2326 that a server may lack. They are answered with 405 instead of 501. */
const OTHER_METHODS: readonly string[] = Object.freeze(["ANNOUNCE", "RECORD", "REDIRECT", SET_PARAMETER]);

/** Methods that require a session. */
const SESSION_METHODS: readonly string[] = Object.freeze(["PLAY", "PAUSE", "TEARDOWN"]);

const HAS_REQUIRE = 1 << REQUIRE, HAS_SESSION = 1 << SESSION;

/** Runs the checks in order.
 *  @returns the first response, or undefined if every check passes */
export function check(exchange: Exchange): Response | undefined {
	const { request, service } = exchange;
	if (request.cseq < 0)
		return exchange.respond(400);
	if ((request.flags & IS_RTSP_1_0) === 0)
		return exchange.respond(505);
	if (!service.methods.includes(request.method))
		return refuseMethod(exchange);
	return (request.flags & HAS_REQUIRE ? checkRequire(exchange) : undefined)
		?? (service.authenticator && checkAuthentication(exchange, service.authenticator))
		?? checkURL(exchange)
		?? (request.flags & HAS_SESSION ? checkSession(exchange) : checkNoSession(exchange));
}

function refuseMethod(exchange: Exchange): Response {
	const { methodList } = exchange.service;
	return OTHER_METHODS.includes(exchange.request.method)
		? exchange.respond(405).header("Allow: ", methodList)
		: exchange.respond(501).header("Public: ", methodList);
}

/** Longest option tag repeated in the reply, characters. */
const LONGEST_TAG = 64;

/** No options are supported (RFC 2326 section 12.32). go2rtc requires ONVIF's back channel, and then tries again
 *  without it. */
function checkRequire(exchange: Exchange): Response | undefined {
	const options = splitList(exchange.header(REQUIRE)!, ",");
	if (options === undefined)
		return exchange.respond(400);
	if (options.length === 0)
		return undefined;
	// tags may contain slashes, as ONVIF's do; no known tag is longer than this
	const tags = options.filter(tag => tag.length <= LONGEST_TAG && isToken(tag.replaceAll("/", "")));
	return exchange.respond(551).header("Unsupported: ", tags.join(", "));
}

/** Checks the password. OPTIONS needs none: it only lists the methods, and many clients send it first and do not expect
 *  a 401 to it. Unauthenticated clients get 401 for everything else, even for unknown paths. */
function checkAuthentication(exchange: Exchange, authenticator: Authenticator): Response | undefined {
	const { request, standing } = exchange, { method } = request;
	if (method === "OPTIONS")
		return undefined;
	const address = exchange.peer.remoteAddress;
	if (authenticator.recognizes(request, standing, address))
		return undefined;
	const verdict = authenticator.judge({ method, url: request.url, authorization: request.header(AUTHORIZATION),
		address }, standing);
	switch (verdict) {
		case "granted":
			return undefined;
		case "locked":
			return exchange.respond(503).header("Retry-After: ", authenticator.retryAfter(address)).closing();
		case "malformed":
		case "mismatch":
			return exchange.respond(400);
		default:
			return exchange.respond(401).header("WWW-Authenticate: ",
				authenticator.challenge(address, verdict === "stale"));
	}
}

function checkURL(exchange: Exchange): Response | undefined {
	const { request, service } = exchange, { method } = request;
	// OPTIONS is about the server: health checks do not know the stream's name
	if (method === "OPTIONS")
		return undefined;
	const url = service.urls.parse(request);
	if (url === undefined)
		return request.hasURL("*") ? checkAsterisk(exchange) : exchange.respond(400);
	if (url.path !== service.path || (url.track ?? 0) !== 0)
		return exchange.respond(404);
	if (method === "DESCRIBE" && url.track !== undefined)
		return exchange.respond(460);
	exchange.url = url;
	return undefined;
}

function checkAsterisk(exchange: Exchange): Response | undefined {
	const { method } = exchange.request;
	if (method === "GET_PARAMETER" || method === SET_PARAMETER)
		return undefined;
	return exchange.respond(method === "SETUP" ? 459 : 404);
}

/** Finds the session that the request names, and keeps it alive. OPTIONS needs no password, so it keeps a session alive
 *  only on a connection that was granted. */
function checkSession(exchange: Exchange): Response | undefined {
	const { request, service, peer } = exchange, { method } = request;
	const session = service.sessions.named(request, peer);
	if (session === undefined)
		return exchange.respond(454);
	if (service.authenticator === undefined || exchange.standing.granted || method !== "OPTIONS")
		service.sessions.touch(session, peer, exchange.now);
	exchange.session = session;
	return isAllowed(method, session.state) ? undefined : refuseState(exchange, session.state);
}

function refuseState(exchange: Exchange, state: SessionState): Response {
	return exchange.respond(455).header("Allow: ",
		exchange.service.methods.filter(method => isAllowed(method, state)).join(", "));
}

function checkNoSession(exchange: Exchange): Response | undefined {
	return SESSION_METHODS.includes(exchange.request.method) ? exchange.respond(454) : undefined;
}

/** RFC 2326 appendix A.2. The transport cannot change while playing, and only a playing session can be paused. */
function isAllowed(method: string, state: SessionState): boolean {
	return state === "playing" ? method !== "SETUP" : method !== "PAUSE";
}
