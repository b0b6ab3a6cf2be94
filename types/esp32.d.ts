// SPDX-License-Identifier: MIT
/** Modules of the Moddable SDK that exist only on a board, as far as this project uses them. The published typings do
 *  not include them. */

declare module "embedded:network/interface/wifi" {
	class WiFi {
		constructor(options: { onChanged?: (property: "connection" | "address") => void });
		scan(options: { onFound?: (network: { SSID: string; RSSI: number }) => void }): void;
		connect(options: { SSID: string; password?: string }): void;
		disconnect(): void;
		configure(options: { hostname?: string }): void;
		/** 200: not connected, 300: connecting, 400: associated, 500: with addresses. */
		readonly connection: number;
		readonly address: string | undefined;
		readonly MAC: string | undefined;
	}
	export default WiFi;
}

declare module "embedded:network/dnssd" {
	import type UDP from "embedded:io/socket/udp";

	export default class DNSSD {
		constructor(options: { socket: { io: typeof UDP } });
		close(): void;
		claim(options: { host: string; onReady?(): void; onError?(): void }): { close(): void };
		advertise(
			options: { serviceType: string; host: string; port: number; txt?: Map<string, string> },
		): { close(): void };
	}
}

declare module "embedded:io/digital" {
	export default class Digital {
		constructor(options: { pin: number; mode: number; initialValue?: 0 | 1 });
		write(value: 0 | 1): void;
		static readonly Output: 8;
	}
}

declare module "preference" {
	const Preference: {
		get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined;
		set(domain: string, key: string, value: string): void;
		delete(domain: string, key: string): void;
	};
	export default Preference;
}

declare module "sntp" {
	type Message = -1 | 1 | 2;

	export default class SNTP {
		static readonly time: 1;
		static readonly retry: 2;
		static readonly error: -1;
		constructor(options: { host: string }, callback: (message: Message, value?: number) => void);
	}
}
