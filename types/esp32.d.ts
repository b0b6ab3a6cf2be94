// SPDX-License-Identifier: MIT
/** Modules of the Moddable SDK that @moddable/typings 5.6.0 does not declare, as far as this project uses them. Each
 *  names the file of SDK 8.2.3 that declares it: with typings of that version, this file is not needed. */

/** typings/embedded_network/interface/wifi.d.ts */
declare module "embedded:network/interface/wifi" {
	class WiFi {
		constructor(options: { onChanged?: (property: "connection" | "address") => void });
		scan(options: { onFound?: (network: { SSID: string; RSSI: number }) => void; onComplete?: () => void }): void;
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
