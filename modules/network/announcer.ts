// SPDX-License-Identifier: MIT
/**
 * Announces the camera in multicast DNS: claims its name, or a numbered one if another device has it, and then
 * advertises the stream under the claimed name.
 */

import { errorText } from "../common/errortext";
import { NAME_ATTEMPTS, numberedName } from "./names";

/** A multicast DNS responder. Any call may throw. `close` is called once. */
export interface Names {
	/** Claims a name. Calls either `onReady` or `onError` once, unless closed before. */
	claim(host: string, onReady: () => void, onError: () => void): { close(): void };
	/** Advertises the stream under a claimed name. */
	advertise(host: string): { close(): void };
	close(): void;
}

export interface AnnouncerOptions {
	/** Opens a responder in the current network. */
	readonly open: () => Names;
	readonly name: string;
	/** Calls back in a later turn of the event loop. */
	readonly later: (callback: () => void) => void;
	/** The stream is advertised under `name`. */
	readonly onReady: (name: string) => void;
	readonly onNotice: (message: string) => void;
}

export class Announcer {
	readonly #options: AnnouncerOptions;
	#names: Names | undefined;
	#held: { close(): void }[] = [];
	/** Counts openings, so that callbacks of a closed one are ignored. */
	#generation = 0;

	constructor(options: AnnouncerOptions) {
		this.#options = options;
	}

	/** Announces the camera anew. To be called in a new network, and when a lost one is back. Never throws. */
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
			// the responder is dropped in any case
		}
	}

	#claim(attempt: number): void {
		const { name, later, onNotice } = this.#options;
		const host = numberedName(name, attempt), generation = this.#generation;
		const claim = this.#names!.claim(host, () => {
			if (generation === this.#generation)
				this.#advertise(host);
		}, () => {
			// deferred: the SDK's responder still uses the claim after this callback, and would throw if it were closed
			// here
			later(() => {
				if (generation !== this.#generation)
					return;
				this.#release();
				if (attempt >= NAME_ATTEMPTS)
					onNotice(`${name}.local and its numbered variants are taken: the camera has no name`);
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

	/** Closes in reverse order: the advertisement before its claim. */
	#release(): void {
		const held = this.#held;
		this.#held = [];
		while (held.length) {
			try {
				held.pop()!.close();
			}
			catch {
				// already closed
			}
		}
	}
}
