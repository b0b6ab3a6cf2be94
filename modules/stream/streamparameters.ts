// SPDX-License-Identifier: MIT
/**
 * What clients may read and change while it runs, with GET_PARAMETER and SET_PARAMETER.
 *
 *    framerate, quality, size                          can be set within the owner's limits: the next frame that is
 *                                                      captured has it, for everybody; where the bit rate is adapted,
 *                                                      framerate and quality are the best that are chosen
 *    width, height                                     pixels
 *    sensor                                            its name, where there is one
 *    brightness, contrast, …                           what the sensor can be told, by the names of
 *                                                      camera/sensorcontrols; can be set, but for its clock, which can
 *                                                      disturb a board's radio
 *    clients, connections                              that play; that are open
 *    captured, sent, dropped, octets                   frames, and RTP payload octets, since the start
 *    packets_sent, octets_sent                         of the session, modulo 2^32; of a multicast session: to all of
 *                                                      its group
 *    fraction_lost, packets_lost, jitter, round_trip   what the session's client reported last (RFC 3550 section
 *                                                      6.4.1): 0 to 1, packets, milliseconds, milliseconds; empty
 *                                                      before it has
 *    reports, byes                                     report blocks and BYEs that came from it
 */

import type { ParameterControl, Subscription } from "../rtsp/types";
import { isWithinSize, type FrameSize } from "../camera/sizes";
import type { FrameHub } from "./hub";
import type { ServerStatistics } from "./statistics";

/** What the owner lets clients set. */
export interface ParameterLimits {
	/** Whether they may set anything. */
	readonly writable: boolean;
	/** Frames a second. */
	readonly minFps: number;
	readonly maxFps: number;
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
				return `${maxFrameRate}`;
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
			// the camera has checked it: out of range, no memory for it, or not taken by the sensor
			return false;
		}
	}

	/** Whether the camera can be told that. Files are replayed as they are: the source has no size then. */
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
		const { minFps, maxFps } = this.#limits, { source } = this.#hub;
		if (!(frameRate >= minFps && frameRate <= maxFps))
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

/** @returns NaN for what is no number */
function readNumber(text: string): number {
	return text === "" ? NaN : Number(text);
}
