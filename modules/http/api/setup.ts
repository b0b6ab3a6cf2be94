// SPDX-License-Identifier: MIT
/**
 * `/api/setup`: Wi-Fi, name and user of a board. GET shows them, POST stores others for the next start and restarts.
 * POST to `search` looks for networks, POST to `forget` deletes what was stored and restarts.
 */

import type { Setup, SetupName, SetupRefusal, SetupValues } from "../../settings/setup";
import type { Tuning } from "../../stream/tuning";
import type { Answer, HTTPRequest, Route } from "../types";
import { answerError, answerJSON, readObject, GET } from "./json";
import { refuseChange } from "./settings";

const POST: readonly string[] = Object.freeze(["POST"]);
const PATHS: readonly string[] = Object.freeze(["/api/setup"]);
const CHANGES: readonly string[] = Object.freeze(["/api/setup", "/api/setup/search", "/api/setup/forget"]);

/** Values that are texts, and one that is true or false. */
const TEXTS: readonly string[] = Object.freeze(
	["ssid", "password", "name", "user", "rtspPassword"] satisfies SetupName[],
);
const OPEN = "open";

class SetupRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #setup: Setup;

	constructor(setup: Setup) {
		this.#setup = setup;
	}

	handle(): Answer {
		return answerJSON(this.#setup.state);
	}
}

class SetupChangeRoute implements Route {
	readonly paths = CHANGES;
	readonly methods = POST;
	readonly changes = true;
	readonly #setup: Setup;
	readonly #tuning: Pick<Tuning, "limits">;

	constructor(setup: Setup, tuning: Pick<Tuning, "limits">) {
		this.#setup = setup;
		this.#tuning = tuning;
	}

	handle(request: HTTPRequest): Answer {
		const setup = this.#setup, refusal = refuseChange(this.#tuning);
		if (refusal)
			return refusal;
		switch (request.path) {
			case "/api/setup/search":
				setup.search();
				return answerJSON(setup.state);
			case "/api/setup/forget":
				return answer(setup.forget());
			default:
				return this.#save(request);
		}
	}

	#save(request: HTTPRequest): Answer {
		const entries = readObject(request);
		if (!Array.isArray(entries))
			return entries;
		const values: Record<string, unknown> = {};
		for (const [name, value] of entries) {
			if (name !== OPEN && !TEXTS.includes(name))
				return answerError(400, name, `set-up has no ${name}`, [...TEXTS, OPEN]);
			if (typeof value !== (name === OPEN ? "boolean" : "string"))
				return answerError(400, name, `${name}: use ${name === OPEN ? "true or false" : "a text"}`);
			values[name] = value;
		}
		// names and types are checked above
		return answer(this.#setup.save(values as SetupValues));
	}
}

function answer(refusal: SetupRefusal | undefined): Answer {
	return refusal
		? answerError(refusal.name === "store" ? 500 : 400, refusal.name, refusal.message)
		: answerJSON({ restarting: "board" });
}

/** @param tuning says whether changes are allowed */
export function setupRoutes(setup: Setup, tuning: Pick<Tuning, "limits">): Route[] {
	return [new SetupRoute(setup), new SetupChangeRoute(setup, tuning)];
}
