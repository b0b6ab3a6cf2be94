// SPDX-License-Identifier: MIT
/** The device service (ONVIF Core Specification, section 8): who the camera is, and what else it has. */

import type { Endpoint } from "../discovery/types";
import { uuidOf } from "../hash/uuid";
import { VERSION } from "../http/api/version";
import { escapeXML } from "../soap/xml";
import { NOT_SUPPORTED, PROHIBITED, type Fault } from "./fault";
import type { Host } from "./host";
import type { Arguments } from "./arguments";
import type { ONVIFOptions } from "./types";

/** An operation as its service gets it. */
export interface Call {
	readonly name: string;
	readonly values: Arguments;
	/** The camera's name for this client. */
	readonly host: Host;
}

/** A service: a namespace with its operations. */
export interface Service {
	/** Whether the operation needs no password (Core Specification, section 5.9.4.3: PRE_AUTH). */
	isOpen(name: string): boolean;
	/** Whether the operation changes something. */
	changes(name: string): boolean;
	/** @returns content of the body of the reply. The envelope declares the service's prefix and tt */
	answer(call: Call): string | Fault;
}

export const DEVICE_PATH = "/onvif/device_service";
export const MEDIA_PATH = "/onvif/media_service";
export const IMAGING_PATH = "/onvif/imaging_service";

const DEVICE_NAMESPACE = "http://www.onvif.org/ver10/device/wsdl";
export const MEDIA_NAMESPACE = "http://www.onvif.org/ver10/media/wsdl";
export const IMAGING_NAMESPACE = "http://www.onvif.org/ver20/imaging/wsdl";

const MANUFACTURER = "rtsp-camera";
const SCOPE = "onvif://www.onvif.org/";

const OPEN: readonly string[] = Object.freeze(["GetWsdlUrl", "GetServices", "GetServiceCapabilities", "GetCapabilities",
	"GetHostname", "GetSystemDateAndTime", "GetEndpointReference"]);

/** What the media service can do, in the words of both of its descriptions. RTP over TCP without RTSP is said, too:
 *  Hikvision's recorders ask for no stream otherwise. */
function streamingCapabilities(multicast: string): readonly [multicast: string, rest: string] {
	return [multicast === "" ? "false" : "true", "true"];
}

/** Attributes of the media service's capabilities. */
export function mediaCapabilities(multicast: string): string {
	const [group, yes] = streamingCapabilities(multicast);
	return `<trt:Capabilities SnapshotUri="true" Rotation="false" VideoSourceMode="false" OSD="false">`
		+ `<trt:ProfileCapabilities MaximumNumberOfProfiles="1"/><trt:StreamingCapabilities `
		+ `RTPMulticast="${group}" RTP_TCP="${yes}" RTP_RTSP_TCP="${yes}" NonAggregateControl="false"/>`
		+ `</trt:Capabilities>`;
}

export const IMAGING_CAPABILITIES = "<timg:Capabilities ImageStabilization=\"false\"/>";

const DEVICE_CAPABILITIES =
	"<tds:Capabilities><tds:Network IPFilter=\"false\" ZeroConfiguration=\"false\" IPVersion6=\"false\" "
	+ "DynDNS=\"false\"/><tds:Security TLS1.0=\"false\" TLS1.1=\"false\" TLS1.2=\"false\" "
	+ "UsernameToken=\"true\" HttpDigest=\"true\" MaxUsers=\"1\"/><tds:System DiscoveryResolve=\"true\" "
	+ "DiscoveryBye=\"true\" RemoteDiscovery=\"false\" SystemBackup=\"false\" "
	+ "FirmwareUpgrade=\"false\" SystemLogging=\"false\"/></tds:Capabilities>";

export class Device implements Service {
	readonly endpoint: Endpoint;
	readonly #options: ONVIFOptions;

