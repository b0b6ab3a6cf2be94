// SPDX-License-Identifier: MIT
/**
 * The settings of the camera that can change while it runs: frame rate, quality, size, and the sensor's controls. A new
 * value applies to all clients from the next captured frame on.
 *
 * `framerate` 0 stands for as many frames as possible. If the bit rate is adapted, `framerate` and `quality` are the
 * best that may be chosen. The sensor's clock (xclk) can be read only: it can disturb a board's radio.
 */

import { isWithinSize, sizes, type FrameSize } from "../camera/sizes";
import type { Control } from "../camera/source";
import { errorText } from "../common/errortext";
import type { FrameHub } from "./hub";

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

/** The values that a setting may have: numbers in a range, or names. */
export type Range = NumberRange | readonly FrameSize[];

export interface NumberRange {
	readonly minimum: number;
	readonly maximum: number;
	/** Whether 0 is allowed as well, meaning as many as possible. */
	readonly unlimited?: boolean;
}

export type TuningValue = number | string;

/** Why a setting was refused. */
export interface Refusal {
	/** The setting. */
	readonly name: string;
	/** A sentence for the user. */
	readonly message: string;
	/** What it may be; undefined if there is no such setting, or if the camera refused an allowed value. */
	readonly allowed: Range | undefined;
}

/** Why nothing can be set while no camera is open. No setting has this name. */
export const CLOSED: Refusal = Object.freeze({ name: "camera", allowed: undefined,
	message: "the camera is not open: restart it, or try again when it delivers pictures" });

const FASTEST = 1000;

export class Tuning {
	readonly limits: ParameterLimits;
	readonly #hub: FrameHub;

	constructor(hub: FrameHub, limits: ParameterLimits) {
		this.#hub = hub;
		this.limits = limits;
	}

	/** Whether a camera is open. A closed one has no settings but the frame rate, and none can be set. */
	get isOpen(): boolean {
		return this.#hub.source.isOpen;
	}

	/** Names of the settings that the camera has. A source that replays files has neither size nor quality. */
	get names(): string[] {
		const { size, quality, controls } = this.#hub.source, names = ["framerate"];
		if (size !== undefined && quality !== undefined)
			names.push("quality");
		if (size !== undefined)
			names.push("size");
		for (const { name } of controls) {
			if (name !== "xclk")
				names.push(name);
		}
		return names;
	}

	/** Whether the camera has the setting. */
	has(name: string): boolean {
		const { size, quality, controls } = this.#hub.source;
		switch (name) {
			case "framerate":
				return true;
			case "quality":
				return size !== undefined && quality !== undefined;
			case "size":
				return size !== undefined;
			default:
				return findControl(controls, name) !== undefined;
		}
	}

	/** @returns undefined if the camera has no such setting */
	get(name: string): TuningValue | undefined {
		const { source, maxFrameRate, quality } = this.#hub;
		switch (name) {
			case "framerate":
				return maxFrameRate === Infinity ? 0 : maxFrameRate;
			case "quality":
				return this.has(name) ? quality : undefined;
			case "size":
				return source.size;
			default:
				return source.getControl(name);
		}
	}

	/** @returns undefined if the camera has no such setting */
	range(name: string): Range | undefined {
		const { minFrameRate, maxFrameRate, bestQuality, worstQuality, maxSize } = this.limits;
		switch (name) {
			case "framerate":
				return maxFrameRate === Infinity
					? { minimum: minFrameRate, maximum: FASTEST, unlimited: true }
					: { minimum: minFrameRate, maximum: maxFrameRate };
			case "quality":
				return this.has(name) ? { minimum: bestQuality, maximum: worstQuality } : undefined;
			case "size":
				return this.has(name) ? sizes.filter(size => isWithinSize(size, maxSize)) : undefined;
			default: {
				const control = findControl(this.#hub.source.controls, name);
				return control && { minimum: control.minimum, maximum: control.maximum };
			}
		}
	}

	/** @returns why a value cannot be set; undefined: it is allowed */
	check(name: string, value: unknown): Refusal | undefined {
		const range = this.range(name);
		if (!range)
			return { name, message: `the camera has no setting ${name}`, allowed: undefined };
		return isAllowed(name, value, range)
			? undefined
			: { name, message: `${name} is ${shown(value)}: use ${describeRange(range)}`, allowed: range };
	}

	/** Sets all of the values, or none of them. Never throws.
	 *  @returns why nothing was set; undefined: all are */
	set(values: readonly (readonly [name: string, value: unknown])[]): Refusal | undefined {
		if (!this.isOpen)
			return CLOSED;
		for (const [name, value] of values) {
			const refused = this.check(name, value);
			if (refused)
				return refused;
		}
		const before: (readonly [string, TuningValue | undefined])[] = [];
		for (const [name, value] of values) {
			const present = this.get(name);
			// an applied value may cost the sensor a frame
			if (present === value)
				continue;
			before.push([name, present]);
			try {
				this.apply(name, value as TuningValue); // `isAllowed` has checked it
			}
			catch (error) {
				// the sensor refuses it, or there is no memory for it
				this.putBack(before);
				return { name, message: `${name} ${shown(value)} is not possible: ${errorText(error)}`,
					allowed: undefined };
			}
		}
		return undefined;
	}

	private apply(name: string, value: TuningValue): void {
		const hub = this.#hub, { source } = hub;
		switch (name) {
			case "framerate": {
				const frameRate = Number(value) || Infinity;
				if (source.frameRate !== undefined)
					source.frameRate = frameRate;
				hub.maxFrameRate = frameRate;
				break;
			}
			case "quality":
				hub.quality = Number(value);
				break;
			case "size":
				source.size = String(value).toUpperCase();
				break;
			default:
				source.setControl(name, Number(value));
		}
	}

	/** The last change comes first: a name may be repeated. */
	private putBack(values: readonly (readonly [string, TuningValue | undefined])[]): void {
		for (let i = values.length - 1; i >= 0; i--) {
			const [name, value] = values[i]!;
			try {
				if (value !== undefined)
					this.apply(name, value);
			}
			catch {
				// the camera keeps what it has
			}
		}
	}
}

/** @returns undefined if it cannot be set here: the sensor's clock belongs to the owner */
function findControl(controls: readonly Control[], name: string): Control | undefined {
	for (let i = 0; i < controls.length; i++) {
		if (controls[i]!.name === name)
			return name === "xclk" ? undefined : controls[i];
	}
	return undefined;
}

function isAllowed(name: string, value: unknown, range: Range): boolean {
	if (!("minimum" in range))
		return typeof value === "string" && range.some(size => size === value.toUpperCase());
	if (typeof value !== "number")
		return false;
	if (value === 0 && range.unlimited)
		return true;
	return value >= range.minimum && value <= range.maximum && (name === "framerate" || Math.floor(value) === value);
}

/** @returns "12 to 40", or the names */
export function describeRange(range: Range): string {
	if (!("minimum" in range))
		return range.join(", ");
	return `${range.minimum} to ${range.maximum}${range.unlimited ? ", or 0 for as many as possible" : ""}`;
}

/** Longest value that a message repeats, characters. */
const LONGEST = 40;

function shown(value: unknown): string {
	const text = typeof value === "string" ? `"${value}"` : Array.isArray(value) ? "a list" : String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
