// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { bytesOf, text as textOf } from "octets/octets";
import { isPrefixOf, LONGEST_REQUEST, readQuestion, writeBye, writeHello, writeReply,
	type Description } from "discovery/ws/messages";
import { Responder } from "discovery/ws/responder";
import { namespaces, readHeader, FIRST_OWN } from "soap/envelope";
import { XMLReader } from "soap/xml";

const CAMERA: Description = {
	uuid: "01234567-89ab-8def-8123-456789abcdef",
	scopes: "onvif://www.onvif.org/name/a%20b onvif://www.onvif.org/Profile/Streaming",
	address: "http://10.0.0.5:8080/onvif/device_service",
};
const DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
const NETWORK = "http://www.onvif.org/ver10/network/wsdl";

interface Parts {
	readonly types?: string;
	readonly scopes?: string;
	readonly id?: string;
	readonly action?: string;
	readonly body?: string;
}

/** A probe; each part as XML. */
function probe({ types = "", scopes = "", id = "urn:uuid:1", action = "Probe", body }: Parts = {}): Uint8Array {
	const text = `<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" `
		+ `xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="${DISCOVERY}" xmlns:dn="${NETWORK}">`
		+ `<e:Header><w:MessageID>${id}</w:MessageID><w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>`
		+ `<w:Action>`
		+ `${DISCOVERY}/${action}</w:Action></e:Header><e:Body>${
			body ?? `<d:Probe>${types}${scopes}</d:Probe>`
		}</e:Body>`
		+ "</e:Envelope>";
	return new Uint8Array(bytesOf(text));
}

const types = (text: string): Parts => ({ types: `<d:Types>${text}</d:Types>` });
const scopes = (text: string, rule = ""): Parts => ({
	scopes: `<d:Scopes${rule && ` MatchBy="${DISCOVERY}/${rule}"`}>${text}</d:Scopes>`,
});
const resolve = (address: string): Parts => ({
	action: "Resolve",
	body: `<d:Resolve><w:EndpointReference><w:Address>${address}</w:Address></w:EndpointReference></d:Resolve>`,
});

const isAnswered = (parts: Parts): boolean => readQuestion(probe(parts), CAMERA) !== undefined;
const show = (bytes: ArrayBuffer): string => textOf(bytes, 0, bytes.byteLength);

