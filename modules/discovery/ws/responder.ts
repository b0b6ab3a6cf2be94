// SPDX-License-Identifier: MIT
/**
 * Which messages of WS-Discovery are answered, and how often.
 *
 * Replies go to the local network only: an address outside of it may be somebody's who never asked. The two limits hold
 * for all senders together: one for the messages that are read, since each costs time, and one for replies.
 */

import { sha256 } from "../../hash/hash";
import { readQuestion, type Description, type Question } from "./messages";
import { TokenBucket } from "../tokenbucket";

/** Messages read and replies sent: in a row, and per second in the long run. */
const READ = Object.freeze({ size: 64, rate: 32 }), REPLIES = Object.freeze({ size: 16, rate: 8 });
/** Identifiers of messages that are remembered: clients send each message up to four times. */
const REMEMBERED = 32;

/** A message, and where it came from. */
export interface Datagram {
	readonly bytes: Uint8Array;
	/** The sender's, an IP literal. */
	readonly address: string;
	readonly port: number;
	/** The sender's address is in the local network. */
	readonly isOnLink: boolean;
}

export interface Answerable {
	readonly question: Question;
	readonly description: Description;
}

export class Responder {
	readonly #read: TokenBucket;
	readonly #replies: TokenBucket;
	/** The first 32 bits of a hash of each message's identifier and sender; the next one replaces the oldest. */
	readonly #answered = new Uint32Array(REMEMBERED);
	#count = 0;

	/** @param now milliseconds, monotonic */
	constructor(now: number) {
		this.#read = new TokenBucket(READ, now);
		this.#replies = new TokenBucket(REPLIES, now);
	}

	/** @param describe gives the description, for a message that is read
	 *  @param now milliseconds, monotonic
	 *  @returns what is to be answered, and the description; undefined: nothing */
	receive(
		{ bytes, address, port, isOnLink }: Datagram,
		describe: () => Description,
		now: number,
	): Answerable | undefined {
		if (!isOnLink || port === 0 || !this.#read.take(now))
			return undefined;
		const description = describe(), question = readQuestion(bytes, description);
		if (question === undefined)
			return undefined;
		const hash = parseInt(sha256(`${address} ${port} ${question.header.messageID}`).slice(0, 8), 16);
		// one that is refused may be repeated
		if (this.#isAnswered(hash) || !this.#replies.take(now))
			return undefined;
		this.#answered[this.#count++ % REMEMBERED] = hash;
		return { question, description };
	}

	#isAnswered(hash: number): boolean {
		for (let i = 0; i < Math.min(this.#count, REMEMBERED); i++) {
			if (this.#answered[i] === hash)
				return true;
		}
		return false;
	}
}
