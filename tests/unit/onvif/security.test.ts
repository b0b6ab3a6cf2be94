// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { base64FromBytes } from "hash/encoding";
import { sha1 } from "hash/hash";
import { bytesOf } from "octets/octets";
import { parseTime, TokenJudge, type TokenVerdict } from "onvif/security";
import { Authenticator } from "rtsp/authenticator";

/** 2026-03-10T13:18:28Z. */
const TIME = 1_773_148_708_000;
const MINUTE = 60_000;

class Fixture {
	time = 0;
	/** The wall clock minus the monotonic one. */
	wall = TIME;
	readonly authenticator: Authenticator;
	readonly judge: TokenJudge;

	constructor(failureLimit = 3) {
		const now = (): number => this.time;
		this.authenticator = new Authenticator({ user: "me", password: "s3cret", realm: "r", now, random32: () => 1,
			failureLimit });
		this.judge = new TokenJudge({ user: "me", password: "s3cret", authenticator: this.authenticator, now,
			unixTime: () => this.wall + this.time });
	}

	digest(
		created: number,
		{ nonce = "nonce", password = "s3cret", address = "10.0.0.2", username = "me" } = {},
	): TokenVerdict {
		const text = new Date(created).toISOString();
		return this.judge.judge({ username, isDigest: true, nonce: encode(nonce), created: text,
			password: digestOf(nonce, text, password) }, address);
	}

	text(password: string, username = "me"): TokenVerdict {
		return this.judge.judge({ username, password, isDigest: false, nonce: "", created: "" }, "10.0.0.2");
	}
}

const encode = (text: string): string => base64FromBytes(new Uint8Array(bytesOf(text)));

function digestOf(nonce: string, created: string, password: string): string {
	const digits = sha1(bytesOf(nonce + created + password)), bytes = new Uint8Array(20);
	for (let i = 0; i < 20; i++)
		bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
	return base64FromBytes(bytes);
}

export default function (suite: Suite): void {
	suite.test("username-token-of-the-profile's-form-is-granted", () => {
		// a request of a Hikvision recorder has this form; the digest is from Python's hashlib
		const fixture = new Fixture();
		equal(
			fixture.judge.judge({ username: "me", isDigest: true, nonce: "VexFo2JTTdakaAcWWsV4+Q==",
				created: "2026-03-10T13:18:28Z", password: "ZPB+oxnNknXeHzfXCtQrsHqFgOg=" }, "10.0.0.2"),
			"granted",
		);
	});

	suite.test("username-token-with-the-wrong-password-locks-out", () => {
		const fixture = new Fixture();
		equal(fixture.digest(TIME), "granted");
		const other = new Fixture();
		equal([other.digest(TIME, { password: "x" }), other.text("x"), other.text("s3cret", "you")], ["failed",
			"failed", "failed"]);
		// not even the right one is looked at
		equal([other.text("s3cret"), other.digest(TIME), other.authenticator.isLocked("10.0.0.2")], ["locked", "locked",
			true]);
		equal(other.digest(TIME, { address: "10.0.0.3" }), "granted");
		const third = new Fixture();
		equal([third.text("s3cret"), third.text(""), third.digest(TIME, { password: "" })], ["granted", "failed",
			"failed"]);
	});

	suite.test("username-token-without-a-digest-is-refused-whatever-its-nonce-and-time", () => {
		const long = "A".repeat(132),
			judge = (nonce: string, created: string, password: string) =>
				new Fixture().judge.judge({ username: "me", isDigest: true, nonce, created, password }, "10.0.0.2");
		for (const nonce of [long, "", "AAAA", "%", "A"]) {
			for (const created of ["2026-03-10T13:18:28Z", `2026-03-10T13:18:28.${"0".repeat(30)}Z`, ""]) {
				for (const password of ["", "=", "AAAA", "s3cret"])
					equal(judge(nonce, created, password), "failed", `${nonce} ${created} ${password}`);
			}
		}
		const fixture = new Fixture();
		equal(fixture.judge.judge({ username: "", password: "", isDigest: false, nonce: "", created: "" }, "10.0.0.2"),
			"failed");
	});

	suite.test("username-token-is-valid-for-five-minutes-around-its-time", () => {
		for (const [minutes, verdict] of [[0, "granted"], [5, "granted"], [-5, "granted"], [5.1, "differing"], [-5.1,
			"differing"], [60, "differing"]] as const)
			equal(new Fixture().digest(TIME + minutes * MINUTE), verdict, `${minutes} minutes`);
		// a right password with a wrong time is no guess
		const fixture = new Fixture();
		for (let i = 0; i < 10; i++)
			equal(fixture.digest(TIME - 600 * MINUTE), "differing");
		equal(fixture.digest(TIME), "granted");
	});

	suite.test("username-token-is-not-taken-from-another-address", () => {
		const fixture = new Fixture();
		equal([fixture.digest(TIME), fixture.digest(TIME), fixture.digest(TIME, { address: "10.0.0.3" })], ["granted",
			"granted", "used"]);
		// the last 128 are remembered
		for (let i = 0; i < 127; i++)
			fixture.digest(TIME, { nonce: `${i}` });
		equal(fixture.digest(TIME, { address: "10.0.0.3" }), "used");
	});

	suite.test("username-token-before-the-clock-is-set-follows-the-latest-client", () => {
		const fixture = new Fixture();
		fixture.wall = 0;
		fixture.time = MINUTE;
		// the camera's own time of 1970, then the real one, which the client knows
		equal([fixture.digest(MINUTE), fixture.digest(TIME)], ["granted", "granted"]);
		fixture.time += 60 * MINUTE;
		equal(fixture.digest(TIME + 60 * MINUTE), "granted", "an hour later");
		equal(fixture.digest(TIME + 54 * MINUTE), "differing", "a token of six minutes before");
		equal(fixture.digest(TIME + 90 * MINUTE), "granted", "a client whose clock is ahead");
		// SNTP answers
		fixture.wall = TIME - fixture.time;
		equal([fixture.digest(TIME), fixture.digest(TIME + 90 * MINUTE)], ["granted", "differing"]);
	});

	suite.test("username-token's-time-has-fractions-and-zones", () => {
		for (const [text, expected] of [["2026-03-10T13:18:28Z", TIME], ["2026-03-10T13:18:28", TIME], [
			"2026-03-10T13:18:28.1234567Z",
			TIME,
		], ["2026-03-10T14:18:28+01:00", TIME], ["2026-03-10T08:48:28.5-04:30", TIME], ["", undefined], ["2026-03-10",
			undefined], ["2026-03-10 13:18:28Z", undefined], ["2026-0x-10T13:18:28Z", undefined], [
			"2026-03-10T13:18:28+1",
			undefined,
		], ["2026-03-10T13:18:28.Z", undefined], ["2026-03-10T13:18:28ZZ", undefined], ["2026-03-10T13:18:28x",
			undefined]] as const)
			equal(parseTime(text), expected, text);
	});
}
