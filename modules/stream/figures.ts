// SPDX-License-Identifier: MIT
/** What GET_PARAMETER reads of one session's stream: what it was sent, and what its client reported (RFC 3550 section
 *  6.4.1). */

/** What the client's RTCP said. */
export interface Reception {
	/** Report blocks that came for this stream. */
	readonly reports: number;
	/** BYEs that came. */
	readonly byes: number;
	/** Loss since the report before, in 1/256. */
	readonly fractionLost: number;
	/** Packets lost in all; signed. */
	readonly cumulativeLost: number;
	/** In 90 kHz units. */
	readonly jitter: number;
	/** Milliseconds; undefined until a report names the sender report that it answers. */
	readonly roundTrip: number | undefined;
}

export interface StreamFigures {
	/** RTP packets and payload octets sent, modulo 2^32. */
	readonly packetCount: number;
	readonly octetCount: number;
	readonly reception: Reception;
}

/** @returns undefined when there is no such figure */
export function readFigure(name: string, figures: StreamFigures): string | undefined {
	const { reports, byes, fractionLost, cumulativeLost, jitter, roundTrip } = figures.reception;
	switch (name) {
		case "reports":
			return `${reports}`;
		case "byes":
			return `${byes}`;
		case "fraction_lost":
			return reports === 0 ? "" : (fractionLost / 256).toFixed(3);
		case "packets_lost":
			return reports === 0 ? "" : `${cumulativeLost}`;
		// from the 90 kHz clock
		case "jitter":
			return reports === 0 ? "" : (jitter / 90).toFixed(1);
		case "round_trip":
			return roundTrip === undefined ? "" : roundTrip.toFixed(1);
		default:
			return readCount(name, figures);
	}
}

/** @returns undefined when it is no count of what was sent */
export function readCount(
	name: string,
	{ packetCount, octetCount }: Omit<StreamFigures, "reception">,
): string | undefined {
	switch (name) {
		case "packets_sent":
			return `${packetCount}`;
		case "octets_sent":
			return `${octetCount}`;
		default:
			return undefined;
	}
}
