// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { FAILURE_LIMIT, LOCK_TIME, NONCE_TIMEOUT } from "rtsp/authenticator";
import { HEADER_LIMIT } from "rtsp/message";
import { BODY_LIMIT, HEAD_LIMIT } from "rtsp/parser";
import { CONNECTION_LIMIT, SESSION_TIMEOUT } from "rtsp/server";
import { SettingsError, helpLines, nearestOption, optionName, readSettings, settingName } from "settings/settings";
import { DEFAULTS } from "./defaults";

/** @returns user, password and auth, or the error message */
function login(config: Record<string, unknown>): unknown {
	try {
		const { user, password, auth } = readSettings({ ...DEFAULTS, ...config });
		return [user, password, auth];
	}
	catch (error) {
		assert(error instanceof SettingsError);
		return error.message;
	}
}

/** @returns the error message */
function failure(config: Record<string, unknown>): string {
	try {
		readSettings({ ...DEFAULTS, ...config });
	}
	catch (error) {
		assert(error instanceof SettingsError);
		return error.message;
	}
	return "no error";
}

export default function (suite: Suite): void {
	suite.test("defaults-of-the-rtsp-server-are-those-of-the-table", () => {
		const { headLimit, headerLimit, bodyLimit, sessionTimeout, connectionLimit, nonceTimeout, failureLimit,
			lockTime } = readSettings({});
		equal([HEAD_LIMIT, HEADER_LIMIT, BODY_LIMIT, SESSION_TIMEOUT, CONNECTION_LIMIT, NONCE_TIMEOUT, FAILURE_LIMIT,
			LOCK_TIME], [headLimit, headerLimit, bodyLimit, sessionTimeout, connectionLimit, nonceTimeout, failureLimit,
			lockTime]);
	});

	suite.test("every-setting-has-a-valid-default-in-the-table", () => {
		equal(readSettings({}), readSettings(DEFAULTS));
		equal(readSettings({ port: undefined }).port, DEFAULTS["port"]);
		equal(helpLines({ fps: 15 }).filter(line => line.includes("--fps N ") || line.includes("--port ")), [
			"  --port N                    RTSP port: 1 to 65535 (8554)",
			"  --fps N                     frames per second: 0.1 to 1000, or 0 for as many as possible (15)",
		]);
	});

	suite.test("push-is-a-url-of-rtsp-and-its-password-is-not-told", () => {
		equal(readSettings({ push: "rtsp://u:secret@h:8554/x" }).push, "rtsp://u:secret@h:8554/x");
		equal(readSettings({}).push, "");
		equal(failure({ push: "rtsps://u:secret@h/x" }), "--push: rtsps:// (TLS) is not supported: use rtsp://");
		equal(failure({ push: "u:secret@h" }), "--push: the URL does not begin with rtsp://");
		equal(failure({ push: 5 }), "--push: the URL does not begin with rtsp://");
		assert(!helpLines({ push: "rtsp://u:secret@h/x" }).join().includes("secret"));
	});

	suite.test("user-and-password-come-together", () => {
		equal(login({}), ["", "", "digest"]);
		equal(login({ auth: "NONE" }), ["", "", "none"]);
		equal(login({ user: "me", password: "p=:\"\\ä" }), ["me", "p=:\"\\ä", "digest"]);
		equal(login({ user: "me", password: "x", auth: "basic" }), ["me", "x", "basic"]);
		equal(login({ user: "me" }), "--user needs --password (rtspPassword= where ssid= is given)");
		equal(login({ password: "x" }), "--password needs --user");
		equal(login({ auth: "basic" }), "--auth basic needs --user and --password");
		equal(login({ user: "me", password: "x", auth: "none" }),
			"--auth none lets everybody in: leave out --user or --auth");
		equal(login({ user: "a:b", password: "x" }), "--user is \"a:b\": use a name without :");
	});

	suite.test("wi-fi-password-is-not-the-camera's", () => {
		equal(login({ ssid: "home", password: "wifi" }), ["", "", "digest"]);
		equal(login({ ssid: "home", password: "wifi", user: "me", rtspPassword: "cam" }), ["me", "cam", "digest"]);
		equal(login({ ssid: "home", password: "wifi", user: "me" }),
			"--user needs --password (rtspPassword= where ssid= is given)");
		equal(login({ user: "me", rtspPassword: "cam" }), ["me", "cam", "digest"]);
	});

	suite.test("frame-rate-of-0-is-as-many-as-possible", () => {
		const { frameRate, maxFrameRate } = readSettings({ fps: 0 });
		equal([frameRate, maxFrameRate, readSettings({ fps: "0.1" }).frameRate], [Infinity, Infinity, 0.1]);
		equal(failure({ fps: "0.05" }), "--fps is \"0.05\": use 0.1 to 1000, or 0 for as many as possible");
		equal(failure({ fps: 0, bitrate: "auto" }), "--bitrate adapts to a frame rate: give --fps a number above 0");
		equal(failure({ fps: 0, maxFps: 30 }), "--max-fps is 30, less than --fps 0");
	});

	suite.test("bitrate-is-off-auto-or-a-number", () => {
		const read = (config: Record<string, unknown>) => {
			try {
				return readSettings({ ...DEFAULTS, ...config }).bitrate;
			}
			catch (error) {
				assert(error instanceof SettingsError);
				return error.message;
			}
		};
		equal([read({}), read({ bitrate: "Auto" }) === Infinity, read({ bitrate: "1500" }), read({ bitrate: 1500 })], [
			0,
			true,
			1500,
			1500,
		]);
		for (const bitrate of ["", "49", "100001", "-1", "fast", "Infinity", "1 500"])
			equal(read({ bitrate }), `--bitrate is "${bitrate}": use off, auto, or 50 to 100000`);
		equal(read({ bitrate: "auto", quality: 41 }),
			"--worst-quality is 40, better than --quality 41: lower is better");
		equal(read({ quality: 41 }), 0);
	});

	suite.test("address-is-ipv4-or-empty", () => {
		for (const address of ["", "127.0.0.1", "192.168.1.255"])
			equal(readSettings({ ...DEFAULTS, address }).address, address);
		for (const address of ["localhost", "::1", "127.0.0.256", "127.1", "1.2.3.4.5"])
			equal(login({ address }),
				`--address is "${address}": use an IPv4 address of this machine; 127.0.0.1 admits only local `
					+ "clients; empty for all addresses");
	});

	suite.test("password-is-in-no-error-and-no-help", () => {
		for (const config of [{ password: "s3cret" }, { user: "a:b", password: "s3cret" }, { user: "me",
			password: "s3cret", auth: "none" }])
			assert(!String(login(config)).includes("s3cret"));
		assert(!helpLines(DEFAULTS).join("\n").includes("s3cret"));
	});

	suite.test("limits-are-checked-by-range", () => {
		for (const [name, least, most] of [["nonceTimeout", 10, 86400], ["failureLimit", 0, 1000], ["lockTime", 1,
			86400], ["connectionLimit", 1, 1000], ["sessionLimit", 1, 1000], ["connectionSessions", 1, 1000], [
			"addressSessions",
			1,
			1000,
		], ["headLimit", 512, 65536], ["headerLimit", 16, 1000], ["bodyLimit", 0, 65536], ["requestTimeout", 1,
			3600]] as const)
		{
			equal([least, `${most}`].map(value => readSettings({ ...DEFAULTS, [name]: value })[name]), [least, most],
				name);
			for (const value of [least - 1, most + 1, least + 0.5, "", "many"])
				equal(String(login({ [name]: value })).startsWith(`${optionName(name)} is `), true, `${name} ${value}`);
		}
	});

	suite.test("option-is-known-by-its-exact-name", () => {
		equal([settingName("--udp-port"), settingName("--udpPort"), settingName("--udp-por"), settingName("")], [
			"udpPort",
			undefined,
			undefined,
			undefined,
		]);
	});

	suite.test("misspelt-option-suggests-one-within-two-changes", () => {
		equal([nearestOption("--prot"), nearestOption("--udp-prt"), nearestOption("--qualit"),
			nearestOption("--qualityyy")], ["--port", "--udp-port", "--quality", "--quality"]);
		equal([nearestOption("--qualityyyy"), nearestOption("--nothing-like-it"), nearestOption("")], [undefined,
			undefined, undefined]);
	});

	suite.test("path-loses-its-outer-slashes-and-accepts-few-characters", () => {
		equal(["/live/", "live", "a/b-c_d.2", "///"].map(path => readSettings({ ...DEFAULTS, path }).path), ["live",
			"live", "a/b-c_d.2", ""]);
		for (const path of ["a b", "a?b", "ä", "a%20b"])
			equal(String(login({ path })).startsWith(`--path is "${path}"`), true, path);
	});
}
