// SPDX-License-Identifier: MIT
/** ONVIF's operations, their replies and their faults. */

import { assert, equal, type Suite } from "../harness";
import type { Answer } from "http/types";
import { parseHost } from "onvif/host";
import { envelopeOf, Fixture, REFUSAL, token } from "./fixture";

const bodyOf = ({ body }: Answer): string => String(body);

/** Text of the first element of a name, without prefix. */
function textIn(answer: Answer, name: string): string | undefined {
	const [, text] = new RegExp(`<\\w+:${name}[^>]*>([^<]*)<`).exec(bodyOf(answer)) ?? [];
	return text;
}

/** Status, and the subcodes of the fault. */
function outcome(answer: Answer): string {
	return [answer.status, ...[...bodyOf(answer).matchAll(/<s:Value>ter:(\w+)</g)].map(([, code]) => code)].join(" ");
}

const READ = ["tds:GetDeviceInformation", "tds:GetScopes", "tds:GetNetworkInterfaces", "tds:GetNetworkProtocols",
	"tds:GetDiscoveryMode", "trt:GetProfiles", "trt:GetProfile", "trt:GetVideoSources",
	"trt:GetVideoSourceConfiguration", "trt:GetVideoSourceConfigurations", "trt:GetCompatibleVideoSourceConfigurations",
	"trt:GetVideoSourceConfigurationOptions", "trt:GetVideoEncoderConfiguration", "trt:GetVideoEncoderConfigurations",
	"trt:GetCompatibleVideoEncoderConfigurations", "trt:GetVideoEncoderConfigurationOptions",
	"trt:GetGuaranteedNumberOfVideoEncoderInstances", "trt:GetStreamUri", "trt:GetSnapshotUri", "trt:GetOSDs",
	"trt:GetOSDOptions", "timg:GetImagingSettings", "timg:GetOptions"];
const OPEN = ["tds:GetSystemDateAndTime", "tds:GetCapabilities", "tds:GetServices", "tds:GetServiceCapabilities",
	"tds:GetHostname", "tds:GetEndpointReference", "trt:GetServiceCapabilities", "timg:GetServiceCapabilities"];
const CHANGE = ["tds:SystemReboot", "trt:SetVideoEncoderConfiguration", "timg:SetImagingSettings"];

const set = (content: string): string =>
	`<trt:SetVideoEncoderConfiguration><trt:Configuration token="jpeg">${content}</trt:Configuration>`
	+ `<trt:ForcePersistence>`
	+ "true</trt:ForcePersistence></trt:SetVideoEncoderConfiguration>";
const image = (content: string): string =>
	`<timg:SetImagingSettings><timg:VideoSourceToken>camera</timg:VideoSourceToken><timg:ImagingSettings>${content}`
	+ "</timg:ImagingSettings></timg:SetImagingSettings>";

function resolution(width: number, height: number): string {
	return `<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>`;
}

function rateLimit(value: string): string {
	return `<tt:RateControl><tt:FrameRateLimit>${value}</tt:FrameRateLimit></tt:RateControl>`;
}

