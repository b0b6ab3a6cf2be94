// SPDX-License-Identifier: MIT
/**
 * The boundaries of rtsp/: byte streams in front of it, media delivery behind it. rtsp/ never sees a socket, and
 * nothing outside it sees a header line.
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
	/** The connection that SETUP arrived on, as given to `Server.connect`. */
	readonly peer: Peer;
	/** Interleaved channels, 0 to 255 (RFC 2326 section 10.12). */
	readonly rtpChannel: number;
	readonly rtcpChannel: number;
}

/** To the server's group, shared by all of its subscribers. */
export interface MulticastDelivery {
	readonly kind: "multicast";
	readonly group: MulticastGroup;
}

/** The server's multicast group and ports. The server chooses them, so no client can aim the stream at others. */
export interface MulticastGroup {
	/** IP literal. */
	readonly address: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** IP time to live, 1 to 255. */
	readonly timeToLive: number;
}

/** The properties of the stream that SDP states. */
export interface StreamDescription {
	/** Pixels. */
	readonly width: number;
	readonly height: number;
	/** Nominal frame rate, frames per second; 0 if unknown. */
	readonly frameRate: number;
}

/** The first packet after a PLAY, as announced by `RTP-Info` (RFC 2326 section 12.33). */
export interface PlayPoint {
	/** 16-bit sequence number. */
	readonly sequenceNumber: number;
	/** 32-bit RTP timestamp; undefined if the stream is already running, because it is not known before the next
	 *  capture. */
	readonly timestamp: number | undefined;
}

/** One subscriber to the media; implemented by stream/. Methods never throw. */
export interface Subscription {
	/** SSRC, 32-bit. A multicast stream has it from its first PLAY on. */
	readonly ssrc: number;
	/** Ports that UDP packets are sent from; 0 for other deliveries. */
	readonly serverRTPPort: number;
	readonly serverRTCPPort: number;
	/** Largest packet, bytes without the RTP header; undefined if the client cannot choose it. */
	readonly blocksize: number | undefined;
	/** Reads a parameter of this subscription, for GET_PARAMETER.
	 *  @param name in lower case
	 *  @returns undefined if there is no such parameter */
	readParameter(name: string): string | undefined;
	/** Starts or resumes delivery with the next captured frame. No packet may leave before the caller returns to the
	 *  event loop: the reply with the returned point goes first. */
	play(): PlayPoint;
	/** Stops delivery after the packet that was begun. Sequence numbers continue at the next `play()`. */
	pause(): void;
	/** Takes an RTCP packet that arrived interleaved. */
	receiveRTCP(bytes: Uint8Array): void;
	/** Ends delivery and frees everything at once. Sends BYE if the subscription has ever played; subscribers that
	 *  share a stream send one BYE, with the last of them.
	 *  @param quietly send no BYE: another stream goes to the same ports, and ffmpeg would take the BYE for that
	 *  stream's */
	close(quietly?: boolean): void;
}

export interface SubscribeOptions {
	readonly delivery: Delivery;
	/** Largest packet that the client asks for (`Blocksize`, RFC 2326 section 12.7): bytes without the RTP header, at
	 *  least 1. Packets may be smaller, or larger if the value is absurdly small. Multicast ignores it. */
	readonly blocksize?: number | undefined;
	/** The client has given a sign of life outside RTSP: a report that names the stream's SSRC, over unicast UDP from
	 *  the address and port that packets are sent to, or on the interleaved RTCP channel. A report to a group names no
	 *  session. */
	readonly onAlive: () => void;
}

/** The media, as rtsp/ drives it; implemented by stream/. Methods never throw. */
export interface StreamControl {
	/** undefined while the camera has no image. */
	describe(): StreamDescription | undefined;
	/** Destination of multicast; undefined if multicast is off. */
	readonly multicast?: MulticastGroup | undefined;
	/** Adds a subscriber. A SETUP that ends another subscription, its own session's or one that gives way, briefly
	 *  holds both.
	 *  @returns "unsupported" if this host cannot deliver that way: the client's next alternative is tried, and 461
	 *  answered if there is none; "busy" if a limit is reached, answered with 503 */
	subscribe(options: SubscribeOptions): Subscription | "unsupported" | "busy";
}

/** The parameters that clients may read and change with GET_PARAMETER and SET_PARAMETER; implemented by stream/. Names
 *  are in lower case. Methods never throw. */
export interface ParameterControl {
	/** @param subscription the session's; undefined without a session
	 *  @returns undefined if there is no such parameter, or it needs a session */
	read(name: string, subscription: Subscription | undefined): string | undefined;
	isWritable(name: string): boolean;
	/** Sets a writable parameter. Any value that `read` returned can be set again.
	 *  @returns false if the value is not possible; nothing has changed then */
	write(name: string, value: string): boolean;
}

/** The far end of one connection, as rtsp/ sees it; implemented by the owner of the socket. Methods never throw. */
export interface Peer {
	/** IP literals. `localAddress` is undefined if the platform does not provide it. */
	readonly remoteAddress: string;
	readonly localAddress: string | undefined;
	/** Queues bytes for the client, in order, never inside an interleaved packet. They are valid during the call
	 *  only. */
	send(bytes: Uint8Array): void;
	/** Closes the connection once queued data has been sent. `ServerConnection.closed()` is not called for it. */
	close(): void;
}
