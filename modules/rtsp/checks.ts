// SPDX-License-Identifier: MIT
/**
 * The checks that every request passes before its method handles it, in a fixed order. Each check passes the request
 * on, adding its findings to the exchange, or answers it.
 */

import type { Exchange } from "./exchange";
import { Response } from "./message";
import type { SessionState } from "./session";
import { isToken, splitList } from "./text";
import { parseURL } from "./url";

/** @returns the response that ends the exchange, or undefined to continue */
type Check = (exchange: Exchange) => Response | undefined;

/** Methods of every server. */
export const METHODS: readonly string[] = Object.freeze(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE",
	"GET_PARAMETER", "TEARDOWN"]);

/** Additional method of servers that have parameters. */
export const SET_PARAMETER = "SET_PARAMETER";

/** Methods of RFC 2326 that a server may lack. They are answered with 405 instead of 501. */
const OTHER_METHODS: readonly string[] = Object.freeze(["ANNOUNCE", "RECORD", "REDIRECT", SET_PARAMETER]);

/** Methods that require a session. */
const SESSION_METHODS: readonly string[] = Object.freeze(["PLAY", "PAUSE", "TEARDOWN"]);

const CHECKS: readonly Check[] = Object.freeze([checkCSeq, checkVersion, checkMethod, checkRequire, checkAuthentication,
	checkURL, checkSession, checkState]);

/** Runs the checks in order.
 *  @returns the first response, or undefined if every check passes */
export function check(exchange: Exchange): Response | undefined {
	for (const step of CHECKS) {
		const response = step(exchange);
		if (response !== undefined)
			return response;
	}
	return undefined;
}

function checkCSeq({ request }: Exchange): Response | undefined {
	return request.headers.cseq === undefined ? new Response(400) : undefined;
}

function checkVersion({ request }: Exchange): Response | undefined {
	return request.version === "RTSP/1.0" ? undefined : new Response(505);
}

function checkMethod({ request, service }: Exchange): Response | undefined {
	const { methods } = service;
	if (methods.includes(request.method))
		return undefined;
	return OTHER_METHODS.includes(request.method)
		? new Response(405).header("Allow", methods.join(", "))
		: new Response(501).header("Public", methods.join(", "));
}

/** Longest option tag repeated in the reply, characters. */
const LONGEST_TAG = 64;

/** No options are supported (RFC 2326 section 12.32). go2rtc requires ONVIF's back channel, and then tries again
 *  without it. */
function checkRequire(exchange: Exchange): Response | undefined {
	const options = splitList(exchange.header("require") ?? "", ",");
	if (options === undefined)
		return new Response(400);
	if (options.length === 0)
		return undefined;
	// tags may contain slashes, as ONVIF's do; no known tag is longer than this
	const tags = options.filter(tag => tag.length <= LONGEST_TAG && isToken(tag.replaceAll("/", "")));
	return new Response(551).header("Unsupported", tags.join(", "));
}

/** Checks the password. OPTIONS needs none: it only lists the methods, and many clients send it first and do not expect
 *  a 401 to it. Unauthenticated clients get 401 for everything else, even for unknown paths. */
function checkAuthentication({ service, peer, request, standing }: Exchange): Response | undefined {
	const { authenticator } = service;
	const { method, url, headers } = request;
	if (authenticator === undefined || method === "OPTIONS")
		return undefined;
	const address = peer.remoteAddress;
	const verdict = authenticator.judge({ method, url, authorization: headers.get("authorization"), address },
		standing);
	switch (verdict) {
		case "granted":
			return undefined;
		case "locked":
			return new Response(503).header("Retry-After", authenticator.retryAfter(address)).closing();
		case "malformed":
		case "mismatch":
			return new Response(400);
		default:
			return new Response(401).header("WWW-Authenticate", authenticator.challenge(address, verdict === "stale"));
	}
}

function checkURL(exchange: Exchange): Response | undefined {
	const { method, url: text } = exchange.request;
	// OPTIONS is about the server: health checks do not know the stream's name
	if (method === "OPTIONS")
		return undefined;
	if (text === "*") {
		if (method === "GET_PARAMETER" || method === SET_PARAMETER)
			return undefined;
		return new Response(method === "SETUP" ? 459 : 404);
	}
	const url = parseURL(text);
	if (url === undefined)
		return new Response(400);
	if (url.path !== exchange.service.path || (url.track ?? 0) !== 0)
		return new Response(404);
	if (method === "DESCRIBE" && url.track !== undefined)
		return new Response(460);
	exchange.url = url;
	return undefined;
}

/** Finds the session that the request names, and keeps it alive. OPTIONS needs no password, so it keeps a session alive
 *  only on a connection that was granted. */
function checkSession(exchange: Exchange): Response | undefined {
	const text = exchange.header("session");
	if (text === undefined)
		return SESSION_METHODS.includes(exchange.request.method) ? new Response(454) : undefined;
	// some clients send back the timeout together with the identifier
	const semicolon = text.indexOf(";");
	const { sessions, authenticator, now } = exchange.service;
	const session = sessions.find(semicolon < 0 ? text : text.slice(0, semicolon).trimEnd());
	if (session === undefined)
		return new Response(454);
	if (exchange.request.method !== "OPTIONS" || authenticator === undefined || exchange.standing.granted)
		sessions.touch(session, exchange.peer, now());
	exchange.session = session;
	return undefined;
}

function checkState({ request, session, service }: Exchange): Response | undefined {
	if (session === undefined || isAllowed(request.method, session.state))
		return undefined;
	return new Response(455).header("Allow",
		service.methods.filter(method => isAllowed(method, session.state)).join(", "));
}

/** RFC 2326 appendix A.2. The transport cannot change while playing, and only a playing session can be paused. */
function isAllowed(method: string, state: SessionState): boolean {
	return state === "playing" ? method !== "SETUP" : method !== "PAUSE";
}
