// SPDX-License-Identifier: MIT
/** The HTTP API: status, settings, set-up, clients, notices, events, metrics (docs/api.md). */

import { openapi } from "http/api/openapi";
import type { Answer, HTTPRequest, Route } from "../types";
import { ClientsRoute, listConsumers, type ClientDocument } from "./clients";
import type { APIOptions } from "./context";
import { EventsRoute } from "./events";
import { answerJSON, JSON_TYPE, GET } from "./json";
import { LegacyControlRoute, LegacyStatusRoute } from "./legacy";
import { LogRoute } from "./log";
import { MetricsRoute } from "./metrics";
import { ChangeRoute, refuseChange, SettingsRoute, type Change, type Changer } from "./settings";
import { setupRoutes } from "./setup";
import { describeStatus, describeStream, StatusRoute } from "./status";

export type { APIOptions } from "./context";

const PATHS: readonly string[] = Object.freeze(["/api/openapi.json"]);

export class API implements Changer {
	readonly routes: readonly Route[];
	readonly #options: APIOptions;
	readonly #events: EventsRoute;
	readonly #settings: SettingsRoute;

	constructor(options: APIOptions) {
		this.#options = options;
		const { camera, notices } = options, settings = this.#settings = new SettingsRoute(options);
		this.#events = new EventsRoute({
			describeStream: host => describeStream(options, host),
			describe: () => {
				const status = describeStatus(options);
				return { ...status, count: status.clients, clients: this.#clients() };
			},
			nextNumber: () => camera.hub.consumers.nextNumber(),
			uptime: () => notices.now * 1000,
		});
		this.routes = [
			new StatusRoute(options),
			settings,
			new ChangeRoute("set", this),
			new ChangeRoute("save", this),
			new ChangeRoute("forget", this),
			new ChangeRoute("reset", this),
			new ChangeRoute("restart", this),
			new ClientsRoute(() => this.#clients()),
			new LogRoute(notices),
			this.#events,
			new MetricsRoute(options),
			new LegacyStatusRoute(options),
			new LegacyControlRoute(options),
			...(options.setup ? setupRoutes(options.setup, camera.tuning) : []),
			...(openapi === "" ? [] : [new DescriptionRoute()]),
		];
	}

	/** Ends the event streams. */
	close(): void {
		this.#events.close();
	}

	#clients(): ClientDocument[] {
		return [...listConsumers(this.#options.camera.hub), ...this.#events.list()];
	}

	/** Makes a change, if the owner allows changes. */
	apply(change: Change, request: HTTPRequest): Answer {
		const refusal = refuseChange(this.#options.camera.tuning);
		if (refusal)
			return refusal;
		switch (change) {
			case "set":
				return this.#settings.change(request);
			case "reset":
				return this.#settings.reset();
			case "restart":
				return this.#restart();
			default:
				return this.#settings.store(change === "forget");
		}
	}

	#restart(): Answer {
		const { camera, restart, notices } = this.#options;
		notices.add(`restart of the ${restart ? "board" : "camera"} by HTTP`);
		if (restart)
			restart();
		else
			camera.hub.source.reopen();
		return answerJSON({ restarting: restart ? "board" : "camera" });
	}
}

/** `GET /api/openapi.json`. */
class DescriptionRoute implements Route {
	readonly paths = PATHS;
	readonly methods = GET;

	handle(): Answer {
		return { status: 200, type: JSON_TYPE, body: openapi };
	}
}