	constructor(options: ONVIFOptions) {
		this.#options = options;
		const { hardwareAddress, name, path, camera } = options;
		// without a MAC address, cameras of one name and port cannot be told apart
		this.endpoint = { uuid: uuidOf(`${hardwareAddress ?? `${name} ${path}`} ${camera.port}`), path: DEVICE_PATH,
			scopes: () => this.#scopes().join(" ") };
	}

	isOpen(name: string): boolean {
		return OPEN.includes(name);
	}

	changes(name: string): boolean {
		return name === "SystemReboot";
	}

	answer({ name, values, host }: Call): string | Fault {
		switch (name) {
			case "GetSystemDateAndTime":
				return this.#dateAndTime();
			case "GetCapabilities":
				return this.#capabilities(host, values.all("Category"));
			case "GetServices":
				return this.#services(host, values.get("IncludeCapability") ?? "false");
			case "GetServiceCapabilities":
				return `<tds:GetServiceCapabilitiesResponse>${DEVICE_CAPABILITIES}`
					+ `</tds:GetServiceCapabilitiesResponse>`;
			case "GetDeviceInformation":
				return this.#information();
			case "GetScopes": {
				const scopes = this.#scopes().map(scope =>
					`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${scope}</tt:ScopeItem></tds:Scopes>`
				);
				return `<tds:GetScopesResponse>${scopes.join("")}</tds:GetScopesResponse>`;
			}
			case "GetHostname":
				return "<tds:GetHostnameResponse><tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP><tt:Name>"
					+ `${hostname(this.#options.name)}</tt:Name></tds:HostnameInformation></tds:GetHostnameResponse>`;
			case "GetNetworkInterfaces":
				return this.#interfaces();
			case "GetNetworkProtocols":
				return this.#protocols(host);
			case "GetDiscoveryMode":
				return `<tds:GetDiscoveryModeResponse><tds:DiscoveryMode>${
					this.#options.isDiscoverable ? "D" : "NonD"
				}iscoverable</tds:DiscoveryMode></tds:GetDiscoveryModeResponse>`;
			case "GetEndpointReference":
				return `<tds:GetEndpointReferenceResponse><tds:GUID>urn:uuid:${this.endpoint.uuid}</tds:GUID></tds:`
					+ "GetEndpointReferenceResponse>";
			case "SystemReboot":
				return this.#reboot();
			default:
				return NOT_SUPPORTED;
		}
	}

