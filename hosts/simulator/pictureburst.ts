// SPDX-License-Identifier: MIT
/**
 * Sends pictures piece by piece through the sockets of the Moddable simulator, which native code cannot access. The
 * contract is that of hosts/sockets/pictureburst.ts.
 */

import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream } from "../../modules/sockets/sockets";

export const BOUNDARY = "rtsp-camera-8a1f5c0be4d94f7796c2d3e07b51fa68";

/** Largest write, and minimum room for one, bytes. */
const PIECE = 1400;

export default class Picture {
	inProgress = false;
	octetCount = 0;
	#header: ArrayBuffer | undefined;
	#trailer: ArrayBuffer | undefined;
	#imageLength = 0;
	/** Image bytes sent. */
	#position = 0;
	#begun = false;
	#padding = false;

	begin(scan: Scan, captureTime: number): void {
		const length = this.beginSingle(scan), seconds = Math.floor(captureTime / 1_000_000);
		const micros = (1_000_000 + captureTime % 1_000_000).toString().slice(1, 7);
		this.#header = ArrayBuffer.fromString(
			`Content-Type: image/jpeg\r\nContent-Length: ${length}\r\nX-Timestamp: ${seconds}.${micros}\r\n\r\n`,
		);
		this.#trailer = ArrayBuffer.fromString(`\r\n--${BOUNDARY}\r\n`);
	}

	beginSingle(scan: Scan): number {
		this.#header = this.#trailer = undefined;
		this.#imageLength = scan.offset + scan.byteLength;
		this.#position = 0;
		this.#begun = this.#padding = false;
		this.inProgress = true;
		return this.#imageLength;
	}

	pad(): void {
		if (this.#begun)
			this.#padding = true;
		else
			this.inProgress = false;
	}

	get begun(): boolean {
		return this.inProgress && this.#begun;
	}

	/** Bytes left. */
	get left(): number {
		return (this.#header?.byteLength ?? 0) + this.#imageLength - this.#position + (this.#trailer?.byteLength ?? 0);
	}

	/** The next bytes to send, at most `PIECE`. They count as sent. */
	next(frame: Frame | undefined): ArrayBuffer | Uint8Array {
		this.#begun = true;
		const header = this.#header, trailer = this.#trailer, offset = this.#position;
		if (header) {
			this.#header = undefined;
			return header;
		}
		if (offset === this.#imageLength) {
			this.#trailer = undefined;
			this.inProgress = false;
			return trailer!;
		}
		const count = Math.min(PIECE, this.#imageLength - offset);
		this.#position += count;
		this.inProgress = trailer !== undefined || this.#position < this.#imageLength;
		if (this.#padding)
			return this.padding(count);
		this.octetCount = (this.octetCount + count) >>> 0;
		return new Uint8Array(frame as unknown as ArrayBuffer, offset, count);
	}

	/** EOI markers that end with the image. */
	private padding(count: number): Uint8Array {
		const bytes = new Uint8Array(count), first = this.#imageLength - this.#position + count;
		for (let i = 0; i < count; i++)
			bytes[i] = (first - i) & 1 ? 0xd9 : 0xff;
		return bytes;
	}
}

export function sendPicture(
	socket: TCPStream,
	picture: Picture,
	frame: Frame | undefined,
	credit: number,
	mostCredit: number,
): number {
	// begun with less, most of the picture waits if the client stalls
	if (!picture.begun && credit < mostCredit / 4 && credit < picture.left / 4)
		return credit;
	// false for NaN as well: a socket without buffers may return undefined, and onWritable follows
	while (picture.inProgress && credit >= Math.min(PIECE, picture.left))
		credit = socket.write(picture.next(frame)) as number;
	return credit >= 0 ? credit : 0;
}
