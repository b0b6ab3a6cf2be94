// SPDX-License-Identifier: MIT
import type { HTTPPeer } from "http/types";

/** The socket of a client, which records what is sent. */
export class FakePeer implements HTTPPeer {
	readonly remoteAddress = "10.0.0.2";
	sent = "";
	held = false;
	/** "closed" or "dropped" once it is. */
	state = "";
	idle = true;
	bodies: Uint8Array[] = [];

	sendText(text: string): void {
		this.sent += text;
	}
	sendBody(bytes: Uint8Array): void {
		this.bodies.push(bytes);
		this.idle = false;
	}
	sendIfRoom(text: string): boolean {
		if (this.idle)
			this.sent += text;
		return this.idle;
	}
	hold(held: boolean): void {
		this.held = held;
	}
	sendPicture(): 2 {
		return 2;
	}
	openRoute(): undefined {
		return undefined;
	}
	stalled(): void {
		this.drop();
	}
	close(): void {
		this.state = "closed";
	}
	drop(): void {
		this.state = "dropped";
	}
	/** @returns the statuses sent since the last call */
	take(): string {
		const statuses = this.sent.split("HTTP/1.1 ").slice(1).map(text => text.slice(0, 3)).join(" ");
		this.sent = "";
		return statuses;
	}
}
