// SPDX-License-Identifier: MIT
/**
 * SOAP 1.2 envelopes: the header blocks that ONVIF and WS-Discovery use are read, and replies are written around the
 * text of their body.
 *
 * Two dialects of WS-Addressing are in use. A reply is written in that of its request.
 */

import { escapeXML, XMLReader } from "./xml";

/** Indices of the namespaces below in the list of a reader. Those that a service adds follow. */
export const SOAP = 0, OLD_SOAP = 1, ADDRESSING_2004 = 2, ADDRESSING_2005 = 3, SECURITY = 4, SECURITY_UTILITY = 5,
	FIRST_OWN = 6;
export const SOAP_NAMESPACE = "http://www.w3.org/2003/05/soap-envelope";
export const namespaces: readonly string[] = Object.freeze([
	SOAP_NAMESPACE,
	"http://schemas.xmlsoap.org/soap/envelope/",
	"http://schemas.xmlsoap.org/ws/2004/08/addressing",
	"http://www.w3.org/2005/08/addressing",
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
]);

/** A proof of the password (WS-Security UsernameToken Profile 1.0). Texts as the client wrote them. */
export interface UsernameToken {
	readonly username: string;
	readonly password: string;
	/** `password` is a digest, otherwise the password itself. */
	readonly isDigest: boolean;
	/** Base64. */
	readonly nonce: string;
	/** xs:dateTime. */
	readonly created: string;
}

/** What the header says. */
export interface Header {
	/** undefined if there is none. */
	readonly token: UsernameToken | undefined;
	/** Of WS-Addressing; "" if there is none. */
	readonly messageID: string;
	readonly action: string;
	/** ADDRESSING_2004 or ADDRESSING_2005. */
	readonly addressing: number;
}

/** Why an envelope cannot be read: it is malformed, or of another version of SOAP. */
export type EnvelopeError = "malformed" | "version";

/** Reads an envelope up to its body. The caller continues with `reader.child(2)`, and then makes sure with `isComplete`
 *  that all of it is well-formed.
 *  @param reader with `namespaces` as the beginning of its list */
export function readHeader(reader: XMLReader): Header | EnvelopeError {
	let token: UsernameToken | undefined, messageID = "", action = "", addressing = ADDRESSING_2004;
	if (!reader.child(0))
		return "malformed";
	if (!reader.is(SOAP, "Envelope"))
		return reader.is(OLD_SOAP, "Envelope") ? "version" : "malformed";
	while (reader.child(1)) {
		if (reader.is(SOAP, "Body"))
			return { token, messageID, action, addressing };
		if (!reader.is(SOAP, "Header"))
			continue;
		while (reader.child(2)) {
			const { namespace } = reader;
			if (reader.is(SECURITY, "Security"))
				token = readToken(reader) ?? token;
			else if (namespace === ADDRESSING_2004 || namespace === ADDRESSING_2005) {
				addressing = namespace;
				if (reader.is(namespace, "MessageID"))
					messageID = reader.text();
				else if (reader.is(namespace, "Action"))
					action = reader.text();
			}
		}
	}
	return "malformed";
}

/** Whether the rest is well-formed. Nothing may be done before. */
export function isComplete(reader: XMLReader): boolean {
	while (reader.child(0)) {
		// there is one root: the second one fails
	}
	return !reader.failed;
}

function readToken(reader: XMLReader): UsernameToken | undefined {
	let username = "", password = "", nonce = "", created = "", isDigest = false, isToken = false;
	while (reader.child(3)) {
		if (!reader.is(SECURITY, "UsernameToken"))
			continue;
		isToken = true;
		while (reader.child(4)) {
			const { name, namespace } = reader;
			// some clients take one of the two for all of it
			if (namespace !== SECURITY && namespace !== SECURITY_UTILITY)
				continue;
			switch (name) {
				case "Username":
					username = reader.text();
					break;
				case "Password":
					isDigest = reader.attribute("Type")?.endsWith("#PasswordDigest") ?? false;
					password = reader.text();
					break;
				case "Nonce":
					nonce = reader.text();
					break;
				case "Created":
					created = reader.text();
			}
		}
	}
	return isToken ? { username, password, isDigest, nonce, created } : undefined;
}

const DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/** @param declarations further attributes of the envelope, each with a space before it
 *  @param header blocks; "" for none
 *  @param body escaped */
export function envelope(declarations: string, header: string, body: string): string {
	return [DECLARATION, "<s:Envelope xmlns:s=\"", SOAP_NAMESPACE, "\"", declarations,
		header === "" ? "><s:Body>" : "><s:Header>", header, header === "" ? "" : "</s:Header><s:Body>", body,
		"</s:Body></s:Envelope>"].join("");
}

/** Header block that says which request is answered; "" if that one has no name. */
export function relatesTo({ messageID, addressing }: Header): string {
	return messageID === ""
		? ""
		: `<a:RelatesTo xmlns:a="${namespaces[addressing]}">${escapeXML(messageID)}</a:RelatesTo>`;
}
