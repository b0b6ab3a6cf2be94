// SPDX-License-Identifier: MIT
/** Functions that the SDK's Wi-Fi module lacks (radioextras.c).
 *  All but `clearReason` and `reason` throw if Wi-Fi reports an error. */

/** Starts recording the reasons of disconnections. To be called before the SDK's WiFi is constructed, so that the
 *  reason is set before that reports a disconnection. */
export function watch(this: void): void {
	native("xs_radio_watch").call(this);
}

/** @returns the reason code of the last disconnection (IEEE 802.11 or Espressif); 0: none since `clearReason` */
export function reason(this: void): number {
	return native("xs_radio_reason").call(this);
}

export function clearReason(this: void): void {
	native("xs_radio_clear_reason").call(this);
}

/** Whether the radio sleeps between beacons. */
export function powerSave(this: void, on: boolean): void {
	native("xs_radio_power_save").call(this, on);
}

/** @param name 1 to 32 bytes
 *  @param password 8 to 63 characters; empty: open */
export function openAccessPoint(this: void, name: string, password: string): void {
	native("xs_radio_open_access_point").call(this, name, password);
}

export function closeAccessPoint(this: void): void {
	native("xs_radio_close_access_point").call(this);
}
