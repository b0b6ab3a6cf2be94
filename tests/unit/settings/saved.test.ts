// SPDX-License-Identifier: MIT
import { applySaved, formatSaved, parseSaved, type SettingsStore } from "settings/saved";
import { readSettings, SettingsError } from "settings/settings";
import { assert, equal, throws, type Suite } from "../harness";

class Memory implements SettingsStore {
	text: string | undefined;
	constructor(text?: string) {
		this.text = text;
	}
	read(): string | undefined {
		return this.text;
	}
	write(text: string): void {
		this.text = text;
	}
	remove(): void {
		this.text = undefined;
	}
}

export default function (suite: Suite): void {
	/** @returns the settings in effect, and the notices */
	const apply = (
		base: Record<string, unknown>,
		saved: Record<string, unknown> | string | undefined,
		given: Record<string, unknown> = {},
	): { config: Record<string, unknown>; notices: string[] } => {
		const notices: string[] = [];
		const store = new Memory(typeof saved === "object" ? JSON.stringify(saved) : saved);
		return { config: applySaved(base, given, store, message => notices.push(message)), notices };
	};

	suite.test("saved-settings-come-between-manifest-and-command-line", () => {
		const { config, notices } = apply({ fps: 15, quality: 10, size: "SVGA", port: 554 }, { fps: 10, quality: 20,
			size: "QVGA", brightness: 1 }, { quality: "30" });
		const { frameRate, quality, size, controls, port } = readSettings(config);
		equal([frameRate, quality, size, controls, port], [10, 30, "QVGA", { brightness: 1 }, 554]);
		equal(notices, []);
	});

	suite.test("saved-settings-do-not-become-the-limits", () => {
		const { maxFrameRate, bestQuality, maxSize } = readSettings(apply({}, { fps: 10, quality: 20, size: "QVGA" })
			.config);
		equal([maxFrameRate, bestQuality, maxSize], [25, 12, "VGA"]);
		const owner = readSettings(apply({ maxSize: "UXGA" }, { size: "SXGA" }).config);
		equal([owner.size, owner.maxSize], ["SXGA", "UXGA"]);
		const unlimited = readSettings(apply({ fps: 0 }, { fps: 10 }).config);
		equal([unlimited.frameRate, unlimited.maxFrameRate === Infinity], [10, true]);
	});

	suite.test("saved-settings-beyond-the-limits-are-left-out-one-by-one", () => {
		const { config, notices } = apply({}, { fps: 50, quality: 20, size: "UXGA", brightness: 9 });
		const { frameRate, quality, size, controls } = readSettings(config);
		equal([frameRate, quality, size, controls], [25, 20, "VGA", {}]);
		equal(notices.length, 3);
		assert(notices.every(notice => /^the saved (fps|size|brightness) is not used: ./.test(notice)), notices.join());
	});

	suite.test("saved-text-that-is-broken-is-told-and-not-used", () => {
		for (const text of ["", "{", "[]", "null", "7", "{\"password\":\"x\"}", "{\"xclk\":20}", "{\"fps\":null}",
			"{\"fps\":{}}", `{"fps":"${"1".repeat(5000)}"}`])
		{
			const { config, notices } = apply({ fps: 15 }, text);
			equal([config, notices.length], [{ fps: 15 }, 1], text);
			assert(notices[0]!.startsWith("the saved settings are not used: "), notices[0]!);
		}
		equal(apply({ fps: 15 }, undefined), { config: { fps: 15 }, notices: [] });
	});

	suite.test("saved-settings-do-not-hide-an-error-of-the-command-line", () => {
		const { config, notices } = apply({}, { fps: 10 }, { quality: "99" });
		equal(notices, []);
		throws(() => readSettings(config), SettingsError);
	});

	suite.test("saved-settings-are-read-as-they-were-written", () => {
		const values = { fps: 12.5, quality: 20, size: "QVGA", ae_level: -2 };
		equal(parseSaved(formatSaved(values)), values);
	});
}
