// SPDX-License-Identifier: MIT
/**
 * The messages of WS-Discovery (April 2005, as ONVIF uses it): bytes of a request in, bytes of the reply out.
 *
 *    client                                        camera
 *      | Probe: types, scopes            (multicast) |    who is a video transmitter, and here?
 *      |-------------------------------------------->|
 *      | ProbeMatches: types, scopes, addresses      |    after at most 500 ms
 *      |<--------------------------------------------|
 *      | Resolve: urn:uuid:…             (multicast) |    where is this one?
 *      |-------------------------------------------->|
 *      | ResolveMatches                              |
 *      |<--------------------------------------------|
 *      | Hello at the start, Bye at the end (multicast, from the camera)
 */

import { bytesOf } from "../../octets/octets";
import { envelope, isComplete, namespaces, readHeader, relatesTo, ADDRESSING_2004, ADDRESSING_2005, FIRST_OWN,
	type Header } from "../../soap/envelope";
import { escapeXML, XMLReader } from "../../soap/xml";

/** What the camera tells about itself. */
export interface Description {
	/** Without `urn:uuid:`. */
	readonly uuid: string;
	/** URIs, separated by spaces. */
	readonly scopes: string;
	/** Address of the device service, a URL, for those who ask from here. */
	readonly address: string;
}

/** The order of the messages of one run (section 7.1 of the specification): a client drops older ones. */
export interface Sequence {
	/** Rises with every start. */
	readonly instance: number;
	/** Of the message, from 1. */
	readonly number: number;
}

/** Indices in the list of namespaces. */
const DISCOVERY = FIRST_OWN, NETWORK = FIRST_OWN + 1, DEVICE = FIRST_OWN + 2;
const DISCOVERY_NAMESPACE = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
const NETWORK_NAMESPACE = "http://www.onvif.org/ver10/network/wsdl";
const DEVICE_NAMESPACE = "http://www.onvif.org/ver10/device/wsdl";
const NAMESPACES: readonly string[] = Object.freeze([...namespaces, DISCOVERY_NAMESPACE, NETWORK_NAMESPACE,
	DEVICE_NAMESPACE]);
const DECLARATIONS =
	` xmlns:d="${DISCOVERY_NAMESPACE}" xmlns:dn="${NETWORK_NAMESPACE}" xmlns:tds="${DEVICE_NAMESPACE}"`;

const ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const ANONYMOUS = `${ADDRESSING}/role/anonymous`, EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery";
const TYPES = "dn:NetworkVideoTransmitter tds:Device";
const VERSION = 1;

/** Longest message that is read, bytes. It fits a packet of Ethernet, and real ones have at most half of that. */
export const LONGEST_REQUEST = 1472;
/** Longest identifier of a message that is answered, characters: the reply repeats it. */
const LONGEST_ID = 128;
/** Most types and scopes of a request. */
const WORDS = 16;

/** A request to be answered. */
export interface Question {
	readonly header: Header;
	readonly kind: "Probe" | "Resolve";
}

/** Reads a message, and decides whether it asks for this camera. A message that does not is no error: silence is the
 *  answer.
 *  @returns undefined if there is nothing to answer */
export function readQuestion(bytes: Uint8Array, { uuid, scopes }: Description): Question | undefined {
	if (bytes.byteLength > LONGEST_REQUEST)
		return undefined;
	const reader = new XMLReader(bytes, NAMESPACES), header = readHeader(reader);
	if (header === "malformed" || header === "version" || header.messageID === ""
		|| header.messageID.length > LONGEST_ID
		|| !reader.child(2))
		return undefined;
	const kind = reader.is(DISCOVERY, "Probe") ? "Probe" : reader.is(DISCOVERY, "Resolve") ? "Resolve" : undefined;
	// a Hello, a Bye, or the reply to another camera's: those who send them are many
	if (kind === undefined || header.action !== `${DISCOVERY_NAMESPACE}/${kind}`)
		return undefined;
	const isMeant = kind === "Probe" ? isProbeFor(reader, scopes) : isResolveFor(reader, uuid);
	return isMeant && isComplete(reader) ? { header, kind } : undefined;
}

/** A probe without types, or without scopes, is for all. */
function isProbeFor(reader: XMLReader, scopes: string): boolean {
	let isMeant = true;
	while (reader.child(3)) {
		if (reader.is(DISCOVERY, "Types"))
			isMeant = hasTypes(reader) && isMeant;
		else if (reader.is(DISCOVERY, "Scopes")) {
			const rule = reader.attribute("MatchBy") ?? "", wanted = wordsOf(reader.text());
			isMeant = wanted !== undefined && wanted.every(scope => hasScope(scopes, scope, rule)) && isMeant;
		}
	}
	return isMeant;
}

function isAddressing(reader: XMLReader, name: string): boolean {
	return reader.is(ADDRESSING_2004, name) || reader.is(ADDRESSING_2005, name);
}

