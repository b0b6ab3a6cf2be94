// SPDX-License-Identifier: MIT
import type { Frame } from "./source";

/**
 * A JPEG image in native memory of its own: a host buffer. The memory grows to the largest image it has held and is
 * freed with the object.
 */
export default class Image extends Native("xs_image_destructor") implements Frame {
	/** Capture instant, microseconds. */
	captureTime = 0;
	constructor() {
		super();
		native("xs_image_constructor").call(this);
	}
	/** Copies an image: an ArrayBuffer, a typed array or a host buffer.
	 *  @throws TypeError if `image` is none of these
	 *  @throws Error if there is no memory; the image is empty then */
	assign(image: unknown): void {
		native("xs_image_assign").call(this, image);
	}
	/** Bytes of the image; 0 after `close`. */
	get byteLength(): number {
		return native("xs_image_get_byteLength").call(this) as number;
	}
	/** Empties the image. The memory stays for the next one. */
	close(): void {
		native("xs_image_close").call(this);
	}
}
