// SPDX-License-Identifier: MIT
/**
 * What happens to a request: the checks in a fixed order, then the handler of its path.
 *
 * The password comes first: unauthenticated clients get 401 even for unknown paths.
 */

import type { Authenticator } from "../rtsp/authenticator";
import { AUTHORIZATION, HOST, ORIGIN, type Request } from "../rtsp/message";
import type { HTTPConnection } from "./connection";
import { isOwnHost, refuseForeign } from "./guard";
import { RequestHeaders } from "./headers";
import { parseTarget } from "./request";
import type { Answer, Route } from "./types";

export interface HTTPServiceOptions {
	readonly routes: readonly Route[];
	/** undefined if no password is required. */
	readonly authenticator: Authenticator | undefined;
	/** Names of the camera besides those of guard.ts, in lower case. */
	readonly names: readonly string[];
	/** Origin whose pages may read the answers (CORS), `*` for all, empty for none. */
	readonly cors: string;
	/** Checks the Host of each request instead of the rule below. @returns the refusal, or undefined */
	readonly refuseHost?: ((host: string, method: string) => Answer | undefined) | undefined;
	/** Whether an address may have one more stream. */
	readonly admits: (address: string) => boolean;
}

/** Methods that are answered with 405 where a path does not have them, instead of 501. */
const METHODS: readonly string[] = Object.freeze(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What pages of another origin may ask for. */
const PREFLIGHT = "Access-Control-Allow-Methods: GET, HEAD\r\nAccess-Control-Allow-Headers: Authorization\r\n";

/** Why a name is refused. */
const FOREIGN_NAME =
	"421 Misdirected Request\r\nWithout a password, this camera answers only to its address or to a local name. "
	+ "Set --user and --password, or allow this name with --http-hosts.\r\n";

export class HTTPService {
	readonly #options: HTTPServiceOptions;

	constructor(options: HTTPServiceOptions) {
		this.#options = options;
	}

	/** @returns undefined if the handler answers later */
	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		const lines = connection.generalLines = this.#corsLines(request.header(ORIGIN));
		// a preflight carries no password
		if (lines !== "" && request.method === "OPTIONS")
			return { status: 204, headers: PREFLIGHT };
		const refusal = this.#refuse(request, connection);
		return refusal !== undefined && !this.#isOpen(request, connection.isStreamPort)
			? refusal
			: this.#dispatch(request, connection, refusal);
	}

	/** Whether a route judges by itself who may send this request. Without a password, nobody does. */
	#isOpen({ url, method }: Request, isStreamPort: boolean): boolean {
		const { authenticator, routes } = this.#options;
		return authenticator !== undefined
			&& routes.some(({ open, paths, methods, stream = false }) =>
				open && paths.includes(url) && methods.includes(method) && (stream || !isStreamPort)
			);
	}

	/** Header lines that let a page of another origin read the answer; "" if it may not. */
	#corsLines(origin: string | undefined): string {
		const { cors } = this.#options;
		if (cors === "" || origin === undefined || (cors !== "*" && cors !== origin))
			return "";
		return cors === "*"
			? "Access-Control-Allow-Origin: *\r\n"
			: `Access-Control-Allow-Origin: ${cors}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n`;
	}

	#refuse(request: Request, { standing, address }: HTTPConnection): Answer | undefined {
		const { authenticator, names, refuseHost } = this.#options, { method, url } = request;
		if (!METHODS.includes(method))
			return { status: 501 };
		const host = request.header(HOST) ?? "", refusal = refuseHost?.(host, method);
		if (refusal !== undefined)
			return refusal;
		if (authenticator === undefined)
			return refuseHost !== undefined || host === "" || isOwnHost(host, names)
				? undefined
				: { status: 421, type: "text/plain", body: FOREIGN_NAME };
		const authorization = request.header(AUTHORIZATION);
		const verdict = authenticator.judge({ method, url, authorization, address, exact: true }, standing);
		switch (verdict) {
			case "granted":
				return undefined;
			case "locked":
				return { status: 503, headers: `Retry-After: ${authenticator.retryAfter(address)}\r\n` };
			case "malformed":
			case "mismatch":
				return { status: 400 };
			default:
				return { status: 401,
					headers: `WWW-Authenticate: ${authenticator.challenge(address, verdict === "stale", true)}\r\n` };
		}
	}

	#dispatch(request: Request, connection: HTTPConnection, refusal: Answer | undefined): Answer | undefined {
		const { method, url, body } = request, headers = new RequestHeaders(request);
		if (url === "*")
			return method === "OPTIONS" ? allowing(204, METHODS) : { status: 400 };
		const target = parseTarget(url, request.header(HOST));
		if (target === undefined)
			return { status: 400 };
		const { path, query } = target, { authenticator, names, admits } = this.#options;
		const found = this.#find(path, connection.isStreamPort, method === "HEAD" ? "GET" : method);
		if (found === undefined)
			return { status: 404 };
		if (!(found instanceof Array)) {
			// HEAD asks for what GET would answer, and must not do it
			if (found.changes && method === "HEAD")
				return allowing(405, [...found.methods, "OPTIONS"]);
			const foreign = found.changes ? refuseForeign(method, headers, names, found.form) : undefined;
			if (foreign !== undefined)
				return foreign;
			if (found.lasting && method !== "HEAD" && !admits(connection.address))
				return { status: 503 };
			return found.handle({ method: method === "HEAD" ? "GET" : method, path, query, headers, body,
				address: connection.address, user: refusal ? undefined : authenticator?.user, refusal }, connection);
		}
		return allowing(method === "OPTIONS" ? 204 : 405, [...found, "OPTIONS"]);
	}

	/** @returns the route; the methods of the path, if it has not this one; undefined if there is no such path */
	#find(path: string, isStreamPort: boolean, method: string): Route | string[] | undefined {
		const methods: string[] = [];
		for (const route of this.#options.routes) {
			if ((isStreamPort && !route.stream) || !hasPath(route, path))
				continue;
			if (route.methods.includes(method))
				return route;
			for (const other of route.methods)
				methods.push(...(other === "GET" && !route.changes ? ["GET", "HEAD"] : [other]));
		}
		return methods.length === 0 ? undefined : methods;
	}
}

function hasPath({ paths }: Route, path: string): boolean {
	return paths.some(own => own === path || (own.endsWith("/*") && path.startsWith(own.slice(0, -1))));
}

function allowing(status: number, methods: readonly string[]): Answer {
	return { status, headers: `Allow: ${methods.join(", ")}\r\n` };
}
