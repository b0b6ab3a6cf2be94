// SPDX-License-Identifier: MIT
/** Set-up of a board: its Wi-Fi network, its name, and the user of its stream. Interface of the board to the pages that
 *  offer set-up. */

/** What set-up shows. Passwords are never included. */
export interface SetupState {
	readonly ssid: string;
	readonly name: string;
	readonly user: string;
	/** Names of nearby networks, strongest first. */
	readonly networks: readonly string[];
	/** A search for networks is under way. */
	readonly searching: boolean;
}

/** Values that set-up can change, by the names of the settings. */
export type SetupName = "ssid" | "password" | "name" | "user" | "rtspPassword";

/** An absent value stays as it is. An empty password means that of the same network or user, if these stay the same. */
export interface SetupValues extends Partial<Readonly<Record<SetupName, string>>> {
	/** The network has no password. */
	readonly open?: boolean;
}

export interface SetupRefusal {
	/** The value that is wrong; "store": saving failed. */
	readonly name: SetupName | "store";
	/** For people. Contains no password. */
	readonly message: string;
}

export interface Setup {
	readonly state: SetupState;
	/** Begins a search for networks, if the last one is long enough ago and the radio is free. */
	search(): void;
	/** Stores the values. The board restarts some seconds later.
	 *  @returns undefined if they are stored; otherwise nothing has changed */
	save(values: SetupValues): SetupRefusal | undefined;
	/** Deletes the stored values. The board restarts some seconds later with those it was programmed with. */
	forget(): SetupRefusal | undefined;
}
