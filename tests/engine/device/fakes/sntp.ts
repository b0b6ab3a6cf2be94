// SPDX-License-Identifier: MIT
/** Fake of the SDK's SNTP, which answers immediately with an error. */
export default class SNTP {
	static readonly time = 1;
	static readonly retry = 2;
	static readonly error = -1;
	static readonly hosts: string[] = [];

	constructor({ host }: { host: string }, callback: (message: number, value?: unknown) => unknown) {
		SNTP.hosts.push(host);
		callback(SNTP.retry);
		callback(SNTP.error, "no response");
	}
}
