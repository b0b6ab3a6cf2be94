// SPDX-License-Identifier: MIT
import TCP from "embedded:io/socket/tcp";

/** `embedded:io/socket/listener` (ECMA-419). The natives are implemented by the host (desktop/io or esp32/io). They are
 *  not named xs_listener_… because the SDK's older Socket module has functions with those names. */
export default class Listener extends Native("xs_tcplistener_destructor") {
	constructor(options: object) {
		super();
		native("xs_tcplistener_constructor").call(this, options);
	}
	close(): void {
		native("xs_tcplistener_close").call(this);
	}
	/** The oldest pending connection, for the `from` option of a TCP constructor; undefined if none is pending. */
	read(): TCP | undefined {
		// published typings want options: the native function fills this one in
		return native("xs_tcplistener_read").call(this, new (TCP as new () => TCP)()) as TCP | undefined;
	}
	get port(): number {
		return native("xs_tcplistener_get_port").call(this) as number;
	}
	get format(): string {
		return "socket/tcp";
	}
	set format(value: string) {
		if (value !== "socket/tcp")
			throw new RangeError(`format is "${value}", not "socket/tcp"`);
	}
}
