// SPDX-License-Identifier: MIT
/** `embedded:io/socket/tcp` (ECMA-419). The natives are implemented by the host (desktop/io or esp32/io). */
export default class TCP extends Native("xs_tcp_destructor") {
	constructor(options?: object) {
		super();
		native("xs_tcp_constructor").call(this, options);
	}
	close(): void {
		native("xs_tcp_close").call(this);
	}
	read(destination?: number | ArrayBufferLike | ArrayBufferView): number | ArrayBuffer | undefined {
		return native("xs_tcp_read").call(this, destination) as number | ArrayBuffer | undefined;
	}
	write(data: unknown): number {
		return native("xs_tcp_write").call(this, data) as number;
	}
	get remoteAddress(): string | undefined {
		return native("xs_tcp_get_remoteAddress").call(this) as string | undefined;
	}
	get remotePort(): number | undefined {
		return native("xs_tcp_get_remotePort").call(this) as number | undefined;
	}
	get localAddress(): string | undefined {
		return native("xs_tcp_get_localAddress").call(this) as string | undefined;
	}
	get localPort(): number | undefined {
		return native("xs_tcp_get_localPort").call(this) as number | undefined;
	}
	get format(): string {
		return native("xs_tcp_get_format").call(this) as string;
	}
	set format(value: string) {
		native("xs_tcp_set_format").call(this, value);
	}
}
