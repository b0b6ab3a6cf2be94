// SPDX-License-Identifier: MIT
/**
 * The camera as a station in a Wi-Fi network: joins it, notices when it is lost, and tries again forever, at growing
 * distances.
 *
 *    waiting ──pause over──> joining ──associated──> joined ──address──> connected
 *       ^                       │                      │                    │
 *       └─────── refused, no answer, no address, lost ─┴────────────────────┘
 *
 * The radio's state is polled every second and when the radio reports a change, so that a lost or late event does no
 * harm.
 */

import { Backoff } from "../common/backoff";
import { describeProblem, problemOf } from "./reason";
import type { Problem, Radio } from "./link";

/** Pauses between attempts, milliseconds. */
const FIRST_PAUSE = 1000, LONGEST_PAUSE = 60_000;
/** Time limit of an attempt, milliseconds. Joining takes 2 to 5 seconds when all channels are scanned. */
const JOIN_TIMEOUT = 20_000;
/** Time to wait for an address, milliseconds. DHCP waits 4, 8 and 16 seconds for replies. */
const ADDRESS_TIMEOUT = 30_000;

export interface StationOptions {
	readonly radio: Radio;
	readonly ssid: string;
	readonly password: string;
	/** The camera has a new address. */
	readonly onAddress: (address: string) => void;
	/** The camera has lost its address. */
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

	/** Whether an attempt is active. */
	get busy(): boolean {
		return this.#phase === "joining" || this.#phase === "joined";
	}

	/** Why the last attempt failed; undefined after a success and before the first attempt. */
	get problem(): Problem | undefined {
		return this.#problem;
	}

	/** Checks the radio's state and takes the next step. Does not pass on the radio's exceptions.
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
			// leaves an old association first; its end comes later and must not be mistaken for that of this attempt
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
		onNotice(`connection to "${ssid}" lost (reason ${radio.reason})`);
		this.#address = undefined;
		// still associated: the address may come back by itself
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
			// there was nothing to leave
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
