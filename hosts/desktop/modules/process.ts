/** The program's surroundings on a desktop. */
export default class Process {
	/** Argument `index` of the command line, without the host's own options; undefined past the last. */
	static argument(index: number): string | undefined { return native("xs_process_argument").call(this, index) as string | undefined; }
	/** Leaves the event loop, so that everything is freed in order. */
	static exit(status: number): void { native("xs_process_exit").call(this, status); }
	/** Ends at once. */
	static abort(status: number): never { return native("xs_process_abort").call(this, status) as never; }
	/** Called, in the event loop, for Ctrl-C and SIGTERM. A second one ends the program whatever the callback does. */
	static onStop(callback: () => void): void { native("xs_process_onStop").call(this, callback); }
	/** Whether standard output is a terminal. */
	static isTerminal(): boolean { return native("xs_process_isTerminal").call(this) as boolean; }
	/** A line on standard error. */
	static error(line: string): void { native("xs_process_error").call(this, line); }
	/** IPv4 addresses of the machine, loopback first. */
	static addresses(): string[] { return native("xs_process_addresses").call(this) as string[]; }
	/** 0: slots in use, 1: peak; 2: chunk bytes in use, 3: peak; 4: bytes of a slot. Between collections they only rise. */
	static memory(kind: number): number { return native("xs_process_memory").call(this, kind) as number; }
	/** Bytes that TCP sockets copied since the start, because the kernel did not take a write whole. */
	static copied(): number { return native("xs_process_copied").call(this); }
	/** Whether memory is fixed at the device's size (--heap). */
	static hasDeviceHeap(): boolean { return native("xs_process_hasDeviceHeap").call(this); }
	/** Collects garbage now. */
	static collect(): void { native("xs_process_collect").call(this); }
}
