// SPDX-License-Identifier: MIT
/** The connection to a receiver: as a player's, but opened by the camera. */

import type { Remote } from "../sockets/sockets";
import type { TCPConnectionOwner } from "../sockets/tcpconnection";
import type { ClientKind } from "../stream/consumer";
import { InterleavedConnection } from "../stream/interleaved";

export class PushConnection extends InterleavedConnection {
	readonly #onConnected: () => void;
	#connected = false;

	/** Begins to connect.
	 *  @throws Error if the system refuses that at once */
	constructor(owner: TCPConnectionOwner, remote: Remote, onConnected: () => void) {
		super(owner, undefined, remote);
		this.#onConnected = onConnected;
	}

	override get kind(): ClientKind {
		return "push";
	}

	/** Whether the receiver has accepted the connection. */
	get isConnected(): boolean {
		return this.#connected;
	}

	protected override onRoom(): void {
		if (!this.#connected) {
			this.#connected = true;
			this.#onConnected();
		}
		super.onRoom();
	}
}
