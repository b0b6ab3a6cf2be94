// SPDX-License-Identifier: MIT
/** Attacks with XML: documents that expand elsewhere, that nest without end, or that are beyond a limit, in the
 *  device's heap. tests/onvif has those on WS-Discovery, in a network of their own. */
import { ask } from "../http/client.mjs";
import { check, equal } from "../interop/harness.mjs";
import { DEVICE, attacked, besideViewer } from "./rig.mjs";

const SOAP = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:trt=\"http://www.onvif.org/ver10/"
	+ "media/wsdl\">";

/** An envelope that is well-formed but for its content. */
const envelope = (content, before = "") =>
	`${before}${SOAP}<s:Body><trt:GetProfiles>${content}</trt:GetProfiles></s:Body></s:Envelope>`;

/** `unit` as often as it fits into the longest body. */
const filled = (begin, unit, end = "") =>
	envelope(begin + unit.repeat(Math.floor((3800 - begin.length - end.length) / unit.length)) + end);

/** Ten entities, each of ten of the one before: 10^10 characters. */
const LAUGHS = `<!DOCTYPE a [<!ENTITY l0 "lol">${
	Array.from({ length: 10 }, (_item, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("")
}]>`;

/** Documents, and the status of their answers. */
const BOMBS = [
	["a billion laughs", envelope("&l10;", LAUGHS), 400],
	["a long entity many times", envelope("&a;".repeat(300), `<!DOCTYPE a [<!ENTITY a "${"a".repeat(2000)}">]>`), 400],
	["an entity of a file", envelope("&a;", "<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"), 400],
	["parameter entities", envelope("", "<!DOCTYPE a [<!ENTITY % a SYSTEM \"http://127.0.0.1/\">%a;]>"), 400],
	["elements within each other", filled("", "<a>"), 400],
	["empty elements", filled("", "<a/>"), 400],
	["short texts", filled("", "<a>1</a>"), 400],
	["attributes", filled("<a", " a=''", "/>"), 400],
	["prefixes", filled("<a", " xmlns:a=''", "/>"), 400],
	["an attribute of 3,800 octets", filled("<a a='", "a", "'/>"), 200],
	["a name of 3,800 octets", filled("<", "a", "/>"), 400],
	["a text of 3,800 octets", filled("<a>", "a", "</a>"), 400],
	["references", filled("<a>", "&#65;", "</a>"), 400],
	["an attribute of references", filled("<a token='", "&lt;", "'/>"), 400],
	["comments", filled("", "<!---->"), 400],
	["a comment that does not end", filled("<!--", ">"), 400],
	["greater-than signs in a section", filled("<![CDATA[", ">", "]]>"), 400],
	["instructions", filled("", "<?a?>"), 400],
	["octets above ASCII", filled("<a>", "\xff", "</a>"), 400],
	["zeros", "\0".repeat(4096), 400],
	["less-than signs", "<".repeat(4096), 400],
];

export async function onvif(tests) {
	await tests.test("xml-bombs-are-refused-in-the-device-heap", [],
		() =>
			attacked({ ...DEVICE, http: true }, ["--fps", "25"], camera =>
				besideViewer(camera, {}, async () => {
					for (const [name, text, expected] of BOMBS) {
						check(text.length <= 4096, `${name} is refused for its ${text.length} octets`);
						for (let i = 0; i < 3; i++) {
							const { status } = await ask(camera.httpPort, "/onvif/media_service", { method: "POST",
								body: text });
							equal(status, expected, `the status of ${name}`);
						}
					}
					const { status, body } = await ask(camera.httpPort, "/onvif/media_service", { method: "POST",
						body: envelope("") });
					check(status === 200 && body.includes("JPEG"), `afterwards: ${status}`);
					return `${BOMBS.length} documents`;
				})));
}
