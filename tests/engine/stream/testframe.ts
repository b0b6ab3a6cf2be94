/** A frame in native memory, as a camera driver has it, filled from JavaScript. */
export default class TestFrame extends Native("xs_testframe_destructor") {
	/** @param bytes copied */
	constructor(bytes: Uint8Array) { super(); native("xs_testframe_constructor").call(this, bytes); }
	/** A copy of what is in the memory now. */
	bytes(): ArrayBuffer { return native("xs_testframe_bytes").call(this); }
	/** Re-points the buffer at nothing. */
	empty(): void { native("xs_testframe_empty").call(this); }
	/** Points it at its memory again. */
	fill(): void { native("xs_testframe_fill").call(this); }
}
