// SPDX-License-Identifier: MIT
/** The costliest requests over HTTP, one for each field in several sizes, and one for each path of the API. */

export interface Case {
	readonly name: string;
	/** Returns a request of about `size` bytes. */
	readonly parts: (size: number) => string;
	/** Sizes, bytes. Default: 0, for a request of one size. */
	readonly sizes?: readonly number[];
	/** The server asks for a password. */
	readonly login?: boolean;
	/** The cost depends on the number of lines, not on their bytes. */
	readonly byNumber?: boolean;
}

/** Up to the longest target, field, body and head that are accepted, and beyond. */
const ENVELOPE_SIZES = [1000, 2000, 4000], TARGET_SIZES = [250, 500, 1000, 4000], FIELD_SIZES = [500, 1000, 2000, 4000],
	BODY_SIZES = [500, 1000, 2000];

const DIGEST =
	"username=\"u\", nonce=\"1-00000000000000000000000000000000\", response=\"00000000000000000000000000000000\"";

/** Joins `begin`, as many `unit`s as fit into `size` bytes, and `end`. */
function fill(begin: string, unit: string, end: string, size: number): string {
	return begin + unit.repeat(Math.max(0, Math.floor((size - begin.length - end.length) / unit.length))) + end;
}

function target(name: string, begin: string, unit: string): Case {
	return { name, sizes: TARGET_SIZES,
		parts: size => fill(`GET ${begin}`, unit, " HTTP/1.1\r\nHost: camera\r\n\r\n", size) };
}

function field(name: string, header: string, unit: string, line = "GET /"): Case {
	return { name, sizes: FIELD_SIZES,
		parts: size => fill(`${line} HTTP/1.1\r\nHost: camera\r\n${header}: `, unit, "\r\n\r\n", size) };
}

function lines(name: string, unit: string): Case {
	return { name, sizes: FIELD_SIZES, byNumber: true,
		parts: size => fill("GET / HTTP/1.1\r\nHost: camera\r\n", unit, "\r\n", size) };
}

function body(name: string, unit: string): Case {
	return { name, sizes: BODY_SIZES, parts: size => {
		const text = fill("{\"a\":1", unit, "}", size);
		return `PATCH /api/settings HTTP/1.1\r\nHost: camera\r\nContent-Type: application/json\r\n`
			+ `Content-Length: ${text.length}\r\n\r\n${text}`;
	} };
}

function path(line: string, text = ""): Case {
	return { name: line, parts: () =>
		`${line} HTTP/1.1\r\nHost: camera\r\nAccept-Encoding: gzip\r\n`
		+ (text ? `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n` : "") + `\r\n${text}` };
}

const SOAP = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:tds=\"http://www.onvif.org/ver10/"
	+ "device/wsdl\""
	+ " xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" xmlns:timg=\"http://www.onvif.org/ver20/imaging/wsdl\""
	+ " xmlns:tt=\"http://www.onvif.org/ver10/schema\">";
const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const TOKEN = `<s:Header><w:Security xmlns:w="${WSS}"><w:UsernameToken><w:Username>u</w:Username><w:Password `
	+ `Type="x#PasswordDigest">`
	+ "AAAAAAAAAAAAAAAAAAAAAAAAAAA=</w:Password><w:Nonce>AAAAAAAAAAAAAAAAAAAAAA==</w:Nonce><w:Created>"
	+ "2026-03-10T13:18:28Z"
	+ "</w:Created></w:UsernameToken></w:Security></s:Header>";

function posted(text: string): string {
	return "POST /onvif/device_service HTTP/1.1\r\nHost: camera\r\nContent-Type: application/soap+xml; "
		+ "charset=utf-8\r\n"
		+ `Content-Length: ${text.length}\r\n\r\n${text}`;
}

/** An operation of ONVIF with as many `unit`s as arguments as fit. */
function argument(name: string, unit: string, begin = "", end = ""): Case {
	const before = `${SOAP}<s:Body><trt:GetProfiles>${begin}`, after = `${end}</trt:GetProfiles></s:Body></s:Envelope>`;
	return { name: `ONVIF, ${name}`, sizes: ENVELOPE_SIZES, parts: size => posted(fill(before, unit, after, size)) };
}

function operation(element: string, header = ""): Case {
	return { name: `ONVIF, ${element.slice(0, 60)}`,
		parts: () => posted(`${SOAP}${header}<s:Body>${element}</s:Body></s:Envelope>`) };
}

