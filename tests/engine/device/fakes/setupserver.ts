// SPDX-License-Identifier: MIT
/** Fake of the set-up page's server, without its privileged port. */
export class SetupServer {
	static readonly log: string[] = [];
	/** The page of the last instance. */
	static site: unknown;

	constructor({ port, site }: { port: number; site: unknown }) {
		SetupServer.site = site;
		SetupServer.log.push(`open ${port}`);
	}

	close(): void {
		SetupServer.log.push("close");
	}
}
