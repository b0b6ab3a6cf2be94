// SPDX-License-Identifier: MIT
/** RTC memory, which survives a restart (restartmemory.c). */

import type { RestartMemory } from "network/restartlog";

function reason(this: void): string {
	return native("xs_restarts_reason").call(this) as string;
}
function uptime(this: void): number {
	return native("xs_restarts_uptime").call(this) as number;
}
function isKept(this: void): boolean {
	return native("xs_restarts_isKept").call(this) as boolean;
}
function clear(this: void): void {
	native("xs_restarts_clear").call(this);
}
function read(this: void, index: number): number {
	return native("xs_restarts_read").call(this, index) as number;
}
function write(this: void, index: number, value: number): void {
	native("xs_restarts_write").call(this, index, value);
}
function notice(this: void): string {
	return native("xs_restarts_notice").call(this) as string;
}

export const restartMemory: RestartMemory = Object.freeze({ reason, uptime, isKept, clear, read, write, notice });

/** Keeps the first 159 octets of the text for the next start. */
export function keepNotice(this: void, text: string): void {
	native("xs_restarts_keepNotice").call(this, text);
}

/** The engine's global function `abort`, enabled by defines.xs.abortHook in the manifest. It is called before a restart
 *  caused by a lack of memory or an uncaught error. */
export function keepAbort(this: void, reason: string, exception: unknown): void {
	native("xs_restarts_keepAbort").call(this, reason, exception);
}
