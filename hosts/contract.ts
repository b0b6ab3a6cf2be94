/** What every host's `host` module is to main.ts. */

import type { ServerStatistics } from "../modules/stream/statistics";

/** The running server, as a host sees it. */
export interface Running {
	/** IP literal that it is reached at; empty: all of the machine's. */
	readonly address: string;
	readonly port: number;
	/** Stream name. */
	readonly path: string;
	readonly statistics: () => ServerStatistics;
	/** Says BYE to everybody and frees everything. */
	readonly stop: () => void;
}

/** Who is told what becomes of the program. */
export interface RunningHost {
	/** Something that the user should know. */
	notice(message: string): void;
	/** The server runs: tells the user where, and from then on how it goes. */
	started(running: Running): void;
	/** The server could not be started; text is for the user, an Error for who mends the program. */
	failed(error: string | Error): void;
}

/** What a platform brings. */
export interface Host extends RunningHost {
	/** Where there is one: called first, instead of starting at once. Calls `start`, once, when the server may start: with the
	 *  settings that hold then, and with the host that is told how it went. Or it does not, and tells the user why. */
	ready?(config: Record<string, unknown>, start: (config: Record<string, unknown>, host: RunningHost) => void): void;
}
