/** What host.ts knows of a board's way into its network. The module `device/link` is the one of wifi/link.ts and ethernet/link.ts that
 *  the board's manifest names (build.CAMERA_LINK). */

import type { Link } from "network/link";

export type Config = Record<string, unknown>;

export interface LinkOptions {
	/** From `prepareConfig`. */
	readonly config: Config;
	/** Something of the link has changed: `tick` is to be called. Not from within a call of the link. */
	readonly onChanged: () => void;
	/** The camera has an address, or another one than before. */
	readonly onAddress: (address: string) => void;
	/** The address is gone. */
	readonly onLost: () => void;
	/** Settings were stored, and hold from a restart on: not before an answer has left. */
	readonly onStored: () => void;
	/** For the log, and for the next start's. */
	readonly onNotice: (message: string) => void;
	/** For the log alone. */
	readonly onSecret: (message: string) => void;
}

export interface DeviceLink extends Link {
	/** The camera's name in the network. */
	readonly name: string;
	/** Throws nothing.
	 *  @param may nobody watches: packets may be delayed where that saves power */
	rest(may: boolean): void;
}
