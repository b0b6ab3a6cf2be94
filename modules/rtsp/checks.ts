// SPDX-License-Identifier: MIT
/**
 * What every request must pass before its method sees it: an ordered chain. A check lets a request through, adding what
 * it has found to the exchange, or answers it.
 */

import type { Exchange } from "./exchange";
import { Response } from "./message";
import type { SessionState } from "./session";
import { isToken, splitList } from "./text";
import { parseURL } from "./url";

/** @returns the answer that ends the exchange, or undefined to go on */
export type Check = (exchange: Exchange) => Response | undefined;

/** What every server has. */
export const METHODS: readonly string[] = Object.freeze(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE",
	"GET_PARAMETER", "TEARDOWN"]);

/** Beside them, where there are parameters to set. */
export const SET_PARAMETER = "SET_PARAMETER";

/** Methods of RFC 2326 that a server may not have: known, not allowed. */
const OTHER_METHODS: readonly string[] = Object.freeze(["ANNOUNCE", "RECORD", "REDIRECT", SET_PARAMETER]);

/** Methods that make no sense without a session. */
const SESSION_METHODS: readonly string[] = Object.freeze(["PLAY", "PAUSE", "TEARDOWN"]);

export const CHECKS: readonly Check[] = Object.freeze([checkCSeq, checkVersion, checkMethod, checkRequire,
	checkAuthentication, checkURL, checkSession, checkState]);

/** Passes the chain.
 *  @returns the answer of the first check that has one */
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

/** Longest option tag that is named in the reply, characters. */
const LONGEST_TAG = 64;

/** There are no options to require so far (RFC 2326 section 12.32). go2rtc asks for ONVIF's back channel, and tries
 *  without. */
function checkRequire(exchange: Exchange): Response | undefined {
	const options = splitList(exchange.header("require") ?? "", ",");
	if (options === undefined)
		return new Response(400);
	if (options.length === 0)
		return undefined;
	// option tags may contain slashes, as ONVIF's do; nobody has heard of longer ones
	const tags = options.filter(tag => tag.length <= LONGEST_TAG && isToken(tag.replaceAll("/", "")));
	return new Response(551).header("Unsupported", tags.join(", "));
}

/** OPTIONS is free: it tells only which methods there are, and many clients send it first and know no 401 to it.
 *  Everything else, unknown paths too, is told only to who may know. */
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
	// OPTIONS asks about the server: a health check does not know the stream's name
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

/** Finds the session; being named keeps it alive, by a client that may: OPTIONS is asked for no password. */
function checkSession(exchange: Exchange): Response | undefined {
	const text = exchange.header("session");
	if (text === undefined)
		return SESSION_METHODS.includes(exchange.request.method) ? new Response(454) : undefined;
	// some clients send back the timeout that the id came with
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

/** RFC 2326 appendix A.2. A transport changes only while nothing is being delivered; nothing stops that does not
 *  play. */
function isAllowed(method: string, state: SessionState): boolean {
	return state === "playing" ? method !== "SETUP" : method !== "PAUSE";
}
