// SPDX-License-Identifier: MIT
import type { Radio } from "network/link";
import type { Store } from "network/stored";
import { DEFAULTS } from "../settings/defaults";

/** The configuration of a board without a time server: its own settings have their defaults. */
export const DEVICE = { ...DEFAULTS, name: "", sntp: "" };

/** A radio whose state the test sets, with a log of the calls. */
export class FakeRadio implements Radio {
	state: "idle" | "joining" | "joined" = "idle";
	address: string | undefined;
	reason = 0;
	/** Name of the method that throws. */
	throwing = "";
	readonly log: string[] = [];
	readonly nearby: [string, number][] = [];

	join(ssid: string, password: string): void {
		this.#call("join", ` ${ssid} ${password}`);
		this.state = "joining";
	}

	leave(): void {
		this.#call("leave");
		this.state = "idle";
		this.address = undefined;
	}

	/** Ends the search; undefined while there is none. */
	endScan: (() => void) | undefined;

	scan(onFound: (ssid: string, strength: number) => void, onDone: () => void): void {
		this.#call("scan");
		for (const [ssid, strength] of this.nearby)
			onFound(ssid, strength);
		this.endScan = onDone;
	}

	openAccessPoint(ssid: string, password: string): void {
		this.#call("open", ` ${ssid} ${password}`);
	}

	closeAccessPoint(): void {
		this.#call("close");
	}

	refuse(reason: number): void {
		this.state = "idle";
		this.reason = reason;
	}

	accept(address?: string): void {
		this.state = "joined";
		this.address = address;
		this.reason = 0;
	}

	count(call: string): number {
		return this.log.filter(item => item.split(" ")[0] === call).length;
	}

	#call(name: string, rest = ""): void {
		this.log.push(name + rest);
		if (this.throwing === name)
			throw new Error(`${name} failed`);
	}
}

export class FakeStore implements Store {
	readonly values: Record<string, unknown> = {};
	throwing = "";

	get(name: string): unknown {
		this.#call("get");
		return this.values[name];
	}

	set(name: string, value: string): void {
		this.#call("set");
		this.values[name] = value;
	}

	delete(name: string): void {
		this.#call("delete");
		delete this.values[name];
	}

	#call(name: string): void {
		if (this.throwing === name)
			throw new Error(`${name} failed`);
	}
}
