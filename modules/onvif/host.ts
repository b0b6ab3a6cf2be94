// SPDX-License-Identifier: MIT
/** The name by which a client calls the camera: replies tell it addresses with the same name. */

import { DIGIT, LETTER, SEPARATOR, classesOf } from "../octets/octets";

export interface Host {
	/** With its port, if it has one: "camera:8080", "[::1]". */
	readonly authority: string;
	/** Without port. */
	readonly name: string;
}

/** Longest name with port, characters. A DNS name has at most 253. */
const LONGEST = 280;
/** Visible characters that mean something in a URL or in XML. */
const FORBIDDEN = Object.freeze(["/", "?", "#", "@", "\\", "<", ">", "&", "\"", "'", "%", ",", ";", "="]);

/** @param header value of the Host header
 *  @returns undefined if it is none */
export function parseHost(header: string | undefined): Host | undefined {
	if (header === undefined || header === "" || header.length > LONGEST
		|| classesOf(header) & ~(LETTER | DIGIT | SEPARATOR) || FORBIDDEN.some(character => header.includes(character)))
		return undefined;
	const colon = header.indexOf(":", header.startsWith("[") ? header.indexOf("]") : 0);
	const name = colon < 0 ? header : header.slice(0, colon);
	return name === "" ? undefined : { authority: header, name };
}
