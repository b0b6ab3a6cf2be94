/** The board's Ethernet interface as a test has it. */
export class EthernetInterface {
	/** All that were made, the newest last. */
	static readonly made: EthernetInterface[] = [];
	/** What the next one is refused with. */
	static refusal: string | undefined;
	readonly mac = "24:6f:28:ab:cd:04";
	readonly log: string[] = [];
	readonly #onChanged: () => void;
	linked = false;
	address: string | undefined;

	constructor(onChanged: () => void) {
		if (EthernetInterface.refusal !== undefined)
			throw new Error(EthernetInterface.refusal);
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
