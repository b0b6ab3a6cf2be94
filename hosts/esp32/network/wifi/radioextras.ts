/** What the SDK's Wi-Fi module leaves out; radioextras.c. All but `clearReason` and `reason` throw when Wi-Fi refuses. */

/** Begins to note why the station is refused. Before the SDK's WiFi is made, so that the reason is there when that tells of it. */
export function watch(this: void): void { native("xs_radio_watch").call(this); }

/** @returns IEEE 802.11's reason for the last disconnection, or Espressif's; 0 for none since `clearReason` */
export function reason(this: void): number { return native("xs_radio_reason").call(this); }

export function clearReason(this: void): void { native("xs_radio_clear_reason").call(this); }

/** Whether the radio sleeps between beacons. */
export function powerSave(this: void, on: boolean): void { native("xs_radio_power_save").call(this, on); }

/** @param name 1 to 32 bytes
 *  @param password 8 to 63 characters; empty: open */
export function openAccessPoint(this: void, name: string, password: string): void { native("xs_radio_open_access_point").call(this, name, password); }

export function closeAccessPoint(this: void): void { native("xs_radio_close_access_point").call(this); }
