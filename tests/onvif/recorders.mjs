// SPDX-License-Identifier: MIT
/**
 * The requests of recorders, in the order and the form that their public sources and reports show. What each looks for
 * in the replies is checked as it looks for it.
 */
import { check, equal } from "../interop/harness.mjs";
import { outcome, textIn, token, withCamera, NAMESPACES, WITH_LOGIN } from "./soap.mjs";

const SOAP = "http://www.w3.org/2003/05/soap-envelope";

/** As python's zeep writes it (Home Assistant, Frigate): prefixes ns0, ns1, and the action in the type. */
function asZeep(camera, target, namespace, operation, content = "") {
	return camera.post(target,
		`<?xml version='1.0' encoding='utf-8'?>\n<soap-env:Envelope xmlns:soap-env="${SOAP}"><soap-env:Header>`
			+ `${token()}</soap-env:Header><soap-env:Body><ns0:${operation} xmlns:ns0="${namespace}">${content}`
			+ `</ns0:${operation}>`
			+ "</soap-env:Body></soap-env:Envelope>", {
		headers: { "Content-Type": `application/soap+xml; charset=utf-8; action="${namespace}/${operation}"` },
	});
}

/** As go2rtc writes it. */
function asGo2rtc(camera, target, content) {
	return camera.post(target,
		`<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="${SOAP}" xmlns:tds="${NAMESPACES.tds}" `
			+ `xmlns:tt="${NAMESPACES.tt}" xmlns:trt="${NAMESPACES.trt}">\n<s:Header>${token()}</s:Header>`
			+ `\n<s:Body>\n${content}\n</s:Body>\n</s:Envelope>`, {
		headers: { "Content-Type": "application/soap+xml;charset=utf-8" },
	});
}

/** As npm's onvif and UniFi Protect write it: default namespaces. */
function asUnifi(camera, target, namespace, operation) {
	return camera.post(target,
		`<s:Envelope xmlns:s="${SOAP}"><s:Header>${token()}</s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/`
			+ `XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><${operation} `
			+ `xmlns="${namespace}"/></s:Body></s:Envelope>`);
}

/** As Hikvision's recorders write it. */
function asHikvision(camera, target, prefix, operation, content = "") {
	const declarations = `xmlns:${prefix}="${NAMESPACES[prefix]}" xmlns:tt="${NAMESPACES.tt}"`;
	return camera.post(target,
		`<?xml version="1.0" encoding="UTF-8" ?>\n<soap:Envelope xmlns:soap="${SOAP}" ${declarations}>\n<soap:Header>\n`
			+ `${token()}\n</soap:Header>\n<soap:Body>\n<${prefix}:${operation}>\n${content}\n</${prefix}:${operation}>`
			+ "\n</soap:Body>\n</soap:Envelope>\n");
}

async function good(answer, what) {
	const result = await answer;
	equal(result.status, 200, `the status of ${what}: ${result.text}`);
	return result.text;
}

/** Path of a service's address. */
const pathOf = (xml, service) => new URL(new RegExp(`<tt:${service}><tt:XAddr>([^<]+)`).exec(xml)[1]).pathname;

const PROFILE = "<ns0:ProfileToken>main</ns0:ProfileToken>";
const SETUP = "<ns0:StreamSetup><ns1:Stream xmlns:ns1=\"http://www.onvif.org/ver10/schema\">RTP-Unicast</ns1:Stream>"
	+ "<ns2:Transport "
	+ "xmlns:ns2=\"http://www.onvif.org/ver10/schema\"><ns2:Protocol>RTSP</ns2:Protocol></ns2:Transport>"
	+ "</ns0:StreamSetup>";