const SET_ENCODER =
	"<trt:SetVideoEncoderConfiguration><trt:Configuration token=\"jpeg\"><tt:Encoding>JPEG</tt:Encoding>"
	+ "<tt:Resolution><tt:Width>640</tt:Width><tt:Height>480</tt:Height></tt:Resolution><tt:Quality>28</tt:Quality>"
	+ "<tt:RateControl><tt:FrameRateLimit>20</tt:FrameRateLimit></tt:RateControl></trt:Configuration>"
	+ "</trt:SetVideoEncoderConfiguration>";

export const CASES: readonly Case[] = [
	target("target, letters", "/", "a"),
	target("target, slashes", "/", "/"),
	target("target, escapes", "/", "%41"),
	target("target, absolute", "http://", "a"),
	target("query, parameters", "/api/log?", "a=b&"),
	{ name: "query, 24 parameters", sizes: TARGET_SIZES.slice(0, 3),
		parts: size =>
			`GET /api/log?${
				Array.from({ length: 24 }, (_item, i) => `${i}=`.padEnd(size / 24 - 2, "b")).join("&")
			} HTTP/1.1\r\nHost: camera\r\n\r\n` },
	target("query, one", "/api/log?", "a"),
	target("query, escapes", "/api/log?a=", "%41"),
	target("query, blanks", "/api/log?a=", "+"),
	field("header, unknown", "X-A", "a"),
	{ name: "Host", sizes: FIELD_SIZES, parts: size => fill("GET / HTTP/1.1\r\nHost: ", "a.", "\r\n\r\n", size) },
	field("Origin", "Origin", "a", "POST /api/settings/reset"),
	field("Sec-Fetch-Site", "Sec-Fetch-Site", "a", "POST /api/settings/reset"),
	field("Content-Type", "Content-Length: 1\r\nContent-Type", "a", "PATCH /api/settings"),
	field("Content-Type, parameters", "Content-Length: 1\r\nContent-Type", "a;", "PATCH /api/settings"),
	field("Connection", "Connection", "close,"),
	field("Accept-Encoding", "Accept-Encoding", "a;q=1,"),
	field("If-None-Match, one", "Accept-Encoding: gzip\r\nIf-None-Match", "a"),
	field("If-None-Match, list", "Accept-Encoding: gzip\r\nIf-None-Match", "\"a\","),
	field("Content-Length", "Content-Length", "1"),
	field("Expect", "Expect", "a"),
	{ ...field("Digest, parameters", `Authorization: Digest ${DIGEST}, uri="/"`, ",a=1"), login: true },
	{ ...field("Authorization", "Authorization", "a"), login: true },
	lines("header lines, short", "a:\r\n"),
	lines("header lines, known", "Origin: a\r\n"),
	body("body, names", ",\"quality\":1"),
	body("body, one string", " "),
	body("body, escapes", ",\"\\u0061\":\"\\n\""),
	path("GET /"),
	path("GET /api/status"),
	path("GET /api/clients"),
	path("GET /api/settings"),
	path("PATCH /api/settings", "{\"framerate\":5}"),
	path("POST /api/settings/save"),
	path("POST /api/settings/forget"),
	path("POST /api/settings/reset"),
	path("GET /api/log"),
	path("GET /api/events"),
	path("GET /api/openapi.json"),
	path("GET /metrics"),
	path("GET /status"),
	path("GET /control?var=framesize&val=5"),
	path("GET /stream?fps=5"),
	path("GET /nothing"),
	argument("elements", "<a/>"),
	argument("texts", "<a>1</a>"),
	argument("references", "&lt;", "<a>", "</a>"),
	argument("attributes", " a=''", "<a", "/>"),
	argument("prefixes", " xmlns:a=''", "<a", "/>"),
	argument("nested", "<a>", "", ""),
	argument("comments", "<!---->"),
	argument("blanks", " "),
	argument("letters", "a"),
	argument("text", "a", "<a>", "</a>"),
	...["tds:GetSystemDateAndTime", "tds:GetCapabilities", "tds:GetDeviceInformation", "tds:GetScopes",
		"trt:GetProfiles", "trt:GetVideoEncoderConfigurationOptions", "trt:GetStreamUri", "timg:GetImagingSettings"]
		.map(name => operation(`<${name}/>`)),
	operation("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>"),
	operation(SET_ENCODER),
	operation("<tds:Nothing/>"),
	{ ...operation("<trt:GetProfiles/>", TOKEN), name: "ONVIF, a wrong token", login: true },
];
