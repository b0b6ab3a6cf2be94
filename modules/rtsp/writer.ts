/**
 * The text of a response (RFC 2326 section 7).
 */

import type { Response } from "./message";

/** Headers that every response carries, whatever its method. */
export interface GeneralHeaders {
	/** undefined when the request had none that could be read. */
	readonly cseq: number | undefined;
	readonly serverName?: string | undefined;
	/** An RFC 1123 date; left out where the clock has not been set. */
	readonly date?: string | undefined;
}

export function formatResponse(response: Response, { cseq, serverName, date }: GeneralHeaders): string {
	let text = `RTSP/1.0 ${response.status} ${reasonPhrase(response.status)}\r\n`;
	// go2rtc finds this header only when it is spelt so
	if (cseq !== undefined)
		text += `CSeq: ${cseq}\r\n`;
	if (date !== undefined)
		text += `Date: ${date}\r\n`;
	if (serverName !== undefined)
		text += `Server: ${serverName}\r\n`;
	return `${text}${response.lines}\r\n${response.body}`;
}

/** RFC 2326 section 7.1.1. */
export function reasonPhrase(status: number): string {
	switch (status) {
		case 200: return "OK";
		case 400: return "Bad Request";
		case 401: return "Unauthorized";
		case 403: return "Forbidden";
		case 404: return "Not Found";
		case 405: return "Method Not Allowed";
		case 406: return "Not Acceptable";
		case 408: return "Request Time-out";
		case 413: return "Request Entity Too Large";
		case 414: return "Request-URI Too Large";
		case 415: return "Unsupported Media Type";
		case 451: return "Parameter Not Understood";
		case 453: return "Not Enough Bandwidth";
		case 454: return "Session Not Found";
		case 455: return "Method Not Valid In This State";
		case 458: return "Parameter Is Read-Only";
		case 459: return "Aggregate Operation Not Allowed";
		case 460: return "Only Aggregate Operation Allowed";
		case 461: return "Unsupported Transport";
		case 500: return "Internal Server Error";
		case 501: return "Not Implemented";
		case 503: return "Service Unavailable";
		case 505: return "RTSP Version Not Supported";
		case 551: return "Option Not Supported";
		default: return "Unknown";
	}
}
