// SPDX-License-Identifier: MIT
/**
 * Parameters that clients can read with GET_PARAMETER and change with SET_PARAMETER while the server runs.
 *
 *    framerate, quality, size                          can be set within the owner's limits. A new value applies to all
 *                                                      clients from the next captured frame on. If the bit rate is
 *                                                      adapted, framerate and quality are the best that may be chosen
 *    width, height                                     pixels
 *    sensor                                            its name, if there is one
 *    brightness, contrast, …                           controls of the sensor, by their names in camera/sensorcontrols.
 *                                                      Can be set, except its clock, which can disturb a board's radio
 *    clients, connections                              playing clients; open connections
 *    captured, sent, dropped, octets                   frames, and RTP payload octets, since the start
 *    packets_sent, octets_sent                         of the session, modulo 2^32; for a multicast session: sent to
 *                                                      its group
 *    fraction_lost, packets_lost, jitter, round_trip   what the session's client last reported (RFC 3550 section
 *                                                      6.4.1): 0 to 1, packets, milliseconds, milliseconds; empty
 *                                                      before its first report
 *    reports, byes                                     report blocks and BYEs received from the client
 */

import type { ParameterControl, Subscription } from "../rtsp/types";
import type { FrameHub } from "./hub";
import type { ServerStatistics } from "./statistics";
import type { Tuning } from "./tuning";

export interface StreamParametersOptions {
	readonly hub: FrameHub;
	readonly tuning: Tuning;
	readonly statistics: () => ServerStatistics;
}

export class StreamParameters implements ParameterControl {
	readonly #hub: FrameHub;
	readonly #tuning: Tuning;
	readonly #statistics: () => ServerStatistics;

	constructor({ hub, tuning, statistics }: StreamParametersOptions) {
		this.#hub = hub;
		this.#tuning = tuning;
		this.#statistics = statistics;
	}

	read(name: string, subscription: Subscription | undefined): string | undefined {
		const { source } = this.#hub;
		switch (name) {
			case "width":
				return `${source.width}`;
			case "height":
				return `${source.height}`;
			case "sensor":
				return source.sensor;
		}
		const value = this.#tuning.get(name);
		if (value !== undefined)
			return `${value}`;
		return readStatistics(name, this.#statistics()) ?? subscription?.readParameter(name);
	}

	isWritable(name: string): boolean {
		return this.#tuning.limits.writable && this.#tuning.has(name);
	}

	write(name: string, value: string): boolean {
		return this.#tuning.set([[name, name === "size" ? value : readNumber(value)]]) === undefined;
	}
}

function readStatistics(
	name: string,
	{ playing, connections, captured, sent, dropped, octets }: ServerStatistics,
): string | undefined {
	switch (name) {
		case "clients":
			return `${playing}`;
		case "connections":
			return `${connections}`;
		case "captured":
			return `${captured}`;
		case "sent":
			return `${sent}`;
		case "dropped":
			return `${dropped}`;
		case "octets":
			return `${octets}`;
		default:
			return undefined;
	}
}

/** @returns NaN for text that is not a number */
function readNumber(text: string): number {
	return text === "" ? NaN : Number(text);
}
