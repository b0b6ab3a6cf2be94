// SPDX-License-Identifier: MIT
/** Saved settings in a file. */

import type { SettingsStore } from "settings/saved";

export class SettingsFile implements SettingsStore {
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	/** @throws Error the file cannot be read; the message has its path and the reason */
	read(): string | undefined {
		return readFile(this.path);
	}

	/** Writes to another file beside it, then renames that one. Makes missing folders.
	 *  @throws Error the file cannot be written; nothing has changed then */
	write(text: string): void {
		writeFile(this.path, text);
	}

	/** @throws Error the file cannot be removed */
	remove(): void {
		removeFile(this.path);
	}
}

/** @returns undefined if there is no such file */
function readFile(this: void, path: string): string | undefined {
	return native("xs_settingsfile_read").call(this, path) as string | undefined;
}

function writeFile(this: void, path: string, text: string): void {
	native("xs_settingsfile_write").call(this, path, text);
}

function removeFile(this: void, path: string): void {
	native("xs_settingsfile_remove").call(this, path);
}
