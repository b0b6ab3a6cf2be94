// SPDX-License-Identifier: MIT
/**
 * What the set-up page's server answers: the page, and the form that comes back from it.
 *
 * A form is taken only from this page: by a browser that says so (`Origin`), addressed to this camera (`Host`: a name
 * that somebody points at the camera's address is none), and with the token that the page has. Another site can make a
 * browser send a form here, but it can make it say none of the three.
 */

import { reasonPhrase } from "../common/reasonphrase";
import type { Request } from "../rtsp/message";
import { SettingsError } from "../settings/settings";
import { parseForm } from "./form";
import { renderDone, renderError, renderPage } from "./page";
import { checkConfig, forgetStored, overlay, STORED_NAMES, writeStored, type Store, type StoredName,
	type StoredValues } from "./stored";

export interface SiteOptions {
	/** What holds now: manifest, command line and flash. */
	readonly config: Record<string, unknown>;
	readonly store: Store;
	/** `Host` of requests, beginning with the one that redirects lead to: addresses, with the port unless it is 80. */
	readonly hosts: readonly string[];
	/** Unguessable. */
	readonly token: string;
	/** Networks around. */
	readonly networks: () => readonly string[];
	/** Somebody uses the page. */
	readonly onUse: () => void;
	/** What was stored is to take effect; not before the answer has left. */
	readonly onStored: () => void;
	readonly onNotice: (message: string) => void;
}

export interface Answer {
	readonly status: number;
	/** Header lines beside those that every answer has, each ended. */
	readonly headers: string;
	/** HTML, ASCII. */
	readonly body: string;
}

const FORM_TYPE = "application/x-www-form-urlencoded";

/** What the page's forms have. */
const FIELDS: readonly string[] = Object.freeze(["token", "open", ...STORED_NAMES]);

export class Site {
	readonly #options: SiteOptions;
	/** What was stored since the start, so that a second form builds on the first. */
	#config: Record<string, unknown>;

	constructor(options: SiteOptions) {
		this.#options = options;
		this.#config = options.config;
	}

	/** Whether a request may have a body at all, from its head alone.
	 *  @returns the answer when not */
	refuse(request: Request): Answer | undefined {
		const { method, url, version, headers } = request;
		const path = pathOf(url);
		if (version !== "HTTP/1.0" && version !== "HTTP/1.1")
			return refusal(505);
		if (!this.#isOurs(headers.get("host") ?? ""))
			return method === "GET" || method === "HEAD" ? redirect(this.#options.hosts[0]!) : refusal(421);
		if (path !== "/" && path !== "/forget")
			return refusal(404);
		const readable = path === "/";
		if (method !== "POST" && !(readable && (method === "GET" || method === "HEAD")))
			return refusal(405, `Allow: ${readable ? "GET, HEAD, POST" : "POST"}\r\n`);
		return method === "POST" ? this.#refuseForm(request) : undefined;
	}

	/** @param request whole, and one that `refuse` lets through */
	answer({ method, url, body }: Request): Answer {
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

	#refuseForm({ headers }: Request): Answer | undefined {
		const origin = headers.get("origin"), site = headers.get("sec-fetch-site");
		if (origin !== undefined && !(origin.startsWith("http://") && this.#isOurs(origin.slice(7))))
			return refusal(403);
		if (site !== undefined && site !== "same-origin")
			return refusal(403);
		const type = headers.get("content-type") ?? "";
		const semicolon = type.indexOf(";");
		if ((semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase() !== FORM_TYPE)
			return refusal(415);
		return undefined;
	}

	#save(form: Map<string, string>): Answer {
		const values = this.#readValues(form);
		if (values.ssid === undefined || values.ssid === "")
			return page(422, this.#render("Which Wi-Fi network?", values));
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
			onNotice("what was sent to the set-up page could not be stored");
			return page(500, this.#render("It could not be saved.", values));
		}
		this.#config = overlay(this.#config, values);
		onNotice("new settings are stored");
		onStored();
		return page(200, renderDone(
			`Saved. The camera restarts, and joins ${values.ssid}. If it does not get there, this network is back `
				+ "in a while.",
		));
	}

	#forget(): Answer {
		const { store, onStored, onNotice } = this.#options;
		try {
			forgetStored(store);
		}
		catch {
			onNotice("the stored settings could not be deleted");
			return page(500, this.#render("It could not be deleted.", {}));
		}
		onNotice("the stored settings are deleted");
		onStored();
		return page(200, renderDone("Forgotten. The camera restarts as it was when it was programmed."));
	}

	/** What a form says, with passwords that it leaves as they are. */
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
		if ((values[secret] ?? "") === "" && values[owner] === this.#config[owner] && present !== undefined)
			values[secret] = String(present);
	}

	#render(complaint: string, values: StoredValues): string {
		const present = (name: StoredName): string => values[name] ?? String(this.#config[name] ?? "");
		const { networks, token } = this.#options;
		return renderPage({ ssid: present("ssid"), name: present("name"), user: present("user"), networks: networks(),
			token, complaint });
	}
}

/** The text of an answer, in pieces that fit into a device's send buffer.
 *  @param withBody whether the body goes with it: HEAD has its length only */
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

/** @param headers lines, each ended */
export function refusal(status: number, headers = ""): Answer {
	return { status, headers, body: renderError(status, reasonPhrase(status)) };
}

function page(status: number, body: string): Answer {
	return { status, headers: "", body };
}

function redirect(host: string): Answer {
	return refusal(302, `Location: http://${host}/\r\n`);
}

/** Without the query. */
function pathOf(url: string): string {
	const question = url.indexOf("?");
	return question < 0 ? url : url.slice(0, question);
}
