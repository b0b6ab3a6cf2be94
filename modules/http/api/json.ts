// SPDX-License-Identifier: MIT
/** JSON answers, and the flat JSON objects of requests. */

import { text as textOf } from "../../octets/octets";
import type { Answer, HTTPRequest } from "../types";

/** Methods of most routes. Constants take no memory on a board. */
export const GET: readonly string[] = Object.freeze(["GET"]);

export const JSON_TYPE = "application/json";

/** Answers are out of date at once. */
export const NO_STORE = "Cache-Control: no-store\r\n";

/** @param value that JSON can express */
export function answerJSON(value: unknown, status = 200): Answer {
	return { status, type: JSON_TYPE, body: JSON.stringify(value), headers: NO_STORE };
}

/** @param name what is wrong, for programs
 *  @param message for people
 *  @param allowed what would be right, if there is a list or a range */
export function answerError(status: number, name: string, message: string, allowed?: unknown): Answer {
	return answerJSON({ error: allowed === undefined ? { name, message } : { name, message, allowed } }, status);
}

/** Limits the digits of a measured value. */
export function rounded(value: number, digits = 1): number {
	const scale = 10 ** digits;
	return Math.round(value * scale) / scale;
}

/** Reads the body of a request as one JSON object without objects or lists in it: `JSON.parse` calls itself for those,
 *  and a device's stack is small.
 *  @returns the object's entries; the refusal if the body is something else */
export function readObject({ body, headers }: HTTPRequest): [string, unknown][] | Answer {
	const [type = ""] = (headers.get("content-type") ?? "").split(";", 1);
	if (type.trim().toLowerCase() !== JSON_TYPE)
		return answerError(415, "body", `use Content-Type: ${JSON_TYPE}`);
	const text = textOf(body, 0, body.byteLength);
	const wrong = answerError(400, "body", "use one JSON object of names and values, for example {\"quality\": 20}");
	if (!text.startsWith("{") || text.includes("{", 1) || text.includes("["))
		return wrong;
	try {
		return Object.entries(JSON.parse(text) as Record<string, unknown>);
	}
	catch {
		return wrong;
	}
}