export async function recorders(tests, namespace) {
	const { tds, trt, timg } = NAMESPACES;

	await tests.test("home-assistant-finds-a-camera-without-h264", [],
		() =>
			withCamera(namespace, WITH_LOGIN, async camera => {
				const device = (operation, content) => asZeep(camera, "/onvif/device_service", tds, operation, content);
				const capabilities = await good(device("GetCapabilities", "<ns0:Category>All</ns0:Category>"),
					"GetCapabilities");
				const media = pathOf(capabilities, "Media"), imaging = pathOf(capabilities, "Imaging");
				check(!capabilities.includes("PTZ") && !capabilities.includes("Events"), "there is what there is not");
				const time = await good(device("GetSystemDateAndTime"), "GetSystemDateAndTime");
				// it warns at 5 s, and sets the clock where that is manual
				check(!time.includes("Manual") && Math.abs(timeOf(time) - Date.now()) < 5000, time);
				const information = await good(device("GetDeviceInformation"), "GetDeviceInformation");
				check(textIn(information, "SerialNumber") && textIn(information, "Manufacturer"), information);
				const interfaces = await good(device("GetNetworkInterfaces"), "GetNetworkInterfaces");
				check(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(textIn(interfaces, "HwAddress")), interfaces);
				equal(textIn(interfaces, "Enabled"), "true", "the interface");
				const service = await good(asZeep(camera, media, trt, "GetServiceCapabilities"),
					"GetServiceCapabilities");
				check(service.includes("SnapshotUri=\"true\""), service);
				const profiles = await good(asZeep(camera, media, trt, "GetProfiles"), "GetProfiles");
				// it takes H264 only, so it finds no profile here. docs/onvif.md says so
				equal(textIn(profiles, "Encoding"), "JPEG", "the encoding");
				equal(
					textIn(await good(asZeep(camera, media, trt, "GetStreamUri", SETUP + PROFILE), "GetStreamUri"),
						"Uri"),
					camera.rtsp,
					"the stream",
				);
				const events = await asZeep(camera, "/onvif/device_service", "http://www.onvif.org/ver10/events/wsdl",
					"CreatePullPointSubscription");
				equal(outcome(events), "500 ActionNotSupported", "events");
				const settings =
					"<ns0:VideoSourceToken>camera</ns0:VideoSourceToken><ns0:ImagingSettings><ns1:Brightness "
					+ "xmlns:ns1=\""
					+ "http://www.onvif.org/ver10/schema\">75.0</ns1:Brightness></ns0:ImagingSettings>";
				await good(asZeep(camera, imaging, timg, "SetImagingSettings", settings), "SetImagingSettings");
				equal((await camera.get("/api/settings", true)).values.brightness, 1, "the brightness");
			}));

	await tests.test("frigate's-wizard-finds-the-stream", [], () =>
		withCamera(namespace, WITH_LOGIN, async camera => {
			const device = operation => good(asZeep(camera, "/onvif/device_service", tds, operation), operation);
			const services = await device("GetServices");
			check(!services.includes("ptz"), services);
			const information = await device("GetDeviceInformation");
			check(["Manufacturer", "Model", "FirmwareVersion"].every(name => textIn(information, name)), information);
			const media = pathOf(await device("GetCapabilities"), "Media");
			const profiles = await good(asZeep(camera, media, trt, "GetProfiles"), "GetProfiles");
			const [, name] = /<trt:Profiles token="([^"]+)"/.exec(profiles);
			const uri = await good(asZeep(camera, media, trt, "GetStreamUri", SETUP + PROFILE.replace("main", name)),
				"GetStreamUri");
			equal(textIn(uri, "Uri"), camera.rtsp, "the stream");
			equal(outcome(await asZeep(camera, media, "http://www.onvif.org/ver20/ptz/wsdl", "GetNodes")),
				"500 ActionNotSupported", "PTZ");
		}));

	await tests.test("go2rtc-finds-stream-and-snapshot", [], () =>
		withCamera(namespace, WITH_LOGIN, async camera => {
			const ask = async (target, content) => good(asGo2rtc(camera, target, content), content);
			const capabilities = await ask("/onvif/device_service",
				"<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>");
			// it searches the text, not the elements
			const address = service =>
				new URL(new RegExp(`(?:<|:)${service}.+?XAddr[^>]*>([^<]+)`).exec(capabilities)[1]).pathname;
			const media = address("Media"), imaging = address("Imaging");
			equal(media, "/onvif/media_service", "the media service");
			check((await ask("/onvif/device_service", "<tds:GetDeviceInformation/>")).includes("Manufacturer"),
				"no name");
			const tokens = [...(await ask(media, "<trt:GetProfiles/>")).matchAll(/Profiles.+?token="([^"]+)/g)].map((
				[, name],
			) => name);
			equal(tokens.join(), "main", "the profiles");
			check((await ask(media, "<trt:GetServiceCapabilities />")).includes("SnapshotUri=\"true\""),
				"no snapshots");
			const stream = await ask(media,
				"<trt:GetStreamUri>\n<trt:StreamSetup>\n<tt:Stream>RTP-Unicast</tt:Stream>\n<tt:Transport>"
					+ "<tt:Protocol>RTSP</tt:Protocol></tt:Transport>\n</trt:StreamSetup>\n<trt:ProfileToken>"
					+ "main</trt:ProfileToken>\n"
					+ "</trt:GetStreamUri>");
			equal(textIn(stream, "Uri"), camera.rtsp, "the stream");
			// it asks the imaging service for the snapshot
			const snapshot = await ask(imaging,
				"<trt:GetSnapshotUri><trt:ProfileToken>main</trt:ProfileToken></trt:GetSnapshotUri>");
			equal(textIn(snapshot, "Uri"), `http://${camera.authority}/snapshot.jpg`, "the snapshot");
			await ask("/onvif/media", "<trt:GetProfiles/>");
		}));

	await tests.test("unifi-protect-finds-rate-control", [], () =>
		withCamera(namespace, WITH_LOGIN, async camera => {
			const device = operation => good(asUnifi(camera, "/onvif/device_service", tds, operation), operation);
			const media = operation => good(asUnifi(camera, "/onvif/media_service", trt, operation), operation);
			for (const operation of ["GetSystemDateAndTime", "GetServices", "GetScopes", "GetDeviceInformation"])
				await device(operation);
			check((await device("GetNetworkInterfaces")).includes("HwAddress"), "no MAC address");
			for (const operation of ["GetVideoSources", "GetVideoSourceConfigurations",
				"GetVideoEncoderConfigurations"])
				await media(operation);
			for (const xml of [await media("GetProfiles"), await media("GetVideoEncoderConfiguration")]) {
				check(/<tt:RateControl>.*<\/tt:RateControl>/.test(xml), xml);
				check(/^[1-9]\d*$/.test(textIn(xml, "FrameRateLimit")), `frame rate: ${xml}`);
				check(/^[1-9]\d*$/.test(textIn(xml, "BitrateLimit")), `bit rate: ${xml}`);
			}
			check((await media("GetProfiles")).includes("VideoSourceConfiguration"), "no video source");
			await media("GetSnapshotUri");
			await media("GetStreamUri");
		}));

	await tests.test("hikvision-finds-that-there-are-no-texts-on-the-picture", [],
		() =>
			withCamera(namespace, WITH_LOGIN, async camera => {
				const ask = (prefix, operation, content) =>
					good(
						asHikvision(camera, prefix === "tds" ? "/onvif/device_service" : "/onvif/media_service", prefix,
							operation, content),
						operation,
					);
				const capabilities = await ask("tds", "GetCapabilities", "<tds:Category>All</tds:Category>");
				// without it, it does not ask for the stream
				equal(textIn(capabilities, "RTP_TCP"), "true", "RTP over TCP");
				for (const operation of ["GetDeviceInformation", "GetNetworkInterfaces", "GetHostname"])
					await ask("tds", operation);
				for (const operation of ["GetProfiles", "GetVideoSources", "GetVideoSourceConfigurations",
					"GetVideoEncoderConfigurationOptions", "GetOSDs"])
					await ask("trt", operation);
				const token = "<trt:ConfigurationToken>view</trt:ConfigurationToken>";
				check((await ask("trt", "GetOSDOptions", token)).includes("Total=\"0\""), "texts");
				await ask("trt", "GetVideoEncoderConfiguration",
					"<trt:ConfigurationToken>jpeg</trt:ConfigurationToken>");
				equal(
					outcome(await asHikvision(camera, "/onvif/media_service", "trt", "GetAudioEncoderConfigurations")),
					"500 ActionNotSupported",
					"sound",
				);
			}));
}

function timeOf(xml) {
	const number = name => Number(textIn(xml, name));
	return Date.UTC(number("Year"), number("Month") - 1, number("Day"), number("Hour"), number("Minute"),
		number("Second"));
}
