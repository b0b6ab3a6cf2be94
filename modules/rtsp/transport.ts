// SPDX-License-Identifier: MIT
/**
 * The Transport header (RFC 2326 section 12.39): the alternatives that the client offers, in its order of preference,
 * and the reply.
 */

import type { ChannelPair } from "./sessions";
import type { Delivery, Subscription } from "./types";
import { parseDecimal, splitList, splitParameters, toHex32, unquote, type ListParameter } from "./text";

/** One valid alternative. The caller decides whether it can be delivered. */
export type TransportOffer = UDPOffer | InterleavedOffer | MulticastOffer;

export interface UDPOffer {
	readonly kind: "udp";
	/** `RTP/AVP` (GStreamer) or `RTP/AVP/UDP` (ffmpeg). The reply repeats it. */
	readonly protocol: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

export interface InterleavedOffer {
	readonly kind: "interleaved";
	/** undefined if the client leaves the choice to the server (Genetec). */
	readonly channels: ChannelPair | undefined;
}

/** A request for multicast. The server chooses group, port and time to live, and ignores those that the client
 *  names. */
export interface MulticastOffer {
	readonly kind: "multicast";
	/** As in `UDPOffer`. */
	readonly protocol: string;
}

/** Maximum number of alternatives that are read. GStreamer offers three. */
const MOST_ALTERNATIVES = 8;

/** Alternatives that are malformed or name impossible ports are left out: the next one may do.
 *  @returns undefined if the header itself is malformed */
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

/** The Transport header of the SETUP reply. `ssrc` is for unicast only. `source` is left out: ffmpeg would take it for
 *  the peer's address, and behind a NAT it is wrong. */
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
				// `destination` is ignored: media goes to the connection's address, so no client can aim it at others
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

/** Reads a pair of ports or channels, for RTP and RTCP. Any two will do: RFC 2326 section 12.39 does not require an
 *  even one, and clients behind relays have none. If the client names only RTP's, RTCP's is the next.
 *  @returns undefined if the pair is malformed, out of range, or both are the same */
function readPair(text: string, least: number, most: number): [number, number] | undefined {
	const dash = text.indexOf("-");
	const first = parseDecimal((dash < 0 ? text : text.slice(0, dash)).trim());
	const second = dash < 0 ? (first ?? NaN) + 1 : parseDecimal(text.slice(dash + 1).trim());
	if (first === undefined || second === undefined || first === second)
		return undefined;
	return first >= least && first <= most && second >= least && second <= most ? [first, second] : undefined;
}

/** Whether the modes are `PLAY`, `"PLAY"`, or lists of only that. Clients that record are refused. */
function playsOnly(modes: string): boolean {
	const list = splitList(modes, ",") ?? [];
	for (const mode of list) {
		if (unquote(mode).toUpperCase() !== "PLAY")
			return false;
	}
	return list.length !== 0;
}
