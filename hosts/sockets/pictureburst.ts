// SPDX-License-Identifier: MIT
/**
 * Sends pictures over HTTP in native code, with one call per picture: parts of multipart/x-mixed-replace, or a single
 * image (modules/http/core/multipart.h). A call allocates nothing, and copies no byte of the image.
 */

import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream } from "../../modules/sockets/sockets";

/** Separates the parts. */
export const BOUNDARY = "rtsp-camera-8a1f5c0be4d94f7796c2d3e07b51fa68";

/** The picture that is being sent to one viewer. Holds numbers only, none of the image's memory. */
export default class Picture extends Native("xs_picture_destructor") {
	/** @throws RangeError memory is short */
	constructor() {
		super();
		native("xs_picture_constructor").call(this);
	}
	/** Begins a part. The previous one must be finished, or padded to its end.
	 *  @param scan of the frame
	 *  @param captureTime for `X-Timestamp`, microseconds */
	begin(scan: Scan, captureTime: number): void {
		native("xs_picture_begin").call(this, scan, captureTime);
	}
	/** Begins a single image.
	 *  @returns its length, bytes */
	beginSingle(scan: Scan): number {
		return native("xs_picture_beginSingle").call(this, scan) as number;
	}
	/** The frame is taken away: a part that was begun is filled up with EOI markers, any other one is dropped. */
	pad(): void {
		native("xs_picture_pad").call(this);
	}
	/** Whether the picture has bytes left. */
	get inProgress(): boolean {
		return native("xs_picture_get_inProgress").call(this) as boolean;
	}
	/** Whether some of its bytes were sent, and some are left. */
	get begun(): boolean {
		return native("xs_picture_get_begun").call(this) as boolean;
	}
	/** Octets of images sent, unsigned 32-bit, wrapping. */
	get octetCount(): number {
		return native("xs_picture_get_octetCount").call(this) as number;
	}
}

/** Writes until the picture is finished or the socket is full. In the latter case `onWritable` follows. A picture is
 *  begun when there is room for a quarter of it, or a quarter of the send buffer. All parameters are passed on: only
 *  then is the native function called directly.
 *  @param frame undefined while a picture is padded
 *  @param credit the last known credit in bytes, for sockets that cannot be queried
 *  @param mostCredit the highest known credit in bytes, for the same sockets
 *  @returns bytes that the socket still accepts
 *  @throws Error the connection is closed or broken */
export function sendPicture(
	this: void,
	socket: TCPStream,
	picture: Picture,
	frame: Frame | undefined,
	credit: number,
	mostCredit: number,
): number {
	return native("xs_picture_send").call(this, socket, picture, frame, credit, mostCredit) as number;
}
