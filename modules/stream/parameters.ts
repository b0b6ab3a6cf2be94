/**
 * What clients may read and change while it runs, with GET_PARAMETER and SET_PARAMETER.
 *
 *    framerate, quality, size                          can be set: the next frame that is captured has it, for everybody; where the
 *                                                      bit rate is adapted, framerate and quality are the best that are chosen
 *    width, height                                     pixels
 *    sensor                                            its name, where there is one
 *    brightness, contrast, …                           what the sensor can be told, by the names of settings/controls; can be set
 *    clients, connections                              that play; that are open
 *    captured, sent, dropped, octets                   frames, and RTP payload octets, since the start
 *    packets_sent, octets_sent                         of the session, modulo 2^32
 *    fraction_lost, packets_lost, jitter, round_trip   what the session's client reported last (RFC 3550 section 6.4.1): 0 to 1, packets,
 *                                                      milliseconds, milliseconds; empty before it has
 *    reports, byes                                     report blocks and BYEs that came from it
 */

import type { ParameterControl, Subscription } from "../rtsp/types";
import type { FrameHub } from "./hub";
import type { ServerStatistics } from "./server";
import type { Subscriber } from "./subscriber";

export interface ParametersOptions {
	readonly hub: FrameHub;
	readonly statistics: () => ServerStatistics;
}

export class Parameters implements ParameterControl {
	readonly #hub: FrameHub;
	readonly #statistics: () => ServerStatistics;

	constructor({ hub, statistics }: ParametersOptions) {
		this.#hub = hub;
		this.#statistics = statistics;
	}

	read(name: string, subscription: Subscription | undefined): string | undefined {
		const { source, maxFrameRate } = this.#hub;
		switch (name) {
			case "framerate": return `${maxFrameRate}`;
			case "quality": return this.isWritable(name) ? `${this.#hub.quality}` : undefined;
			case "size": return source.size;
			case "width": return `${source.width}`;
			case "height": return `${source.height}`;
			case "sensor": return source.sensor;
		}
		const control = source.getControl(name);
		if (control !== undefined)
			return `${control}`;
		return readStatistics(name, this.#statistics()) ?? (subscription === undefined ? undefined : readSubscriber(name, subscription as Subscriber));
	}

	/** Files are replayed as they are: the source has no size then. */
	isWritable(name: string): boolean {
		const { size, quality } = this.#hub.source;
		switch (name) {
			case "framerate": return true;
			case "quality": return size !== undefined && quality !== undefined;
			case "size": return size !== undefined;
			default: return this.#hub.source.controls.some(control => control.name === name);
		}
	}

	write(name: string, value: string): boolean {
		try {
			switch (name) {
				case "framerate": return this.#setFrameRate(readNumber(value));
				case "quality": this.#hub.quality = readNumber(value); return true;
				case "size": this.#hub.source.size = value.toUpperCase(); return true;
				default: this.#hub.source.setControl(name, readNumber(value)); return true;
			}
		}
		catch {
			// the camera has checked it: out of range, no memory for it, or not taken by the sensor
			return false;
		}
	}

	#setFrameRate(frameRate: number): boolean {
		if (!(frameRate >= 0.1 && frameRate <= 120))
			return false;
		const { source } = this.#hub;
		if (source.frameRate !== undefined)
			source.frameRate = frameRate;
		this.#hub.maxFrameRate = frameRate;
		return true;
	}
}

function readStatistics(name: string, { playing, connections, captured, sent, dropped, octets }: ServerStatistics): string | undefined {
	switch (name) {
		case "clients": return `${playing}`;
		case "connections": return `${connections}`;
		case "captured": return `${captured}`;
		case "sent": return `${sent}`;
		case "dropped": return `${dropped}`;
		case "octets": return `${octets}`;
		default: return undefined;
	}
}

function readSubscriber(name: string, { reception, packetCount, octetCount }: Subscriber): string | undefined {
	const { reports, byes, fractionLost, cumulativeLost, jitter, roundTrip } = reception;
	switch (name) {
		case "packets_sent": return `${packetCount}`;
		case "octets_sent": return `${octetCount}`;
		case "reports": return `${reports}`;
		case "byes": return `${byes}`;
		case "fraction_lost": return reports === 0 ? "" : (fractionLost / 256).toFixed(3);
		case "packets_lost": return reports === 0 ? "" : `${cumulativeLost}`;
		// from the 90 kHz clock
		case "jitter": return reports === 0 ? "" : (jitter / 90).toFixed(1);
		case "round_trip": return roundTrip === undefined ? "" : roundTrip.toFixed(1);
		default: return undefined;
	}
}

/** @returns NaN for what is no number */
function readNumber(text: string): number {
	return text === "" ? NaN : Number(text);
}
