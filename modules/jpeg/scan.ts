// SPDX-License-Identifier: MIT
import type { Frame } from "../common/frame";

/**
 * A parsed image, as RTP/JPEG needs it (RFC 2435): its size, its type, and the position of its scan and quantization
 * tables.
 *
 * One object serves any number of frames. It holds numbers only, none of the image's memory.
 */
export default class Scan extends Native("xs_scan_destructor") {
	constructor() {
		super();
		native("xs_scan_constructor").call(this);
	}

	/** Parses one frame, once for all subscribers. Allocates nothing. The properties describe this frame until the next
	 *  call, and are 0 if parsing failed.
	 *  @param frame any buffer of bytes; untrusted
	 *  @param whole its source vouches that it is one whole image: the scan is not searched for its end
	 *  @returns 0, or a negative code if RTP cannot carry the image: `Scan.errorName` gives the reason
	 *  @throws TypeError if `frame` is not a buffer */
	parse(frame: Frame | ArrayBufferLike | Uint8Array, whole?: boolean): number {
		return native("xs_scan_parse").call(this, frame, whole);
	}

	/** Width in pixels. */
	get width(): number {
		return native("xs_scan_get_width").call(this);
	}
	/** Height in pixels. */
	get height(): number {
		return native("xs_scan_get_height").call(this);
	}
	/** RTP/JPEG Type (RFC 2435 section 4.1): 0 for 4:2:2, 1 for 4:2:0, plus 64 with restart markers. */
	get type(): number {
		return native("xs_scan_get_type").call(this);
	}
	/** MCUs between restart markers; 0 if there are none. */
	get restartInterval(): number {
		return native("xs_scan_get_restartInterval").call(this);
	}
	/** Offset of the scan in the image, bytes: the image ends `byteLength` bytes later. */
	get offset(): number {
		return native("xs_scan_get_offset").call(this);
	}
	/** Bytes of the scan, including EOI: the part of the image that is sent in addition to its tables. */
	get byteLength(): number {
		return native("xs_scan_get_byteLength").call(this);
	}

	/** Describes a negative result of `parse` for the user, for example "unsupported sampling (4:4:4)". */
	static errorName(code: number): string {
		return native("xs_scan_errorName").call(this, code);
	}
}