export default function (suite: Suite): void {
	suite.test("ws-discovery-answers-probes-for-its-types", () => {
		for (const text of ["dn:NetworkVideoTransmitter", " dn:NetworkVideoTransmitter\n", ""])
			assert(isAnswered(types(text)), text);
		assert(isAnswered({}), "a probe for all");
		assert(isAnswered({ types: `<d:Types xmlns:x="${NETWORK}">x:NetworkVideoTransmitter</d:Types>` }));
		assert(isAnswered({
			types: "<d:Types xmlns:t='http://www.onvif.org/ver10/device/wsdl'>dn:NetworkVideoTransmitter t:Device"
				+ "</d:Types>",
		}));
		for (const text of ["dn:NetworkVideoDisplay", "dn:NetworkVideoTransmitter dn:Printer",
			"NetworkVideoTransmitter", "x:NetworkVideoTransmitter", "d:NetworkVideoTransmitter", "dn:Device",
			"dn:networkvideotransmitter"])
			assert(!isAnswered(types(text)), text);
	});

	suite.test("ws-discovery-answers-probes-for-its-scopes", () => {
		for (const [text, rule] of [["onvif://www.onvif.org/Profile/Streaming", ""], ["onvif://www.onvif.org/Profile",
			""], [
			"onvif://www.onvif.org",
			"rfc3986",
		], ["ONVIF://WWW.onvif.org/Profile/", "rfc2396"], ["", ""], [
			"onvif://www.onvif.org/name/a%20b onvif://www.onvif.org/Profile/Streaming",
			"strcmp0",
		]] as const)
			assert(isAnswered(scopes(text, rule)), `${text} by ${rule}`);
		for (const [text, rule] of [["onvif://www.onvif.org/Profile/G", ""], ["onvif://www.onvif.org/Prof", ""], [
			"onvif://www.onvif.org/profile",
			"",
		], ["onvif://www.onvif.org/Profile", "strcmp0"], ["onvif://www.onvif.org/name/a%20b", "ldap"], [
			"onvif://www.onvif.org/Profile onvif://www.onvif.org/other",
			"",
		], ["onvif://other", ""]] as const)
			assert(!isAnswered(scopes(text, rule)), `${text} by ${rule}`);
		assert(!isAnswered({ ...types("dn:NetworkVideoDisplay"), ...scopes("onvif://www.onvif.org") }));
	});

	suite.test("ws-discovery-takes-any-white-space-between-words", () => {
		const ours = "onvif://www.onvif.org/Profile/Streaming", other = "onvif://www.onvif.org/location/cellar";
		for (const space of [" ", "\t", "\n", "\r\n\t", "\n".padEnd(40)]) {
			assert(isAnswered(scopes(`${space}${ours}${space}${ours}${space}`)), JSON.stringify(space));
			assert(!isAnswered(scopes(`${ours}${space}${other}`)), JSON.stringify(space));
			assert(!isAnswered(types(`dn:NetworkVideoTransmitter${space}dn:Printer`)), JSON.stringify(space));
		}
		assert(isAnswered(scopes(`${ours} `.repeat(16))), "16 words");
		assert(!isAnswered(scopes(`${ours} `.repeat(17))), "17 words");
	});

	suite.test("ws-discovery-compares-prefixes-by-segments", () => {
		for (const [wanted, scope, expected] of [["a://b/c", "a://b/c/d", true], ["a://b/c/", "a://b/c", true], [
			"a://b/c",
			"a://b/cd",
			false,
		], ["a://b", "a://b/c", true], ["A://B/c", "a://b/c", true], ["a://b/C", "a://b/c", false], [
			"a://b/../c",
			"a://b/../c/d",
			false,
		], ["a:b", "a:b", true], ["a://bb/c", "a://b/c", false], ["", "a://b", false]] as const)
			equal(isPrefixOf(wanted, scope), expected, `${wanted} of ${scope}`);
	});

	suite.test("ws-discovery-answers-resolves-of-itself", () => {
		assert(isAnswered(resolve(`urn:uuid:${CAMERA.uuid}`)));
		assert(isAnswered(resolve(` URN:UUID:${CAMERA.uuid.toUpperCase()}`)));
		for (const address of ["", "urn:uuid:1", CAMERA.uuid])
			assert(!isAnswered(resolve(address)), address);
	});

	suite.test("ws-discovery-answers-nothing-else", () => {
		for (const parts of [{ action: "Hello" }, { action: "ProbeMatches" }, { action: "Resolve" }, { id: "" }, {
			id: "x".repeat(129),
		}, { body: "" }, {
			body: "<d:Probe/></e:Body></e:Envelope><x/>",
		}, { body: "<d:Probe>" }, { body: "<d:Hello/>", action: "Hello" }, {
			body: "<dn:Probe/>",
		}, { body: `<d:Probe>${" ".repeat(LONGEST_REQUEST)}</d:Probe>` }, {
			body: `<d:Probe><d:Scopes>${"a ".repeat(20)}</d:Scopes></d:Probe>`,
		}])
			assert(!isAnswered(parts), JSON.stringify(parts).slice(0, 80));
	});

	suite.test("ws-discovery-reply-names-the-request-and-the-camera", () => {
		const question = readQuestion(probe({ id: "urn:uuid:a&amp;&lt;b" }), CAMERA)!;
		const reply = writeReply(question, CAMERA, { instance: 7, number: 3 }, "urn:uuid:own");
		const text = show(reply), reader = new XMLReader(new Uint8Array(reply), [...namespaces, DISCOVERY]);
		const header = readHeader(reader);
		assert(typeof header === "object");
		equal([header.messageID, header.action], ["urn:uuid:own", `${DISCOVERY}/ProbeMatches`]);
		assert(reader.child(2) && reader.is(FIRST_OWN, "ProbeMatches"));
		for (const part of ["urn:uuid:a&amp;&lt;b</a:RelatesTo>", "InstanceId=\"7\" MessageNumber=\"3\"",
			`<a:Address>urn:uuid:${CAMERA.uuid}</a:Address>`,
			"<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>", `<d:XAddrs>${CAMERA.address}</d:XAddrs>`,
			`<d:Scopes>${CAMERA.scopes}</d:Scopes>`, "role/anonymous</a:To>"])
			assert(text.includes(part), `${part} is not in ${text}`);
		const resolved = readQuestion(probe(resolve(`urn:uuid:${CAMERA.uuid}`)), CAMERA)!;
		assert(
			show(writeReply(resolved, CAMERA, { instance: 7, number: 4 }, "x")).includes("<d:ResolveMatch><a:Endpoint"),
		);
	});

	suite.test("ws-discovery-says-hello-and-bye-to-all", () => {
		const hello = show(writeHello(CAMERA, { instance: 7, number: 1 }, "urn:uuid:h"));
		assert(hello.includes("<d:Hello>") && hello.includes(CAMERA.address) && hello.includes("/Hello</a:Action>"),
			hello);
		const bye = show(writeBye(CAMERA, { instance: 7, number: 2 }, "urn:uuid:h"));
		assert(bye.includes("<d:Bye>") && !bye.includes(CAMERA.address) && bye.includes(CAMERA.uuid), bye);
		for (const text of [hello, bye])
			assert(
				text.includes("<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>")
					&& !text.includes("RelatesTo"),
			);
	});

	suite.test("ws-discovery-answers-each-message-once-and-none-from-elsewhere", () => {
		const responder = new Responder(0);
		const ask = (id: string, more: { address?: string; port?: number; isOnLink?: boolean } = {}): boolean =>
			responder.receive({ bytes: probe({ id }), address: "10.0.0.2", port: 4000, isOnLink: true, ...more }, () =>
				CAMERA, 0)
				!== undefined;
		equal([ask("a"), ask("a"), ask("b"), ask("a", { address: "10.0.0.3" })], [true, false, true, true]);
		equal([ask("c", { isOnLink: false }), ask("d", { port: 0 }), ask("c")], [false, false, true]);
	});

	suite.test("ws-discovery-replies-are-limited", () => {
		const responder = new Responder(0);
		let now = 0;
		const burst = (count: number, bytes: (id: string) => Uint8Array): number => {
			let answers = 0;
			for (let i = 0; i < count; i++) {
				const datagram = { bytes: bytes(`${now} ${i}`), address: "10.0.0.2", port: 4000, isOnLink: true };
				answers += responder.receive(datagram, () => CAMERA, now) ? 1 : 0;
			}
			return answers;
		};
		const probes = (id: string): Uint8Array => probe({ id });
		equal(burst(60, probes), 16, "in a row");
		now = 1000;
		equal(burst(30, probes), 8, "after a second");
		now = 100_000;
		// messages that are not answered cost time: they are limited as well
		burst(64, () => new Uint8Array(1));
		equal(burst(10, probes), 0, "after a flood");
		// a clock that goes back does not close it
		now = 0;
		burst(64, probes);
		now = 2000;
		equal(burst(30, probes), 8, "two seconds later");
	});

	suite.test("ws-discovery-message-that-was-refused-may-come-again", () => {
		const responder = new Responder(0);
		const ask = (id: string, now: number): boolean =>
			responder.receive({ bytes: probe({ id }), address: "10.0.0.2", port: 4000, isOnLink: true }, () => CAMERA,
				now) !== undefined;
		for (let i = 0; i < 16; i++)
			equal(ask(`${i}`, 0), true);
		equal([ask("last", 0), ask("last", 500), ask("last", 500)], [false, true, false]);
	});

	suite.test("ws-discovery-describes-itself-only-to-messages-that-are-read", () => {
		const responder = new Responder(0);
		let count = 0;
		for (let i = 0; i < 100; i++) {
			for (const isOnLink of [false, true])
				responder.receive({ bytes: new Uint8Array(1), address: "10.0.0.2", port: 4000, isOnLink }, () => {
					count += 1;
					return CAMERA;
				}, 0);
		}
		equal(count, 64);
	});
}
