// SPDX-License-Identifier: MIT
/** Look-ups in the simulator, whose sockets know addresses only. */

export default class Lookup {
	readonly address: string | undefined = undefined;

	/** @throws Error always */
	constructor({ host }: { readonly host: string }) {
		throw new Error(`the simulator looks up no names: give the IPv4 address of ${host}`);
	}

	close(): void {
		// nothing is open
	}
}
