// SPDX-License-Identifier: MIT
/** Figures of one session's stream for GET_PARAMETER: what was sent, and what the client reported (RFC 3550 section
 *  6.4.1). */

/** What the client's RTCP reports. */
export interface Reception {
	/** Report blocks received about this stream. */
	readonly reports: number;
	/** BYEs received. */
	readonly byes: number;
	/** Fraction of packets lost since the previous report, in 1/256. */
	readonly fractionLost: number;
	/** Packets lost since the beginning; signed. */
	readonly cumulativeLost: number;
	/** Interarrival jitter, in 90 kHz units. */
	readonly jitter: number;
	/** Round-trip time, milliseconds; undefined until a report names the sender report that it answers. */
	readonly roundTrip: number | undefined;
}

export interface StreamFigures {
	/** RTP packets and payload octets sent, modulo 2^32. */
	readonly packetCount: number;
	readonly octetCount: number;
	readonly reception: Reception;
}

/** Reads a figure by its parameter name.
 *  @returns text, empty while the value is unknown; undefined if there is no such figure */
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
		// 90 kHz units to milliseconds
		case "jitter":
			return reports === 0 ? "" : (jitter / 90).toFixed(1);
		case "round_trip":
			return roundTrip === undefined ? "" : roundTrip.toFixed(1);
		default:
			return readCount(name, figures);
	}
}

/** Reads a count of what was sent.
 *  @returns text; undefined if there is no such count */
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
