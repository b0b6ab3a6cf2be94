// SPDX-License-Identifier: MIT
/**
 * Where the bottleneck is, in words, judged by what was measured. Rates are frames per second, smoothed over a few
 * seconds.
 */

export type Place = "none" | "sensor" | "processor" | "network" | "client";

export interface Bottleneck {
	readonly where: Place;
	/** One sentence for the user. */
	readonly text: string;
	/** Number of the client, if it is one client's. */
	readonly client?: number;
}

export interface CameraFigures {
	readonly open: boolean;
	/** Milliseconds without a frame. */
	readonly silence: number;
	/** Requested frame rate; Infinity: as many as possible. */
	readonly requested: number;
	/** Rate of frames that the program received. */
	readonly captured: number;
	/** Rates of losses, by cause (FrameLosses). */
	readonly late: number;
	readonly unbuffered: number;
	readonly unusable: number;
	/** How late the program's timer is on average, milliseconds. */
	readonly lateness: number;
}

export interface ClientFigures {
	readonly id: number;
	readonly address: string;
	/** Rates of frames sent completely, of those not, and of waits for the send buffer. */
	readonly sent: number;
	readonly skipped: number;
	readonly waits: number;
	/** Fraction of packets lost, from the last receiver report; undefined: none received. */
	readonly lost: number | undefined;
	/** Milliseconds; undefined: unknown. */
	readonly roundTrip: number | undefined;
}

/** Silence that counts as a failure, milliseconds and frame intervals. */
const SILENCE = 2000, SILENT_FRAMES = 3;
/** Shares of the requested frames that may be missing. */
const FEW_UNUSABLE = 0.05, FEW_LATE = 0.08, FEW_MISSING = 0.12;
/** Lateness of the timer that shows a busy processor, milliseconds. */
const LATENESS = 250;
/** Shares of frames skipped for a client, and of its packets lost, that may be. */
const FEW_SKIPPED = 0.06, FEW_LOST = 0.02;

/** @param clients those that play */
export function findBottleneck(camera: CameraFigures, clients: readonly ClientFigures[]): Bottleneck {
	if (clients.length === 0)
		return { where: "none", text: "Nobody watches: the camera is stopped." };
	return judgeSensor(camera) ?? judgeProcessor(camera) ?? judgeClients(camera, clients) ?? judgeRate(camera)
		?? { where: "none", text: "Nothing holds the stream back." };
}

/** Failures of the camera. */
function judgeSensor({ open, silence, requested, unusable }: CameraFigures): Bottleneck | undefined {
	if (!open)
		return { where: "sensor", text: "The camera cannot be opened: opening it is retried." };
	if (silence >= SILENCE && silence >= (SILENT_FRAMES * 1000) / requested)
		return { where: "sensor", text: `The sensor has delivered no frame for ${(silence / 1000).toFixed(0)} s.` };
	if (unusable > share(requested, FEW_UNUSABLE))
		return { where: "sensor",
			text: `${rate(unusable)} images/s are damaged or larger than their buffer and are lost: use a higher `
				+ "quality number or a smaller size." };
	return undefined;
}

function judgeProcessor({ requested, captured, late, lateness }: CameraFigures): Bottleneck | undefined {
	if (late > share(requested === Infinity ? captured + late : requested, FEW_LATE))
		return { where: "processor",
			text: `The processor is busy: ${rate(late)} of ${rate(captured + late)} frames/s come too late to be sent. `
				+ "Use a lower frame rate or a smaller size." };
	if (lateness > LATENESS)
		return { where: "processor",
			text: `The processor is busy: timers are ${lateness.toFixed(0)} ms late. Use a lower frame rate or a `
				+ "smaller size." };
	return undefined;
}

/** One client is its own problem; if it is most of them, the network that they share is. */
function judgeClients({ requested }: CameraFigures, clients: readonly ClientFigures[]): Bottleneck | undefined {
	let affected = 0, losing = 0, worst: ClientFigures | undefined;
	for (const client of clients) {
		const isLosing = (client.lost ?? 0) > FEW_LOST;
		if (!isLosing && !(client.skipped > share(client.sent + client.skipped, FEW_SKIPPED)))
			continue;
		affected += 1;
		losing += isLosing ? 1 : 0;
		if (!worst || shortage(client) > shortage(worst))
			worst = client;
	}
	if (!worst)
		return undefined;
	// a single client that only skips may be slow itself; packets are lost on the way
	const only = clients.length === 1;
	if (only ? losing > 0 : affected * 2 > clients.length)
		return { where: "network",
			text: `The network is too slow for ${only ? "the client" : `${affected} of ${clients.length} clients`}: `
				+ `${detail(worst, requested)}. Use a higher quality number, a smaller size or a lower frame rate.` };
	return { where: "client", client: worst.id,
		text: `Client ${worst.id} at ${worst.address} or its link is too slow: ${detail(worst, requested)}.${
			only ? "" : " The others are not disturbed."
		}` };
}

/** The camera is slower than requested, and nothing else explains it. */
function judgeRate({ requested, captured, unbuffered }: CameraFigures): Bottleneck | undefined {
	if (requested === Infinity)
		return undefined;
	if (unbuffered > share(requested, FEW_MISSING))
		return { where: "network",
			text: `${rate(unbuffered)} frames/s are not captured because slow clients hold every buffer: use more `
				+ "buffers or a smaller size." };
	if (requested - captured > share(requested, FEW_MISSING))
		return { where: "sensor",
			text: `The sensor delivers ${rate(captured)} of ${rate(requested)} requested frames/s: a smaller size, a `
				+ "higher quality number or more light may help." };
	return undefined;
}

function share(whole: number, part: number): number {
	return whole === Infinity ? Infinity : whole * part;
}

/** Fraction of the frames or packets that did not arrive. */
function shortage({ sent, skipped, lost = 0 }: ClientFigures): number {
	return Math.max(lost, skipped > 0 ? skipped / (sent + skipped) : 0);
}

function detail({ sent, skipped, waits, lost, roundTrip }: ClientFigures, requested: number): string {
	const parts: string[] = [];
	if (skipped > 0)
		parts.push(`it takes ${rate(sent)} of ${rate(Math.min(sent + skipped, requested))} frames/s`);
	if (lost !== undefined && lost > FEW_LOST)
		parts.push(`${(lost * 100).toFixed(0)} % of its packets are lost`);
	if (waits > 0)
		parts.push(`its send buffer is full ${rate(waits)} times/s`);
	if (roundTrip !== undefined)
		parts.push(`its round trip takes ${roundTrip.toFixed(0)} ms`);
	return parts.join(", ");
}

function rate(value: number): string {
	return value.toFixed(1);
}
