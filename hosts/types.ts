/** What every host's `host` module is to main.ts. */

import type { ServerStatistics } from "../modules/stream/server";

/** The running server, as a host sees it. */
export interface Running {
	readonly port: number;
	/** Stream name. */
	readonly path: string;
	readonly statistics: () => ServerStatistics;
	/** Says BYE to everybody and frees everything. */
	readonly stop: () => void;
}

export interface Host {
	/** Something that the user should know. */
	notice(message: string): void;
	/** The server runs: tells the user where, and from then on how it goes. */
	started(running: Running): void;
	/** The server could not be started; text is for the user, an Error for who mends the program. */
	failed(error: string | Error): void;
}
