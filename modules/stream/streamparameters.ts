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
import { isWithinSize, type FrameSize } from "../camera/sizes";
import type { FrameHub } from "./hub";
import type { ServerStatistics } from "./statistics";

/** The owner's limits for what clients may set. */
export interface ParameterLimits {
	/** Whether clients may set anything. */
	readonly writable: boolean;
	/** Frames per second. */
	readonly minFrameRate: number;
	readonly maxFrameRate: number;
	/** JPEG quality numbers. */
	readonly bestQuality: number;
	readonly worstQuality: number;
	readonly maxSize: FrameSize;
}

export interface StreamParametersOptions {
	readonly hub: FrameHub;
	readonly limits: ParameterLimits;
	readonly statistics: () => ServerStatistics;
}

export class StreamParameters implements ParameterControl {
	readonly #hub: FrameHub;
	readonly #limits: ParameterLimits;
	readonly #statistics: () => ServerStatistics;

	constructor({ hub, limits, statistics }: StreamParametersOptions) {
		this.#hub = hub;
		this.#limits = limits;
		this.#statistics = statistics;
	}

	read(name: string, subscription: Subscription | undefined): string | undefined {
		const { source, maxFrameRate } = this.#hub;
		switch (name) {
			case "framerate":
				// as in the settings, 0 stands for as many as possible
				return `${maxFrameRate === Infinity ? 0 : maxFrameRate}`;
			case "quality":
				return this.#isKnown(name) ? `${this.#hub.quality}` : undefined;
			case "size":
				return source.size;
			case "width":
				return `${source.width}`;
			case "height":
				return `${source.height}`;
			case "sensor":
				return source.sensor;
		}
		const control = source.getControl(name);
		if (control !== undefined)
			return `${control}`;
		return readStatistics(name, this.#statistics()) ?? subscription?.readParameter(name);
	}

	isWritable(name: string): boolean {
		return this.#limits.writable && name !== "xclk" && this.#isKnown(name);
	}

	write(name: string, value: string): boolean {
		const { source } = this.#hub;
		try {
			switch (name) {
				case "framerate":
					return this.#setFrameRate(readNumber(value));
				case "quality":
					return this.#setQuality(readNumber(value));
				case "size":
					return this.#setSize(value.toUpperCase());
				default:
					source.setControl(name, readNumber(value));
					return true;
			}
		}
		catch {
			// the camera checks the value: it is out of range, needs too much memory, or is refused by the sensor
			return false;
		}
	}

	/** Whether the camera supports the parameter. A source that replays files has no size. */
	#isKnown(name: string): boolean {
		const { size, quality, controls } = this.#hub.source;
		switch (name) {
			case "framerate":
				return true;
			case "quality":
				return size !== undefined && quality !== undefined;
			case "size":
				return size !== undefined;
			default:
				return controls.some(control => control.name === name);
		}
	}

	#setFrameRate(frameRate: number): boolean {
		const { minFrameRate, maxFrameRate } = this.#limits, { source } = this.#hub;
		if (!(frameRate >= minFrameRate && frameRate <= maxFrameRate))
			return false;
		if (source.frameRate !== undefined)
			source.frameRate = frameRate;
		this.#hub.maxFrameRate = frameRate;
		return true;
	}

	#setQuality(quality: number): boolean {
		const { bestQuality, worstQuality } = this.#limits;
		if (!(quality >= bestQuality && quality <= worstQuality))
			return false;
		this.#hub.quality = quality;
		return true;
	}

	#setSize(size: string): boolean {
		if (!isWithinSize(size, this.#limits.maxSize))
			return false;
		this.#hub.source.size = size;
		return true;
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
