// SPDX-License-Identifier: MIT
/** A minimal HTTP/1.0 client: one GET, one picture, at most 512 KB, in at most 5 seconds. */

import TCPSocket from "embedded:io/socket/tcp";
import Timer from "timer";

const LARGEST = 512 * 1024, TIMEOUT = 5000;

export interface Download {
	/** Whether the response is still arriving. */
	readonly pending: boolean;
	close(): void;
}

/** @param url http://ADDRESS:PORT/PATH with an IPv4 address
 *  @param onPicture called once if the server answers 200, with the body
 *  @throws RangeError if the URL has another form */
export function requestPicture(url: string, onPicture: (picture: Uint8Array) => void): Download {
	const parts = /^http:\/\/([0-9.]+)(?::(\d+))?(\/.*)?$/.exec(url);
	if (!parts)
		throw new RangeError(`--frames is "${url}": give a URL such as http://192.168.1.30/still.jpg`);
	const [, address = "", port = "80", path = "/"] = parts, pieces: Uint8Array[] = [];
	let length = 0, socket: TCPSocket | undefined;
	const end = (): void => {
		Timer.clear(timer);
		socket?.close();
		socket = undefined;
	};
	const timer = Timer.set(end, TIMEOUT);
	let sent = false;
	socket = new TCPSocket({
		address,
		port: Number(port),
		format: "buffer",
		onWritable() {
			if (!sent)
				socket?.write(ArrayBuffer.fromString(`GET ${path} HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
			sent = true;
		},
		onReadable(count: number) {
			const bytes = new Uint8Array(socket!.read(count) as ArrayBuffer);
			length += bytes.byteLength;
			if (length > LARGEST)
				end();
			else
				pieces.push(bytes);
		},
		// HTTP/1.0: the server closes the connection after the body
		onError() {
			end();
			const picture = bodyOf(pieces, length);
			if (picture)
				onPicture(picture);
		},
	});
	return {
		get pending(): boolean {
			return socket !== undefined;
		},
		close: end,
	};
}

/** @returns the body of a 200 response; undefined for any other status */
function bodyOf(pieces: readonly Uint8Array[], length: number): Uint8Array | undefined {
	const all = new Uint8Array(length);
	let offset = 0;
	for (const piece of pieces) {
		all.set(piece, offset);
		offset += piece.byteLength;
	}
	const status = String.fromCharCode(...all.subarray(9, 12));
	for (let i = 0; i + 3 < length; i++) {
		if (all[i] === 13 && all[i + 1] === 10 && all[i + 2] === 13 && all[i + 3] === 10)
			return status === "200" ? all.subarray(i + 4) : undefined;
	}
	return undefined;
}
