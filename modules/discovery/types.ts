// SPDX-License-Identifier: MIT
/** What the program asks of discovery. */

export interface DiscoveryOptions {
	/** Name of the camera: at most 24 letters, digits and `-`. */
	readonly name: string;
	readonly rtspPort: number;
	/** Stream name, without a leading slash. */
	readonly path: string;
	/** undefined: there is no HTTP. */
	readonly httpPort: number | undefined;
	/** Names and addresses of interfaces. Empty: every interface that can multicast, without loopback. */
	readonly interfaces: readonly string[];
	readonly onNotice: (message: string) => void;
}

/** The camera is announced until it is closed. */
export interface Discovery {
	/** Takes the announcement back. */
	close(): void;
}

/** Announces the camera. Never throws: a notice tells why it is not announced. */
export type OpenDiscovery = (options: DiscoveryOptions) => Discovery;
