// SPDX-License-Identifier: MIT
/** Finds the IPv4 address of a host's name. Does not block; the natives are the host's (desktop/io or
 *  esp32/io/lookup). */

export interface LookupOptions {
	/** A name, at most 253 characters. */
	readonly host: string;
	/** The look-up is done: `address` is known. Not called after `close`. */
	readonly onDone: () => void;
}

export default class Lookup extends Native("xs_lookup_destructor") {
	/** @throws Error if it cannot be begun */
	constructor(options: LookupOptions) {
		super();
		native("xs_lookup_constructor").call(this, options);
	}
	/** IP literal; undefined before `onDone`, and if there is none. */
	get address(): string | undefined {
		return native("xs_lookup_get_address").call(this) as string | undefined;
	}
	close(): void {
		native("xs_lookup_close").call(this);
	}
}
