// SPDX-License-Identifier: MIT
/**
 * Parses and checks a server's answers: known status codes, headers of visible ASCII, bodies of the announced length.
 */

/** Status codes that this server may use; 500 is not among them. */
const STATUSES: readonly number[] = [200, 400, 401, 404, 405, 406, 408, 413, 414, 415, 451, 454, 455, 458, 459, 460,
	461, 501, 503, 505, 551];
const HTTP_STATUSES: readonly number[] = [200, 400, 404, 405, 413, 414, 503, 505];

export interface Answer {
	readonly http: boolean;
	readonly status: number;
	/** -1 if there is none. */
	readonly cseq: number;
	/** Whether it announces the end of the connection. */
	readonly last: boolean;
}

/** @throws {Error} if an answer is malformed or unexpected */
export function readAnswers(text: string): Answer[] {
	const answers: Answer[] = [];
	for (let begin = 0; begin < text.length;) {
		const end = text.indexOf("\r\n\r\n", begin);
		if (end < 0)
			throw new Error(`no end of headers: ${JSON.stringify(text.slice(begin))}`);
		checkBytes(text, begin, end);
		const [first, ...headers] = text.slice(begin, end).split("\r\n");
		const { http, status } = readStatus(first!);
		let length = 0, cseq = -1, last = false;
		for (const header of headers) {
			const colon = header.indexOf(": ");
			if (colon < 1)
				throw new Error(`header ${JSON.stringify(header)}`);
			const name = header.slice(0, colon), value = header.slice(colon + 2);
			if (name === "Content-Length")
				length = Number(value);
			else if (name === "CSeq")
				cseq = Number(value);
			else if (name === "Connection")
				last = value === "close";
		}
		begin = end + 4 + length;
		if (!(begin <= text.length))
			throw new Error("an answer is shorter than announced");
		// only a tunnel's GET continues after an HTTP answer; a refusal is the last answer
		if (answers.length !== 0 && answers.at(-1)!.last && !(answers.at(-1)!.http && answers.at(-1)!.status === 200))
			throw new Error("another answer after the last one");
		if (http && status === 200 && answers.length !== 0)
			throw new Error("a tunnel in the middle of a connection");
		answers.push({ http, status, cseq, last });
	}
	return answers;
}

function readStatus(line: string): { http: boolean; status: number } {
	const http = line.startsWith("HTTP/1.0 ");
	const status = Number(line.slice(9, 12));
	if ((!http && !line.startsWith("RTSP/1.0 ")) || !(http ? HTTP_STATUSES : STATUSES).includes(status)
		|| line.charAt(12) !== " " || line.endsWith("Unknown"))
		throw new Error(`status line ${JSON.stringify(line)}`);
	return { http, status };
}

function checkBytes(text: string, begin: number, end: number): void {
	const head = text.slice(begin, end);
	if (/[^\x20-\x7e\r\n]/.test(head))
		throw new Error(`other than visible ASCII in ${JSON.stringify(head)}`);
}
