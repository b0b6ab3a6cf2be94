// SPDX-License-Identifier: MIT
/**
 * A camera that fetches a JPEG picture over HTTP, one per frame, for example from a camera that offers only snapshots:
 *
 *     npm start -- --camera snapshot --frames http://192.168.1.30/still.jpg --fps 1
 */

import { PolledCamera } from "camera/polled";
import type { CameraOptions } from "camera/options";
import { requestPicture, type Download } from "snapshot/download";

export default class SnapshotCamera extends PolledCamera {
	readonly #url: string;
	#download: Download | undefined;
	#picture: Uint8Array | undefined;

	constructor(options: CameraOptions) {
		super(options);
		this.#url = options.frames ?? "";
		// checks the URL before the first frame
		this.#download = requestPicture(this.#url, picture => this.#picture = picture);
	}

	/** Returns the picture that has arrived, and asks for the next. */
	protected override captureImage(): Uint8Array | undefined {
		const picture = this.#picture;
		this.#picture = undefined;
		if (!this.#download?.pending)
			this.#download = requestPicture(this.#url, next => this.#picture = next);
		return picture;
	}

	override close(): void {
		this.#download?.close();
		super.close();
	}
}
