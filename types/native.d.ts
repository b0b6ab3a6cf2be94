// SPDX-License-Identifier: MIT
/**
 * The binding of native C functions (types/ holds what the SDK's published typings lack or say wrongly).
 *
 * `native("xs_name")` is the C function of that name. xsc, and the desktop host's loader, compile a method whose body
 * is only `return native("xs_name").call(this, …)` with the method's own parameters to a bare host function.
 */
declare function native(name: string): (...values: any[]) => any;
/** A base class whose instances carry host data, released by the C destructor of that name. */
declare function Native(destructor: string): new () => object;
declare function trace(...values: unknown[]): void;
