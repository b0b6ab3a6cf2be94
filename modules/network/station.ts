// SPDX-License-Identifier: MIT
/**
 * The camera in somebody's Wi-Fi network: joins it, notices when it is lost, and tries again for ever, at growing
 * distances.
 *
 *    waiting ──pause over──> joining ──associated──> joined ──address──> connected
 *       ^                       │                      │                    │
 *       └─────── refused, no answer, no address, lost ─┴────────────────────┘
 *
 * It looks at the radio's state, every second and when the radio says that something changed, and trusts no order of
 * events: one that is lost or late does no harm.
 */

import { Backoff } from "../common/backoff";
import { describeProblem, problemOf } from "./reason";
import type { Problem, Radio } from "./link";

/** Pauses between attempts, milliseconds. */
const FIRST_PAUSE = 1000, LONGEST_PAUSE = 60_000;
/** An attempt without an answer is given up, milliseconds. Joining takes 2 to 5 seconds where all channels are looked
 *  at. */
const JOIN_TIMEOUT = 20_000;
/** DHCP asks for 4, 8, 16 seconds. */
const ADDRESS_TIMEOUT = 30_000;

export interface StationOptions {
	readonly radio: Radio;
	readonly ssid: string;
	readonly password: string;
	/** The camera has an address, or another one than before. */
	readonly onAddress: (address: string) => void;
	/** The address is gone. */
	readonly onLost: () => void;
	readonly onNotice: (message: string) => void;
}

type Phase = "waiting" | "joining" | "joined" | "connected";

export class Station {
	readonly #options: StationOptions;
	readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
	#phase: Phase = "waiting";
	/** When the phase began. */
	#since = 0;
	#address: string | undefined;
	#problem: Problem | undefined;

	constructor(options: StationOptions) {
		this.#options = options;
	}

	get connected(): boolean {
		return this.#phase === "connected";
	}

	/** Whether an attempt is under way. */
	get busy(): boolean {
		return this.#phase === "joining" || this.#phase === "joined";
	}

	/** Why the last attempt failed; undefined after a success, and before the first. */
	get problem(): Problem | undefined {
		return this.#problem;
	}

	/** Looks what has happened, and does what is due. Throws nothing that the radio throws.
	 *  @param mayTry whether an attempt may begin now */
	tick(now: number, mayTry = true): void {
		switch (this.#phase) {
			case "waiting":
				if (mayTry && this.#backoff.isReady(now))
					this.#join(now);
				break;
			case "joining":
				this.#watchJoining(now);
				break;
			case "joined":
				this.#watchAddress(now);
				break;
			case "connected":
				this.#watchConnection(now);
		}
	}

	#join(now: number): void {
		const { radio, ssid, password } = this.#options;
		try {
			// what is left of an association is left first, and its end, which comes later, is not to be taken for ours
			if (radio.state !== "idle") {
				radio.leave();
				this.#backoff.failed(now);
				return;
			}
			radio.join(ssid, password);
			this.#enter("joining", now);
		}
		catch {
			this.#fail("refused", 0, now);
		}
	}

	#watchJoining(now: number): void {
		const { radio } = this.#options;
		const { state } = radio;
		if (state === "joined") {
			this.#enter("joined", now);
			this.#watchAddress(now);
		}
		else if (state === "idle")
			this.#fail(problemOf(radio.reason), radio.reason, now);
		else if (now - this.#since >= JOIN_TIMEOUT)
			this.#fail("refused", 0, now);
	}

	#watchAddress(now: number): void {
		const { radio } = this.#options;
		const { address } = radio;
		if (radio.state !== "joined")
			this.#fail(problemOf(radio.reason), radio.reason, now);
		else if (address !== undefined) {
			this.#enter("connected", now);
			this.#backoff.succeeded();
			this.#problem = undefined;
			this.#setAddress(address);
		}
		else if (now - this.#since >= ADDRESS_TIMEOUT)
			this.#fail("no address", 0, now);
	}

	#watchConnection(now: number): void {
		const { radio, ssid, onLost, onNotice } = this.#options;
		const { address } = radio;
		if (radio.state === "joined" && address !== undefined) {
			this.#setAddress(address);
			return;
		}
		onNotice(`"${ssid}" is lost (${radio.reason})`);
		this.#address = undefined;
		// an address alone may come back by itself
		if (radio.state === "joined")
			this.#enter("joined", now);
		else {
			this.#backoff.failed(now);
			this.#enter("waiting", now);
		}
		onLost();
	}

	#setAddress(address: string): void {
		if (address === this.#address)
			return;
		this.#address = address;
		this.#options.onAddress(address);
	}

	#fail(problem: Problem, reason: number, now: number): void {
		const { radio, ssid, onNotice } = this.#options;
		try {
			radio.leave();
		}
		catch {
			// it was not there, then
		}
		if (problem !== this.#problem)
			onNotice(describeProblem(problem, ssid, reason));
		this.#problem = problem;
		this.#backoff.failed(now);
		this.#enter("waiting", now);
	}

	#enter(phase: Phase, now: number): void {
		this.#phase = phase;
		this.#since = now;
	}
}
