// SPDX-License-Identifier: MIT
/** A server's challenges and the answers to them. */

import { ChallengeAnswer, chooseChallenge } from "push/challenge";
import { equal, type Suite } from "../harness";

function answer(header: string, user: string, password: string, method: string, url: string): string | undefined {
	const challenge = chooseChallenge(header);
	return challenge
		&& new ChallengeAnswer(challenge, { user, password, random32: () => 0xabcdef }).format(method, url);
}

/** [WWW-Authenticate, algorithm of the challenge to answer; undefined: none] */
const CHOICES: [string, string | undefined][] = [
	["Basic realm=\"a, b\"", "basic"],
	["Digest realm=\"r\", nonce=\"n\"", "MD5"],
	["digest  nonce = n , realm=r", "MD5"],
	["Basic realm=\"r\", Digest realm=\"r\", nonce=\"n\", algorithm=MD5", "MD5"],
	["Digest realm=\"r\", nonce=\"n\", algorithm=MD5, Digest realm=\"r\", nonce=\"m\", algorithm=SHA-256, Basic "
		+ "realm=\"r\"", "SHA-256"],
	["Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, Basic realm=\"r\"", "basic"],
	["Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess", undefined],
	["Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", undefined],
	["Digest realm=\"r\"", undefined],
	["Negotiate", undefined],
	["nonce=\"n\"", undefined],
	["Digest realm=\"r, nonce=n", undefined],
	[",".repeat(100), undefined],
	["", undefined],
];

export default function (suite: Suite): void {
	suite.test("challenge-the-strongest-known-one-is-answered", () => {
		for (const [header, expected] of CHOICES) {
			const challenge = chooseChallenge(header);
			equal(challenge && (challenge.algorithm ?? "basic"), expected, header);
		}
	});

	// RFC 2617 section 3.5
	suite.test("challenge-answer-has-the-hash-of-rfc-2617-without-and-with-quality-of-protection", () => {
		equal(
			answer("Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"", "Mufasa",
				"Circle Of Life", "GET", "/dir/index.html"),
			"Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
				+ "uri=\"/dir/index.html\", response=\"670fd8c2df070c60b045671b8b24ff02\"",
		);
		equal(
			answer("Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
				+ "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"", "Mufasa",
				"Circle Of Life", "GET", "/dir/index.html"),
			"Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
				+ "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"00abcdef\", "
				+ "response=\"6dd1df68a01997d8e74f1d7b3c0e8b62\", algorithm=MD5, "
				+ "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
		);
	});

	suite.test("challenge-answer-counts-the-requests-of-a-nonce", () => {
		const challenge = chooseChallenge("Digest realm=\"r\", nonce=\"n\", qop=auth, algorithm=SHA-256")!;
		const answers = new ChallengeAnswer(challenge, { user: "u", password: "p", random32: () => 1 });
		equal(answers.format("OPTIONS", "*").includes("nc=00000001"), true);
		equal(answers.format("OPTIONS", "*").includes("nc=00000002"), true);
	});

	// RFC 7617 section 2
	suite.test("challenge-of-basic-is-answered-in-base64-of-utf-8", () => {
		equal(answer("Basic realm=\"r\"", "Aladdin", "open sesame", "OPTIONS", "*"),
			"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
		equal(answer("Basic realm=\"r\"", "test", "123£", "OPTIONS", "*"), "Basic dGVzdDoxMjPCow==");
	});
}
