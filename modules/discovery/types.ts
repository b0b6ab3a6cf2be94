// SPDX-License-Identifier: MIT
/** What the program asks of discovery. */

/** What WS-Discovery tells about the camera, for ONVIF's clients. */
export interface Endpoint {
	/** Without `urn:uuid:`. */
	readonly uuid: string;
	/** Path of the device service on the HTTP port. */
	readonly path: string;
	/** URIs, separated by spaces. The sensor may become known later. */
	readonly scopes: () => string;
}

export interface DiscoveryOptions {
	/** Name of the camera: at most 24 letters, digits and `-`. */
	readonly name: string;
	readonly rtspPort: number;
	/** Stream name, without a leading slash. */
	readonly path: string;
	/** undefined: there is no HTTP. */
	readonly httpPort: number | undefined;
	/** undefined: there is no ONVIF. */
	readonly endpoint: Endpoint | undefined;
	/** Names and addresses of interfaces. Empty: every interface that can multicast, without loopback. */
	readonly interfaces: readonly string[];
	/** Milliseconds, monotonic: a clock that is read every second. A quiet network gives no reason to read one. */
	readonly now: () => number;
	readonly onNotice: (message: string) => void;
}

/** The camera is announced until it is closed. */
export interface Discovery {
	/** Takes the announcement back. */
	close(): void;
}

/** Announces the camera. Never throws: a notice tells why it is not announced. */
export type OpenDiscovery = (options: DiscoveryOptions) => Discovery;
