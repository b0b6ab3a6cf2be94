// SPDX-License-Identifier: MIT
/**
 * GET_PARAMETER and SET_PARAMETER (RFC 2326 sections 10.8 and 10.9), with bodies of type text/parameters:
 *
 *    GET_PARAMETER   quality          ->   quality: 12
 *                    framerate             framerate: 25
 *
 *    SET_PARAMETER   quality: 20      ->   200
 *
 * An empty body is a ping. A SET_PARAMETER sets all of its parameters or none.
 */

import type { Exchange } from "./exchange";
import { CONTENT_TYPE } from "./message";
import { Response } from "./response";
import { LINE_END, SPACE, TAB, find, span, text as textOf } from "../octets/octets";
import { toVisible } from "./text";
import type { ParameterControl } from "./types";

const TYPE = "text/parameters";
/** Maximum number of parameters in a request: the names alone of a body full of the shortest ones would fill a device's
 *  memory. */
const MOST_PARAMETERS = 64;
/** Longest line, bytes. Names have at most 16 characters; values are numbers and words. Unknown names are repeated in
 *  the reply. */
const LONGEST_LINE = 128;

const LINE_FEED = 0x0a, CARRIAGE_RETURN = 0x0d, COLON = 0x3a;

interface Parameter {
	/** As the client wrote it. */
	readonly name: string;
	/** undefined if the line has no colon. */
	readonly value: string | undefined;
}

/** @returns the response; undefined for a 200 without a body */
export function getParameters(exchange: Exchange): Response | undefined {
	if (exchange.request.body.byteLength === 0)
		return undefined;
	const parameters = readParameters(exchange);
	if (parameters instanceof Response)
		return parameters;
	const control = exchange.service.parameters;
	const subscription = exchange.session?.subscription;
	let text = "", unknown = "";
	for (const { name } of parameters) {
		const value = control?.read(name.toLowerCase(), subscription);
		if (value === undefined)
			unknown += `${name}\r\n`;
		else
			text += `${name}: ${toVisible(value)}\r\n`;
	}
	if (unknown !== "")
		return exchange.respond(451).content(TYPE, unknown);
	return text === "" ? undefined : exchange.respond(200).content(TYPE, text);
}

/** @returns as `getParameters` */
export function setParameters(exchange: Exchange): Response | undefined {
	const parameters = readParameters(exchange);
	if (parameters instanceof Response)
		return parameters;
	const control = exchange.service.parameters!;
	let unknown = "", readOnly = "";
	for (const { name, value } of parameters) {
		if (value === undefined)
			return exchange.respond(400);
		const key = name.toLowerCase();
		if (!control.isWritable(key)) {
			if (control.read(key, exchange.session?.subscription) === undefined)
				unknown += `${name}\r\n`;
			else
				readOnly += `${name}\r\n`;
		}
	}
	if (unknown !== "")
		return exchange.respond(451).content(TYPE, unknown);
	if (readOnly !== "")
		return exchange.respond(458).content(TYPE, readOnly);
	const refused = writeAll(control, parameters);
	return refused === undefined ? undefined : exchange.respond(451).content(TYPE, `${refused}\r\n`);
}

/** Sets all parameters, or restores those already set.
 *  @returns the name of the parameter whose value was refused; undefined if all are set */
function writeAll(control: ParameterControl, parameters: readonly Parameter[]): string | undefined {
	const before: string[] = [];
	for (const { name, value } of parameters) {
		const key = name.toLowerCase();
		const old = control.read(key, undefined);
		if (!control.write(key, value!)) {
			for (let i = before.length - 1; i >= 0; i--)
				control.write(parameters[i]!.name.toLowerCase(), before[i]!);
			return name;
		}
		before.push(old ?? "");
	}
	return undefined;
}

/** The lines of the body, without empty ones.
 *  @returns 413 for more than 64 lines or a line of more than 128 bytes; 415 for a body of another type */
function readParameters(exchange: Exchange): Parameter[] | Response {
	const { body } = exchange.request;
	const type = exchange.header(CONTENT_TYPE) ?? TYPE;
	const semicolon = type.indexOf(";");
	const parameters: Parameter[] = [];
	const { byteLength } = body;
	for (let begin = 0; (begin = span(body, LINE_END | SPACE | TAB, begin, byteLength)) < byteLength;) {
		const end = find(body, LINE_FEED, begin, byteLength);
		const lineEnd = body[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
		if (lineEnd - begin > LONGEST_LINE || parameters.length === MOST_PARAMETERS)
			return exchange.respond(413);
		const colon = find(body, COLON, begin, lineEnd);
		parameters.push({
			name: toVisible(textOf(body, begin, colon)),
			value: colon < lineEnd ? toVisible(textOf(body, colon + 1, lineEnd)) : undefined,
		});
		begin = end;
	}
	if (parameters.length !== 0 && (semicolon < 0 ? type : type.slice(0, semicolon).trimEnd()).toLowerCase() !== TYPE)
		return exchange.respond(415);
	return parameters;
}
