/** Settings of the sensor: by the names and ranges of its controls, and no options of the desktop's command line. */

import { sensorControls, widestRange } from "settings/controls";
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
	suite.test("controls-that-are-not-given-are-left-alone", () => {
		const { controls, maxSize } = readSettings({ ...DEFAULTS, mirror: "" });
		equal([controls, maxSize], [{}, ""]);
	});

	suite.test("controls-are-numbers-by-name", () => {
		const { controls } = readSettings({ ...DEFAULTS, mirror: "1", ae_level: -5, xclk: "8" });
		equal(controls, { mirror: 1, ae_level: -5, xclk: 8 });
	});

	suite.test("every-control-has-the-range-that-any-sensor-has", () => {
		for (const control of sensorControls) {
			const { name } = control, { minimum, maximum } = widestRange(control);
			for (const value of [minimum, maximum])
				equal(readSettings({ ...DEFAULTS, [name]: `${value}` }).controls[name], value, name);
			for (const value of [minimum - 1, maximum + 1, minimum + 0.5, "one", true])
				equal(complaint({ [name]: value }), `${name} is "${value}": it takes ${minimum} to ${maximum}`);
		}
		equal(widestRange(sensorControls.find(({ name }) => name === "brightness")!), { name: "brightness", minimum: -3, maximum: 3 });
	});

	suite.test("largest-size-is-not-smaller-than-the-size", () => {
		equal(readSettings({ ...DEFAULTS, maxSize: "svga" }).maxSize, "SVGA");
		equal(complaint({ maxSize: "QVGA" }), "maxSize is QVGA, smaller than --size VGA");
		assert(complaint({ maxSize: "HUGE" }).includes("it takes QQVGA, "));
	});

	suite.test("camera-of-a-board-is-what-it-has-unless-one-is-named", () => {
		equal([readSettings(DEFAULTS).camera, readSettings({ ...DEFAULTS, camera: "Simulated" }).camera], ["", "simulated"]);
		equal(complaint({ camera: "usb" }), "--camera is \"usb\": it takes sensor, simulated");
	});

	suite.test("command-line-of-the-desktop-knows-nothing-of-the-sensor", () => {
		for (const option of ["--mirror", "--xclk", "--max-size", "--camera"])
			equal(settingName(option), undefined);
		const help = helpLines(DEFAULTS).join("\n");
		assert(!help.includes("mirror") && !help.includes("max-size") && !help.includes("--camera "));
	});
}
