// SPDX-License-Identifier: MIT
/** The part of the Moddable SDK's module `file` that cameras use. */

/** A file that is open for reading. */
export class File extends Native("xs_file_destructor") {
	/** @throws Error if it cannot be opened; the message says why */
	constructor(path: string) {
		super();
		native("xs_file_constructor").call(this, path);
	}
	/** Size in bytes. */
	get length(): number {
		return native("xs_file_get_length").call(this) as number;
	}
	/** Reads from the current position.
	 *  @param type ArrayBuffer
	 *  @param count maximum number of bytes. Default: the rest of the file */
	read(type: ArrayBufferConstructor, count?: number): ArrayBuffer {
		return native("xs_file_read").call(this, type, count) as ArrayBuffer;
	}
	close(): void {
		native("xs_file_close").call(this);
	}
}

/** Iterates over the entries of a folder, in no particular order. */
export class Iterator extends Native("xs_file_iterator_destructor") {
	/** @throws Error if the folder cannot be read */
	constructor(path: string) {
		super();
		native("xs_file_iterator_constructor").call(this, path);
	}
	/** @returns the next entry, with `length` for a file; undefined after the last */
	next(): { readonly name: string; readonly length?: number } | undefined {
		return native("xs_file_iterator_next").call(this) as { name: string; length?: number } | undefined;
	}
}
