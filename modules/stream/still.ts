import type { Frame } from "./types";

/** A copy of a frame, in memory of its own: the last image of a camera that has to be closed, to be shown until it is back. The
 *  one place where an image is copied, and never while the camera delivers. */
export default class Still extends Native("xs_still_destructor") implements Frame {
	/** @throws Error when there is no memory for it */
	constructor(frame: Frame) { super(); native("xs_still_constructor").call(this, frame); }
	get byteLength(): number { return native("xs_still_get_byteLength").call(this) as number; }
	/** Nobody's: the lease says when it was captured. */
	get captureTime(): number { return 0; }
	close(): void { native("xs_still_close").call(this); }
}
