// SPDX-License-Identifier: MIT
/** Restarts the chip (restart.c). Does not return. */
export function restart(this: void): void {
	native("xs_device_restart").call(this);
}