export default function (suite: Suite): void {
	suite.test("onvif-operations-are-answered-in-well-formed-envelopes-of-at-most-4-kb", () => {
		const fixture = new Fixture();
		for (const operation of [...READ, ...OPEN, "tds:SystemReboot"]) {
			const answer = fixture.ask(`<${operation}/>`), [prefix, name] = operation.split(":");
			equal([answer.status, answer.type], [200, "application/soap+xml; charset=utf-8"], operation);
			const body = bodyOf(answer);
			assert(body.includes(`<s:Body><${prefix}:${name}Response`), body);
			assert(body.length <= 4096, `${operation}: ${body.length} characters`);
			assert(!/H\.?26[45]/i.test(body), body);
		}
	});

	suite.test("onvif-needs-the-password-except-where-the-specification-says", () => {
		const fixture = new Fixture(), refusal = REFUSAL;
		for (const operation of OPEN)
			equal(fixture.ask(`<${operation}/>`, { refusal }).status, 200, operation);
		for (const operation of [...READ, ...CHANGE, "tds:GetUsers", "trt:GetNothing",
			"x:GetProfiles xmlns:x=\"urn:x\""])
		{
			const answer = fixture.ask(`<${operation}/>`, { refusal });
			equal([outcome(answer), answer.headers], ["401 NotAuthorized", REFUSAL.headers], operation);
			const wrong = new Fixture().ask(`<${operation}/>`, { refusal, header: token("me", "wrong") });
			equal([outcome(wrong), wrong.headers], ["400 NotAuthorized", undefined], operation);
		}
		equal(fixture.restarts, 0, "restarts");
		equal(fixture.ask("<trt:GetProfiles/>", { refusal, header: token("me", "s3cret") }).status, 200);
		// the address is locked out
		equal(fixture.ask("<trt:GetProfiles/>", { refusal: { status: 503 }, header: token("me", "s3cret") }).status,
			503);
	});

	suite.test("onvif-addresses-have-the-name-that-the-client-uses", () => {
		const fixture = new Fixture(), headers = { host: "cam.local:81" };
		for (const [operation, name, expected] of [["<trt:GetStreamUri/>", "Uri", "rtsp://cam.local:8554/camera"], [
			"<trt:GetSnapshotUri/>",
			"Uri",
			"http://cam.local:81/snapshot.jpg",
		], ["<tds:GetCapabilities/>", "XAddr", "http://cam.local:81/onvif/device_service"], ["<tds:GetServices/>",
			"XAddr", "http://cam.local:81/onvif/device_service"]] as const)
			equal(textIn(fixture.ask(operation, { headers }), name), expected, operation);
		equal(textIn(fixture.ask("<trt:GetStreamUri/>", { headers: { host: "[::1]:81" } }), "Uri"),
			"rtsp://[::1]:8554/camera");
		for (const host of ["", "a/b", "a b", "a@b", "a\"", "<a>", "a&b", ":80", "a".repeat(300), "\xe9"]) {
			equal(parseHost(host), undefined, host);
			equal(fixture.ask("<trt:GetStreamUri/>", { headers: { host } }).status, 400, host);
		}
	});

	suite.test("onvif-capabilities-are-those-of-the-categories-asked-for", () => {
		const services = (...categories: string[]): string => {
			const asked = categories.map(name => `<tds:Category>${name}</tds:Category>`).join("");
			const answer = new Fixture().ask(`<tds:GetCapabilities>${asked}</tds:GetCapabilities>`);
			const found = ["Device", "Imaging", "Media"].filter(name => String(answer.body).includes(`<tt:${name}>`));
			return found.join() || outcome(answer);
		};
		equal([services(), services("All"), services("Media", "All"), services("")], Array(4).fill(
			"Device,Imaging,Media",
		));
		equal([services("Media"), services("Imaging", "Media"), services("Events", "Media")], ["Media", "Imaging,Media",
			"Media"]);
		equal([services("Events"), services("Events", "PTZ")], Array(2).fill(
			"500 ActionNotSupported NoSuchService",
		));
	});

	suite.test("onvif-stream-is-told-by-the-ways-that-it-has", () => {
		const ask = (fixture: Fixture, stream: string, protocol: string): string => {
			const answer = fixture.ask(
				`<trt:GetStreamUri><trt:StreamSetup><tt:Stream>${stream}</tt:Stream><tt:Transport><tt:Protocol>`
					+ `${protocol}</tt:Protocol></tt:Transport></trt:StreamSetup></trt:GetStreamUri>`,
			);
			return textIn(answer, "Uri") ?? outcome(answer);
		};
		const fixture = new Fixture(), own = "rtsp://10.0.0.5:8554/camera";
		for (const protocol of ["UDP", "TCP", "RTSP"])
			equal(ask(fixture, "RTP-Unicast", protocol), own);
		equal(ask(fixture, "RTP-Unicast", "HTTP"), "http://10.0.0.5:8554/camera");
		equal(ask(fixture, "RTP-Unicast", "SRT"), "400 InvalidArgVal InvalidStreamSetup");
		equal(ask(fixture, "RTP-Multicast", "UDP"), "400 InvalidArgVal InvalidStreamSetup");
		equal(ask(new Fixture({ multicast: "239.1.2.3" }), "RTP-Multicast", "UDP"), own);
	});

	suite.test("onvif-tokens-of-what-is-not-there-are-refused", () => {
		const fixture = new Fixture();
		for (const [body, expected] of [["<trt:GetProfile><trt:ProfileToken>x</trt:ProfileToken></trt:GetProfile>",
			"400 InvalidArgVal NoProfile"], [
			"<trt:GetVideoEncoderConfiguration><trt:ConfigurationToken>x</trt:ConfigurationToken>"
			+ "</trt:GetVideoEncoderConfiguration>",
			"400 InvalidArgVal NoConfig",
		], [
			"<timg:GetImagingSettings><timg:VideoSourceToken>x</timg:VideoSourceToken></timg:GetImagingSettings>",
			"400 InvalidArgVal NoSource",
		], [
			"<trt:SetVideoEncoderConfiguration><trt:Configuration token='x'/></trt:SetVideoEncoderConfiguration>",
			"400 InvalidArgVal NoConfig",
		], ["<trt:GetProfile><trt:ProfileToken>main</trt:ProfileToken></trt:GetProfile>", "200"]] as const)
			equal(outcome(fixture.ask(body)), expected, body);
	});

	suite.test("onvif-sets-size-rate-and-quality-within-the-owner's-limits", () => {
		const fixture = new Fixture(), { tuning } = fixture;
		const present = (): unknown => [tuning.get("size"), tuning.get("framerate"), tuning.get("quality")];
		equal(
			outcome(
				fixture.ask(set("<tt:Encoding>JPEG</tt:Encoding>" + resolution(320, 240)
					+ "<tt:Quality>10</tt:Quality><tt:RateControl><tt:FrameRateLimit>10"
					+ "</tt:FrameRateLimit><tt:BitrateLimit>1</tt:BitrateLimit></tt:RateControl>")),
			),
			"200",
		);
		equal(present(), ["QVGA", 10, 30]);
		equal(textIn(fixture.ask("<trt:GetProfiles/>"), "Quality"), "10");
		const wrong = [
			"<tt:Encoding>H264</tt:Encoding>",
			resolution(1600, 1200),
			"<tt:Resolution><tt:Width>1</tt:Width></tt:Resolution>",
			"<tt:Quality>29</tt:Quality>",
			"<tt:Quality>x</tt:Quality>",
			"<tt:Quality>-1</tt:Quality>",
			rateLimit("31"),
			rateLimit("NaN"),
			// the size is right, the rate is not: nothing changes
			resolution(640, 480) + rateLimit("0"),
		];
		for (const content of wrong)
			equal(outcome(fixture.ask(set(content))), "400 InvalidArgVal ConfigModify", content);
		equal(present(), ["QVGA", 10, 30]);
	});

	suite.test("onvif-configuration-that-is-sent-back-changes-nothing", () => {
		const fixture = new Fixture(), { tuning, hub } = fixture;
		hub.maxFrameRate = 12.5;
		const [, content = ""] = /<trt:Configurations[^>]*>(.*)<\/trt:Configurations>/.exec(
			bodyOf(fixture.ask("<trt:GetVideoEncoderConfigurations/>")),
		) ?? [];
		assert(content.includes("<tt:FrameRateLimit>13<"), content);
		equal(outcome(fixture.ask(set(content))), "200");
		equal([tuning.get("size"), tuning.get("framerate"), tuning.get("quality")], ["VGA", 12.5, 20]);
	});

	suite.test("onvif-imaging-is-0-to-100-of-the-sensor's-steps", () => {
		const fixture = new Fixture(), { tuning } = fixture;
		equal(textIn(fixture.ask("<timg:GetImagingSettings/>"), "Brightness"), "50");
		for (const [value, expected] of [["100", 2], ["0", -2], ["74.5", 1], ["50", 0]] as const) {
			equal(outcome(fixture.ask(image(`<tt:Brightness>${value}</tt:Brightness>`))), "200");
			equal(tuning.get("brightness"), expected, value);
		}
		equal(outcome(fixture.ask(image("<tt:ColorSaturation>25</tt:ColorSaturation><tt:Contrast>75</tt:Contrast>"))),
			"200");
		equal([tuning.get("saturation"), tuning.get("contrast")], [-1, 1]);
		// the sensor has no sharpness: libonvif sends it all the same
		equal(outcome(fixture.ask(image("<tt:Brightness>50</tt:Brightness><tt:Sharpness>7</tt:Sharpness>"))), "200");
		// what is wrong leaves the rest as it is
		for (const content of ["<tt:Brightness>101</tt:Brightness>",
			"<tt:Brightness>100</tt:Brightness><tt:Contrast>x</tt:Contrast>"])
			equal(outcome(fixture.ask(image(content))), "400 InvalidArgVal SettingsInvalid", content);
		equal([tuning.get("brightness"), tuning.get("contrast")], [0, 1]);
		const options = bodyOf(fixture.ask("<timg:GetOptions/>"));
		assert(
			options.includes("<tt:Brightness><tt:Min>0</tt:Min><tt:Max>100</tt:Max>") && !options.includes("Sharpness"),
			options,
		);
	});

	suite.test("onvif-changes-need-the-owner's-permission-and-no-foreign-page", () => {
		const brightness = image("<tt:Brightness>100</tt:Brightness>"), quality = set("<tt:Quality>1</tt:Quality>");
		const fixture = new Fixture({}, { writable: false });
		for (const body of [brightness, quality, "<tds:SystemReboot/>"])
			equal(outcome(fixture.ask(body)), "400 OperationProhibited", body);
		const open = new Fixture({}, {}, false);
		const foreign: readonly Readonly<Record<string, string>>[] = [{ host: "evil.example.com" }, {
			origin: "http://evil.example.com",
		}, {
			"sec-fetch-site": "cross-site",
		}, { "content-type": "text/plain" }];
		for (const headers of foreign) {
			for (const body of [brightness, quality, "<tds:SystemReboot/>"])
				assert(open.ask(body, { headers }).status >= 403, JSON.stringify(headers));
		}
		equal([open.tuning.get("brightness"), open.tuning.get("quality"), open.restarts, fixture.restarts], [0, 20, 0,
			0]);
		equal([open.ask(brightness).status, open.ask("<tds:SystemReboot/>").status, open.restarts], [200, 200, 1]);
	});

	suite.test("onvif-reboots-only-what-can-restart", () => {
		equal(outcome(new Fixture({ restart: undefined }).ask("<tds:SystemReboot/>")), "500 ActionNotSupported");
	});

	suite.test("onvif-answers-everything-else-with-faults", () => {
		const fixture = new Fixture();
		for (const body of ["<tds:GetUsers/>", "<trt:GetAudioSources/>", "<timg:Move/>", "<trt:getProfiles/>",
			"<x:GetProfiles xmlns:x='http://www.onvif.org/ver20/media/wsdl'/>", "<GetProfiles/>", "<tds:GetProfiles/>"])
		{
			const answer = fixture.ask(body);
			equal(outcome(answer), "500 ActionNotSupported", body);
			// Home Assistant and others look for these words
			assert(bodyOf(answer).includes("Action Not Implemented"), bodyOf(answer));
		}
		// what is malformed after the operation's name is told to those who have the password
		for (const text of [envelopeOf("<trt:GetProfiles>"), envelopeOf("<trt:GetProfiles/>") + "<a/>"])
			equal(outcome(fixture.raw(text, {}, REFUSAL)), "401 NotAuthorized", text.slice(0, 60));
		for (const text of ["", "x", "<a/>", envelopeOf(""), envelopeOf("<trt:GetProfiles>"),
			`${envelopeOf("<trt:GetProfiles/>")}<a/>`, envelopeOf("<q:GetProfiles/>"),
			"<!DOCTYPE a>" + envelopeOf("<trt:GetProfiles/>"),
			envelopeOf(`<trt:GetProfiles>${"<a>1</a>".repeat(70)}</trt:GetProfiles>`)])
		{
			equal(outcome(fixture.raw(text)), "400 WellFormed", text.slice(0, 60));
			// a client with HTTP's Digest sends nothing until it is asked for the password
			equal(fixture.raw(text, {}, REFUSAL).headers, REFUSAL.headers, text.slice(0, 60));
		}
		const old = fixture.raw(
			envelopeOf("<trt:GetProfiles/>").replace("http://www.w3.org/2003/05/soap-envelope",
				"http://schemas.xmlsoap.org/soap/envelope/"),
		);
		equal(old.status, 500);
		assert(bodyOf(old).includes("s:VersionMismatch"), bodyOf(old));
	});

	suite.test("onvif-reply-relates-to-the-message-and-escapes-what-it-repeats", () => {
		const answer = new Fixture().ask("<tds:GetDeviceInformation/>", {
			header: "<s:Header><a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:&lt;x&gt;"
				+ "</a:MessageID></s:Header>",
		});
		assert(bodyOf(answer).includes(
			"<a:RelatesTo xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:&lt;x&gt;</a:RelatesTo>",
		), bodyOf(answer));
		equal(textIn(answer, "Model"), "A &amp; B");
	});

	suite.test("onvif-scopes-are-those-of-the-discovery", () => {
		const fixture = new Fixture(), { endpoint } = fixture.device;
		equal(endpoint.scopes(), "onvif://www.onvif.org/name/A%20%26%20B onvif://www.onvif.org/hardware/OV2640 "
			+ "onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/type/video_encoder "
			+ "onvif://www.onvif.org/MAC/02:fc:00:00:00:01");
		for (const scope of endpoint.scopes().split(" "))
			assert(bodyOf(fixture.ask("<tds:GetScopes/>")).includes(`<tt:ScopeItem>${scope}<`), scope);
		equal(fixture.device.endpoint.uuid, new Fixture().device.endpoint.uuid);
		assert(fixture.device.endpoint.uuid !== new Fixture({ hardwareAddress: "02fc00000002" }).device.endpoint.uuid);
	});
}
