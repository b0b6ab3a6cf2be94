// SPDX-License-Identifier: MIT
/** What a `catch` makes of whatever was thrown. */

/** @returns the message of whatever was thrown */
export function errorText(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** @returns the error itself, or an error with the value as its message */
export function toError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
