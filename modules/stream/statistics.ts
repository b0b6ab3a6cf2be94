// SPDX-License-Identifier: MIT
/** Counts since the start. */

/** Of frames. */
export interface HubStatistics {
	/** Read from the camera. */
	captured: number;
	/** Left out to keep the frame rate limit. */
	capped: number;
	/** Not valid for RTP/JPEG. */
	refused: number;
	/** Per consumer: sent whole. */
	sent: number;
	/** Per consumer: passed over because it was busy. */
	skipped: number;
	/** Per consumer: taken back before they were sent whole. */
	abandoned: number;
	/** Per consumer: refused by its sink. */
	failed: number;
	/** Repetitions of the last frame. */
	repeated: number;
}

/** Of the server, for a status line. */
export interface ServerStatistics {
	readonly connections: number;
	/** Playing sessions; those of a multicast group share one stream. */
	readonly playing: number;
	/** Frames read from the camera. */
	readonly captured: number;
	/** Frames sent whole, per subscriber. */
	readonly sent: number;
	/** Frames that a subscriber did not get whole. */
	readonly dropped: number;
	/** RTP payload octets sent. */
	readonly octets: number;
	/** Repetitions of the last frame because the camera had none. */
	readonly repeated: number;
	/** Times that the camera was reopened. */
	readonly reopened: number;
	/** JPEG quality number chosen for the links; undefined if the bit rate is not adapted. */
	readonly quality: number | undefined;
	/** Receiver reports from members of the multicast group. */
	readonly multicastReports: number;
}
