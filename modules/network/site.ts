// SPDX-License-Identifier: MIT
/**
 * The set-up page's site: what the HTTP server of the set-up network answers.
 *
 * A form is accepted only from this page: from a browser that says so (`Origin`; http/guard.ts compares it), addressed
 * to this camera (`Host`; a name that somebody points at the camera's address does not count), and with the page's
 * token. Another site can make a browser send a form here, but cannot forge any of the three.
 */

import type { Setup, SetupRefusal } from "../settings/setup";
import { parseForm } from "./form";
import { renderDone, renderPage } from "./page";
import { STORED_NAMES, type StoredValues } from "./stored";

export interface SiteOptions {
	readonly setup: Setup;
	/** Accepted values of `Host`: addresses, with the port unless it is 80. Redirects lead to the first. */
	readonly hosts: readonly string[];
	/** Unpredictable token of the page's forms. */
	readonly token: string;
	/** The page is in use. */
	readonly onUse: () => void;
}

/** As http/'s Answer. */
export interface SiteAnswer {
	readonly status: number;
	readonly type?: string;
	readonly headers?: string;
	/** HTML in ASCII. */
	readonly body?: string;
}

/** As http/'s HTTPRequest. */
export interface SiteRequest {
	readonly path: string;
	readonly body: Uint8Array;
}

/** As http/'s Route. */
export interface SiteRoute {
	readonly paths: readonly string[];
	readonly methods: readonly string[];
	readonly changes?: boolean;
	readonly form?: boolean;
	handle(request: SiteRequest): SiteAnswer;
}

/** Names of the forms' fields. */
const FIELDS: readonly string[] = Object.freeze(["token", "open", ...STORED_NAMES]);

const HEADERS = "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
	+ "frame-ancestors 'none'\r\nReferrer-Policy: same-origin\r\n";

export class Site {
	readonly routes: readonly SiteRoute[];
	readonly #options: SiteOptions;

	constructor(options: SiteOptions) {
		this.#options = options;
		this.routes = [
			{ paths: ["/"], methods: ["GET"], handle: () => this.#show() },
			{ paths: ["/", "/forget"], methods: ["POST"], changes: true, form: true,
				handle: request => this.#accept(request) },
		];
	}

	/** Leads a browser here that looks for another host: telephones ask one whether there is internet, and then show
	 *  this page.
	 *  @param host value of the Host header, "" for none
	 *  @returns undefined if the host is this camera */
	refuseHost(host: string, method: string): SiteAnswer | undefined {
		const { hosts } = this.#options;
		if (hosts.includes(host))
			return undefined;
		return method === "GET" || method === "HEAD"
			? { status: 302, headers: `Location: http://${hosts[0]!}/\r\n` }
			: { status: 421 };
	}

	#show(): SiteAnswer {
		this.#options.onUse();
		return this.#render();
	}

	#accept({ path, body }: SiteRequest): SiteAnswer {
		const { token, onUse } = this.#options, form = parseForm(body);
		onUse();
		if (form === undefined)
			return { status: 400 };
		for (const name of form.keys()) {
			if (!FIELDS.includes(name))
				return { status: 400 };
		}
		if (form.get("token") !== token)
			return { status: 403 };
		return path === "/forget" ? this.#forget() : this.#save(form);
	}

	#save(form: Map<string, string>): SiteAnswer {
		const { setup } = this.#options, values: StoredValues = {};
		for (const name of STORED_NAMES) {
			const value = form.get(name);
			if (value !== undefined)
				values[name] = value;
		}
		const refusal = setup.save({ ...values, open: form.get("open") === "yes" });
		return refusal
			? this.#render(refusal, values)
			: page(200, renderDone(
				`Saved. The camera restarts and joins ${setup.state.ssid}. If that fails, this network comes back `
					+ "after a while.",
			));
	}

	#forget(): SiteAnswer {
		const refusal = this.#options.setup.forget();
		return refusal
			? this.#render(refusal)
			: page(200, renderDone("Forgotten. The camera restarts with the settings it was programmed with."));
	}

	#render(refusal?: SetupRefusal, values: StoredValues = {}): SiteAnswer {
		const { setup, token } = this.#options, { ssid, name, user, networks } = setup.state;
		const body = renderPage({ ssid: values.ssid ?? ssid, name: values.name ?? name, user: values.user ?? user,
			networks, token, complaint: refusal?.message ?? "" });
		return page(refusal ? refusal.name === "store" ? 500 : 422 : 200, body);
	}
}

function page(status: number, body: string): SiteAnswer {
	return { status, type: "text/html; charset=utf-8", headers: HEADERS, body };
}
