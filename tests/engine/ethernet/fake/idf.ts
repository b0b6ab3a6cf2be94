/** ESP-IDF's Ethernet, as tests make it. */
export class FakeIDF {
	/** @param present whether there is memory for the drivers
	 *  @param error of their installation, 0 for none
	 *  @param named whether the chip has a MAC address of its own */
	static setHardware(present: number, error: number, named: number): void { native("xs_fakeidf_setHardware").call(this, present, error, named); }
	static setQueueLength(length: number): void { native("xs_fakeidf_setQueueLength").call(this, length); }
	static link(up: number): void { native("xs_fakeidf_link").call(this, up); }
	/** @param octet the last of 10.0.0.x; 0: the address is lost */
	static address(octet: number): void { native("xs_fakeidf_address").call(this, octet); }
	/** Events that say nothing about the link. */
	static others(): void { native("xs_fakeidf_others").call(this); }
	/** @returns messages that were under way, and have arrived now */
	static deliver(): number { return native("xs_fakeidf_deliver").call(this) as number; }
	static hostName(): string { return native("xs_fakeidf_hostName").call(this) as string; }
	static starts(): number { return native("xs_fakeidf_starts").call(this) as number; }
}
