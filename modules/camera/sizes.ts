// SPDX-License-Identifier: MIT
/** The frame sizes of the OV2640, from the smallest to the largest. */

function frameSize<Name extends string>(
	name: Name,
	width: number,
	height: number,
): { readonly name: Name; readonly width: number; readonly height: number } {
	return Object.freeze({ name, width, height });
}

const table = Object.freeze([
	frameSize("QQVGA", 160, 120),
	frameSize("QCIF", 176, 144),
	frameSize("HQVGA", 240, 176),
	frameSize("QVGA", 320, 240),
	frameSize("CIF", 400, 296),
	frameSize("HVGA", 480, 320),
	frameSize("VGA", 640, 480),
	frameSize("SVGA", 800, 600),
	frameSize("XGA", 1024, 768),
	frameSize("HD", 1280, 720),
	frameSize("SXGA", 1280, 1024),
	frameSize("UXGA", 1600, 1200),
]);

/** Name of a frame size. */
export type FrameSize = typeof table[number]["name"];

export interface SizeInPixels {
	readonly name: FrameSize;
	readonly width: number;
	readonly height: number;
}

/** The names, from the smallest to the largest. */
export const sizes: readonly FrameSize[] = Object.freeze(table.map(({ name }) => name));

/** Whether `name` is a frame size that is not larger than `maxSize`. */
export function isWithinSize(name: string, maxSize: FrameSize): boolean {
	const index = sizes.findIndex(size => size === name);
	return index >= 0 && index <= sizes.indexOf(maxSize);
}

/** @returns the size given by name, or by width and height; VGA if neither is given
 *  @throws RangeError if there is no such size: the message lists the sizes */
export function findSize(
	options: { size?: FrameSize | undefined; width?: number | undefined; height?: number | undefined },
): SizeInPixels {
	const { size, width, height } = options;
	if (size === undefined && (width !== undefined || height !== undefined)) {
		const found = table.find(item => item.width === width && item.height === height);
		if (!found)
			throw new RangeError(
				`width and height must be one of ${table.map(item => `${item.width}x${item.height}`).join(", ")}`,
			);
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
