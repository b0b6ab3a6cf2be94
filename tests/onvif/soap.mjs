// SPDX-License-Identifier: MIT
/** A camera in its namespace, and envelopes to it that are made by hand. */
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import { freePort, startCamera } from "../camera.mjs";
import { Failure, equal } from "../interop/harness.mjs";
import { CAMERA } from "./network.mjs";

export const LOGIN = { user: "me", password: "s3cret" };
export const WITH_LOGIN = ["--user", LOGIN.user, "--password", LOGIN.password];
const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
const PATHS = { tds: "/onvif/device_service", trt: "/onvif/media_service", timg: "/onvif/imaging_service" };
export const NAMESPACES = { tds: "http://www.onvif.org/ver10/device/wsdl", trt: "http://www.onvif.org/ver10/media/wsdl",
	timg: "http://www.onvif.org/ver20/imaging/wsdl", tt: "http://www.onvif.org/ver10/schema" };

/** Runs a camera in its namespace while `body` asks it. */
export async function withCamera(namespace, args, body, options = {}) {
	const httpPort = await freePort();
	const camera = await startCamera({ wrapper: ["ip", "netns", "exec", namespace], ...options,
		args: ["--http-port", String(httpPort), "--size", "QVGA", ...args] });
	try {
		return await body(new ONVIFCamera(camera, httpPort));
	}
	finally {
		await camera.stop();
	}
}

/** A UsernameToken. */
export function token(
	{ user, password } = LOGIN,
	{ created = new Date(), nonce = randomBytes(16), isText = false } = {},
) {
	const time = created.toISOString();
	const digest = createHash("sha1").update(nonce).update(time).update(password).digest("base64");
	return `<wsse:Security xmlns:wsse="${WSS}wssecurity-secext-1.0.xsd"><wsse:UsernameToken><wsse:Username>${user}`
		+ `</wsse:Username><wsse:Password Type="${WSS}username-token-profile-1.0#Password${
			isText ? "Text" : "Digest"
		}">`
		+ `${isText ? password : digest}</wsse:Password><wsse:Nonce EncodingType="${WSS}soap-message-security-1.0#`
		+ `Base64Binary">${
			nonce.toString("base64")
		}</wsse:Nonce><wsu:Created xmlns:wsu="${WSS}wssecurity-utility-1.0.xsd">`
		+ `${time}</wsu:Created></wsse:UsernameToken></wsse:Security>`;
}

export class ONVIFCamera {
	constructor(camera, httpPort) {
		this.camera = camera;
		this.httpPort = httpPort;
	}

	get authority() {
		return `${CAMERA}:${this.httpPort}`;
	}

	get rtsp() {
		return `rtsp://${CAMERA}:${this.camera.port}/`;
	}

	/** Sends an envelope as it is.
	 *  @returns {Promise<{status: number, headers: object, text: string, took: number}>} */
	post(target, body, { headers = {}, localAddress, method = "POST" } = {}) {
		const bytes = Buffer.from(body), begin = performance.now();
		return new Promise((resolve, reject) => {
			const request = http.request({ host: CAMERA, port: this.httpPort, path: target, method, agent: false,
				localAddress,
				headers: { "Content-Type": "application/soap+xml; charset=utf-8", "Content-Length": bytes.length,
					...headers } }, response => {
				const pieces = [];
				response.on("data", data => pieces.push(data));
				response.on("error", reject);
				response.on("end",
					() =>
						resolve({ status: response.statusCode, headers: response.headers, data: Buffer.concat(pieces),
							text: Buffer.concat(pieces).toString(), took: performance.now() - begin }));
			});
			request.setTimeout(10_000, () => request.destroy(new Error("no answer")));
			request.on("error", reject);
			request.end(bytes);
		});
	}

	/** Sends an operation: "trt:GetProfiles", or an element with its arguments. */
	ask(operation, { header = "", path: target, ...options } = {}) {
		const element = operation.startsWith("<") ? operation : `<${operation}/>`, prefix = /^<(\w+):/.exec(element)[1];
		const declarations = Object.entries(NAMESPACES).map(([name, uri]) => ` xmlns:${name}="${uri}"`).join("");
		return this.post(target ?? PATHS[prefix],
			`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"${declarations}>`
				+ `<s:Header>${header}</s:Header><s:Body>${element}</s:Body></s:Envelope>`, options);
	}

	/** Sends an operation that must succeed. @returns {Promise<string>} the envelope */
	async must(operation, options) {
		const { status, text } = await this.ask(operation, options);
		equal(status, 200, `the status of ${operation}: ${text}`);
		return text;
	}

	/** A JSON document of the API. */
	async get(target, login) {
		const { authorization } = login ? await this.digest("GET", target) : {};
		const { status, text } = await this.post(target, "", { method: "GET",
			headers: { ...(authorization ? { authorization } : {}) } });
		if (status !== 200)
			throw new Failure(`GET ${target}: ${status} ${text}`);
		return JSON.parse(text);
	}

	/** The header of HTTP Digest, after the camera's challenge. */
	async digest(method, target, { user, password } = LOGIN) {
		const { headers } = await this.post(target, "", { method });
		const [, realm] = /realm="([^"]*)"/.exec(headers["www-authenticate"]),
			[, nonce] = /nonce="([^"]*)"/.exec(headers["www-authenticate"]);
		const hash = text => createHash("md5").update(text).digest("hex");
		const response = hash(
			`${hash(`${user}:${realm}:${password}`)}:${nonce}:00000001:c:auth:${hash(`${method}:${target}`)}`,
		);
		return {
			authorization:
				`Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${target}", response="${response}"`
				+ ", qop=auth, nc=00000001, cnonce=\"c\"",
		};
	}
}

/** Text of the first element of a name. */
export function textIn(xml, name) {
	return new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)<`).exec(xml)?.[1];
}

/** Status, and the fault's subcodes. */
export function outcome({ status, text }) {
	return [status, ...[...text.matchAll(/<s:Value>ter:(\w+)</g)].map(([, code]) => code)].join(" ");
}
