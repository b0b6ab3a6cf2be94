/** The fake driver and its surroundings, as tests set and read them. The numbers are those of fakecamera.c. */
export default class FakeDriver {
	/** As at the start, with this image in every frame. Nothing may be open. */
	static reset(image: Uint8Array): void { native("xs_fake_reset").call(this, image); }
	static set(name: string, value: number): void { native("xs_fake_set").call(this, name, value); }
	static get(name: string): number { return native("xs_fake_get").call(this, name) as number; }
	/** Memory as when the camera is opened for the first time, and what others take of it from this seed. Nothing may be open.
	 *  @param hidden the camera has none of its own */
	static heap(seed: number, hidden: boolean): void { native("xs_fake_heap").call(this, seed, hidden); }
	/** Octets of the largest free block that is not the camera's own. */
	static largestBlock(): number { return native("xs_fake_largestBlock").call(this) as number; }
	/** Name of the sensor's function that was called last. */
	static lastFunction(): string { return native("xs_fake_lastFunction").call(this) as string; }
	/** Semaphores on the heap. An open camera has two, until its task and the machine have both let go of it. */
	static semaphores(): number { return native("xs_fake_semaphores").call(this) as number; }
	/** Messages that were posted to the machine, and those that were not, because its queue was full. */
	static posted(): number { return native("xs_fake_posted").call(this) as number; }
	static queueFull(): number { return native("xs_fake_queueFull").call(this) as number; }
	static setQueueLength(length: number): void { native("xs_fake_setQueueLength").call(this, length); }
	/** The next semaphore is not created. */
	static failSemaphore(): void { native("xs_fake_failSemaphore").call(this); }
	/** This thread is busy for so long: milliseconds. */
	static busy(milliseconds: number): void { native("xs_fake_busy").call(this, milliseconds); }
	/** To be called once, before anything else. */
	static openQueue(): void { native("xs_fake_openQueue").call(this); }
	/** Fails the program at its end if something is open, or was done wrong. */
	static checkAtExit(): void { native("xs_fake_checkAtExit").call(this); }
}
