// SPDX-License-Identifier: MIT
/**
 * One captured JPEG image: a lease on memory that the camera owns.
 *
 * The object itself is a host buffer (readable and writable native memory) and is passed to native code as it is. It is
 * valid until `close()`, which returns the memory to the camera. Frame objects are pooled: after `close()` the same
 * object returns later with another image, so nobody may keep one.
 */
export interface Frame {
	/** Length of the image in bytes as the driver gave it, padding after EOI included. 0 after `close()`. */
	readonly byteLength: number;
	/** Capture instant on the camera's monotonic clock, microseconds. */
	readonly captureTime: number;
	/** Returns the memory to the camera. Closing twice is harmless. */
	close(): void;
}
