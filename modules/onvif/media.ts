// SPDX-License-Identifier: MIT
/**
 * The media service, version 1 (ONVIF Media Service Specification): one profile, of JPEG.
 *
 * ONVIF's quality rises with the quality of the picture, the sensor's number falls: it is the distance from the worst
 * one that is allowed.
 */

import { findSize, type SizeInPixels } from "../camera/sizes";
import { describeRange, type TuningValue } from "../stream/tuning";
import { mediaCapabilities, type Call, type Service } from "./device";
import { invalid, NO_CONFIGURATION, NO_PROFILE, NO_SOURCE, NO_SUCH_STREAM, NOT_SUPPORTED, PROHIBITED,
	type Fault } from "./fault";
import type { Arguments } from "./arguments";
import type { ONVIFOptions } from "./types";

/** Tokens. */
const PROFILE = "main", VIEW = "view", ENCODER = "jpeg";
export const SOURCE = "camera";

/** The snapshot's path (http/routes.ts). */
const SNAPSHOT_PATH = "/snapshot.jpg";
/** Frame rate that is told if the camera sends as many as possible, and the highest one that is told as possible. */
const USUAL_RATE = 25, HIGHEST_RATE = 60;
/** Bits for a pixel of JPEG, roughly, for the bit rate where none is set. */
const BITS_PER_PIXEL = 1.5;

/** A frame rate as ONVIF has it: a whole number. */
function wholeRate(rate: number): number {
	return Math.max(1, Math.round(rate === Infinity || rate === 0 ? USUAL_RATE : rate));
}

export class Media implements Service {
	readonly #options: ONVIFOptions;

	constructor(options: ONVIFOptions) {
		this.#options = options;
	}

	isOpen(name: string): boolean {
		return name === "GetServiceCapabilities";
	}

	changes(name: string): boolean {
		return name === "SetVideoEncoderConfiguration";
	}

