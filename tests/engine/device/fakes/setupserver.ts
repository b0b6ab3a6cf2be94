/** The set-up page, without a port that only root may open. */
export class SetupServer {
	static readonly log: string[] = [];
	/** The page of the last one. */
	static site: unknown;

	constructor({ port, site }: { port: number; site: unknown }) {
		SetupServer.site = site;
		SetupServer.log.push(`open ${port}`);
	}

	close(): void {
		SetupServer.log.push("close");
	}
}
