// SPDX-License-Identifier: MIT
/**
 * The client's side of authentication, for the tests. Hashes come from hash/hash, which has its own vectors.
 */

import { equal } from "../harness";
import { md5 } from "hash/hash";
import { request, type Answer, type Client, type Fixture } from "./fixture";

export const URL = "rtsp://h/";
export const LOGIN = { user: "admin", password: "s3cret" };

export const hash = md5;

export interface Proof {
	readonly user?: string;
	readonly password?: string;
	readonly uri?: string;
	readonly nonce: string;
}

/** @returns an Authorization header as most clients write it */
export function digest(method: string, { user = "admin", password = "s3cret", uri = URL, nonce }: Proof): string {
	const response = hash(`${hash(`${user}:rtsp:${password}`)}:${nonce}:${hash(`${method}:${uri}`)}`);
	return `Authorization: Digest username="${user}", realm="rtsp", nonce="${nonce}", uri="${uri}", `
		+ `response="${response}"`;
}

export function nonceOf(answer: Answer): string {
	return /nonce="([^"]+)"/.exec(answer.header("WWW-Authenticate") ?? "")?.[1] ?? "";
}

/** Connects a client from this address. */
export function clientAt(fixture: Fixture, address: string): Client {
	return fixture.client(address);
}

export function challenged(client: Client): string {
	const answer = client.ask(request(`DESCRIBE ${URL}`));
	equal(answer.status, 401);
	return nonceOf(answer);
}

export function describe(client: Client, proof: Proof): Answer {
	return client.ask(request(`DESCRIBE ${proof.uri ?? URL}`, digest("DESCRIBE", proof)));
}
