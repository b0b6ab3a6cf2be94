// SPDX-License-Identifier: MIT
/** A frame in native memory, like a camera driver's, filled from JavaScript. */
export default class TestFrame extends Native("xs_testframe_destructor") {
	/** @param bytes copied */
	constructor(bytes: Uint8Array) {
		super();
		native("xs_testframe_constructor").call(this, bytes);
	}
	/** A copy of the memory's current contents. */
	bytes(): ArrayBuffer {
		return native("xs_testframe_bytes").call(this);
	}
	/** Makes the buffer empty, as `close` does. */
	empty(): void {
		native("xs_testframe_empty").call(this);
	}
	/** Points the buffer at its memory again. */
	fill(): void {
		native("xs_testframe_fill").call(this);
	}
}
