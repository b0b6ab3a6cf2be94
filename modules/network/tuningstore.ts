// SPDX-License-Identifier: MIT
/** Settings saved over HTTP, in flash: one text, so that it is replaced completely or not at all. */

import type { SettingsStore } from "../settings/saved";
import type { Store } from "./stored";

/** Name in flash: at most 15 characters. */
const NAME = "tuning";

export class TuningStore implements SettingsStore {
	readonly #store: Store;

	constructor(store: Store) {
		this.#store = store;
	}

	read(): string | undefined {
		const text = this.#store.get(NAME);
		return typeof text === "string" ? text : undefined;
	}

	write(text: string): void {
		this.#store.set(NAME, text);
	}

	remove(): void {
		if (this.read() !== undefined)
			this.#store.delete(NAME);
	}
}
