// SPDX-License-Identifier: MIT
/**
 * Fuzzes ONVIF's route and the messages of WS-Discovery inside the engine. part.ts has the arguments.
 *
 * An input is a mutated envelope. Nothing throws, replies stay within 4 KB, a reply that is cut is no reply, and
 * without the password nothing is read and nothing changes.
 */

import { readQuestion, writeReply } from "discovery/ws/messages";
import { Random, bytesOf, mutate } from "../app/generator";
import { stress } from "../../engine/stress";
import { fail, fuzz, stressTime } from "../part";
import { envelopeOf, Fixture, REFUSAL, token } from "../../unit/onvif/fixture";

/** Slots by which the heap may grow. */
const TOLERANCE = 60;
/** Longest reply, characters: the largest is that of GetProfiles, with a name of the message that is repeated. */
const LONGEST = 5500;

const DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery";
const CAMERA = { uuid: "01234567-89ab-8def-8123-456789abcdef", scopes: "onvif://www.onvif.org/Profile/Streaming",
	address: "http://10.0.0.5/onvif/device_service" };

function discovery(action: string, body: string): string {
	return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://"
		+ "schemas.xmlsoap.org/ws/2004/08/addressing\""
		+ ` xmlns:d="${DISCOVERY}" xmlns:n="http://www.onvif.org/ver10/network/wsdl"><s:Header><a:MessageID>`
		+ `urn:uuid:1</a:MessageID>`
		+ `<a:Action>${DISCOVERY}/${action}</a:Action></s:Header><s:Body><d:${action}>${body}</d:${action}>`
		+ `</s:Body></s:Envelope>`;
}

const SET =
	"<trt:SetVideoEncoderConfiguration><trt:Configuration token=\"jpeg\"><tt:Encoding>JPEG</tt:Encoding><tt:Resolution>"
	+ "<tt:Width>320</tt:Width><tt:Height>240</tt:Height></tt:Resolution><tt:Quality>10</tt:Quality><tt:RateControl>"
	+ "<tt:FrameRateLimit>10</tt:FrameRateLimit></tt:RateControl></trt:Configuration>"
	+ "</trt:SetVideoEncoderConfiguration>";
const IMAGE = "<timg:SetImagingSettings><timg:ImagingSettings><tt:Brightness>100</tt:Brightness></timg:ImagingSettings>"
	+ "</timg:SetImagingSettings>";
const STREAM =
	"<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol>"
	+ "</tt:Transport></trt:StreamSetup><trt:ProfileToken>main</trt:ProfileToken></trt:GetStreamUri>";
const WRONG = token("me", "wrong");
const MESSAGES: readonly string[] = [envelopeOf("<trt:GetProfiles/>"), envelopeOf(STREAM), envelopeOf(SET),
	envelopeOf(IMAGE), envelopeOf("<tds:SystemReboot/>"),
	envelopeOf("<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>"),
	envelopeOf("<trt:GetProfiles/>", WRONG), envelopeOf(SET, WRONG),
	envelopeOf("<a><![CDATA[<b>]]><!-- c -->&lt;&#65;</a>"), "<?xml version=\"1.0\"?>"
	+ envelopeOf("<trt:GetProfiles xmlns=\"http://www.onvif.org/ver10/schema\"><Name a='1'/></trt:GetProfiles>"),
	discovery("Probe",
		"<d:Types>n:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/Profile</d:Scopes>"),
	discovery("Resolve", `<a:EndpointReference><a:Address>urn:uuid:${CAMERA.uuid}</a:Address></a:EndpointReference>`)];
/** What mutation inserts, besides the snippets of all fuzzers. */
const SNIPPETS: readonly string[] = ["<", ">", "/>", "</", "<a>", "</a>", "<!", "<!--", "-->", "<![CDATA[", "]]>", "<?",
	"?>", "&", "&#", "&#x", "&lt;", ";", "<!DOCTYPE a [<!ENTITY b \"b\">]>", " xmlns=\"urn:x\"", " xmlns:s=\"urn:x\"",
	" a='", "xmlns:", "trt:", "<s:Body>", "</s:Envelope>", "token=\"x\"", "\xef\xbb\xbf", "<a>".repeat(30),
	" a=''".repeat(90), "<b/>".repeat(310)];

const open = new Fixture(), closed = new Fixture(), initial = describe(closed);
const counts = { inputs: 0, good: 0, faults: 0, discovered: 0, changed: 0 };
let text = "";

function describe({ tuning, restarts }: Fixture): string {
	return JSON.stringify([...tuning.names.map(name => tuning.get(name)), restarts]);
}

function inserted(message: string, random: Random): string {
	const at = random.below(message.length + 1);
	return message.slice(0, at) + SNIPPETS[random.below(SNIPPETS.length)]! + message.slice(at);
}

function play(random: Random): void {
	const changes = random.below(3);
	text = MESSAGES[random.below(MESSAGES.length)]!;
	for (let i = random.below(2); i > 0; i--)
		text = inserted(text, random);
	text = mutate(text, random, changes);
	const bytes = bytesOf(text), cut = bytes.slice(0, random.below(bytes.byteLength + 1)), before = describe(open);
	stress(stressTime);
	const answer = open.send(bytes), { status, body } = answer;
	const refused = closed.send(bytes, {}, REFUSAL), part = open.send(cut);
	const question = readQuestion(bytes, CAMERA);
	const reply = question && writeReply(question, CAMERA, { instance: 1, number: 1 }, "urn:uuid:2");
	stress(0);
	for (const item of [answer, refused, part]) {
		if (typeof item.body === "string" && item.body.length > LONGEST)
			fail(`a reply has ${item.body.length} characters`);
	}
	if (cut.byteLength < bytes.byteLength && part.status === 200 && status !== 200)
		fail("a part is more than the whole");
	if (describe(closed) !== initial || (refused.status === 200 && /Profiles|MediaUri/.test(String(refused.body))))
		fail("something was done without the password");
	if (reply && reply.byteLength > 2048)
		fail(`a reply has ${reply.byteLength} bytes`);
	counts.inputs += 1;
	counts.good += status === 200 ? 1 : 0;
	counts.faults += status >= 400 && String(body).includes("<s:Fault>") ? 1 : 0;
	counts.discovered += question ? 1 : 0;
	counts.changed += describe(open) === before ? 0 : 1;
	open.reset();
}

fuzz({ counts, tolerance: TOLERANCE, warm: 100, play, shown: () => JSON.stringify(text) });
