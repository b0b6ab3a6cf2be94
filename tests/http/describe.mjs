// SPDX-License-Identifier: MIT
/** Checks of the API's answers against its description, and of the description and the metrics, by packages of
 *  tests/clients. */
import { createRequire } from "node:module";
import path from "node:path";
import { CLIENTS, Failure, Skip } from "../interop/harness.mjs";

const require = createRequire(path.join(CLIENTS, "package.json"));

/** Loads a package of tests/clients; the test is skipped without it. */
async function load(name) {
	try {
		return await import(require.resolve(name));
	}
	catch (error) {
		throw new Skip(`${name}: ${error.code ?? error.message}`);
	}
}

/** Checks documents against an OpenAPI description. */
export class Description {
	#ajv;
	#document;

	/** @param {object} document the description */
	static async of(document) {
		const { Ajv2020 } = (await load("ajv/dist/2020.js")).default;
		const ajv = new Ajv2020({ strict: false, allErrors: true });
		ajv.addSchema(document, "api");
		return new Description(ajv, document);
	}

	constructor(ajv, document) {
		this.#ajv = ajv;
		this.#document = document;
	}

	/** Paths with their methods: [["/api/status", "get"], …]. */
	get operations() {
		return Object.entries(this.#document.paths).flatMap(([name, item]) =>
			Object.keys(item).map(method => [name, method])
		);
	}

	/** Throws unless the description has this status for the operation, and the body fits its schema.
	 *  @param {Answer} answer */
	check(name, method, { status, type, json }) {
		const response = this.#document.paths[name]?.[method]?.responses[status];
		if (!response)
			throw new Failure(`${method} ${name}: status ${status} is not described`);
		const described = Object.keys(response.content ?? {})[0];
		if ((type?.split(";")[0] || undefined) !== described)
			throw new Failure(`${method} ${name}: type ${type}, not ${described}`);
		if (described === "application/json")
			this.fits(json, response.content[described].schema, `${method} ${name} ${status}`);
	}

	/** Throws unless the value fits the schema of this name, or this schema. */
	fits(value, schema, what = schema) {
		const pointer = typeof schema === "string"
			? { $ref: `api#/components/schemas/${schema}` }
			: this.#absolute(schema);
		const validate = this.#ajv.compile(pointer);
		if (!validate(value))
			throw new Failure(`${what}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
	}

	#absolute(schema) {
		return JSON.parse(JSON.stringify(schema).replaceAll("\"#/", "\"api#/"));
	}
}

/** Throws unless this is a valid OpenAPI document. @returns {Promise<string>} its version */
export async function checkOpenAPI(document) {
	const { Validator } = await load("@seriousme/openapi-schema-validator");
	const validator = new Validator(), { valid, errors } = await validator.validate(structuredClone(document));
	if (!valid)
		throw new Failure(JSON.stringify(errors));
	return validator.version;
}

/** Parses Prometheus' text format.
 *  @returns {Promise<Map<string, {type: string, value: (labels?: object) => number}>>} by name */
export async function parseMetrics(text) {
	const { default: parse } = await load("parse-prometheus-text-format");
	return new Map(parse(text).map(({ name, type, metrics }) => [name, { type, value(labels = {}) {
		const found = metrics.filter(metric =>
			Object.entries(labels).every(([label, value]) => metric.labels?.[label] === value)
		);
		if (found.length !== 1)
			throw new Failure(`${name} has ${found.length} samples with ${JSON.stringify(labels)}`);
		return Number(found[0].value);
	} }]));
}
