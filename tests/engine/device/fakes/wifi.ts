// SPDX-License-Identifier: MIT
/** Fake of the SDK's Wi-Fi. */

type Callback = (property: "connection" | "address") => void;

export default class WiFi {
	/** All instances, the newest last. */
	static readonly made: WiFi[] = [];
	readonly MAC = "24:6f:28:ab:cd:01";
	readonly log: string[] = [];
	readonly #onChanged: Callback;
	connection = 200;
	address: string | undefined;

	constructor({ onChanged }: { onChanged: Callback }) {
		this.#onChanged = onChanged;
		WiFi.made.push(this);
	}

	connect({ SSID, password }: { SSID: string; password?: string }): void {
		this.log.push(`connect ${SSID} ${password}`);
		this.connection = 300;
	}

	disconnect(): void {
		this.log.push("disconnect");
		this.connection = 200;
	}

	scan(): void {
		throw new Error("busy");
	}

	configure({ hostname }: { hostname: string }): void {
		this.log.push(`hostname ${hostname}`);
	}

	become(connection: number, address?: string): void {
		this.connection = connection;
		this.address = address;
		this.#onChanged("connection");
	}
}
