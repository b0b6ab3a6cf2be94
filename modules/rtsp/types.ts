// SPDX-License-Identifier: MIT
/**
 * What crosses the boundaries of rtsp/: byte streams in front of it, media delivery behind it.
 * rtsp/ never sees a socket, and nothing outside it sees a header line.
 */

/** Where and how one subscriber receives the media, as agreed in SETUP (RFC 2326 section 12.39). */
export type Delivery = UDPDelivery | InterleavedDelivery | MulticastDelivery;

export interface UDPDelivery {
	readonly kind: "udp";
	/** The client's address: an IP literal. */
	readonly address: string;
	/** The client's ports (`client_port`). */
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

export interface InterleavedDelivery {
	readonly kind: "interleaved";
	/** The connection that SETUP arrived on, as it was given to `Server.connect`. */
	readonly peer: Peer;
	/** Interleaved channels, 0..255 (RFC 2326 section 10.12). */
	readonly rtpChannel: number;
	readonly rtcpChannel: number;
}

/** To the server's group, with everybody else who is subscribed to it. */
export interface MulticastDelivery {
	readonly kind: "multicast";
	readonly group: MulticastGroup;
}

/** Where the server multicasts: its own choice, so that no client can aim it at others. */
export interface MulticastGroup {
	/** IP literal. */
	readonly address: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** Routers that a packet passes at most, and one: 1..255. */
	readonly timeToLive: number;
}

/** What SDP needs to know of the stream. */
export interface StreamDescription {
	/** Pixels. */
	readonly width: number;
	readonly height: number;
	/** Frames a second, nominal; 0 when unknown. */
	readonly frameRate: number;
}

/** The first packet that follows a PLAY: what `RTP-Info` announces (RFC 2326 section 12.33). */
export interface PlayPoint {
	/** 16-bit sequence number. */
	readonly sequenceNumber: number;
	/** 32-bit RTP timestamp; undefined when the stream runs already, so that it cannot be known before the next
	 *  capture. */
	readonly timestamp: number | undefined;
}

/** One subscriber to the media; implemented by stream/. Methods never throw. */
export interface Subscription {
	/** 32-bit synchronisation source identifier. A multicast stream has it from its first PLAY. */
	readonly ssrc: number;
	/** Ports that the packets really come from, for UDP delivery; 0 otherwise. */
	readonly serverRTPPort: number;
	readonly serverRTCPPort: number;
	/** Largest packet, bytes without the RTP header; undefined where it is not the client's to choose. */
	readonly blocksize: number | undefined;
	/** A parameter of this subscription alone, for GET_PARAMETER.
	 *  @param name in lower case
	 *  @returns undefined when there is none of that name */
	readParameter(name: string): string | undefined;
	/** Starts, or resumes, delivery with the next captured frame.
	 *  No packet may leave before the caller's turn ends: the reply, which carries the returned point, goes first. */
	play(): PlayPoint;
	/** Stops delivery after the packet that has begun; sequence numbers continue at the next `play()`. */
	pause(): void;
	/** An RTCP packet from the client that arrived interleaved. */
	receiveRTCP(bytes: Uint8Array): void;
	/** Ends delivery, saying BYE if it has ever played (the last one of those who share the stream), and frees
	 *  everything at once.
	 *  @param quietly no BYE is sent: another stream goes to the same ports, and ffmpeg would take it for that one's */
	close(quietly?: boolean): void;
}

export interface SubscribeOptions {
	readonly delivery: Delivery;
	/** Largest packet that the client asks for (`Blocksize`, RFC 2326 section 12.7): bytes without the RTP header, at
	 *  least 1. A wish: the packets may be smaller, and larger when it is absurdly small. Multicast does not hear
	 *  it. */
	readonly blocksize?: number | undefined;
	/** Called when the client shows itself alive outside RTSP: by a report over unicast UDP, from where it is sent to,
	 *  that names the stream's SSRC. A report to a group names no session. */
	readonly onAlive: () => void;
}

/** The media, as rtsp/ drives it; implemented by stream/. Methods never throw. */
export interface StreamControl {
	/** undefined while the camera has no image to offer. */
	describe(): StreamDescription | undefined;
	/** Where multicast goes; undefined when it is off. */
	readonly multicast?: MulticastGroup | undefined;
	/** "unsupported" when this host cannot deliver so (the client's next alternative is tried, 461 when there is none),
	 *  "busy" when a limit is reached (answered 503). A session that changes its transport holds two subscriptions for
	 *  a moment. */
	subscribe(options: SubscribeOptions): Subscription | "unsupported" | "busy";
}

/** What clients may read and change with GET_PARAMETER and SET_PARAMETER; implemented by stream/. Names are in lower
 *  case. Methods never throw. */
export interface ParameterControl {
	/** @param subscription of the session that asks; undefined when none does
	 *  @returns undefined when there is none of that name, or none without a session */
	read(name: string, subscription: Subscription | undefined): string | undefined;
	isWritable(name: string): boolean;
	/** Sets one that is writable; what `read` gave before can be set again.
	 *  @returns false when the value is not possible: nothing has changed */
	write(name: string, value: string): boolean;
}

/** The far end of one connection, as rtsp/ sees it; implemented by whoever owns the socket. Methods never throw. */
export interface Peer {
	/** IP literals. `localAddress` is undefined where the platform does not tell. */
	readonly remoteAddress: string;
	readonly localAddress: string | undefined;
	/** Queues text (ASCII) for the client, in order, never inside an interleaved packet. */
	send(text: string): void;
	/** Closes the connection once what was queued has been sent. `ServerConnection.closed()` is not called for it. */
	close(): void;
}
