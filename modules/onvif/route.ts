// SPDX-License-Identifier: MIT
/**
 * ONVIF over HTTP: an envelope in, an envelope out.
 *
 * Each path takes the operations of all services: go2rtc asks the imaging service for the snapshot. The name and the
 * namespace of the body's first element say which operation it is.
 */

import { refuseForeign } from "../http/guard";
import type { Answer, HTTPRequest, Route } from "../http/types";
import { envelope, isComplete, namespaces, readHeader, relatesTo, FIRST_OWN, type Header } from "../soap/envelope";
import { XMLReader } from "../soap/xml";
import { Arguments, MOST_ARGUMENTS } from "./arguments";
import { DEVICE_PATH, IMAGING_PATH, MEDIA_PATH, type Device, type Service } from "./device";
import { CLOCKS_DIFFER, faultBody, MALFORMED, NOT_AUTHORIZED, NOT_SUPPORTED, OTHER_VERSION, statusOf, USED_BEFORE,
	type Fault } from "./fault";
import { parseHost } from "./host";
import { Imaging } from "./imaging";
import { Media } from "./media";
import { TokenJudge } from "./security";
import type { ONVIFOptions } from "./types";

/** The last one is for clients that know no other path of the media service. */
const PATHS: readonly string[] = Object.freeze([DEVICE_PATH, MEDIA_PATH, IMAGING_PATH, "/onvif/media"]);
const POST: readonly string[] = Object.freeze(["POST"]);

/** Indices in the list of namespaces. */
const DEVICE = FIRST_OWN, MEDIA = FIRST_OWN + 1, IMAGING = FIRST_OWN + 2;
const NAMESPACES: readonly string[] = Object.freeze([...namespaces, "http://www.onvif.org/ver10/device/wsdl",
	"http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/imaging/wsdl"]);
const PREFIXES: readonly string[] = Object.freeze(["tds", "trt", "timg"]);
const SCHEMA = " xmlns:tt=\"http://www.onvif.org/ver10/schema\"";
const ERRORS = " xmlns:ter=\"http://www.onvif.org/ver10/error\"";

/** Most arguments of an operation that needs no password. */
const MOST_OPEN_ARGUMENTS = 4;

const TYPE = "application/soap+xml; charset=utf-8";

export class ONVIFRoute implements Route {
	readonly paths = PATHS;
	readonly methods = POST;
	readonly open = true;
	readonly #options: ONVIFOptions;
	readonly #device: Device;
	readonly #media: Media;
	readonly #imaging: Imaging;
	/** undefined if no password is required. */
	readonly #judge: TokenJudge | undefined;

	constructor(options: ONVIFOptions, device: Device) {
		this.#options = options;
		this.#device = device;
		this.#media = new Media(options);
		this.#imaging = new Imaging(options);
		const { camera: { access, hub }, password } = options, { authenticator, now } = access;
		this.#judge = authenticator
			&& new TokenJudge({ user: authenticator.user, password, authenticator, now,
				unixTime: () => access.unixTime(hub.now()) });
	}

	handle(request: HTTPRequest): Answer {
		const reader = new XMLReader(request.body, NAMESPACES), header = readHeader(reader), { refusal } = request;
		// clients with HTTP's Digest send nothing until they are asked for the password
		if (header === "malformed" || header === "version")
			return refusal ?? answerFault(header === "version" ? OTHER_VERSION : MALFORMED);
		if (!reader.child(2))
			return refusal ?? answerFault(MALFORMED, header);
		// strangers are not worth reading the rest, which is most of the work
		const { name, namespace } = reader, service = this.#service(namespace), isOpen = service?.isOpen(name) ?? false;
		const refused = isOpen ? undefined : this.#refuse(request, header);
		if (refused)
			return refused;
		const values = new Arguments();
		if (!values.read(reader, isOpen ? MOST_OPEN_ARGUMENTS : MOST_ARGUMENTS) || !isComplete(reader))
			return answerFault(MALFORMED, header);
		const host = parseHost(request.headers.get("host"));
		if (host === undefined)
			return { status: 400 };
		if (service === undefined)
			return answerFault(NOT_SUPPORTED, header);
		const foreign = service.changes(name)
			? refuseForeign("POST", request.headers, this.#options.httpHosts)
			: undefined;
		if (foreign)
			return foreign;
		const result = service.answer({ name, values, host });
		return typeof result === "string"
			? { status: 200, type: TYPE, body: envelope(declarationsOf(namespace), relatesTo(header), result) }
			: answerFault(result, header);
	}

	#service(namespace: number): Service | undefined {
		switch (namespace) {
			case DEVICE:
				return this.#device;
			case MEDIA:
				return this.#media;
			case IMAGING:
				return this.#imaging;
			default:
				return undefined;
		}
	}

	/** Refuses a client that has shown the password neither in HTTP's header nor in the message's. */
	#refuse({ refusal, address }: HTTPRequest, header: Header): Answer | undefined {
		const { token } = header;
		if (refusal === undefined || this.#judge === undefined)
			return undefined;
		// without a token, HTTP's challenge follows; with one, 400 (Core Specification, section 5.9.1)
		if (token === undefined || refusal.status !== 401)
			return refusal.status === 401 ? { ...answerFault(NOT_AUTHORIZED, header), ...refusal } : refusal;
		switch (this.#judge.judge(token, address)) {
			case "granted":
				return undefined;
			case "differing":
				return answerFault(CLOCKS_DIFFER, header);
			case "used":
				return answerFault(USED_BEFORE, header);
			default:
				return answerFault(NOT_AUTHORIZED, header);
		}
	}
}

function declarationsOf(namespace: number): string {
	return `${SCHEMA} xmlns:${PREFIXES[namespace - FIRST_OWN] ?? ""}="${NAMESPACES[namespace] ?? ""}"`;
}

function answerFault(fault: Fault, header?: Header): Answer {
	return { status: statusOf(fault), type: TYPE,
		body: envelope(ERRORS, header ? relatesTo(header) : "", faultBody(fault)) };
}
