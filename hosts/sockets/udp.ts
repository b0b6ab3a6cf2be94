// SPDX-License-Identifier: MIT
/** `embedded:io/socket/udp` (ECMA-419). The natives are implemented by the host (desktop/io or esp32/io). */
export default class UDP extends Native("xs_udp_destructor") {
	constructor(options: object) {
		super();
		native("xs_udp_constructor").call(this, options);
	}
	close(): void {
		native("xs_udp_close").call(this);
	}
	read(): (ArrayBuffer & { address: string; port: number }) | undefined {
		return native("xs_udp_read").call(this) as (ArrayBuffer & { address: string; port: number }) | undefined;
	}
	write(data: unknown, address: string, port: number, interfaceIndex?: number): void {
		native("xs_udp_write").call(this, data, address, port, interfaceIndex);
	}
	add(group: string, interfaceIndex?: number): void {
		native("xs_udp_add").call(this, group, interfaceIndex);
	}
	remove(group: string, interfaceIndex?: number): void {
		native("xs_udp_remove").call(this, group, interfaceIndex);
	}
	get localPort(): number {
		return native("xs_udp_get_localPort").call(this) as number;
	}
	get timeToLive(): number {
		return native("xs_udp_get_timeToLive").call(this) as number;
	}
	set timeToLive(value: number) {
		native("xs_udp_set_timeToLive").call(this, value);
	}
	get format(): string {
		return "buffer";
	}
	set format(value: string) {
		if (value !== "buffer")
			throw new RangeError(`format is "${value}", not "buffer"`);
	}
}
