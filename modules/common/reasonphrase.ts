// SPDX-License-Identifier: MIT
/** Reason phrase of a status code of RTSP (RFC 2326 section 7.1.1) or HTTP (RFC 9110 section 15, RFC 6585). */
export function reasonPhrase(status: number): string {
	switch (status) {
		case 200:
			return "OK";
		case 204:
			return "No Content";
		case 302:
			return "Found";
		case 304:
			return "Not Modified";
		case 400:
			return "Bad Request";
		case 401:
			return "Unauthorized";
		case 403:
			return "Forbidden";
		case 404:
			return "Not Found";
		case 405:
			return "Method Not Allowed";
		case 406:
			return "Not Acceptable";
		case 408:
			return "Request Time-out";
		case 409:
			return "Conflict";
		case 411:
			return "Length Required";
		case 413:
			return "Request Entity Too Large";
		case 414:
			return "Request-URI Too Large";
		case 415:
			return "Unsupported Media Type";
		case 417:
			return "Expectation Failed";
		case 421:
			return "Misdirected Request";
		case 422:
			return "Unprocessable Content";
		case 431:
			return "Request Header Fields Too Large";
		case 451:
			return "Parameter Not Understood";
		case 454:
			return "Session Not Found";
		case 455:
			return "Method Not Valid In This State";
		case 458:
			return "Parameter Is Read-Only";
		case 459:
			return "Aggregate Operation Not Allowed";
		case 460:
			return "Only Aggregate Operation Allowed";
		case 461:
			return "Unsupported Transport";
		case 500:
			return "Internal Server Error";
		case 501:
			return "Not Implemented";
		case 503:
			return "Service Unavailable";
		case 505:
			return "RTSP Version Not Supported";
		case 551:
			return "Option Not Supported";
		default:
			return "Unknown";
	}
}
