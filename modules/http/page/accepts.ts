// SPDX-License-Identifier: MIT
/** Whether a client accepts gzip (RFC 9110 section 12.5.3). */

/** Codings and characters that are looked at: what follows is ignored. Browsers send 4 codings in 30 characters. */
const LIMIT = 16, LONGEST = 256;

/** @param value of `Accept-Encoding`. Without the header, a client accepts any coding
 *  @returns whether gzip may be sent */
export function acceptsGzip(value: string | undefined): boolean {
	if (value === undefined)
		return true;
	let others = false;
	for (const item of value.slice(0, LONGEST).toLowerCase().split(",", LIMIT)) {
		const [coding = "", weight = ""] = item.split(";", 2).map(part => part.trim());
		// q=0, q=0.0, q=0.00 and q=0.000 mean never
		const isAccepted = !/^q\s*=\s*0(\.0*)?$/.test(weight);
		if (coding === "gzip" || coding === "x-gzip")
			return isAccepted;
		if (coding === "*")
			others = isAccepted;
	}
	return others;
}
