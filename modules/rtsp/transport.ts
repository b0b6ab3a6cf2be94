// SPDX-License-Identifier: MIT
/**
 * The Transport header (RFC 2326 section 12.39): the alternatives that the client offers, in its order of preference,
 * and the reply.
 */

import type { ChannelPair } from "./sessions";
import type { Delivery, Subscription } from "./types";
import { REPEATED, bytesOf, findParameters, listOf, parameterOf } from "../octets/octets";
import { parseDecimal, splitList, toHex32, unquote } from "./text";

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

/** The words that are read, and their names. */
const RTP_AVP = 0, RTP_AVP_UDP = 1, RTP_AVP_TCP = 2, MULTICAST = 3, CLIENT_PORT = 4, INTERLEAVED = 5, MODE = 6;
const NAMES = listOf(["rtp/avp", "rtp/avp/udp", "rtp/avp/tcp", "multicast", "client_port", "interleaved", "mode"]);
const HAS_PROTOCOL = 1 << RTP_AVP | 1 << RTP_AVP_UDP | 1 << RTP_AVP_TCP;
const TABLE_BYTES = 7 * 8;

const SEMICOLON = 0x3b;

/** Alternatives that are malformed or name impossible ports are left out: the next one may do.
 *  @returns undefined if the header itself is malformed */
export function parseTransport(header: string): TransportOffer[] | undefined {
	const isList = header === "" || header.includes(",") || header.includes("\"");
	const alternatives = isList ? splitList(header, ",") : [header];
	if (alternatives === undefined || alternatives.length === 0)
		return undefined;
	const offers: TransportOffer[] = [], table = new ArrayBuffer(TABLE_BYTES);
	for (let i = 0; i < alternatives.length && i < MOST_ALTERNATIVES; i++) {
		const offer = parseAlternative(bytesOf(alternatives[i]!), table);
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

/** The channels in a receiver's Transport reply to `interleaved=0-1`, and these if it names none.
 *  @returns undefined if the reply names another transport, or impossible channels */
export function parseTransportReply(header: string): ChannelPair | undefined {
	const bytes = bytesOf(header), table = new ArrayBuffer(TABLE_BYTES);
	const flags = findParameters(bytes, 0, bytes.byteLength, SEMICOLON, NAMES, table);
	if (flags < 0 || (header !== "" && !(flags & (1 << RTP_AVP_TCP | 1 << INTERLEAVED))))
		return undefined;
	const pair = flags & 1 << INTERLEAVED ? readPair(parameterOf(bytes, 0, table, INTERLEAVED), 0, 255) : [0, 1];
	return pair && { rtpChannel: pair[0]!, rtcpChannel: pair[1]! };
}

function parseAlternative(bytes: ArrayBuffer, table: ArrayBuffer): TransportOffer | undefined {
	const flags = findParameters(bytes, 0, bytes.byteLength, SEMICOLON, NAMES, table);
	const protocols = flags & HAS_PROTOCOL;
	if (flags < 0 || (flags & 1 << MODE && (flags & REPEATED || !playsOnly(parameterOf(bytes, 0, table, MODE)))))
		return undefined;
	// `destination` is ignored: media goes to the connection's address, so no client can aim it at others
	const isUDP = protocols === 1 << RTP_AVP || protocols === 1 << RTP_AVP_UDP;
	const protocol = protocols === 1 << RTP_AVP ? "RTP/AVP" : "RTP/AVP/UDP";
	if (isUDP && flags & 1 << MULTICAST)
		return { kind: "multicast", protocol };
	if (isUDP && flags & 1 << CLIENT_PORT) {
		const pair = readPair(parameterOf(bytes, 0, table, CLIENT_PORT), 1, 65535);
		return pair && { kind: "udp", protocol, rtpPort: pair[0], rtcpPort: pair[1] };
	}
	const isInterleaved = (flags & 1 << INTERLEAVED) !== 0;
	if (protocols !== 1 << RTP_AVP_TCP && !(protocols === 1 << RTP_AVP && isInterleaved))
		return undefined;
	if (!isInterleaved)
		return { kind: "interleaved", channels: undefined };
	const pair = readPair(parameterOf(bytes, 0, table, INTERLEAVED), 0, 255);
	return pair && { kind: "interleaved", channels: { rtpChannel: pair[0], rtcpChannel: pair[1] } };
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
