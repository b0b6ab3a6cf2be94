// SPDX-License-Identifier: MIT
/** The frame hub on the camera, as in the server, with subscribers that only count. */

import { Control } from "stream/control";
import { FrameHub, type FrameHubOptions } from "stream/hub";
import { Subscriber } from "stream/subscriber";
import { FakeSink } from "../faults/rig";
import type { Test } from "../harness";
import Camera from "esp32camera/camera";

export class Stream {
	readonly notices: string[] = [];
	readonly hub: FrameHub;
	/** Added to the hub's uptime to skip seconds of silence, milliseconds. */
	skipped = 0;
	#random = 1;

	constructor(test: Test, options: Partial<FrameHubOptions> = {}) {
		this.hub = test.close(new FrameHub({
			openSource: onReadable => new Camera({ size: "QVGA", frameRate: 120, onReadable }),
			uptime: () => Date.now() + this.skipped,
			cameraTimeout: 10,
			onNotice: message => this.notices.push(message),
			...options,
		}));
	}

	subscribe(): FakeSink {
		const sink = new FakeSink();
		const subscriber = new Subscriber({
			client: { kind: "rtsp-udp", address: "192.0.2.1" },
			hub: this.hub,
			openSink: owner => {
				sink.owner = owner;
				return sink;
			},
			packetSize: 500,
			random32: () => this.#random++,
			control: new Control("test", Date.now),
			onAlive: () => undefined,
		});
		this.hub.add(subscriber);
		subscriber.play();
		return sink;
	}

	silence(seconds: number): void {
		for (let i = 0; i < seconds; i++) {
			this.skipped += 1000;
			this.hub.tick();
		}
	}

	said(text: string): boolean {
		return this.notices.some(notice => notice.includes(text));
	}
}
