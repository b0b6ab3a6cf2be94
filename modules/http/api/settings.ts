// SPDX-License-Identifier: MIT
/**
 * `/api/settings`: values and limits of what can change while the camera runs. GET reads them, PATCH sets some, and
 * POST to `save`, `forget` and `reset` stores them for the next start, forgets what was stored, and sets them as they
 * were at this start.
 */

import { errorText } from "../../common/errortext";
import { formatSaved, parseSaved, type SavedValue, type SettingsStore } from "../../settings/saved";
import { CLOSED, type Range, type Refusal, type Tuning, type TuningValue } from "../../stream/tuning";
import type { Answer, HTTPRequest, Route } from "../types";
import type { APIOptions } from "./context";
import { answerError, readObject, GET, JSON_TYPE } from "./json";

const PATHS: readonly string[] = Object.freeze(["/api/settings"]);

/** The settings' names for the same values (settings/settings.ts). */
function settingOf(name: string): string {
	return name === "framerate" ? "fps" : name;
}

function nameOf(setting: string): string {
	return setting === "fps" ? "framerate" : setting;
}

/** The refusal of a change, if the owner allows none. */
export function refuseChange(tuning: Pick<Tuning, "limits">): Answer | undefined {
	return tuning.limits.writable
		? undefined
		: answerError(403, "control",
			"nobody may change anything: start the camera with --user and --password, or with --control anybody");
}

export function answerRefusal(refusal: Refusal, tuning: Tuning): Answer {
	const { name, message, allowed } = refusal;
	if (refusal === CLOSED)
		return answerError(503, name, message);
	const isKnown = allowed !== undefined || tuning.has(name);
	return answerError(400, name, message, isKnown ? allowed : tuning.names);
}

export class SettingsRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;
	readonly #tuning: Tuning;
	readonly #store: SettingsStore | undefined;
	/** Values at the start, by name. */
	readonly #initial: (readonly [name: string, value: TuningValue])[];

	constructor({ camera, store }: APIOptions) {
		this.#tuning = camera.tuning;
		this.#store = store;
		this.#initial = this.#values();
	}

	handle(): Answer {
		return { status: 200, type: JSON_TYPE, body: this.#describe() };
	}

	/** Sets what the request's body says. */
	change(request: HTTPRequest): Answer {
		const values = readObject(request);
		if (!Array.isArray(values))
			return values;
		const refused = this.#tuning.set(values);
		return refused ? answerRefusal(refused, this.#tuning) : this.handle();
	}

	/** Stores the present values, or none. A closed camera has not got them. */
	store(forget: boolean): Answer {
		if (!this.#store)
			return answerError(501, "store",
				"settings cannot be saved: start the camera with --settings-file and the path of a file");
		if (!forget && !this.#tuning.isOpen)
			return answerRefusal(CLOSED, this.#tuning);
		try {
			if (forget)
				this.#store.remove();
			else
				this.#store.write(
					formatSaved(Object.fromEntries(this.#values().map(([name, value]) => [settingOf(name), value]))),
				);
		}
		catch (error) {
			return answerError(500, "store", errorText(error));
		}
		return this.handle();
	}

	/** Sets the values of the start. */
	reset(): Answer {
		const tuning = this.#tuning;
		const refused = tuning.set(this.#initial.filter(([name, value]) => tuning.get(name) !== value));
		return refused ? answerRefusal(refused, this.#tuning) : this.handle();
	}

	#values(): [string, TuningValue][] {
		const values: [string, TuningValue][] = [];
		for (const name of this.#tuning.names) {
			const value = this.#tuning.get(name);
			if (value !== undefined)
				values.push([name, value]);
		}
		return values;
	}

	/** Written piece by piece: as one object with all limits, it would take several hundred slots of a board's heap at
	 *  a time.
	 *  @returns the document as JSON: `values` by name; `limits` by name, the sizes or a range, for a control with the
	 *  value at the start; what is `saved`, or null; whether settings are `writable` and `storable` */
	#describe(): string {
		const tuning = this.#tuning;
		let values = "", limits = "";
		for (const name of tuning.names) {
			const value = tuning.get(name), range = tuning.range(name);
			if (value === undefined || !range)
				continue;
			const comma = values === "" ? "" : ",";
			values += `${comma}"${name}":${JSON.stringify(value)}`;
			limits += `${comma}"${name}":${JSON.stringify(this.#withDefault(name, range))}`;
		}
		return `{"values":{${values}},"limits":{${limits}},"saved":${JSON.stringify(this.#saved())},`
			+ `"writable":${tuning.limits.writable},"storable":${this.#store !== undefined}}`;
	}

	#withDefault(name: string, range: Range): unknown {
		const first = this.#initial.find(([other]) => other === name)?.[1];
		return "minimum" in range && first !== undefined ? { ...range, default: first } : range;
	}

	#saved(): Record<string, SavedValue> | null {
		try {
			const text = this.#store?.read();
			return text === undefined
				? null
				: Object.fromEntries(Object.entries(parseSaved(text)).map(([name, value]) => [nameOf(name), value]));
		}
		catch {
			// the start has reported it
			return null;
		}
	}
}

/** What can be changed, and where. */
const CHANGES = Object.freeze({
	set: change("PATCH", "/api/settings"),
	save: change("POST", "/api/settings/save"),
	forget: change("POST", "/api/settings/forget"),
	reset: change("POST", "/api/settings/reset"),
	restart: change("POST", "/api/restart"),
});

export type Change = keyof typeof CHANGES;

function change(
	method: string,
	path: string,
): { readonly methods: readonly string[]; readonly paths: readonly string[] } {
	return Object.freeze({ methods: Object.freeze([method]), paths: Object.freeze([path]) });
}

/** Makes changes. */
export interface Changer {
	apply(change: Change, request: HTTPRequest): Answer;
}

/** The route of a change. */
export class ChangeRoute implements Route {
	readonly #change: Change;
	readonly #changer: Changer;

	constructor(change: Change, changer: Changer) {
		this.#change = change;
		this.#changer = changer;
	}

	get paths(): readonly string[] {
		return CHANGES[this.#change].paths;
	}

	get methods(): readonly string[] {
		return CHANGES[this.#change].methods;
	}

	get changes(): boolean {
		return true;
	}

	handle(request: HTTPRequest): Answer {
		return this.#changer.apply(this.#change, request);
	}
}
