// SPDX-License-Identifier: MIT
/** `GET /api/clients`: who receives frames or events now. */

import type { FrameHub } from "../../stream/hub";
import type { Answer, Route } from "../types";
import { answerJSON, rounded, GET } from "./json";

const PATHS: readonly string[] = Object.freeze(["/api/clients"]);

export interface ClientDocument {
	/** Number of the client since the program's start; not reused. */
	readonly id: number;
	readonly address: string;
	readonly kind: string;
	/** Seconds since the client came. */
	readonly since: number;
	/** Sent: packets, parts or events; octets of payload. */
	readonly packets: number;
	readonly octets: number;
	/** Frames sent in the last second, and since it came; frames that it was too slow for; waits for room in its
	 *  send buffer. */
	readonly frameRate: number;
	readonly sent: number;
	readonly skipped: number;
	readonly waits: number;
	/** Its last receiver report (RFC 3550 section 6.4.1): fraction of packets lost, milliseconds, milliseconds. */
	readonly lost: number | null;
	readonly jitter: number | null;
	readonly roundTrip: number | null;
}

/** @returns the playing clients, in the order in which they came */
export function listConsumers(hub: FrameHub): ClientDocument[] {
	const documents: ClientDocument[] = [], now = hub.now();
	for (const consumer of hub.consumers.all) {
		if (!consumer.playing)
			continue;
		const { client, meter, reception } = consumer;
		const isReported = reception !== undefined && reception.reports > 0;
		documents.push({
			id: meter.id,
			address: client.address,
			kind: client.kind,
			since: rounded((now - meter.since) / 1_000_000),
			packets: consumer.packetCount,
			octets: meter.octets(consumer.octetCount),
			frameRate: rounded(meter.frameRate),
			sent: consumer.sentCount,
			skipped: consumer.skippedCount,
			waits: consumer.waitCount,
			lost: isReported ? rounded(reception.fractionLost / 256, 3) : null,
			// RTP's clock has 90 units a millisecond
			jitter: isReported ? rounded(reception.jitter / 90) : null,
			roundTrip: reception?.roundTrip === undefined ? null : rounded(reception.roundTrip),
		});
	}
	return documents;
}

export class ClientsRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #list: () => ClientDocument[];

	constructor(list: () => ClientDocument[]) {
		this.#list = list;
	}

	handle(): Answer {
		return answerJSON({ clients: this.#list() });
	}
}
