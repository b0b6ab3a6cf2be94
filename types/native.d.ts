// SPDX-License-Identifier: MIT
/**
 * Binds native C functions. Neither @moddable/typings 5.6.0 nor SDK 8.2.3 declares this: xsc knows `native` itself.
 *
 * `native("xs_name")` is the C function of that name. Where a method's body is only `return
 * native("xs_name").call(this, …)` with the method's own parameters, xsc and the desktop host's loader compile the
 * method to a bare host function.
 */
declare function native(name: string): (...values: any[]) => any;
/** A base class whose instances carry host data, released by the C destructor of that name. */
declare function Native(destructor: string): new () => object;
