// SPDX-License-Identifier: MIT
/** Counts since the start. */

/** Of frames. */
export interface HubStatistics {
	/** Read from the camera. */
	captured: number;
	/** Left out to keep within the frame rate limit. */
	capped: number;
	/** Left out because every consumer was busy, and no frame could be lent. */
	unwanted: number;
	/** Not suitable for RTP/JPEG. */
	refused: number;
	/** Per consumer: sent completely. */
	sent: number;
	/** Per consumer: skipped because it was busy. */
	skipped: number;
	/** Per consumer: taken back before they were sent completely. */
	abandoned: number;
	/** Per consumer: refused by its sink. */
	failed: number;
	/** Repetitions of the last frame. */
	repeated: number;
}

/** Of the server, for a status line. */
export interface ServerStatistics {
	readonly connections: number;
	/** Playing sessions, of which those of a multicast group share one stream, and viewers over HTTP. */
	readonly playing: number;
	/** Frames read from the camera. */
	readonly captured: number;
	/** Frames sent completely, per subscriber. */
	readonly sent: number;
	/** Frames not sent completely, per subscriber. */
	readonly dropped: number;
	/** RTP payload octets sent. */
	readonly octets: number;
	/** Repetitions of the last frame because the camera had none. */
	readonly repeated: number;
	/** Number of times that the camera was reopened. */
	readonly reopened: number;
	/** JPEG quality number chosen for the links; undefined if the bit rate is not adapted. */
	readonly quality: number | undefined;
	/** Receiver reports from members of the multicast group. */
	readonly multicastReports: number;
}
