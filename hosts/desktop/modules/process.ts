// SPDX-License-Identifier: MIT
/** The desktop process: arguments, exit, signals, standard streams, memory counts. */
export default class Process {
	/** Argument `index` of the command line, not counting the host's own options; undefined past the last. */
	static argument(index: number): string | undefined {
		return native("xs_process_argument").call(this, index) as string | undefined;
	}
	/** Leaves the event loop, then frees everything in order. */
	static exit(status: number): void {
		native("xs_process_exit").call(this, status);
	}
	/** Ends the program immediately. */
	static abort(status: number): never {
		return native("xs_process_abort").call(this, status) as never;
	}
	/** Sets the callback for Ctrl-C and SIGTERM, called in the event loop. A second signal always ends the program. */
	static onStop(callback: () => void): void {
		native("xs_process_onStop").call(this, callback);
	}
	/** Whether standard output is a terminal. */
	static isTerminal(): boolean {
		return native("xs_process_isTerminal").call(this) as boolean;
	}
	/** Writes a line to standard error. */
	static error(line: string): void {
		native("xs_process_error").call(this, line);
	}
	/** Memory counts. `kind` 0: slots in use, 1: peak; 2: chunk bytes in use, 3: peak; 4: bytes per slot;
	 *  5: bytes in use outside the machine's heaps, 0 if the C library does not count them. Counts of the heaps only
	 *  rise between collections. */
	static memory(kind: number): number {
		return native("xs_process_memory").call(this, kind) as number;
	}
	/** Bytes that TCP sockets have copied since the start because the kernel accepted only part of a write. */
	static copied(): number {
		return native("xs_process_copied").call(this);
	}
	/** Whether memory is limited to the device's size (--heap). */
	static hasDeviceHeap(): boolean {
		return native("xs_process_hasDeviceHeap").call(this);
	}
	/** Collects garbage now. */
	static collect(): void {
		native("xs_process_collect").call(this);
	}
}
