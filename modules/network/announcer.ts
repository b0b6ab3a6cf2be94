// SPDX-License-Identifier: MIT
/**
 * The camera's name and stream in multicast DNS: claims the name, takes a numbered one when somebody else has it, and
 * then announces the stream under it.
 */

import { errorText } from "../common/errortext";
import { NAME_ATTEMPTS, numberedName } from "./names";

/** What is done about names; any call may throw. `close` is called once. */
export interface Names {
	/** Calls one of the two, once, unless closed before. */
	claim(host: string, onReady: () => void, onError: () => void): { close(): void };
	/** Only for a name that was claimed. */
	advertise(host: string): { close(): void };
	close(): void;
}

export interface AnnouncerOptions {
	/** Opens sockets in the network that holds now. */
	readonly open: () => Names;
	readonly name: string;
	/** Calls back in a turn of its own. */
	readonly later: (callback: () => void) => void;
	/** Under which name the camera is found. */
	readonly onReady: (name: string) => void;
	readonly onNotice: (message: string) => void;
}

export class Announcer {
	readonly #options: AnnouncerOptions;
	#names: Names | undefined;
	#held: { close(): void }[] = [];
	/** Which opening callbacks belong to: those of a closed one are too late. */
	#generation = 0;

	constructor(options: AnnouncerOptions) {
		this.#options = options;
	}

	/** In a network that is new, or was lost and is back. Throws nothing. */
	open(): void {
		this.close();
		try {
			this.#names = this.#options.open();
			this.#claim(1);
		}
		catch (error) {
			this.#fail(error);
		}
	}

	close(): void {
		this.#generation += 1;
		const names = this.#names;
		this.#names = undefined;
		this.#release();
		try {
			names?.close();
		}
		catch {
			// nothing is left of it that could be used
		}
	}

	#claim(attempt: number): void {
		const { name, later, onNotice } = this.#options;
		const host = numberedName(name, attempt), generation = this.#generation;
		const claim = this.#names!.claim(host, () => {
			if (generation === this.#generation)
				this.#advertise(host);
		}, () => {
			// the SDK's responder is not through with the claim when it says so: closed at once it would throw
			// afterwards
			later(() => {
				if (generation !== this.#generation)
					return;
				this.#release();
				if (attempt >= NAME_ATTEMPTS)
					onNotice(`${name}.local and its like are taken: the camera has no name`);
				else
					this.#try(() => this.#claim(attempt + 1));
			});
		});
		this.#held.push(claim);
	}

	#advertise(host: string): void {
		this.#try(() => {
			this.#held.push(this.#names!.advertise(host));
			this.#options.onReady(host);
		});
	}

	#try(action: () => void): void {
		try {
			action();
		}
		catch (error) {
			this.#fail(error);
		}
	}

	#fail(error: unknown): void {
		this.close();
		this.#options.onNotice(`the camera's name is not announced: ${errorText(error)}`);
	}

	/** What was advertised goes before the claim under it. */
	#release(): void {
		const held = this.#held;
		this.#held = [];
		while (held.length) {
			try {
				held.pop()!.close();
			}
			catch {
				// it is gone
			}
		}
	}
}
