// SPDX-License-Identifier: MIT
/**
 * Sends the stream to a receiver for as long as the program runs: after a failure it tries again, with growing pauses,
 * for ever.
 */

import Timer from "timer";
import { Backoff } from "../common/backoff";
import { errorText } from "../common/errortext";
import { parseRTSPURL, type RTSPTarget } from "../common/rtspurl";
import { Attempt, type AttemptOwner } from "./attempt";
import type { Failure, Redirect } from "./client";
import type { Push, PushOptions, PushState, PushStatus } from "./types";

/** Pauses between attempts, milliseconds. After a wrong password all are the longest: servers lock out whoever
 *  guesses. */
const FIRST_PAUSE = 1000, LONGEST_PAUSE = 60_000;
/** Time that a stream must run for the pauses to begin anew, milliseconds. */
const PROVEN = 10_000;
/** Redirections that are followed in a row. */
const REDIRECTS = 5;

export class CameraPush implements Push, AttemptOwner {
	readonly #options: PushOptions;
	readonly #target: RTSPTarget;
	readonly #timer: Timer;
	readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
	readonly #patience = new Backoff(LONGEST_PAUSE, LONGEST_PAUSE);
	#attempt: Attempt | undefined;
	#redirects = 0;
	#state: PushState = "waiting";
	#stateTime = 0;
	#retries = 0;
	#error: string | null = null;
	/** The failure that was last told. */
	#told = "";

	/** @throws TypeError if the URL is not one */
	constructor(options: PushOptions) {
		const target = parseRTSPURL(options.url);
		if (typeof target === "string")
			throw new TypeError(target);
		this.#options = options;
		this.#target = target;
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
		this.#begin(undefined);
	}

	get status(): PushStatus {
		return { url: this.#target.url, state: this.#state, since: (this.#now() - this.#stateTime) / 1000,
			retries: this.#retries, error: this.#error };
	}

	close(): void {
		Timer.clear(this.#timer);
		this.#enter("waiting");
		this.#attempt?.close();
		this.#attempt = undefined;
	}

	#now(): number {
		return this.#options.access.now();
	}

	/** Counts the receiver as a viewer while it is sent the stream. */
	#enter(state: PushState): void {
		const change = Number(state === "sending") - Number(this.#state === "sending");
		this.#options.access.viewerCount += change;
		this.#state = state;
		this.#stateTime = this.#now();
	}

	/** Runs in a timer: no exception may leave it. */
	#tick(): void {
		try {
			const now = this.#now();
			if (this.#state === "sending" && now - this.#stateTime >= PROVEN) {
				this.#backoff.succeeded();
				this.#patience.succeeded();
			}
			if (this.#attempt)
				this.#attempt.tick();
			else if (this.#backoff.isReady(now) && this.#patience.isReady(now)) {
				this.#retries += 1;
				this.#redirects = 0;
				this.#begin(undefined);
			}
		}
		catch (error) {
			this.#failed({ text: errorText(error) });
		}
	}

	#begin(redirect: Redirect | undefined): void {
		const { stream, access, name, stallTimeout } = this.#options, { host, port } = redirect?.target ?? this.#target;
		this.#enter("connecting");
		try {
			this.#attempt = new Attempt({
				host,
				port,
				target: this.#targetOf(redirect),
				stream,
				name,
				turns: access.connections.turns,
				stallTimeout: stallTimeout || Infinity,
				now: access.now,
				owner: this,
			});
		}
		catch (error) {
			this.#failed({ text: errorText(error) });
		}
	}

	/** Only the server of the setting is told the password: at another port of its host, another program listens. */
	#targetOf(redirect: Redirect | undefined): RTSPTarget {
		const own = this.#target;
		if (!redirect)
			return own;
		const { target, isProxy } = redirect, isSame = target.host === own.host && target.port === own.port;
		const { user, password } = isSame ? own : { user: "", password: "" };
		return { ...(isProxy ? own : target), user, password };
	}

	onSending(): void {
		this.#enter("sending");
		this.#told = "";
		this.#tell(`push: sending to ${this.#target.url}`);
	}

	onEnded(failure: Failure): void {
		this.#attempt = undefined;
		const { redirect } = failure;
		if (redirect && this.#redirects < REDIRECTS) {
			this.#redirects += 1;
			this.#begin(redirect);
		}
		else
			this.#failed(redirect ? { text: `redirected more than ${REDIRECTS} times` } : failure);
	}

	#failed({ text, denied = false }: Failure): void {
		const now = this.#now(), attempt = this.#attempt;
		this.#attempt = undefined;
		// one that has not ended by itself
		attempt?.close();
		this.#enter("waiting");
		this.#error = text;
		this.#backoff.failed(now);
		if (denied)
			this.#patience.failed(now);
		if (text === this.#told)
			return;
		this.#told = text;
		const pause = Math.max(this.#backoff.pause, denied ? LONGEST_PAUSE : 0) / 1000;
		this.#tell(`push: ${this.#target.url}: ${text}; trying again, next in ${pause} s`);
	}

	#tell(message: string): void {
		try {
			this.#options.onNotice(message);
		}
		catch {
			// no memory for a notice
		}
	}
}
