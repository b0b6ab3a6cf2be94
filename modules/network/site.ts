// SPDX-License-Identifier: MIT
/**
 * The set-up page's site: responds with the page, and accepts the form that the page sends.
 *
 * A form is accepted only from this page: from a browser that says so (`Origin`), addressed to this camera (`Host`; a
 * name that somebody points at the camera's address does not count), and with the page's token. Another site can make a
 * browser send a form here, but cannot forge any of the three.
 */

import { reasonPhrase } from "../common/reasonphrase";
import { CONTENT_TYPE, HOST, ORIGIN, SEC_FETCH_SITE, type Request } from "../rtsp/message";
import { SettingsError } from "../settings/settings";
import { parseForm } from "./form";
import { renderDone, renderError, renderPage } from "./page";
import { checkConfig, forgetStored, overlay, STORED_NAMES, writeStored, type Store, type StoredName,
	type StoredValues } from "./stored";

export interface SiteOptions {
	/** Settings in effect: manifest, command line and flash. */
	readonly config: Record<string, unknown>;
	readonly store: Store;
	/** Accepted values of `Host`: addresses, with the port unless it is 80. Redirects lead to the first. */
	readonly hosts: readonly string[];
	/** Unpredictable token of the page's forms. */
	readonly token: string;
	/** Names of nearby networks. */
	readonly networks: () => readonly string[];
	/** The page is in use. */
	readonly onUse: () => void;
	/** Settings were stored. They may take effect only after the response is sent. */
	readonly onStored: () => void;
	readonly onNotice: (message: string) => void;
}

export interface Answer {
	readonly status: number;
	/** Additional header lines, each with its line end. */
	readonly headers: string;
	/** HTML in ASCII. */
	readonly body: string;
}

const FORM_TYPE = "application/x-www-form-urlencoded";

/** Names of the forms' fields. */
const FIELDS: readonly string[] = Object.freeze(["token", "open", ...STORED_NAMES]);

export class Site {
	readonly #options: SiteOptions;
	/** Settings including those stored since the start, so that a second form builds on the first. */
	#config: Record<string, unknown>;

	constructor(options: SiteOptions) {
		this.#options = options;
		this.#config = options.config;
	}

