// SPDX-License-Identifier: MIT
/** Interface between host.ts and a board's network link. The module `device/link` is wifi/link.ts or ethernet/link.ts,
 *  as selected by the board's manifest (build.CAMERA_LINK). */

import type { Link } from "network/link";
import type { Setup } from "settings/setup";

export type Config = Record<string, unknown>;

export interface LinkOptions {
	/** From `prepareConfig`. */
	readonly config: Config;
	/** The link has changed: `tick` must be called. Not called from within a method of the link. */
	readonly onChanged: () => void;
	/** The camera has a new address. */
	readonly onAddress: (address: string) => void;
	/** The camera has lost its address. */
	readonly onLost: () => void;
	/** Settings were stored and take effect after a restart, which must wait until the response is sent. */
	readonly onStored: () => void;
	/** Writes to the log and keeps the message for the next start. */
	readonly onNotice: (message: string) => void;
	/** Writes to the log only. */
	readonly onSecret: (message: string) => void;
}

export interface DeviceLink extends Link {
	/** The camera's name in the network. */
	readonly name: string;
	/** Absent where there is nothing to set up: a cable needs no password. */
	readonly setup?: Setup;
	/** Never throws.
	 *  @param may there are no viewers: packets may be delayed to save power */
	rest(may: boolean): void;
}
