// SPDX-License-Identifier: MIT
/** Controls the fake ESP-IDF Ethernet. */
export class FakeIDF {
	/** @param present whether there is memory for the drivers
	 *  @param error of their installation; 0: none
	 *  @param named whether the chip has its own MAC address */
	static setHardware(present: number, error: number, named: number): void {
		native("xs_fakeidf_setHardware").call(this, present, error, named);
	}
	static setQueueLength(length: number): void {
		native("xs_fakeidf_setQueueLength").call(this, length);
	}
	static link(up: number): void {
		native("xs_fakeidf_link").call(this, up);
	}
	/** @param octet the last of 10.0.0.x; 0: the address is lost */
	static address(octet: number): void {
		native("xs_fakeidf_address").call(this, octet);
	}
	/** Raises events that do not concern the link. */
	static others(): void {
		native("xs_fakeidf_others").call(this);
	}
	/** Delivers pending messages. @returns their number */
	static deliver(): number {
		return native("xs_fakeidf_deliver").call(this) as number;
	}
	static hostName(): string {
		return native("xs_fakeidf_hostName").call(this) as string;
	}
	static starts(): number {
		return native("xs_fakeidf_starts").call(this) as number;
	}
}
