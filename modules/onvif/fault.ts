// SPDX-License-Identifier: MIT
/** Faults of ONVIF (Core Specification, section 5.8.2): a code of SOAP, one or two subcodes, and a reason for people.
 */

import { escapeXML } from "../soap/xml";

export interface Fault {
	/** Sender: HTTP status 400. Receiver: 500. */
	readonly code: "Sender" | "Receiver" | "VersionMismatch";
	/** ONVIF's, from the outermost. */
	readonly subcodes: readonly string[];
	readonly reason: string;
}

function fault(code: Fault["code"], reason: string, ...subcodes: string[]): Fault {
	return Object.freeze({ code, subcodes: Object.freeze(subcodes), reason });
}

export const MALFORMED = fault("Sender", "The request is no SOAP 1.2 envelope, or beyond a limit of this camera",
	"WellFormed");
export const OTHER_VERSION = fault("VersionMismatch", "Use SOAP 1.2");
export const NOT_AUTHORIZED = fault("Sender", "Sender not authorized", "NotAuthorized");
export const CLOCKS_DIFFER = fault("Sender", "Sender not authorized: its clock differs from the camera's by more than "
	+ "5 minutes. Use the time of GetSystemDateAndTime", "NotAuthorized");
export const USED_BEFORE = fault("Sender", "Sender not authorized: another address has sent this UsernameToken",
	"NotAuthorized");
/** Home Assistant looks for these words. */
export const NOT_SUPPORTED = fault("Receiver", "Optional Action Not Implemented", "ActionNotSupported");
export const PROHIBITED = fault("Sender", "Nobody may change anything: start the camera with --user and --password, or "
	+ "with --control anybody", "OperationProhibited");
export const NO_PROFILE = fault("Sender", "There is no such profile", "InvalidArgVal", "NoProfile");
export const NO_CONFIGURATION = fault("Sender", "There is no such configuration", "InvalidArgVal", "NoConfig");
export const NO_SOURCE = fault("Sender", "There is no such video source", "InvalidArgVal", "NoSource");
export const NO_SUCH_STREAM = fault("Sender", "The camera does not stream in this way", "InvalidArgVal",
	"InvalidStreamSetup");

/** The refusal of a value.
 *  @param subcode of the operation
 *  @param reason what would be right */
export function invalid(subcode: string, reason: string): Fault {
	return { code: "Sender", subcodes: ["InvalidArgVal", subcode], reason };
}

export function statusOf({ code }: Fault): number {
	return code === "Sender" ? 400 : 500;
}

/** Content of the body of a reply. The envelope declares the prefixes s and ter. */
export function faultBody({ code, subcodes, reason }: Fault): string {
	const inner = subcodes.reduceRight(
		(text, subcode) => `<s:Subcode><s:Value>ter:${subcode}</s:Value>${text}</s:Subcode>`,
		"",
	);
	return `<s:Fault><s:Code><s:Value>s:${code}</s:Value>${inner}</s:Code><s:Reason><s:Text xml:lang="en">${
		escapeXML(reason)
	}</s:Text></s:Reason></s:Fault>`;
}
