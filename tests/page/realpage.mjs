// SPDX-License-Identifier: MIT
/** The page with the camera itself: what a control does is seen in the frames. */
import { rmSync } from "node:fs";
import path from "node:path";
import { freePort, startCamera } from "../camera.mjs";
import { OUT, check, equal } from "../interop/harness.mjs";
import { LOOKS, accessibilityFaults, appearance, movement } from "./browser.mjs";

/** Mean difference of the test card's pixels that counts as movement: its clock runs. */
const MOVES = 1;
const NETWORK_ERRORS = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/;

/** @param {import("./browser.mjs").Browser} browser */
export async function realTests(tests, browser) {
	const file = path.join(OUT, "settings.json"), port = await freePort(), httpPort = await freePort();
	const start = () =>
		startCamera({ port,
			args: ["--http-port", String(httpPort), "--address", "127.0.0.1", "--control", "anybody", "--settings-file",
				file] });
	const url = `http://127.0.0.1:${httpPort}/`;
	let camera = await start();
	const test = (name, body, options = {}) =>
		tests.test(`camera-${name}`, [], async () => {
			const { page, complaints, close } = await browser.visit(url, options);
			const note = await body(page);
			equal(complaints.join(" | "), "", "the console");
			await close();
			return note;
		}, 30_000);
	try {
		for (const [name, look] of Object.entries(LOOKS)) {
			await test(`picture-moves-${name}`, async page => {
				await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 640);
				const moved = await movement(page, 1500);
				check(moved > MOVES, `the picture's pixels differ by ${moved.toFixed(1)}`);
				await page.locator("#caption").getByText("640 × 480").waitFor();
			}, { look });
		}
		await test("page-is-accessible", async page => {
			await page.locator("#caption").getByText("640 × 480").waitFor();
			equal((await accessibilityFaults(page)).join(" | "), "", "what axe finds");
		});
		await test("controls-act-on-the-frames", async page => {
			await page.locator("#c-size").selectOption("QVGA");
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 320);
			const before = await quantization(url);
			await page.locator("#c-quality").press("End");
			for (let i = 0; await quantization(url) === before; i++)
				check(i < 50, "the frames' quantization does not change");
			const rate = page.locator("#c-framerate");
			await rate.press("Home");
			await page.locator("#caption").getByText(/ [1-9]\.\d frames/).waitFor();
			await page.locator("#reset").click();
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 640);
			await page.locator("#caption").getByText(/ 2\d\.\d frames/).waitFor();
		});
		await test("sensor-controls-act-on-the-frames", async page => {
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 640);
			const plain = await appearance(page);
			/** Waits for a picture that looks as it should. */
			const seen = async (what, condition) => {
				let now;
				for (let i = 0; !condition(now = await appearance(page)); i++) {
					check(i < 50, `${what}: ${JSON.stringify(now)}, ${JSON.stringify(plain)} before`);
					await page.waitForTimeout(100);
				}
			};
			await page.locator("#c-brightness").press("End");
			await seen("brightness", ({ light }) => light > plain.light + 15);
			await page.locator("#c-brightness").press("Home");
			await seen("brightness", ({ light }) => light < plain.light - 15);
			await page.locator("#reset").click();
			await seen("as it was", ({ light }) => Math.abs(light - plain.light) < 5);
			await page.locator("#c-saturation").press("Home");
			await seen("saturation", ({ colour }) => colour < plain.colour / 4);
			await page.locator("#c-special_effect").selectOption("Sepia");
			await seen("effect", ({ colour }) => colour > 5);
			await page.locator("#reset").click();
			await seen("as it was", ({ colour }) => Math.abs(colour - plain.colour) < 5);
			// the bars go from white on the left to black
			await page.locator("#c-mirror").press("Space");
			await seen("mirror", ({ left, light }) => light - left > (plain.left - plain.light) / 2);
			await page.locator("#reset").click();
			await seen("as it was", ({ left }) => Math.abs(left - plain.left) < 5);
		});
		await test("viewers-are-shown", async page => {
			const { body } = await fetch(`${url}stream`), reader = body.getReader();
			await page.locator("#clients tr:has(th)").nth(1).waitFor();
			await page.locator("#clients").getByText("MJPEG").first().waitFor();
			await reader.cancel();
			await page.waitForFunction(() => document.querySelectorAll("#clients tr th").length === 1);
			await page.locator("#bottleneck[data-where=none]").waitFor();
		});
		await test("settings-survive-a-restart", async page => {
			await page.locator("#c-size").selectOption("QVGA");
			await page.locator("#save").click();
			await page.locator("#saved").getByText("These values are saved").waitFor();
			await camera.stop();
			await page.locator("#state").getByText("No connection").waitFor({ timeout: 12_000 });
			camera = await start();
			await page.locator("#state").getByText("Live").waitFor({ timeout: 12_000 });
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 320);
			equal(await page.locator("#c-size").inputValue(), "QVGA", "the size");
			await page.locator("#forget").click();
			await page.locator("#saved").getByText("Nothing is saved").waitFor();
		}, { expected: NETWORK_ERRORS });
		await test("reopens-on-request", async page => {
			await page.locator("#restart").click();
			await page.locator("#sure").getByRole("button", { name: "Restart" }).click();
			await page.locator("#say").getByText("The camera restarts.").waitFor();
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth > 1);
			check(await movement(page, 3000) > MOVES, "the picture stands still");
		}, { expected: NETWORK_ERRORS });
	}
	finally {
		await camera.stop();
		rmSync(file, { force: true });
	}
	await tests.test("camera-with-a-password-shows-its-page-to-its-user", [], async () => {
		const locked = await startCamera({ port,
			args: ["--http-port", String(httpPort), "--address", "127.0.0.1", "--user", "anna", "--password",
				"secret"] });
		try {
			const httpCredentials = { username: "anna", password: "secret" };
			const { page, complaints, close } = await browser.visit(url, { httpCredentials });
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 640);
			check(await movement(page, 1500) > MOVES, "the picture stands still");
			await page.locator("#c-size").selectOption("QVGA");
			await page.waitForFunction(() => document.getElementById("picture").naturalWidth === 320);
			await page.locator("#rate-text").getByText("Last 3 s").waitFor();
			await page.locator("#lines").getByText(`rtsp://anna:PASSWORD@127.0.0.1:${port}/`).first().waitFor();
			equal(complaints.join(" | "), "", "the console");
			await close();
		}
		finally {
			await locked.stop();
		}
	}, 30_000);
}

/** @returns {Promise<string>} the first quantization table of a frame */
async function quantization(url) {
	const bytes = Buffer.from(await (await fetch(`${url}snapshot.jpg`)).arrayBuffer());
	const at = bytes.indexOf(Buffer.from([0xff, 0xdb]));
	return bytes.subarray(at + 5, at + 69).toString("hex");
}