	answer(call: Call): string | Fault {
		const { name, values } = call, refusal = this.#refuse(values);
		if (refusal)
			return refusal;
		switch (name) {
			case "GetServiceCapabilities":
				return response(name, mediaCapabilities(this.#options.multicast));
			case "GetProfiles":
				return response(name, this.#profile("Profiles"));
			case "GetProfile":
				return response(name, this.#profile("Profile"));
			case "GetVideoSources":
				return response(name,
					`<trt:VideoSources token="${SOURCE}"><tt:Framerate>${this.#frameRate}</tt:Framerate>${
						this.#resolution("Resolution")
					}</trt:VideoSources>`);
			case "GetVideoSourceConfigurations":
			case "GetCompatibleVideoSourceConfigurations":
				return response(name, this.#view("trt:Configurations"));
			case "GetVideoSourceConfiguration":
				return response(name, this.#view("trt:Configuration"));
			case "GetVideoSourceConfigurationOptions":
				return response(name, this.#viewOptions());
			case "GetVideoEncoderConfigurations":
			case "GetCompatibleVideoEncoderConfigurations":
				return response(name, this.#encoder("trt:Configurations"));
			case "GetVideoEncoderConfiguration":
				return response(name, this.#encoder("trt:Configuration"));
			case "GetVideoEncoderConfigurationOptions":
				return response(name, this.#encoderOptions());
			case "GetGuaranteedNumberOfVideoEncoderInstances":
				return response(name, "<trt:TotalNumber>1</trt:TotalNumber><trt:JPEG>1</trt:JPEG>");
			case "SetVideoEncoderConfiguration":
				return this.#set(values) ?? response(name, "");
			case "GetStreamUri":
				return this.#streamURI(call);
			case "GetSnapshotUri":
				return uriResponse(name, `http://${call.host.authority}${SNAPSHOT_PATH}`);
			// Hikvision's recorders ask for the texts on the picture: there are none
			case "GetOSDs":
				return response(name, "");
			case "GetOSDOptions":
				return response(name, "<trt:OSDOptions><tt:MaximumNumberOfOSDs Total=\"0\"/><tt:Type>Text</tt:Type>"
					+ "<tt:PositionOption>Custom"
					+ "</tt:PositionOption></trt:OSDOptions>");
			default:
				return NOT_SUPPORTED;
		}
	}

	/** Refuses tokens of what is not there. */
	#refuse(values: Arguments): Fault | undefined {
		if (!values.means("ProfileToken", PROFILE))
			return NO_PROFILE;
		if (!values.means("VideoSourceToken", SOURCE))
			return NO_SOURCE;
		const configuration = values.get("ConfigurationToken") || values.get("token", "Configuration") || ENCODER;
		return configuration === ENCODER || configuration === VIEW ? undefined : NO_CONFIGURATION;
	}

	/* ---- descriptions ---- */

	get #frameRate(): number {
		return wholeRate(this.#options.camera.hub.maxFrameRate);
	}

	/** The worst quality number, and the present one. Replayed files have none: 0. */
	get #qualities(): readonly [worst: number, present: number] {
		const { tuning } = this.#options.camera, range = tuning.range("quality"),
			present = Number(tuning.get("quality") ?? 0);
		return range && "maximum" in range ? [Math.max(range.maximum, present), present] : [0, 0];
	}

	#resolution(name: string): string {
		const { width, height } = this.#options.camera.hub.source;
		return sizeElement(name, { width, height });
	}

	#profile(element: string): string {
		return `<trt:${element} token="${PROFILE}" fixed="true"><tt:Name>${PROFILE}</tt:Name>${
			this.#view("tt:VideoSourceConfiguration")
		}${this.#encoder("tt:VideoEncoderConfiguration")}</trt:${element}>`;
	}

	#view(element: string): string {
		const { width, height } = this.#options.camera.hub.source;
		return `<${element} token="${VIEW}"><tt:Name>${VIEW}</tt:Name><tt:UseCount>1</tt:UseCount>`
			+ `<tt:SourceToken>${SOURCE}</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" `
			+ `height="${height}"/></${element}>`;
	}

	#viewOptions(): string {
		const { width, height } = this.#options.camera.hub.source;
		return `<trt:Options><tt:BoundsRange>${rangeElement("XRange", 0, 0)}${rangeElement("YRange", 0, 0)}${
			rangeElement("WidthRange", width, width)
		}${
			rangeElement("HeightRange", height, height)
		}</tt:BoundsRange><tt:VideoSourceTokensAvailable>${SOURCE}</tt:VideoSourceTokensAvailable></trt:Options>`;
	}

	/** UniFi Protect needs RateControl, with a frame rate in it. */
	#encoder(element: string): string {
		const { multicast } = this.#options, [worst, quality] = this.#qualities;
		return ["<", element, " token=\"", ENCODER, "\"><tt:Name>", ENCODER,
			"</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>JPEG</tt:Encoding>", this.#resolution("Resolution"),
			"<tt:Quality>", worst - quality, "</tt:Quality><tt:RateControl><tt:FrameRateLimit>", this.#frameRate,
			"</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>", this.#bitrate,
			"</tt:BitrateLimit></tt:RateControl><tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>",
			multicast || "0.0.0.0", "</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>"
			+ "false</tt:AutoStart></tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout></", element, ">"].join(
				"",
			);
	}

	/** kbit/s: the one that is set, or a rough one. */
	get #bitrate(): number {
		const { bitrate, camera: { hub: { source: { width, height } } } } = this.#options;
		return bitrate > 0 && bitrate < Infinity
			? bitrate
			: Math.round(width * height * BITS_PER_PIXEL * this.#frameRate / 1000);
	}

	#encoderOptions(): string {
		const { tuning } = this.#options.camera, rates = tuning.range("framerate"), [worst] = this.#qualities;
		const [lowest, highest] = rates && "maximum" in rates
			? [Math.max(1, Math.ceil(rates.minimum)), Math.max(1, Math.min(HIGHEST_RATE, Math.floor(rates.maximum)))]
			: [1, 1];
		const qualities = tuning.range("quality");
		return ["<trt:Options>",
			rangeElement("QualityRange", 0, qualities && "minimum" in qualities ? worst - qualities.minimum : 0),
			"<tt:JPEG>", ...this.#sizes.map(size => sizeElement("ResolutionsAvailable", size)),
			rangeElement("FrameRateRange", Math.min(lowest, highest), highest),
			rangeElement("EncodingIntervalRange", 1, 1), "</tt:JPEG></trt:Options>"].join("");
	}

	/** The sizes that may be set; the present one if none may. */
	get #sizes(): { readonly width: number; readonly height: number }[] {
		const { tuning, hub: { source: { width, height } } } = this.#options.camera, range = tuning.range("size");
		return range === undefined || "minimum" in range ? [{ width, height }] : range.map(size => findSize({ size }));
	}

	/* ---- changes ---- */

	/** Sets what differs from the present configuration: a recorder sends back what it has read, with its change in it.
	 *  @returns the refusal */
	#set(values: Arguments): Fault | undefined {
		const { tuning } = this.#options.camera;
		if (!tuning.limits.writable)
			return PROHIBITED;
		const encoding = values.get("Encoding", "Configuration");
		if (encoding !== undefined && encoding !== "JPEG")
			return invalid("ConfigModify", "The camera has JPEG only");
		const changes: [string, TuningValue][] = [];
		const refusal = this.#addSize(values, changes) ?? this.#addRate(values, changes)
			?? this.#addQuality(values, changes);
		if (refusal)
			return refusal;
		const refused = tuning.set(changes);
		return refused && invalid("ConfigModify", refused.message);
	}

