// SPDX-License-Identifier: MIT
/** Fake restart, which counts its calls. On a board this is a native function, which a timer cannot call directly. So
 *  it must be called from JavaScript, and without a timer as its argument. */

export const restarted = { count: 0 };

export function restart(...values: unknown[]): void {
	if (values.length)
		throw new TypeError("call: not a function");
	restarted.count += 1;
}
