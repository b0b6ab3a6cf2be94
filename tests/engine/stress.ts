/** Collects garbage at every allocation, for this long: processor time in milliseconds, below 1000; 0 for not
 *  at all. Only where the engine is built for it (the variant sanitize); without effect elsewhere. */
export function stress(milliseconds: number): void { native("xs_stress").call(undefined, milliseconds); }
