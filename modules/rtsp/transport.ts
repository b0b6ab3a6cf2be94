// SPDX-License-Identifier: MIT
/**
 * The Transport header (RFC 2326 section 12.39): what the client can receive, in its order of preference, and the
 * reply.
 */

import type { ChannelPair } from "./sessions";
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
	readonly channels: ChannelPair | undefined;
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
				// `destination` is not obeyed: media goes where the connection comes from, so that nobody can aim it at
				// others
		}
	}
	const isUDP = protocol === "RTP/AVP" || protocol === "RTP/AVP/UDP";
	if (isUDP && multicast)
		return { kind: "multicast", protocol };
	if (isUDP && clientPort !== undefined) {
		const pair = readPair(clientPort, 1, 65535);
		return pair && { kind: "udp", protocol, rtpPort: pair[0], rtcpPort: pair[1] };
	}
	if (protocol === "RTP/AVP/TCP" || (protocol === "RTP/AVP" && interleaved !== undefined)) {
		if (interleaved === undefined)
			return { kind: "interleaved", channels: undefined };
		const pair = readPair(interleaved, 0, 255);
		return pair && { kind: "interleaved", channels: { rtpChannel: pair[0], rtcpChannel: pair[1] } };
	}
	return undefined;
}

/** Ports or channels, RTP's and RTCP's: any two (RFC 2326 section 12.39 asks for no parity, and clients behind relays
 *  have none). RTCP's is the next one when the client names only RTP's.
 *  @returns undefined when they are none, or the same */
function readPair(text: string, least: number, most: number): [number, number] | undefined {
	const dash = text.indexOf("-");
	const first = parseDecimal((dash < 0 ? text : text.slice(0, dash)).trim());
	const second = dash < 0 ? (first ?? NaN) + 1 : parseDecimal(text.slice(dash + 1).trim());
	if (first === undefined || second === undefined || first === second)
		return undefined;
	return first >= least && first <= most && second >= least && second <= most ? [first, second] : undefined;
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
