// SPDX-License-Identifier: MIT
/** The board's light, if it has one. */

import Digital from "embedded:io/digital";
import { Light } from "network/light";
import type { Status } from "network/link";
import Timer from "timer";

export class Lamp {
	readonly #light: Light;
	readonly #timer: Timer | undefined;

	/** @param pin GPIO; -1: none
	 *  @param level that turns the light on, 0 or 1 */
	constructor(pin: number, level: 0 | 1, onNotice: (message: string) => void) {
		const dark: 0 | 1 = level === 0 ? 1 : 0;
		let output: Digital | undefined;
		if (pin >= 0) {
			try {
				// a variable, because @moddable/typings 5.6.0 lacks initialValue; SDK 8.2.3 has it
				const options = { pin, mode: Digital.Output, initialValue: dark };
				output = new Digital(options);
			}
			catch {
				onNotice(`led_pin ${pin} cannot be used: the camera has no light`);
			}
		}
		this.#light = new Light(lit => output?.write(lit ? level : dark));
		if (output)
			this.#timer = Timer.repeat(() => this.#step(), 100);
	}

	show(status: Status): void {
		if (this.#light.show(status) && this.#timer)
			Timer.schedule(this.#timer, 1, 1);
	}

	#step(): void {
		const pause = this.#light.step();
		Timer.schedule(this.#timer!, pause, pause);
	}
}
