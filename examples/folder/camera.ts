// SPDX-License-Identifier: MIT
/**
 * A camera that replays a folder of JPEG files in the order of their names, one per frame:
 *
 *     npm start -- --camera folder --frames ~/pictures --fps 2
 */

import { PolledCamera } from "camera/polled";
import type { CameraOptions } from "camera/options";
import { File, Iterator } from "file";

export default class FolderCamera extends PolledCamera {
	readonly #paths: string[] = [];
	#next = 0;

	constructor(options: CameraOptions) {
		super(options);
		const folder = options.frames ?? ".", files = new Iterator(folder);
		for (let file = files.next(); file; file = files.next()) {
			if (file.length !== undefined && /\.jpe?g$/i.test(file.name))
				this.#paths.push(`${folder}/${file.name}`);
		}
		if (this.#paths.length === 0)
			throw new Error(`${folder} contains no JPEG files`);
		this.#paths.sort();
	}

	protected override captureImage(): ArrayBuffer {
		const file = new File(this.#paths[this.#next]!);
		this.#next = (this.#next + 1) % this.#paths.length;
		try {
			return file.read(ArrayBuffer);
		}
		finally {
			file.close();
		}
	}
}
