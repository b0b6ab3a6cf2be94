// SPDX-License-Identifier: MIT
/** @returns the message of whatever was thrown */
export function errorText(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
