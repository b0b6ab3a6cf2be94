// SPDX-License-Identifier: MIT
/** ONVIF's route over a camera that remembers what was set. */

import { bytesOf } from "octets/octets";
import type { HeaderFields } from "http/headers";
import type { Answer } from "http/types";
import { Device } from "onvif/device";
import { ONVIFRoute } from "onvif/route";
import type { ONVIFOptions } from "onvif/types";
import { Authenticator } from "rtsp/authenticator";
import type { FrameHub } from "stream/hub";
import { Tuning, type ParameterLimits } from "stream/tuning";

const LIMITS: ParameterLimits = { writable: true, minFrameRate: 5, maxFrameRate: 30, bestQuality: 12, worstQuality: 40,
	maxSize: "SVGA" };
const TIME = 1_773_148_708_000;
export const REFUSAL: Answer = { status: 401, headers: "WWW-Authenticate: Digest x\r\n" };

/** The members of a hub and its camera that tuning and ONVIF use. */
function fakeHub(controls: readonly string[]): FrameHub {
	const values = new Map(controls.map(name => [name, 0]));
	const source = {
		isOpen: true,
		size: "VGA",
		quality: 20,
		get width() {
			return this.size === "QVGA" ? 320 : 640;
		},
		get height() {
			return this.size === "QVGA" ? 240 : 480;
		},
		sensor: "OV2640",
		controls: controls.map(name => ({ name, minimum: -2, maximum: 2 })),
		getControl: (name: string) => values.get(name),
		setControl: (name: string, value: number) => values.set(name, value),
	};
	const hub = { source, maxFrameRate: 25, quality: 20, now: () => 0 };
	// a stand-in has only what is used
	return hub as unknown as FrameHub;
}

export class Fixture {
	readonly hub: FrameHub;
	readonly tuning: Tuning;
	readonly route: ONVIFRoute;
	readonly device: Device;
	restarts = 0;

	constructor(more: Partial<ONVIFOptions> = {}, limits: Partial<ParameterLimits> = {}, password = true) {
		this.hub = fakeHub(["brightness", "contrast", "saturation"]);
		this.tuning = new Tuning(this.hub, { ...LIMITS, ...limits });
		const now = (): number => 0;
		const access = {
			authenticator: password
				? new Authenticator({ user: "me", password: "s3cret", realm: "r", now, random32: () => 1 })
				: undefined,
			now,
			unixTime: () => TIME,
		};
		const options: ONVIFOptions = {
			camera: { hub: this.hub, tuning: this.tuning, access: access as unknown as ONVIFOptions["camera"]["access"],
				port: 8554 },
			name: "A & B",
			path: "camera",
			password: "s3cret",
			httpHosts: [],
			multicast: "",
			bitrate: 0,
			hardwareAddress: "02fc00000001",
			isDiscoverable: true,
			restart: () => this.restarts++,
			onNotice: () => undefined,
			...more,
		};
		this.device = new Device(options);
		this.route = new ONVIFRoute(options, this.device);
	}

	/** Sets everything as it was. */
	reset(): void {
		this.tuning.set([["size", "VGA"], ["framerate", 25], ["quality", 20], ["brightness", 0]]);
		this.restarts = 0;
	}

	/** @param body of the envelope, with the prefixes tds, trt, timg and tt */
	ask(body: string, { header = "", headers = {}, refusal }: Ask = {}): Answer {
		return this.raw(envelopeOf(body, header), headers, refusal);
	}

	raw(text: string, headers: Readonly<Record<string, string>> = {}, refusal?: Answer): Answer {
		return this.send(new Uint8Array(bytesOf(text)), headers, refusal);
	}

	send(body: Uint8Array, headers: Readonly<Record<string, string>> = {}, refusal?: Answer): Answer {
		const fields = new Map(Object.entries({ host: "10.0.0.5:8080", ...headers }));
		return this.route.handle({ method: "POST", path: "/onvif/device_service", query: new Map(),
			headers: fields as unknown as HeaderFields, body, address: "10.0.0.2", user: undefined, refusal });
	}
}

interface Ask {
	readonly header?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly refusal?: Answer | undefined;
}

export function envelopeOf(body: string, header = ""): string {
	return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:tds=\"http://www.onvif.org/"
		+ "ver10/device/wsdl\" "
		+ "xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" xmlns:timg=\"http://www.onvif.org/ver20/imaging/wsdl\" "
		+ `xmlns:tt="http://www.onvif.org/ver10/schema">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

export function token(username: string, password: string): string {
	const base = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
	return `<s:Header><w:Security xmlns:w="${base}wssecurity-secext-1.0.xsd"><w:UsernameToken><w:Username>${username}`
		+ `</w:Username><w:Password Type="${base}username-token-profile-1.0#PasswordText">${password}</w:Password>`
		+ "</w:UsernameToken></w:Security></s:Header>";
}
