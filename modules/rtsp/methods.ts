// SPDX-License-Identifier: MIT
/**
 * The methods of RFC 2326 section 10, for requests that have passed the checks.
 */

import type { Exchange } from "./exchange";
import { ACCEPT, BLOCKSIZE, SCALE, SPEED, TRANSPORT } from "./message";
import { getParameters, setParameters } from "./parameters";
import type { Response } from "./response";
import type { Session } from "./session";
import { splitList } from "./text";
import { formatTransport, parseTransport, type TransportOffer } from "./transport";
import type { Delivery } from "./types";
import { TRACK_PREFIX } from "./url";

/** `Retry-After` of a 503, seconds. */
export const RETRY_AFTER = 5;

export function handle(exchange: Exchange): Response {
	switch (exchange.request.method) {
		case "OPTIONS":
			return options(exchange);
		case "DESCRIBE":
			return describe(exchange);
		case "SETUP":
			return setup(exchange);
		case "PLAY":
			return play(exchange);
		case "PAUSE":
			return pause(exchange);
		case "GET_PARAMETER":
			return withSession(exchange, getParameters(exchange) ?? exchange.respond(200));
		case "SET_PARAMETER":
			return withSession(exchange, setParameters(exchange) ?? exchange.respond(200));
		case "TEARDOWN":
			return teardown(exchange);
		default:
			return exchange.respond(501);
	}
}

/** 503: a limit is reached. */
function busy(exchange: Exchange): Response {
	return exchange.respond(503).header("Retry-After: ", RETRY_AFTER);
}

/** 200, with the session that the request names. */
function ok(exchange: Exchange): Response {
	return withSession(exchange, exchange.respond(200));
}

/** The response, with the session that the request names. */
function withSession({ session, service }: Exchange, response: Response): Response {
	return session === undefined
		? response
		: response.header("Session: ", session.id, ";timeout=", service.sessions.timeout);
}

function options(exchange: Exchange): Response {
	return ok(exchange).header("Public: ", exchange.service.methodList);
}

function describe(exchange: Exchange): Response {
	if (!acceptsSDP(exchange.header(ACCEPT)))
		return exchange.respond(406);
	const { control, sdp } = exchange.service;
	const description = control.describe();
	if (description === undefined)
		return busy(exchange);
	return ok(exchange)
		.header("Content-Base: ", exchange.url!.aggregate)
		.content("application/sdp", sdp.format(description, exchange.peer.localAddress));
}

function acceptsSDP(accept: string | undefined): boolean {
	if (accept === undefined || accept === "application/sdp")
		return true;
	for (const range of splitList(accept, ",") ?? []) {
		const semicolon = range.indexOf(";");
		switch ((semicolon < 0 ? range : range.slice(0, semicolon)).trim().toLowerCase()) {
			case "application/sdp":
			case "application/*":
			case "*/*":
				return true;
		}
	}
	return false;
}

/** Accepts the aggregate URL, because there is only one track: VLC's SAT>IP module and some recorders use no other. */
function setup(exchange: Exchange): Response {
	const { service, peer } = exchange;
	const offers = parseTransport(exchange.header(TRANSPORT) ?? "");
	const blocksize = exchange.request.has(BLOCKSIZE) ? exchange.request.decimal(BLOCKSIZE) : undefined;
	if (offers === undefined || (blocksize !== undefined && blocksize <= 0))
		return exchange.respond(400);
	const { sessions } = service;
	const session = exchange.session ?? sessions.create(exchange.now);
	for (const offer of offers) {
		const delivery = deliveryFor(offer, exchange, session);
		if (delivery === undefined)
			continue;
		// those that give way end only when nothing can refuse the request any more
		const leaving = sessions.leaving(session, peer, delivery, exchange.now);
		if (leaving === undefined)
			return busy(exchange);
		const subscription = service.control.subscribe({ delivery, blocksize, onAlive: () =>
			session.alive(service.now()) });
		if (subscription === "busy")
			return busy(exchange);
		if (subscription === "unsupported")
			continue;
		try {
			sessions.giveWay(leaving, delivery);
			sessions.setUp(session, peer, delivery, subscription, trackURL(exchange));
		}
		catch (error) {
			subscription.close();
			throw error;
		}
		return setupReply(exchange, session, formatTransport(offer, delivery, subscription),
			blocksize === undefined ? undefined : subscription.blocksize);
	}
	return exchange.respond(461);
}

/** @param blocksize granted size; undefined if the client asked for none, and for multicast, whose packets are the same
 *  for all receivers */
function setupReply(exchange: Exchange, session: Session, transport: string, blocksize: number | undefined): Response {
	exchange.session = session;
	const response = ok(exchange).header("Transport: ", transport);
	return blocksize === undefined ? response : response.header("Blocksize: ", blocksize);
}

/** @returns undefined if the server cannot deliver this way */
function deliveryFor(offer: TransportOffer, { peer, service }: Exchange, session: Session): Delivery | undefined {
	switch (offer.kind) {
		case "udp":
			return { kind: "udp", address: peer.remoteAddress, rtpPort: offer.rtpPort, rtcpPort: offer.rtcpPort };
		case "interleaved": {
			const channels = service.sessions.freeChannels(peer, offer.channels, session);
			return channels === undefined
				? undefined
				: { kind: "interleaved", peer, rtpChannel: channels.rtpChannel, rtcpChannel: channels.rtcpChannel };
		}
		case "multicast": {
			const group = service.control.multicast;
			return group === undefined ? undefined : { kind: "multicast", group };
		}
	}
}

/** ffmpeg and GStreamer match the URL of RTP-Info with the one they used in SETUP. */
function trackURL({ url }: Exchange): string {
	return url!.track === undefined ? `${url!.aggregate}${TRACK_PREFIX}0` : url!.text;
}

/** A PLAY while playing changes nothing: some clients repeat it to keep the session alive.
 *  A live stream has only the present, at its own speed. The reply says so for any requested range, and the client
 *  stops by itself where it wanted to (`npt=0.000-3.000` of openRTSP, `clock=19000101T000000Z-` of GStreamer's ONVIF
 *  mode, Janus's `0.000-`). Scale and Speed are answered with the delivered values (RFC 2326 sections 12.34 and
 *  12.35). */
function play(exchange: Exchange): Response {
	const session = exchange.session!;
	const point = session.play();
	const response = ok(exchange).header("Range: ", "npt=now-");
	if (exchange.request.has(SCALE))
		response.header("Scale: ", 1);
	if (exchange.request.has(SPEED))
		response.header("Speed: ", 1);
	if (point !== undefined) {
		const rtptime = point.timestamp === undefined ? "" : `;rtptime=${point.timestamp}`;
		response.header("RTP-Info: ", `url=${session.trackURL};seq=${point.sequenceNumber}${rtptime}`);
	}
	return response;
}

function pause(exchange: Exchange): Response {
	exchange.session!.pause();
	return ok(exchange);
}

function teardown(exchange: Exchange): Response {
	exchange.service.sessions.end(exchange.session!);
	return exchange.respond(200);
}
