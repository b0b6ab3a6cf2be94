// SPDX-License-Identifier: MIT
/** Fake of the board's Ethernet interface. */
export class EthernetInterface {
	/** All instances, the newest last. */
	static readonly made: EthernetInterface[] = [];
	/** What the next constructor throws. */
	static refusal: unknown;
	readonly mac = "24:6f:28:ab:cd:04";
	readonly log: string[] = [];
	readonly #onChanged: () => void;
	linked = false;
	address: string | undefined;

	constructor(onChanged: () => void) {
		if (EthernetInterface.refusal !== undefined)
			throw EthernetInterface.refusal;
		this.#onChanged = onChanged;
		EthernetInterface.made.push(this);
	}

	start(hostName: string): void {
		this.log.push(`start ${hostName}`);
	}

	become(linked: boolean, address?: string): void {
		this.linked = linked;
		this.address = address;
		this.#onChanged();
	}
}
