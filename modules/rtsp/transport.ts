/**
 * The Transport header (RFC 2326 section 12.39): what the client can receive, in its order of preference, and the reply.
 */

import type { Delivery, Subscription } from "./types";
import { parseDecimal, splitList, splitParameters, toHex32, unquote, type ListParameter } from "./text";

/** One alternative that makes sense; whether it can be delivered is decided elsewhere. */
export type TransportOffer = UDPOffer | InterleavedOffer | MulticastOffer;

export interface UDPOffer {
	readonly kind: "udp";
	/** `RTP/AVP` or `RTP/AVP/UDP`: ffmpeg writes the second, GStreamer the first. The reply repeats it. */
	readonly protocol: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

export interface InterleavedOffer {
	readonly kind: "interleaved";
	/** undefined when the client leaves the choice to the server (Genetec). */
	readonly rtpChannel: number | undefined;
}

/** The server chooses group, port and time to live: what the client names of them is not obeyed. */
export interface MulticastOffer {
	readonly kind: "multicast";
	/** As above. */
	readonly protocol: string;
}

/** Alternatives that are looked at. GStreamer offers three. */
const MOST_ALTERNATIVES = 8;

/** Alternatives that cannot be understood, or that name impossible ports, are left out: the next one may do.
 *  @returns undefined when the header itself is malformed */
export function parseTransport(header: string): TransportOffer[] | undefined {
	const alternatives = splitList(header, ",");
	if (alternatives === undefined || alternatives.length === 0)
		return undefined;
	const offers: TransportOffer[] = [];
	for (const alternative of alternatives.slice(0, MOST_ALTERNATIVES)) {
		const offer = parseAlternative(splitParameters(alternative, ";") ?? []);
		if (offer !== undefined)
			offers.push(offer);
	}
	return offers;
}

/** The Transport header of the SETUP reply. `ssrc` is for unicast only.
 *  There is no `source`: ffmpeg would take it for the peer, and behind a translator it is wrong. */
export function formatTransport(offer: TransportOffer, delivery: Delivery, subscription: Subscription): string {
	if (delivery.kind === "multicast") {
		const { address, rtpPort, rtcpPort, timeToLive } = delivery.group;
		const protocol = offer.kind === "multicast" ? offer.protocol : "RTP/AVP";
		return `${protocol};multicast;destination=${address};port=${rtpPort}-${rtcpPort};ttl=${timeToLive}`;
	}
	const ssrc = toHex32(subscription.ssrc).toUpperCase();
	if (delivery.kind === "udp") {
		const protocol = offer.kind === "udp" ? offer.protocol : "RTP/AVP";
		return `${protocol};unicast;client_port=${delivery.rtpPort}-${delivery.rtcpPort}`
			+ `;server_port=${subscription.serverRTPPort}-${subscription.serverRTCPPort};ssrc=${ssrc}`;
	}
	return `RTP/AVP/TCP;unicast;interleaved=${delivery.rtpChannel}-${delivery.rtcpChannel};ssrc=${ssrc}`;
}

function parseAlternative(parameters: readonly ListParameter[]): TransportOffer | undefined {
	const protocol = (parameters[0]?.name ?? "").toUpperCase();
	let multicast = false, clientPort: string | undefined, interleaved: string | undefined;
	for (const { name, value = "" } of parameters) {
		switch (name) {
			case "multicast":
				multicast = true;
				break;
			case "client_port":
				clientPort = value;
				break;
			case "interleaved":
				interleaved = value;
				break;
			case "mode":
				if (!playsOnly(value))
					return undefined;
				break;
			// `destination` is not obeyed: media goes where the connection comes from, so that nobody can aim it at others
		}
	}
	const isUDP = protocol === "RTP/AVP" || protocol === "RTP/AVP/UDP";
	if (isUDP && multicast)
		return { kind: "multicast", protocol };
	if (isUDP && clientPort !== undefined) {
		const rtpPort = firstOfPair(clientPort, 65535), rtcpPort = secondOfPair(clientPort, 65535);
		return rtpPort > 0 && rtcpPort > 0 ? { kind: "udp", protocol, rtpPort, rtcpPort } : undefined;
	}
	if (protocol === "RTP/AVP/TCP" || (protocol === "RTP/AVP" && interleaved !== undefined)) {
		if (interleaved === undefined)
			return { kind: "interleaved", rtpChannel: undefined };
		const rtpChannel = firstOfPair(interleaved, 255);
		return rtpChannel >= 0 && secondOfPair(interleaved, 255) === rtpChannel + 1 ? { kind: "interleaved", rtpChannel } : undefined;
	}
	return undefined;
}

/** RTP's port or channel: even (RFC 3550 section 11).
 *  @returns -1 when it is not */
function firstOfPair(text: string, limit: number): number {
	const dash = text.indexOf("-");
	const first = parseDecimal((dash < 0 ? text : text.slice(0, dash)).trim());
	return first !== undefined && first < limit && first % 2 === 0 ? first : -1;
}

/** RTCP's: the next one when the client names only RTP's.
 *  @returns -1 when it cannot be RTCP's */
function secondOfPair(text: string, limit: number): number {
	const first = firstOfPair(text, limit), dash = text.indexOf("-");
	if (first < 0 || dash < 0)
		return first < 0 ? -1 : first + 1;
	const second = parseDecimal(text.slice(dash + 1).trim());
	return second !== undefined && second <= limit && second !== first ? second : -1;
}

/** `PLAY`, `"PLAY"`, and lists of only that; clients that record are refused. */
function playsOnly(modes: string): boolean {
	const list = splitList(modes, ",") ?? [];
	for (const mode of list) {
		if (unquote(mode).toUpperCase() !== "PLAY")
			return false;
	}
	return list.length !== 0;
}
