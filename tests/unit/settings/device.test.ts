// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { checkConfig } from "network/stored";
import { checkNames, readDeviceSettings } from "settings/device";
import { helpLines, readSettings, settingName, SettingsError, withConfigNames } from "settings/settings";
import { readWiFiSettings } from "settings/wifi";
import { DEVICE } from "../network/fixture";

/** @returns the result of `read`, or its error message */
function attempt(read: () => unknown): unknown {
	try {
		return read();
	}
	catch (error) {
		return error instanceof SettingsError ? error.message : `not for the user: ${String(error)}`;
	}
}

export default function (suite: Suite): void {
	suite.test("device-settings-have-their-types", () => {
		equal(readDeviceSettings({ ...DEVICE, led_pin: 33, led_on: "0" }), { name: "", sntp: "", restartDelay: 60,
			led_pin: 33, led_on: 0 });
		equal(readDeviceSettings(DEVICE).led_pin, -1);
		equal(readWiFiSettings({ ...DEVICE, ssid: "home", password: "12345678", wifiTimeout: "90" }), {
			ssid: "home",
			apPassword: "",
			wifiTimeout: 90,
			powerSave: true,
			stored: true,
			password: "12345678",
		});
		const { ssid, password } = readWiFiSettings({ ...DEVICE, password: "the stream's" });
		equal([ssid, password], ["", ""]);
	});

	suite.test("every-device-setting-has-a-valid-default-in-its-table", () => {
		equal(readDeviceSettings({}), { name: "", sntp: "pool.ntp.org", restartDelay: 60, led_pin: -1, led_on: 1 });
		equal(readWiFiSettings({}), { ssid: "", apPassword: "", wifiTimeout: 60, powerSave: true, stored: true,
			password: "" });
		checkConfig({});
	});

	suite.test("wrong-device-settings-are-named-and-passwords-are-not-shown", () => {
		for (const [name, value, message] of [
			["ssid", "x".repeat(33), `--ssid is "${"x".repeat(33)}": use a name of at most 32 bytes; empty for set-up`],
			// 36 bytes; nine characters in XS, eighteen in Node
			["ssid", "\u{1f4f7}".repeat(9),
				`--ssid is "${"\u{1f4f7}".repeat(9)}": use a name of at most 32 bytes; empty for set-up`],
			["password", "s3cret",
				"the Wi-Fi password is not valid: use 8 to 63 characters, or 64 hexadecimal digits; empty for an open "
				+ "network"],
			["password", "g".repeat(64),
				"the Wi-Fi password is not valid: use 8 to 63 characters, or 64 hexadecimal digits; empty for an open "
				+ "network"],
			["apPassword", "s3cret",
				"--ap-password is not valid: use 8 to 63 printable ASCII characters; empty for one that the log "
				+ "shows; open for none"],
			["wifiTimeout", 9, "--wifi-timeout is \"9\": use 10 to 3600"],
			["restartDelay", "", "--restart-delay is \"\": use 0 to 86400"],
			["powerSave", "maybe", "--power-save is \"maybe\": use on, off"],
			["name", "a_b",
				"--name is \"a_b\": use letters, digits and '-', at most 24; empty for a name from the MAC address"],
			["led_pin", 49, "--led_pin is \"49\": use -1 to 48"],
		] as const)
			equal(attempt(() => checkConfig({ ...DEVICE, ssid: "home", [name]: value })), message);
		equal(readWiFiSettings({ ...DEVICE, ssid: "home", password: "aF".repeat(32) }).password.length, 64);
		equal(readWiFiSettings({ ...DEVICE, ssid: "\u{1f4f7}".repeat(8) }).ssid, "\u{1f4f7}".repeat(8));
		equal(readWiFiSettings({ ...DEVICE, apPassword: "open" }).apPassword, "open");
	});

	suite.test("message-for-a-board-names-settings-as-its-command-line-does", () => {
		const told = (config: Record<string, unknown>) =>
			withConfigNames(String(attempt(() => readSettings({ ...DEVICE, ...config }))));
		equal(told({ maxFps: 5, fps: 10 }), "maxFps is 5, less than fps 10");
		equal(told({ udpPort: 7001 }), "udpPort is 7001: it must be even, because RTCP uses the next port");
		equal(told({ push: "http://h" }).startsWith("push: "), true, "push");
		equal(withConfigNames("a-b, 4 -- 5"), "a-b, 4 -- 5", "text that is no option");
	});

	suite.test("misspelt-names-are-refused-and-foreign-names-are-not", () => {
		const check = (name: string) =>
			attempt(() =>
				checkNames({ ...DEVICE, ssid: "", rtspPassword: "", led_pin: 1, flash_pin: 4, flash_on: 1, [name]: 1 })
			);
		for (const [slip, meant] of [["fsp", "fps"], ["FPS", "fps"], ["sized", "size"], ["wifiTimout", "wifiTimeout"], [
			"appassword",
			"apPassword",
		], ["sessionTimeOut", "sessionTimeout"], ["usr", "user"], ["camara", "camera"], ["maxsize", "maxSize"]])
			equal(String(check(slip!)).startsWith(`${slip} is not a setting: did you mean ${meant} (`), true, slip!);
		equal(check("wifiTimout"), "wifiTimout is not a setting: did you mean wifiTimeout (seconds without the Wi-Fi "
			+ "network after the start until set-up begins)?");
		for (const name of ["screen", "driver", "rotation", "touch", "format", "tls", "host", "Screen", "led", "async",
			"startupSound", "brightness", "gateway", "timezone", "mdns"])
			equal(check(name), undefined, name);
	});

	suite.test("device-settings-are-not-on-a-desktop's-command-line", () => {
		equal([settingName("--ssid"), settingName("--wifi-timeout"), settingName("--fps")], [undefined, undefined,
			"fps"]);
		equal(helpLines({}).some(line => line.includes("--wifi-timeout") || line.includes("--led_pin")), false);
	});
}