function isResolveFor(reader: XMLReader, uuid: string): boolean {
	let address = "";
	while (reader.child(3)) {
		if (!isAddressing(reader, "EndpointReference"))
			continue;
		while (reader.child(4)) {
			if (isAddressing(reader, "Address"))
				address = reader.text();
		}
	}
	return address.toLowerCase() === `urn:uuid:${uuid}`;
}

/** Types are names with prefixes that the message declares. All of them must be ours. */
function hasTypes(reader: XMLReader): boolean {
	const network = reader.prefixesOf(NETWORK), device = reader.prefixesOf(DEVICE), words = wordsOf(reader.text());
	return words !== undefined && words.every(word => {
		const colon = word.indexOf(":"), name = word.slice(colon + 1), prefix = colon < 0 ? "" : word.slice(0, colon);
		return (name === "NetworkVideoTransmitter" && network.includes(prefix))
			|| (name === "Device" && device.includes(prefix));
	});
}

/** @returns undefined if there are too many */
function wordsOf(text: string): string[] | undefined {
	const words = text.split(/[ \t\r\n]+/).filter(word => word !== "");
	return words.length > WORDS ? undefined : words;
}

/** Rules of the specification's section 5.1 that compare texts. There are no others here: an unknown one fits nothing.
 */
const RFC_3986 = `${DISCOVERY_NAMESPACE}/rfc3986`, RFC_2396 = `${DISCOVERY_NAMESPACE}/rfc2396`,
	STRCMP0 = `${DISCOVERY_NAMESPACE}/strcmp0`;

function hasScope(scopes: string, wanted: string, rule: string): boolean {
	const isPrefix = rule === "" || rule === RFC_3986 || rule === RFC_2396;
	if (!isPrefix && rule !== STRCMP0)
		return false;
	return scopes.split(" ").some(scope => scope === wanted || (isPrefix && isPrefixOf(wanted, scope)));
}

/** RFC 3986: scheme and authority are the same in any case of their letters, and the segments of the path are the first
 *  ones of the scope's. */
export function isPrefixOf(wanted: string, scope: string): boolean {
	const begin = originLength(wanted);
	if (begin !== originLength(scope) || wanted.slice(0, begin).toLowerCase() !== scope.slice(0, begin).toLowerCase())
		return false;
	const last = wanted.endsWith("/") ? wanted.length - 1 : wanted.length, path = wanted.slice(begin, last);
	if (path.includes("?") || path.includes("#") || path.includes("/./") || path.includes("/../"))
		return false;
	const own = scope.slice(begin);
	return own === path || own.startsWith(`${path}/`);
}

/** Length of scheme and authority. */
function originLength(uri: string): number {
	const colon = uri.indexOf(":"), slash = uri.startsWith("://", colon) ? uri.indexOf("/", colon + 3) : colon + 1;
	return slash < 0 ? uri.length : slash;
}

/* ---- what the camera sends ---- */

/** @param id the message's own, a URI */
export function writeReply(
	{ header, kind }: Question,
	description: Description,
	sequence: Sequence,
	id: string,
): ArrayBuffer {
	const name = kind === "Probe" ? "ProbeMatch" : "ResolveMatch";
	return write(`${name}es`, ANONYMOUS, relatesTo(header), sequence, id,
		`<d:${name}es><d:${name}>${describe(description)}</d:${name}></d:${name}es>`);
}

export function writeHello(description: Description, sequence: Sequence, id: string): ArrayBuffer {
	return write("Hello", EVERYBODY, "", sequence, id, `<d:Hello>${describe(description)}</d:Hello>`);
}

export function writeBye({ uuid }: Description, sequence: Sequence, id: string): ArrayBuffer {
	return write("Bye", EVERYBODY, "", sequence, id, `<d:Bye>${reference(uuid)}</d:Bye>`);
}

function write(
	action: string,
	to: string,
	relation: string,
	{ instance, number }: Sequence,
	id: string,
	body: string,
): ArrayBuffer {
	const header = ["<a:MessageID>", id, "</a:MessageID>", relation, "<a:To>", to, "</a:To><a:Action>",
		DISCOVERY_NAMESPACE, "/", action, "</a:Action><d:AppSequence InstanceId=\"", instance, "\" MessageNumber=\"",
		number, "\"/>"].join("");
	return bytesOf(envelope(`${DECLARATIONS} xmlns:a="${ADDRESSING}"`, header, body));
}

function reference(uuid: string): string {
	return `<a:EndpointReference><a:Address>urn:uuid:${uuid}</a:Address></a:EndpointReference>`;
}

function describe({ uuid, scopes, address }: Description): string {
	return [reference(uuid), "<d:Types>", TYPES, "</d:Types><d:Scopes>", escapeXML(scopes), "</d:Scopes><d:XAddrs>",
		escapeXML(address), "</d:XAddrs><d:MetadataVersion>", VERSION, "</d:MetadataVersion>"].join("");
}
