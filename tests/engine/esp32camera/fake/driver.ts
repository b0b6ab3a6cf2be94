// SPDX-License-Identifier: MIT
/** Controls the fake driver and its environment. The names of the numbers are those in fakecamera.c. */
export default class FakeDriver {
	/** Resets the driver, with this image in every frame. Nothing may be open. */
	static reset(image: Uint8Array): void {
		native("xs_fake_reset").call(this, image);
	}
	static set(name: string, value: number): void {
		native("xs_fake_set").call(this, name, value);
	}
	static get(name: string): number {
		return native("xs_fake_get").call(this, name) as number;
	}
	/** Resets memory to its state before the camera is first opened. Nothing may be open.
	 *  @param seed of other tasks' allocations
	 *  @param hidden the camera has no region of its own */
	static heap(seed: number, hidden: boolean): void {
		native("xs_fake_heap").call(this, seed, hidden);
	}
	/** Octets of the largest free block that is not the camera's own. */
	static largestBlock(): number {
		return native("xs_fake_largestBlock").call(this) as number;
	}
	/** Name of the sensor function called last. */
	static lastFunction(): string {
		return native("xs_fake_lastFunction").call(this) as string;
	}
	/** Semaphores on the heap. An open camera has two until both its task and the machine have released it. */
	static semaphores(): number {
		return native("xs_fake_semaphores").call(this) as number;
	}
	/** Messages posted to the machine, including those rejected because its queue was full. */
	static posted(): number {
		return native("xs_fake_posted").call(this) as number;
	}
	static queueFull(): number {
		return native("xs_fake_queueFull").call(this) as number;
	}
	static setQueueLength(length: number): void {
		native("xs_fake_setQueueLength").call(this, length);
	}
	/** Makes the creation of the next semaphore fail. */
	static failSemaphore(): void {
		native("xs_fake_failSemaphore").call(this);
	}
	/** Keeps this thread busy. */
	static busy(milliseconds: number): void {
		native("xs_fake_busy").call(this, milliseconds);
	}
	/** To be called once, before anything else. */
	static openQueue(): void {
		native("xs_fake_openQueue").call(this);
	}
	/** Makes the program fail at its end if something is still open or was misused. */
	static checkAtExit(): void {
		native("xs_fake_checkAtExit").call(this);
	}
}
