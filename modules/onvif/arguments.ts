// SPDX-License-Identifier: MIT
/** The arguments of an operation: the texts of its innermost elements, and their `token` attributes. */

import type { XMLReader } from "../soap/xml";

/** Most arguments. The longest operation, SetImagingSettings, has 30. */
export const MOST_ARGUMENTS = 48;

export class Arguments {
	readonly #parents: string[] = [];
	readonly #names: string[] = [];
	readonly #values: string[] = [];

	/** Reads the element that the reader has opened last, up to its end.
	 *  @returns false if there are more than `limit`; the reader knows if the document is malformed */
	read(reader: XMLReader, limit: number): boolean {
		const outer: string[] = [];
		for (let parent = "";;) {
			const { name } = reader, token = reader.attribute("token"), text = reader.leaf();
			if (this.#names.length >= limit)
				return false;
			if (token !== undefined)
				this.#add(name, "token", token);
			if (text === undefined) {
				outer.push(parent);
				parent = name;
				continue;
			}
			if (outer.length === 0)
				return true;
			this.#add(parent, name, text);
			while (!reader.child(reader.depth)) {
				parent = outer.pop() ?? "";
				if (reader.failed || outer.length === 0)
					return true;
			}
		}
	}

	/** @returns all of this name */
	all(name: string): string[] {
		return this.#values.filter((_value, i) => this.#names[i] === name);
	}

	/** @param parent name of the element that it is in. Default: any
	 *  @returns the first of this name; undefined if there is none */
	get(name: string, parent?: string): string | undefined {
		for (let i = 0; i < this.#names.length; i++) {
			if (this.#names[i] === name && (parent === undefined || this.#parents[i] === parent))
				return this.#values[i];
		}
		return undefined;
	}

	/** Whether a name of something that there is only one of is left out, or is this one. */
	means(name: string, only: string, parent?: string): boolean {
		const value = this.get(name, parent);
		return value === undefined || value === "" || value === only;
	}

	#add(parent: string, name: string, value: string): void {
		this.#parents.push(parent);
		this.#names.push(name);
		this.#values.push(value);
	}
}