	/** Checks a request's head, before its body is read.
	 *  @returns the response if the request is refused */
	refuse(request: Request): Answer | undefined {
		const { method, url, version } = request;
		const path = pathOf(url);
		if (version !== "HTTP/1.0" && version !== "HTTP/1.1")
			return refusal(505);
		if (!this.#isOurs(request.header(HOST) ?? ""))
			return method === "GET" || method === "HEAD" ? redirect(this.#options.hosts[0]!) : refusal(421);
		if (path !== "/" && path !== "/forget")
			return refusal(404);
		const readable = path === "/";
		if (method !== "POST" && !(readable && (method === "GET" || method === "HEAD")))
			return refusal(405, `Allow: ${readable ? "GET, HEAD, POST" : "POST"}\r\n`);
		return method === "POST" ? this.#refuseForm(request) : undefined;
	}

	/** Responds to a request.
	 *  @param method of a complete request that `refuse` has not refused */
	answer(method: string, url: string, body: Uint8Array): Answer {
		this.#options.onUse();
		if (method !== "POST")
			return page(200, this.#render("", {}));
		const form = parseForm(body);
		if (form === undefined)
			return refusal(400);
		for (const name of form.keys()) {
			if (!FIELDS.includes(name))
				return refusal(400);
		}
		if (form.get("token") !== this.#options.token)
			return refusal(403);
		return pathOf(url) === "/forget" ? this.#forget() : this.#save(form);
	}

	#isOurs(host: string): boolean {
		return this.#options.hosts.includes(host);
	}

	#refuseForm(request: Request): Answer | undefined {
		const origin = request.header(ORIGIN), site = request.header(SEC_FETCH_SITE);
		if (origin !== undefined && !(origin.startsWith("http://") && this.#isOurs(origin.slice(7))))
			return refusal(403);
		if (site !== undefined && site !== "same-origin")
			return refusal(403);
		const type = request.header(CONTENT_TYPE) ?? "";
		const semicolon = type.indexOf(";");
		if ((semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase() !== FORM_TYPE)
			return refusal(415);
		return undefined;
	}

	#save(form: Map<string, string>): Answer {
		const values = this.#readValues(form);
		if (values.ssid === undefined || values.ssid === "")
			return page(422, this.#render("Enter the name of the Wi-Fi network.", values));
		try {
			checkConfig(overlay(this.#config, values));
		}
		catch (error) {
			if (error instanceof SettingsError)
				return page(422, this.#render(error.message, values));
			throw error;
		}
		const { store, onStored, onNotice } = this.#options;
		try {
			writeStored(store, values);
		}
		catch {
			onNotice("the settings from the set-up page could not be stored");
			return page(500, this.#render("The settings could not be saved.", values));
		}
		this.#config = overlay(this.#config, values);
		onNotice("new settings are stored");
		onStored();
		return page(200, renderDone(
			`Saved. The camera restarts and joins ${values.ssid}. If that fails, this network comes back after a `
				+ "while.",
		));
	}

	#forget(): Answer {
		const { store, onStored, onNotice } = this.#options;
		try {
			forgetStored(store);
		}
		catch {
			onNotice("the stored settings could not be deleted");
			return page(500, this.#render("The settings could not be deleted.", {}));
		}
		onNotice("the stored settings are deleted");
		onStored();
		return page(200, renderDone("Forgotten. The camera restarts with the settings it was programmed with."));
	}

	/** Reads a form's values and adds the passwords that it leaves unchanged. */
	#readValues(form: Map<string, string>): StoredValues {
		const values: StoredValues = {};
		for (const name of STORED_NAMES) {
			const value = form.get(name);
			if (value !== undefined)
				values[name] = value;
		}
		if (form.get("open") === "yes")
			values.password = "";
		else
			this.#keep(values, "ssid", "password");
		this.#keep(values, "user", "rtspPassword");
		return values;
	}

	#keep(values: StoredValues, owner: StoredName, secret: StoredName): void {
		const present = this.#config[secret];
		if ((values[secret] ?? "") === "" && values[owner] === (this.#config[owner] ?? "") && present !== undefined)
			values[secret] = String(present);
	}

	#render(complaint: string, values: StoredValues): string {
		const present = (name: StoredName): string => values[name] ?? String(this.#config[name] ?? "");
		const { networks, token } = this.#options;
		return renderPage({ ssid: present("ssid"), name: present("name"), user: present("user"), networks: networks(),
			token, complaint });
	}
}

/** Formats a response, in pieces that fit into a device's send buffer.
 *  @param withBody false for HEAD, whose response has only the body's length */
export function formatAnswer({ status, headers, body }: Answer, withBody: boolean): string[] {
	const head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${headers}Content-Type: text/html; `
		+ `charset=utf-8\r\nContent-Length: ${body.length}\r\n`
		+ "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
		+ "form-action 'self'; frame-ancestors 'none'\r\n"
		+ "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\nConnection: close\r\n\r\n";
	const pieces = [head];
	for (let i = 0; withBody && i < body.length; i += PIECE)
		pieces.push(body.slice(i, i + PIECE));
	return pieces;
}

const PIECE = 1400;

/** @param headers additional lines, each with its line end */
export function refusal(status: number, headers = ""): Answer {
	return { status, headers, body: renderError(status, reasonPhrase(status)) };
}

function page(status: number, body: string): Answer {
	return { status, headers: "", body };
}

function redirect(host: string): Answer {
	return refusal(302, `Location: http://${host}/\r\n`);
}

/** The URL's path, without the query. */
function pathOf(url: string): string {
	const question = url.indexOf("?");
	return question < 0 ? url : url.slice(0, question);
}
