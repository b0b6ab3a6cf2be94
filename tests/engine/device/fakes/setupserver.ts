/** The set-up page, without a port that only root may open. */
export class SetupServer {
	static readonly log: string[] = [];

	constructor({ port }: { port: number }) {
		SetupServer.log.push(`open ${port}`);
	}

	close(): void {
		SetupServer.log.push("close");
	}
}
