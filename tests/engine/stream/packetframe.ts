// SPDX-License-Identifier: MIT
/** A frame that yields a given number of packets of the smallest size, with its fragmenter. */

import Fragmenter from "jpeg/fragmenter";
import Scan from "jpeg/scan";
import type { Frame } from "camera/source";
import { jpeg } from "./smalljpeg";
import TestFrame from "./testframe";

/** Maximum packet size, bytes. */
export const PACKET_SIZE = 256;
/** Scan bytes of the first packet, after RTP, JPEG and quantization headers and the tables; and of any other packet. */
const FIRST = PACKET_SIZE - 12 - 8 - 4 - 128, OTHER = PACKET_SIZE - 12 - 8;

export class PacketFrame {
	readonly fragmenter = new Fragmenter({ ssrc: 1, sequenceNumber: 0 });
	readonly scan = new Scan();
	readonly frame: Frame;
	readonly #bytes: Uint8Array;
	readonly #memory: TestFrame;

	constructor(count: number) {
		// EOI is part of the scan
		this.#bytes = jpeg(FIRST + (count - 1) * OTHER - 2);
		this.#memory = new TestFrame(this.#bytes);
		this.frame = this.#memory as unknown as Frame;
		this.scan.parse(this.frame);
		this.fragmenter.begin(0);
	}

	/** Closes the frame, as a camera that is closed does. */
	close(): void {
		this.#memory.empty();
	}

	/** Whether its memory is unchanged. */
	get isWhole(): boolean {
		const now = new Uint8Array(this.#memory.bytes());
		return now.length === this.#bytes.length && now.every((byte, i) => byte === this.#bytes[i]);
	}
}
