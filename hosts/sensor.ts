/** What the sensor and its simulation have in common: sizes, and the checks of what both are constructed with. */

/** The sensor's frame sizes. */
export type FrameSize =
	"QQVGA" | "QCIF" | "HQVGA" | "QVGA" | "CIF" | "HVGA" | "VGA" | "SVGA" | "XGA" | "HD" | "SXGA" | "UXGA";

export interface SizeInPixels {
	readonly name: FrameSize;
	readonly width: number;
	readonly height: number;
}

const sizes: readonly SizeInPixels[] = Object.freeze([
	Object.freeze({ name: "QQVGA", width: 160, height: 120 }),
	Object.freeze({ name: "QCIF", width: 176, height: 144 }),
	Object.freeze({ name: "HQVGA", width: 240, height: 176 }),
	Object.freeze({ name: "QVGA", width: 320, height: 240 }),
	Object.freeze({ name: "CIF", width: 400, height: 296 }),
	Object.freeze({ name: "HVGA", width: 480, height: 320 }),
	Object.freeze({ name: "VGA", width: 640, height: 480 }),
	Object.freeze({ name: "SVGA", width: 800, height: 600 }),
	Object.freeze({ name: "XGA", width: 1024, height: 768 }),
	Object.freeze({ name: "HD", width: 1280, height: 720 }),
	Object.freeze({ name: "SXGA", width: 1280, height: 1024 }),
	Object.freeze({ name: "UXGA", width: 1600, height: 1200 }),
]);

/** A size by name, or by width and height; VGA when nothing is said.
 *  @throws RangeError there is no such size: the message lists those that are */
export function findSize(options: { size?: FrameSize | undefined; width?: number | undefined; height?: number | undefined }): SizeInPixels {
	const { size, width, height } = options;
	if (size === undefined && (width !== undefined || height !== undefined)) {
		const found = sizes.find(item => item.width === width && item.height === height);
		if (!found)
			throw new RangeError(`width and height must be one of ${sizes.map(item => `${item.width}x${item.height}`).join(", ")}`);
		return found;
	}
	const name = size ?? "VGA";
	const found = sizes.find(item => item.name === name);
	if (!found)
		throw new RangeError(`size must be one of ${sizes.map(item => item.name).join(", ")}`);
	if ((width !== undefined && width !== found.width) || (height !== undefined && height !== found.height))
		throw new RangeError(`size ${name} is ${found.width}x${found.height}: leave out width and height`);
	return found;
}

/** @throws TypeError, RangeError no integer from `least` to `most` */
export function checkInteger(value: number, name: string, least: number, most: number): number {
	if (typeof value !== "number")
		throw new TypeError(`${name} must be a number`);
	if (!Number.isInteger(value) || value < least || value > most)
		throw new RangeError(`${name} must be an integer from ${least} to ${most}`);
	return value;
}

/** Frames a second. @throws TypeError, RangeError */
export function checkFrameRate(value: number): number {
	if (typeof value !== "number")
		throw new TypeError("frameRate must be a number");
	if (!(value >= 0.1 && value <= 120))
		throw new RangeError("frameRate must be 0.1 to 120 frames a second");
	return value;
}

/** @throws TypeError */
export function checkCallbacks({ onReadable, onNotice }: { onReadable: unknown; onNotice?: unknown }): void {
	if (typeof onReadable !== "function")
		throw new TypeError("onReadable must be a function");
	if (onNotice !== undefined && typeof onNotice !== "function")
		throw new TypeError("onNotice must be a function");
}
