// SPDX-License-Identifier: MIT
/**
 * The text of a response (RFC 2326 section 7).
 */

import { reasonPhrase } from "../common/reasonphrase";
import type { Response } from "./message";

/** Headers of every response. */
export interface GeneralHeaders {
	/** undefined if the request had none that could be read. */
	readonly cseq: number | undefined;
	readonly serverName?: string | undefined;
}

export function formatResponse(response: Response, { cseq, serverName }: GeneralHeaders): string {
	let text = `RTSP/1.0 ${response.status} ${reasonPhrase(response.status)}\r\n`;
	// go2rtc finds this header only in this spelling
	if (cseq !== undefined)
		text += `CSeq: ${cseq}\r\n`;
	if (serverName !== undefined)
		text += `Server: ${serverName}\r\n`;
	return `${text}${response.lines}\r\n${response.body}`;
}