	#addSize(values: Arguments, changes: [string, TuningValue][]): Fault | undefined {
		const width = numberOf(values.get("Width", "Resolution")),
			height = numberOf(values.get("Height", "Resolution"));
		const { tuning, hub: { source } } = this.#options.camera;
		if ((width === undefined && height === undefined) || (width === source.width && height === source.height))
			return undefined;
		const size = this.#sizes.find(item => item.width === width && item.height === height) as
			| SizeInPixels
			| undefined;
		const range = tuning.range("size");
		if (size?.name === undefined)
			return invalid("ConfigModify",
				`There is no such resolution: use ${range ? describeRange(range) : "the present one"}`);
		changes.push(["size", size.name]);
		return undefined;
	}

	#addRate(values: Arguments, changes: [string, TuningValue][]): Fault | undefined {
		const text = values.get("FrameRateLimit", "RateControl"), rate = numberOf(text);
		if (text !== undefined && rate === undefined)
			return invalid("ConfigModify", "FrameRateLimit is no number");
		if (rate !== undefined && Math.round(rate) !== this.#frameRate)
			changes.push(["framerate", rate]);
		return undefined;
	}

	#addQuality(values: Arguments, changes: [string, TuningValue][]): Fault | undefined {
		const text = values.get("Quality", "Configuration"), quality = numberOf(text);
		if (text !== undefined && quality === undefined)
			return invalid("ConfigModify", "Quality is no number");
		const [worst, present] = this.#qualities;
		if (quality !== undefined && Math.round(quality) !== worst - present)
			changes.push(["quality", worst - Math.round(quality)]);
		return undefined;
	}

	/* ---- addresses ---- */

	/** RTSP is spoken at one URL, whatever carries RTP. In HTTP, RTSP comes through the tunnel of the same port. */
	#streamURI({ name, values, host }: Call): string | Fault {
		const protocol = values.get("Protocol") ?? "RTSP", { camera: { port }, path, multicast } = this.#options;
		if (!["UDP", "TCP", "RTSP", "HTTP"].includes(protocol)
			|| (values.get("Stream") === "RTP-Multicast" && multicast === ""))
			return NO_SUCH_STREAM;
		return uriResponse(name, `${protocol === "HTTP" ? "http" : "rtsp"}://${host.name}:${port}/${path}`);
	}
}

function response(name: string, content: string): string {
	return `<trt:${name}Response>${content}</trt:${name}Response>`;
}

/** @param uri without characters that need an escape */
function uriResponse(name: string, uri: string): string {
	return response(name, `<trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>`
		+ "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>");
}

function sizeElement(name: string, { width, height }: { readonly width: number; readonly height: number }): string {
	return `<tt:${name}><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:${name}>`;
}

export function rangeElement(name: string, minimum: number, maximum: number): string {
	return `<tt:${name}><tt:Min>${minimum}</tt:Min><tt:Max>${maximum}</tt:Max></tt:${name}>`;
}

/** Longest number, characters. */
const LONGEST_NUMBER = 24;

/** @returns undefined if the text is no finite number */
export function numberOf(text: string | undefined): number | undefined {
	if (text === undefined || text === "" || text.length > LONGEST_NUMBER)
		return undefined;
	const number = Number(text);
	return number - number === 0 ? number : undefined;
}
