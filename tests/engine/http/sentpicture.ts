// SPDX-License-Identifier: MIT
import type Picture from "pictureburst";

/** Counts bytes of a picture as sent, as a socket that took them would.
 *  @param count bytes; Infinity: all that is left */
export function countAsSent(this: void, picture: Picture, count: number): void {
	native("xs_sentpicture_count").call(this, picture, count);
}
