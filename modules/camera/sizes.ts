/** The frame sizes of the OV2640, from the smallest to the largest. */

export const sizes = Object.freeze(["QQVGA", "QCIF", "HQVGA", "QVGA", "CIF", "HVGA", "VGA", "SVGA", "XGA", "HD", "SXGA", "UXGA"] as const);

/** Name of a frame size. */
export type FrameSize = typeof sizes[number];

export interface SizeInPixels {
	readonly name: FrameSize;
	readonly width: number;
	readonly height: number;
}

const table: readonly SizeInPixels[] = Object.freeze([
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

/** Whether `name` is a frame size that is not larger than `maxSize`. */
export function isWithinSize(name: string, maxSize: FrameSize): boolean {
	const index = sizes.findIndex(size => size === name);
	return index >= 0 && index <= sizes.indexOf(maxSize);
}

/** @returns the size given by name, or by width and height; VGA if neither is given
 *  @throws RangeError if there is no such size: the message lists the sizes */
export function findSize(options: { size?: FrameSize | undefined; width?: number | undefined; height?: number | undefined }): SizeInPixels {
	const { size, width, height } = options;
	if (size === undefined && (width !== undefined || height !== undefined)) {
		const found = table.find(item => item.width === width && item.height === height);
		if (!found)
			throw new RangeError(`width and height must be one of ${table.map(item => `${item.width}x${item.height}`).join(", ")}`);
		return found;
	}
	const name = size ?? "VGA";
	const found = table.find(item => item.name === name);
	if (!found)
		throw new RangeError(`size must be one of ${table.map(item => item.name).join(", ")}`);
	if ((width !== undefined && width !== found.width) || (height !== undefined && height !== found.height))
		throw new RangeError(`size ${name} is ${found.width}x${found.height}: leave out width and height`);
	return found;
}
