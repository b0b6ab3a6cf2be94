// SPDX-License-Identifier: MIT
/** Settings of the sensor: names and ranges of its controls. They are not options of the desktop's command line. */

import { sensorControls, widestRange } from "camera/sensorcontrols";
import { SettingsError, helpLines, readSettings, settingName } from "settings/settings";
import { assert, equal, type Suite } from "../harness";
import { DEFAULTS } from "./defaults";

function complaint(config: Record<string, unknown>): string {
	try {
		readSettings({ ...DEFAULTS, ...config });
	}
	catch (error) {
		assert(error instanceof SettingsError, String(error));
		return error.message;
	}
	return "";
}

export default function (suite: Suite): void {
	suite.test("controls-without-a-value-are-left-alone", () => {
		const { controls } = readSettings({ ...DEFAULTS, mirror: "" });
		equal(controls, {});
	});

	suite.test("controls-are-numbers-by-name", () => {
		const { controls } = readSettings({ ...DEFAULTS, mirror: "1", ae_level: -5, xclk: "8" });
		equal(controls, { mirror: 1, ae_level: -5, xclk: 8 });
	});

	suite.test("every-control-has-the-widest-range-of-all-sensors", () => {
		for (const control of sensorControls) {
			const { name } = control, { minimum, maximum } = widestRange(control);
			for (const value of [minimum, maximum])
				equal(readSettings({ ...DEFAULTS, [name]: `${value}` }).controls[name], value, name);
			for (const value of [minimum - 1, maximum + 1, minimum + 0.5, "one", true])
				equal(complaint({ [name]: value }), `${name} is "${value}": use ${minimum} to ${maximum}`);
		}
		equal(widestRange(sensorControls.find(({ name }) => name === "brightness")!), { name: "brightness", minimum: -3,
			maximum: 3 });
	});

	suite.test("limits-for-clients-default-to-the-camera's-settings", () => {
		const limits = (config: Record<string, unknown>): unknown[] => {
			const { control, maxFrameRate, bestQuality, maxSize } = readSettings({ ...DEFAULTS, ...config });
			return [control, maxFrameRate, bestQuality, maxSize];
		};
		equal(limits({}), ["user", 25, 12, "VGA"]);
		equal(limits({ maxFps: undefined, bestQuality: undefined, maxSize: undefined, fps: 7.5 }), ["user", 7.5, 12,
			"VGA"]);
		equal(limits({ control: "Nobody", maxFps: "60", bestQuality: 0, maxSize: "svga" }), ["nobody", 60, 0, "SVGA"]);
		equal(complaint({ maxSize: "QVGA" }), "--max-size is QVGA, smaller than --size VGA");
		equal(complaint({ maxFps: 10 }), "--max-fps is 10, less than --fps 25");
		equal(complaint({ bestQuality: 13 }), "--best-quality is 13, worse than --quality 12: lower is better");
		equal(complaint({ bestQuality: 1.5 }), "--best-quality is \"1.5\": use 0 to 63; empty for --quality");
		equal(complaint({ maxFps: "fast" }),
			"--max-fps is \"fast\": use 0.1 to 1000, or 0 for no limit; empty for --fps");
		equal(complaint({ control: "all" }), "--control is \"all\": use user, anybody, nobody");
		assert(complaint({ maxSize: "HUGE" }).includes("use QQVGA, "));
	});

	suite.test("camera-defaults-to-the-board's", () => {
		equal([readSettings(DEFAULTS).camera, readSettings({ ...DEFAULTS, camera: "Simulated" }).camera], ["",
			"simulated"]);
		equal(complaint({ camera: "usb" }), "--camera is \"usb\": use sensor, simulated");
	});

	suite.test("desktop's-command-line-has-no-sensor-options", () => {
		for (const option of ["--mirror", "--xclk", "--camera"])
			equal(settingName(option), undefined);
		const help = helpLines(DEFAULTS).join("\n");
		assert(!help.includes("mirror") && !help.includes("--camera "));
	});
}
