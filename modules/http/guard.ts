// SPDX-License-Identifier: MIT
/**
 * Requests that a web page of somebody else could have made a browser send.
 *
 * A page may send any request to any address, only not read the answer. And with DNS rebinding it can do even that: it
 * points its own name at the camera's address, so that the browser takes the camera for the page's own server. The
 * camera is then asked by that name.
 *
 *  - What changes something is accepted from the camera's own page, and from programs that are no browsers. A browser
 *    names the page in `Origin`, with every request that is not GET or HEAD, and where it can in `Sec-Fetch-Site`.
 *  - Without a password, the camera answers only to its own name: an address, `localhost`, a name without a dot, or one
 *    in a domain that exists only in local networks. No public name is among these. With a password, rebinding gains
 *    nothing: the browser keeps the password for the camera's name.
 */

import { parseIPv4 } from "../common/ipv4";
import { classesOf, DIGIT, LETTER, SEPARATOR } from "../octets/octets";
import { parseDecimal } from "../rtsp/text";
import { answerError, JSON_TYPE } from "./api/json";
import type { HeaderFields } from "./headers";
import type { Answer } from "./types";

/** Domains of local networks: RFC 6762, RFC 8375, ICANN's reservation, and what common routers use. */
const LOCAL_DOMAINS: readonly string[] = Object.freeze(["local", "localhost", "home.arpa", "internal", "lan", "home",
	"fritz.box"]);

/** Types of bodies that a form of any page can send (Fetch, section 2.2.2). Older browsers send no `Origin` with it. */
const FORM_TYPE = "application/x-www-form-urlencoded";
const FORM_TYPES: readonly string[] = Object.freeze([FORM_TYPE, "multipart/form-data", "text/plain"]);

/** How all browsers begin to name themselves. */
const BROWSER = "Mozilla/";
const NO_BROWSERS = "This path changes settings, and is for programs. In a browser, use the camera's page.\r\n";

/** Longest host with port, characters. */
const LONGEST_HOST = 280;
/** Separators of the parser that no name has; an IPv6 address has brackets and colons. */
const NO_NAME: readonly string[] = Object.freeze(["(", ")", "<", ">", "@", ",", ";", "\\", "\"", "/", "?", "=", "{",
	"}", "#", "%"]);

/** Whether the host is the camera's own name as far as that can be told: see above.
 *  @param host value of the Host header
 *  @param names further names, in lower case, without port */
export function isOwnHost(host: string, names: readonly string[]): boolean {
	if (host.length > LONGEST_HOST)
		return false;
	const name = nameOf(host);
	return name !== "" && (!name.includes(".") || parseIPv4(name) !== undefined || names.includes(name)
		|| LOCAL_DOMAINS.some(domain => name.endsWith(`.${domain}`)));
}

/** Checks where a request comes from that changes something.
 *  @param isForm the body has to be that of a form, with a token that the handler checks
 *  @returns the refusal, or undefined */
export function refuseForeign(
	method: string,
	headers: HeaderFields,
	names: readonly string[],
	isForm = false,
): Answer | undefined {
	const host = headers.get("host") ?? "", origin = headers.get("origin"), site = headers.get("sec-fetch-site");
	// a program may leave out everything that a browser sends
	if (host !== "" && !isOwnHost(host, names))
		return { status: 421 };
	if (origin !== undefined && !isOriginOf(origin.toLowerCase(), host.toLowerCase()))
		return { status: 403 };
	// "none": the user typed the address
	if (site !== undefined && site !== "same-origin" && site !== "none")
		return { status: 403 };
	// over plain HTTP, nothing tells where a browser's GET comes from: any page can have one sent, as for an image.
	// Programs that browsers leave videos to have other names, and tell the page
	if (method === "GET" && site === undefined
		&& (headers.get("user-agent")?.startsWith(BROWSER) || headers.get("referer") !== undefined))
		return { status: 403, type: "text/plain", body: NO_BROWSERS };
	const [type = ""] = (headers.get("content-type") ?? "").split(";", 1);
	const mediaType = type.trim().toLowerCase();
	if (isForm)
		return mediaType === FORM_TYPE ? undefined : { status: 415 };
	return FORM_TYPES.includes(mediaType)
		? answerError(415, "body", `use Content-Type: ${JSON_TYPE}, or none without a body`)
		: undefined;
}

/** Whether a page of this origin came from this host. With a TLS proxy in front of the camera, the scheme is https, and
 *  the proxy passes the name on that the browser used. */
function isOriginOf(origin: string, host: string): boolean {
	return origin === `http://${host}` || origin === `https://${host}`;
}

/** The name in lower case, without port and final dot. An IPv6 address is one name: "[::1]" gives "[::1]".
 *  @returns "" if it is no name with or without port */
function nameOf(host: string): string {
	const bracket = host.startsWith("[") ? host.indexOf("]") : -1;
	const colon = host.indexOf(":", bracket + 1), end = colon < 0 ? host.length : colon;
	const name = host.slice(0, end).toLowerCase(), port = host.slice(end + 1);
	if (classesOf(name) & ~(LETTER | DIGIT | SEPARATOR) || (bracket >= 0 && bracket !== end - 1)
		|| NO_NAME.some(character => name.includes(character)) || (colon >= 0 && parseDecimal(port) === undefined))
		return "";
	return name.endsWith(".") ? name.slice(0, -1) : name;
}