	#dateAndTime(): string {
		const { access, hub } = this.#options.camera, time = new Date(access.unixTime(hub.now()));
		return ["<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
			+ "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone>"
			+ "<tt:UTCDateTime>"
			+ "<tt:Time><tt:Hour>", time.getUTCHours(), "</tt:Hour><tt:Minute>", time.getUTCMinutes(),
			"</tt:Minute><tt:Second>", time.getUTCSeconds(), "</tt:Second></tt:Time><tt:Date><tt:Year>",
			time.getUTCFullYear(), "</tt:Year><tt:Month>", time.getUTCMonth() + 1, "</tt:Month><tt:Day>",
			time.getUTCDate(), "</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:"
			+ "GetSystemDateAndTimeResponse>"].join("");
	}

	/** The order of the services is that of the schema. */
	#capabilities({ authority }: Host, categories: readonly string[]): string | Fault {
		const wants = (name: string): boolean =>
			categories.length === 0 || categories.some(category => [name, "All", ""].includes(category));
		const [multicast, yes] = streamingCapabilities(this.#options.multicast), parts: string[] = [];
		if (wants("Device"))
			parts.push(
				`<tt:Device><tt:XAddr>http://${authority}${DEVICE_PATH}</tt:XAddr><tt:System>`
					+ `<tt:DiscoveryResolve>true</tt:DiscoveryResolve><tt:DiscoveryBye>true</tt:DiscoveryBye>`
					+ `<tt:RemoteDiscovery>false</tt:RemoteDiscovery><tt:SystemBackup>false`
					+ `</tt:SystemBackup><tt:SystemLogging>false</tt:SystemLogging><tt:FirmwareUpgrade>`
					+ `false</tt:FirmwareUpgrade><tt:SupportedVersions><tt:Major>2</tt:Major>`
					+ `<tt:Minor>60</tt:Minor></tt:SupportedVersions></tt:System></tt:Device>`,
			);
		if (wants("Imaging"))
			parts.push(`<tt:Imaging><tt:XAddr>http://${authority}${IMAGING_PATH}</tt:XAddr></tt:Imaging>`);
		if (wants("Media"))
			parts.push(
				`<tt:Media><tt:XAddr>http://${authority}${MEDIA_PATH}</tt:XAddr><tt:StreamingCapabilities>`
					+ `<tt:RTPMulticast>${multicast}</tt:RTPMulticast><tt:RTP_TCP>${yes}</tt:RTP_TCP>`
					+ `<tt:RTP_RTSP_TCP>${yes}</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>`,
			);
		return parts.length === 0
			? { code: "Receiver", subcodes: ["ActionNotSupported", "NoSuchService"],
				reason: "There is no such service" }
			: `<tds:GetCapabilitiesResponse><tds:Capabilities>${
				parts.join("")
			}</tds:Capabilities></tds:GetCapabilitiesResponse>`;
	}

	#services({ authority }: Host, include: string): string {
		const includes = include === "true" || include === "1", services = [
			[DEVICE_NAMESPACE, DEVICE_PATH, DEVICE_CAPABILITIES, ""],
			[MEDIA_NAMESPACE, MEDIA_PATH, mediaCapabilities(this.#options.multicast),
				` xmlns:trt="${MEDIA_NAMESPACE}"`],
			[IMAGING_NAMESPACE, IMAGING_PATH, IMAGING_CAPABILITIES, ` xmlns:timg="${IMAGING_NAMESPACE}"`],
		] as const;
		return `<tds:GetServicesResponse>${
			services.map(([namespace, path, capabilities, declaration]) =>
				["<tds:Service><tds:Namespace>", namespace, "</tds:Namespace><tds:XAddr>http://", authority, path,
					"</tds:XAddr>",
					includes ? `<tds:Capabilities${declaration}>${capabilities}</tds:Capabilities>` : "",
					"<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"].join("")
			).join("")
		}</tds:GetServicesResponse>`;
	}

	#information(): string {
		const { name, hardwareAddress } = this.#options;
		return ["<tds:GetDeviceInformationResponse><tds:Manufacturer>", MANUFACTURER, "</tds:Manufacturer><tds:Model>",
			escapeXML(name), "</tds:Model><tds:FirmwareVersion>", VERSION, "</tds:FirmwareVersion><tds:SerialNumber>",
			hardwareAddress ?? this.endpoint.uuid, "</tds:SerialNumber><tds:HardwareId>", escapeXML(this.#hardware),
			"</tds:HardwareId></tds:GetDeviceInformationResponse>"].join("");
	}

	/** An interface without a MAC address is none to those who ask: they tell cameras apart by it. */
	#interfaces(): string {
		const { hardwareAddress } = this.#options;
		if (hardwareAddress === undefined)
			return "<tds:GetNetworkInterfacesResponse/>";
		return `<tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0"><tt:Enabled>true`
			+ `</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name><tt:HwAddress>${
				withColons(hardwareAddress)
			}</tt:HwAddress></tt:Info></tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>`;
	}

	#protocols({ authority, name }: Host): string {
		const port = authority.slice(name.length + 1) || "80";
		const protocol = (title: string, number: string): string =>
			`<tds:NetworkProtocols><tt:Name>${title}</tt:Name><tt:Enabled>true</tt:Enabled><tt:Port>${number}`
			+ `</tt:Port></tds:NetworkProtocols>`;
		return `<tds:GetNetworkProtocolsResponse>${protocol("HTTP", port)}${
			protocol("RTSP", String(this.#options.camera.port))
		}</tds:GetNetworkProtocolsResponse>`;
	}

	#reboot(): string | Fault {
		const { restart, camera, onNotice } = this.#options;
		if (!restart)
			return NOT_SUPPORTED;
		if (!camera.tuning.limits.writable)
			return PROHIBITED;
		onNotice("restart of the board by ONVIF");
		restart();
		return "<tds:SystemRebootResponse><tds:Message>The board restarts in a few seconds</tds:Message></tds:"
			+ "SystemRebootResponse>";
	}

	get #hardware(): string {
		return this.#options.camera.hub.source.sensor ?? "simulated";
	}

	/** Percent-encoded: they need no escapes in XML. */
	#scopes(): string[] {
		const { name, hardwareAddress } = this.#options;
		const scopes = [`${SCOPE}name/${encoded(name)}`, `${SCOPE}hardware/${encoded(this.#hardware)}`,
			`${SCOPE}Profile/Streaming`, `${SCOPE}type/video_encoder`];
		if (hardwareAddress !== undefined)
			scopes.push(`${SCOPE}MAC/${withColons(hardwareAddress)}`);
		return scopes;
	}
}

/** As a segment of a URI. `'` is the one character that encodeURIComponent leaves and a scope must not have. */
function encoded(text: string): string {
	return encodeURIComponent(text).split("'").join("%27");
}

function withColons(hardwareAddress: string): string {
	const parts: string[] = [];
	for (let i = 0; i < hardwareAddress.length; i += 2)
		parts.push(hardwareAddress.slice(i, i + 2));
	return parts.join(":");
}

/** A name of letters, digits and `-`. */
function hostname(name: string): string {
	let result = "";
	for (const character of name.toLowerCase())
		result += (character >= "a" && character <= "z") || (character >= "0" && character <= "9") ? character : "-";
	return result;
}
