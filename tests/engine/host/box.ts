// SPDX-License-Identifier: MIT
/** The same natives bound in both ways: as host functions by the loader, and through the globals. */

export interface BoxLike {
	value: number;
	add(a: number, b: number): number;
	fail(): void;
}

/** Each method except `subtractFrom` and `negate` passes its own parameters, so that it becomes a host function. */
export class BoundBox extends Native("xs_box_destructor") implements BoxLike {
	constructor(value: number) {
		super();
		native("xs_box_constructor").call(this, value);
	}
	add(a: number, b: number): number {
		return native("xs_box_add").call(this, a, b) as number;
	}
	fail(): void {
		native("xs_box_fail").call(this);
	}
	get value(): number {
		return native("xs_box_get_value").call(this) as number;
	}
	set value(value: number) {
		native("xs_box_set_value").call(this, value);
	}
	subtract(a: number, b: number): number {
		return native("xs_box_subtract").call(this, a, b) as number;
	}
	subtractFrom(a: number, b: number): number {
		return native("xs_box_subtract").call(this, b, a) as number;
	}
	negate(a: number): number {
		return native("xs_box_subtract").call(this, 0, a) as number;
	}
	static live(): number {
		return native("xs_box_live").call(this) as number;
	}
	static nulls(): number {
		return native("xs_box_nulls").call(this) as number;
	}
}

const Base = Native("xs_box_destructor");

/** Nothing in this class has the form that is recognized. */
export class LooseBox extends Base implements BoxLike {
	constructor(value: number) {
		super();
		const initialize = native("xs_box_constructor");
		initialize.call(this, value);
	}
	add(a: number, b = 0): number {
		const sum = native("xs_box_add").call(this, a, b) as number;
		return sum;
	}
	fail(): void {
		const fail = native("xs_box_fail");
		fail.call(this);
	}
	get value(): number {
		const value = native("xs_box_get_value").call(this) as number;
		return value;
	}
	set value(value: number) {
		const set = native("xs_box_set_value");
		set.call(this, value);
	}
}

/** The constructor passes only one of two arguments, so that it stays as it is. */
export class NamedBox extends Native("xs_box_destructor") {
	readonly name: string;
	constructor(name: string, value: number) {
		super();
		this.name = name;
		native("xs_box_constructor").call(this, value);
	}
	get value(): number {
		return native("xs_box_get_value").call(this) as number;
	}
}

/** The same class, in the recognized form. */
export class SecondBox extends Native("xs_box_destructor") {
	constructor(_name: string, value: number) {
		super();
		native("xs_box_constructor").call(this, value);
	}
	get value(): number {
		return native("xs_box_get_value").call(this) as number;
	}
}

/** Processor time of the program, milliseconds. */
export function processorTime(): number {
	return native("xs_processor_time").call(undefined) as number;
}

/** Bytes of the C heap in use; 0 where that is not known. */
export function heapSize(): number {
	return native("xs_heap_size").call(undefined) as number;
}

/** An endless byte pattern, in which each byte depends on its offset. */
export class Pattern {
	static fill(buffer: ArrayBufferLike | Uint8Array, offset: number): void {
		native("xs_pattern_fill").call(this, buffer, offset);
	}
	static check(buffer: ArrayBufferLike | Uint8Array, offset: number, count: number): boolean {
		return native("xs_pattern_check").call(this, buffer, offset, count) as boolean;
	}
}

/** A host buffer, like a camera's frames. */
export class NativeMemory extends Native("xs_memory_destructor") {
	constructor(byteLength: number) {
		super();
		native("xs_memory_constructor").call(this, byteLength);
	}
}
