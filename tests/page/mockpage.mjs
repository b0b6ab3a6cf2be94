// SPDX-License-Identifier: MIT
/** The page with a camera of few lines (mock.mjs), whose figures and faults the tests choose. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { makeDocument } from "../../hosts/desktop/build/page.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { check, equal, until } from "../interop/harness.mjs";
import { LOOKS, accessibilityFaults, movement } from "./browser.mjs";
import { MockCamera, SETUP } from "./mock.mjs";

/** Mean difference of pixels that counts as movement: the mock's pictures differ by 15 and more. */
const MOVES = 3;
/** Milliseconds from the request to a page that can be used, at 1 Mbit/s and 20 ms: the least of several visits, since
 *  a busy machine adds to a visit and takes nothing away. */
const USABLE = 1000, VISITS = 5;
const NETWORK_ERRORS = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/;

/** Windows that are open at the same time. */
const SIDE_BY_SIDE = 3;

/** Each test has a camera and a window.
 *  @param {import("./browser.mjs").Browser} browser
 *  @returns {Promise<{ sideBySide: () => Promise<void>, alone: () => Promise<void> }>} runs the tests that may run
 *  beside others, and the rest */
export async function mockTests(tests, browser) {
	const built = await makeDocument(), waiting = [], later = [];
	const test = (name, body, { set = {}, alone = false, ...options } = {}) =>
		(alone ? later : waiting).push(() =>
			tests.test(name, [], async () => {
				const camera = await new MockCamera(built).listen();
				Object.assign(camera, set);
				try {
					const window = await browser.visit(camera.url, options);
					const note = await body(window.page, camera);
					equal(window.complaints.join(" | "), "", "the console");
					await window.close();
					return note;
				}
				finally {
					camera.close();
				}
			}, 30_000)
		);

	test("camera-that-is-away-is-told-and-comes-back", async (page, camera) => {
		await hasPicture(page);
		for (const path of ["/api/events", "/api/status", "/stream", "/snapshot.jpg"])
			camera.failures[`GET ${path}`] = [503, "The camera is closed."];
		camera.cutEvents();
		camera.cutStreams();
		await page.locator("#state").getByText("No connection").waitFor({ timeout: 12_000 });
		await page.locator("#bottleneck").getByText("The camera is closed.").waitFor();
		camera.failures = {};
		await page.locator("#state").getByText("Live").waitFor({ timeout: 12_000 });
		await until(() => camera.streams.size === 1, "the page asks for the stream", 5000);
	}, { expected: NETWORK_ERRORS });
	// those that wait for long come first
	test("stream-that-ends-is-asked-for-again", async (page, camera) => {
		await hasPicture(page);
		// a stream that ends at once is not tried again at once
		await page.waitForTimeout(1500);
		camera.cutStreams();
		await until(() => camera.streams.size === 0, "the stream is cut", 5000);
		await until(() => camera.streams.size === 1, "the page asks again", 10_000);
		await hasPicture(page);
		check(await movement(page) > MOVES, "the picture stands still");
		camera.isFrozen = true;
		const asked = () => camera.requests.filter(request => request === "GET /stream").length, before = asked();
		await until(() => asked() > before, "the page asks again for a stream that stands still", 10_000);
		camera.isFrozen = false;
		await until(() => camera.streams.size === 1, "the old stream ends", 10_000);
		check(await movement(page) > MOVES, "the picture stands still");
	}, { expected: NETWORK_ERRORS });
	for (const [name, look] of Object.entries(LOOKS)) {
		test(`picture-moves-${name}`, async page => {
			await hasPicture(page);
			const moved = await movement(page);
			check(moved > MOVES, `the picture's pixels differ by ${moved.toFixed(1)}`);
		}, { look });
		test(`page-fits-and-is-accessible-${name}`, async (page, camera) => {
			await hasPicture(page);
			await openAll(page);
			camera.failures["PATCH /api/settings"] = [400, "quality is 9: the sensor does not do that."];
			await page.locator("#c-quality").press("ArrowRight");
			await page.locator("#c-quality-error").waitFor();
			equal((await page.evaluate(tooWide)).join(), "", "elements that do not fit");
			equal((await accessibilityFaults(page)).join(" | "), "", "what axe finds");
			await page.locator("#restart").click();
			equal((await accessibilityFaults(page)).join(" | "), "", "what axe finds in the dialog");
		}, { look, expected: NETWORK_ERRORS,
			set: { setup: SETUP, user: "anna",
				bottleneck: { where: "client", text: "192.168.1.77 receives too slowly.", client: 4 } } });
	}

	test("each-control-acts", async (page, camera) => {
		await openAll(page);
		const inputs = await page.locator("#controls :is(input, select)").all();
		equal(inputs.length, Object.keys(camera.settings().limits).length, "number of controls");
		for (const input of inputs) {
			const name = (await input.getAttribute("id")).slice(2), before = camera.values[name];
			await change(input);
			await until(() => camera.values[name] !== before, `${name} changes`, 3000);
		}
	});
	test("quick-changes-end-with-the-last", async (page, camera) => {
		const slider = page.locator("#c-quality");
		await slider.evaluate(input => {
			for (let value = 13; value <= 22; value++) {
				input.value = value;
				input.dispatchEvent(new Event("input"));
			}
		});
		await until(() => camera.values.quality === 22, "quality is 22", 3000);
		equal(await slider.inputValue(), "22", "the slider");
		equal(camera.requests.filter(request => request.startsWith("PATCH")).length, 2, "requests");
	});
	test("refused-value-is-explained-at-its-control", async (page, camera) => {
		camera.failures["PATCH /api/settings"] = [400, "quality is 13: the sensor does not do that."];
		const slider = page.locator("#c-quality"), error = page.locator("#c-quality-error");
		await slider.press("ArrowRight");
		await error.getByText("the sensor does not do that").waitFor();
		equal(await slider.inputValue(), "12", "the slider after the refusal");
		equal(await slider.getAttribute("aria-invalid"), "true", "aria-invalid");
		const described = await slider.getAttribute("aria-describedby");
		check(described.includes("c-quality-error"), "the error describes no control");
		await page.locator("#say").getByText("the sensor does not do that").waitFor();
		camera.failures = {};
		await slider.press("ArrowRight");
		await error.waitFor({ state: "hidden" });
		equal(camera.values.quality, 13, "quality after the next change");
	}, { expected: NETWORK_ERRORS });
	test("setting-that-is-lost-while-it-is-sent-holds-up-no-other", async (page, camera) => {
		await page.locator("#c-contrast").waitFor({ state: "attached" });
		const change = values =>
			page.evaluate(changes => {
				for (const [name, value] of Object.entries(changes)) {
					const input = document.getElementById(`c-${name}`);
					input.value = value;
					input.dispatchEvent(new Event("input"));
				}
			}, values);
		// the first answer has no contrast any more, the second refuses it
		camera.lost = ["contrast"];
		await change({ quality: 13, contrast: 1 });
		await until(() => camera.requests.includes("PATCH /api/settings {\"contrast\":1}"), "contrast is sent", 3000);
		await page.locator("#c-contrast").waitFor({ state: "detached" });
		camera.lost = [];
		await change({ quality: 14 });
		await page.locator("#c-contrast").waitFor({ state: "attached" });
		equal(camera.values.quality, 14, "quality");
		equal(await page.locator("#c-contrast").inputValue(), "0", "contrast");
	}, { expected: NETWORK_ERRORS });
	test("settings-are-saved-forgotten-and-as-they-were", async (page, camera) => {
		const saved = page.locator("#saved");
		await saved.getByText("Nothing is saved").waitFor();
		equal(await page.locator("#forget").isDisabled(), true, "nothing to forget");
		await page.locator("#c-size").selectOption("VGA");
		await page.locator("#save").click();
		await saved.getByText("These values are saved").waitFor();
		equal(camera.saved.size, "VGA", "the saved size");
		await page.locator("#reset").click();
		await saved.getByText("Differs").waitFor();
		equal(await page.locator("#c-size").inputValue(), "SVGA", "the size as it was");
		await page.locator("#forget").click();
		await saved.getByText("Nothing is saved").waitFor();
		equal(camera.saved, null, "what is saved");
		camera.failures["POST /api/settings/save"] = [500, "The flash is full."];
		await page.locator("#save").click();
		const error = page.locator("#settings-error");
		await error.getByText("The flash is full.").waitFor();
		camera.values.size = "QVGA";
		await page.waitForFunction(() => document.getElementById("c-size").value === "QVGA");
		equal(await error.isVisible(), true, "the error is still there when the settings are read again");
	}, { expected: NETWORK_ERRORS });
	test("changes-by-others-appear", async (page, camera) => {
		await page.locator("#caption").getByText("800 × 600").waitFor();
		camera.values.size = "VGA";
		camera.values.quality = 30;
		await page.waitForFunction(() => document.getElementById("c-quality").value === "30");
		await page.locator("#caption").getByText("640 × 480").waitFor();
	});
	test("controls-rest-without-permission", async page => {
		await page.locator("#settings-text").getByText("Nobody may change anything").waitFor();
		const enabled = page.locator("#settings :enabled:is(input, select, button), #restart:enabled");
		equal(await enabled.count(), 0, "enabled controls");
	}, { set: { writable: false } });
	test("nothing-is-saved-without-a-place", async page => {
		await page.locator("#saved").getByText("Nothing can be saved").waitFor();
		equal(await page.locator(":is(#save, #forget):disabled").count(), 2, "disabled buttons");
	}, { set: { storable: false } });

	test("figures-viewers-and-notices-are-shown", async page => {
		await page.locator("#bottleneck").getByText("Wi-Fi is slow").waitFor();
		equal(
			(await page.locator("#facts").innerText()).replace(/\s+/g, " ").includes(
				"Largest free block 31 KB Free PSRAM 3,072 KB",
			),
			true,
			"free memory",
		);
		equal(await page.locator("#bottleneck").getAttribute("data-where"), "network", "where");
		const rows = page.locator("#clients tr:has(th)");
		await rows.first().waitFor();
		equal(await rows.count(), 3, "viewers without listeners to events");
		equal((await rows.nth(1).innerText()).replace(/\s+/g, " "), "192.168.1.77 21.4 412 2.4 %", "a viewer");
		await page.locator("#clients").getByText(/RTSP over UDP · 4 min .* 41 ms/).waitFor();
		await page.locator("#notices").getByText("A wrong password from 192.168.1.99. (3 times)").waitFor();
		await page.locator("#rate-text").getByText(/^Last \d+ s: 24\.\d frames\/s to 2\d\.\d frames\/s$/).waitFor();
		const line = await page.locator("#rate-chart path").last().getAttribute("d");
		check(/^M[\d. L]+L/.test(line), `the chart is ${line}`);
	}, { set: { bottleneck: { where: "network", text: "Wi-Fi is slow: frames wait for the network." } } });
	test("push-is-shown-with-its-state-and-what-is-wrong", async (page, camera) => {
		await page.locator("#facts").getByText("rtsp://media.example/cam: waiting (wrong password)").waitFor();
		camera.push = { ...camera.push, state: "sending" };
		await page.locator("#facts").getByText(/^rtsp:\/\/media\.example\/cam: sending$/).waitFor();
	}, {
		set: {
			push: { url: "rtsp://media.example/cam", state: "waiting", since: 3, retries: 2, error: "wrong password" },
		},
	});
	test("only-the-outcome-of-actions-is-announced", async page => {
		await page.locator("#clients tr").first().waitFor();
		const live = await page.evaluate(() =>
			[...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log], [role=timer], output")]
				.map(({ id }) => id).join()
		);
		equal(live, "say", "live regions");
	});
	test("set-up-is-a-panel-where-there-is-one", async (page, camera) => {
		await page.getByRole("link", { name: "Set-up" }).click();
		equal(camera.requests.includes("GET /api/setup"), false, "asked for before it is opened");
		await page.locator("#setup summary").press("Enter");
		const field = name => page.getByLabel(name, { exact: true }), found = page.locator("#found");
		await field("Name of the camera").waitFor();
		equal(await field("Wi-Fi network").inputValue(), "home", "the network");
		equal(await field("User name for the stream").inputValue(), "anna", "the user");
		equal(await field("Wi-Fi password").inputValue(), "", "the password");
		await found.getByText("0 networks found.").waitFor();
		await page.getByRole("button", { name: "Search for networks" }).click();
		await found.getByText("Searching for networks").waitFor();
		await found.getByText("3 networks found.").waitFor();
		await page.locator("#say").getByText("3 networks found.").waitFor();
		const offered = await page.locator("#networks option").evaluateAll(options =>
			options.map(({ value }) => value)
		);
		equal(offered[0], "Caf\u00e9 <b>upstairs</b>", "the strongest network");
		await field("Wi-Fi network").fill("garden");
		await field("Wi-Fi password").fill("a \"quoted\" \\ one");
		await field("Wi-Fi password").press("Enter");
		await found.getByText("The camera restarts and joins garden.").waitFor();
		equal(JSON.stringify(camera.given),
			JSON.stringify({ ssid: "garden", password: "a \"quoted\" \\ one", open: false, name: "porch", user: "anna",
				rtspPassword: "" }), "what is sent");
	}, { set: { setup: SETUP } });
	test("set-up-explains-what-is-wrong-at-its-field", async (page, camera) => {
		await page.locator("#setup summary").click();
		const input = page.locator("#s-password"), error = page.locator("#s-password-error");
		await input.waitFor();
		camera.failures["POST /api/setup"] = [400, "the Wi-Fi password is not valid", "password"];
		await page.getByRole("button", { name: "Save and restart" }).click();
		await error.getByText("the Wi-Fi password is not valid").waitFor();
		equal(await input.getAttribute("aria-invalid"), "true", "aria-invalid");
		check((await input.getAttribute("aria-describedby")).includes("s-password-error"),
			"the error describes nothing");
		equal(await page.evaluate(() => document.activeElement.id), "s-password", "the focus");
		await page.locator("#say").getByText("Wi-Fi password: the Wi-Fi password is not valid").waitFor();
		camera.failures["POST /api/setup"] = [500, "The settings could not be saved.", "store"];
		await page.getByRole("button", { name: "Save and restart" }).click();
		await page.locator("#setup-error").getByText("could not be saved").waitFor();
		equal(await error.isVisible(), false, "the old error");
		equal(camera.given, undefined, "what is stored");
	}, { set: { setup: SETUP }, expected: NETWORK_ERRORS });
	test("set-up-is-forgotten-once-it-is-confirmed", async (page, camera) => {
		await page.locator("#setup summary").click();
		await page.locator("#setup-forget").click();
		await page.getByRole("button", { name: "Keep it", exact: true }).click();
		equal(camera.given, undefined, "forgotten without a yes");
		await page.locator("#setup-forget").click();
		await page.getByRole("button", { name: "Forget and restart" }).click();
		await page.locator("#found").getByText("Forgotten.").waitFor();
		equal(camera.given, null, "what is stored");
	}, { set: { setup: SETUP } });
	test("set-up-rests-without-permission-and-hides-where-there-is-none", async (page, camera) => {
		await page.locator("#setup summary").click();
		await page.locator("#setup-error").getByText("Nobody may change anything").waitFor();
		await page.locator("#s-ssid").waitFor();
		equal(await page.locator("#setup :enabled:is(input, button)").count(), 0, "enabled fields");
		camera.setup = undefined;
		await page.locator("#setup").waitFor({ state: "hidden" });
		equal(await page.getByRole("link", { name: "Set-up" }).isVisible(), false, "the link");
	}, { set: { writable: false, setup: SETUP } });

	test("stream-that-is-refused-becomes-snapshots", async (page, camera) => {
		await page.locator("#picture-error").getByText("single pictures").waitFor();
		await hasPicture(page);
		check(await movement(page, 2000) > MOVES, "the picture stands still");
		camera.failures["GET /snapshot.jpg"] = [503, "All 8 places are taken. Close another viewer."];
		await page.locator("#picture-error").getByText("All 8 places are taken.").waitFor();
	}, { set: { failures: { "GET /stream": [503, "All 8 places are taken."] } }, expected: NETWORK_ERRORS });
	test("events-that-are-refused-become-polling", async (page, camera) => {
		await page.locator("#state").getByText("Live").waitFor();
		camera.bottleneck = { where: "sensor", text: "The sensor gives fewer frames than asked for." };
		await page.locator("#bottleneck").getByText("fewer frames than asked").waitFor({ timeout: 4000 });
		equal(await page.locator("#clients tr:has(th)").count(), 3, "viewers");
	}, { set: { failures: { "GET /api/events": [503, "No."] } }, expected: NETWORK_ERRORS });
	test("hidden-tab-holds-no-connection", async (page, camera) => {
		await hasPicture(page);
		await page.evaluate(() => {
			Object.defineProperty(document, "hidden", { value: true, configurable: true });
			document.dispatchEvent(new Event("visibilitychange"));
		});
		await until(() => camera.streams.size + camera.listeners.size === 0, "the connections end", 3000);
		await page.evaluate(() => {
			delete document.hidden;
			document.dispatchEvent(new Event("visibilitychange"));
		});
		await until(() => camera.streams.size === 1 && camera.listeners.size === 1, "they come back", 3000);
	});

	test("picture-pauses-fills-the-screen-and-is-kept", async (page, camera) => {
		await hasPicture(page);
		await page.locator("#pause").click();
		await until(() => camera.streams.size === 0, "the stream ends", 3000);
		await page.locator("#still").waitFor();
		await page.getByRole("button", { name: "Resume" }).click();
		await until(() => camera.streams.size === 1, "the stream goes on", 3000);
		const coming = page.waitForEvent("download");
		await page.locator("#snapshot").click();
		const download = await coming;
		check(/^front_door-[\d-]+\.jpg$/.test(download.suggestedFilename()), download.suggestedFilename());
		const bytes = await buffer(Readable.from(await download.createReadStream()));
		check(bytes.length > 1000 && bytes.readUInt16BE(0) === 0xffd8, "the snapshot is no JPEG file");
		await page.locator("#full").click();
		await page.waitForFunction(() => document.fullscreenElement?.id === "screen");
		await page.evaluate(() => document.exitFullscreen());
		await page.evaluate(() => document.getElementById("screen").requestFullscreen = undefined);
		await page.locator("#full").click();
		await page.locator("#screen.filling").waitFor();
		await page.keyboard.press("Escape");
		equal(await page.locator("#screen.filling").count(), 0, "the picture fills the window after Escape");
	});
	test("camera-restarts-once-it-is-confirmed", async (page, camera) => {
		await page.locator("#restart").click();
		await page.keyboard.press("Escape");
		await page.locator("#restart").click();
		await page.getByRole("button", { name: "Keep it running" }).click();
		equal(camera.restarts, 0, "restarts that were not wanted");
		await page.locator("#restart").click();
		await page.locator("#sure").getByRole("button", { name: "Restart" }).click();
		await page.locator("#say").getByText("The camera restarts.").waitFor();
		equal(camera.restarts, 1, "restarts");
		camera.failures["POST /api/restart"] = [403, "Only the user may restart the camera."];
		await page.locator("#restart").click();
		await page.locator("#sure").getByRole("button", { name: "Restart" }).click();
		await page.locator("#restart-error").getByText("Only the user may restart").waitFor();
	}, { expected: NETWORK_ERRORS });

	test("keyboard-reaches-everything-and-shows-where-it-is", async page => {
		await page.locator("#clients tr").first().waitFor();
		await page.locator("#setup").waitFor();
		await openAll(page);
		await page.keyboard.press("Tab");
		equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop");
		const reached = new Set(),
			wanted = await page.evaluate(() =>
				[...document.querySelectorAll("a[href], button, input, select, summary")].filter(element =>
					element.checkVisibility() && !element.disabled && !element.closest("dialog")
				).map((element, index) => element.dataset.stop = String(index))
			);
		await page.evaluate(() => document.activeElement.blur());
		for (let i = 0; i < wanted.length + 5; i++) {
			await page.keyboard.press("Tab");
			const { stop, outline } = await page.evaluate(() => {
				const { activeElement: element } = document;
				return { stop: element.dataset.stop, outline: getComputedStyle(element).outlineStyle };
			});
			if (stop === undefined)
				continue;
			check(outline !== "none", `stop ${stop} shows no focus`);
			reached.add(stop);
		}
		equal(wanted.filter(stop => !reached.has(stop)).join(), "", "unreached");
	}, { set: { setup: SETUP } });
	test("page-rests-where-motion-is-not-wanted", async page => {
		const durations = await page.evaluate(() =>
			[...document.querySelectorAll("*")].map(element => getComputedStyle(element)).filter(style =>
				style.transitionDuration !== "0s" && style.transitionProperty !== "none"
				|| style.scrollBehavior === "smooth"
			).length
		);
		equal(durations, 0, "elements that move");
	}, { reducedMotion: "reduce" });

	// all windows share one clipboard
	for (const isSecure of [true, false]) {
		test(`lines-are-copied-${isSecure ? "by-the-clipboard" : "without-https"}`, async page => {
			await openAll(page);
			const boxes = await page.locator(".paste").all();
			equal(boxes.length, 7, "lines to paste");
			await page.evaluate(() => {
				const area = document.createElement("textarea");
				area.id = "test-area";
				document.body.append(area);
			});
			for (const box of boxes) {
				const text = await box.locator("code").textContent();
				await box.getByRole("button").click();
				await box.getByText("Copied").waitFor();
				const area = page.locator("#test-area");
				await area.fill("");
				await area.press("Control+V");
				equal(await area.inputValue(), text, "the pasted text");
			}
			const all = (await page.locator("#lines code").allTextContents()).join("\n");
			for (const part of ["//anna:PASSWORD@127.0.0.1:8554/", "front_door:", "preset-rtsp-restream", "/stream"])
				check(all.includes(part), `no line has ${part}`);
			for (const program of ["frigate", "go2rtc"]) {
				const documented = readFileSync(path.join(ROOT, `docs/integrations/${program}.md`), "utf8");
				const [, lines] = /```yaml\n([^`]+)\n```/.exec(documented);
				check(all.includes(lines.replace("//me:PASSWORD@camera/", "//anna:PASSWORD@127.0.0.1:8554/")
					.replaceAll(/camera(?!s)/g, "front_door")),
					`the page's lines for ${program} are not the documented ones`);
			}
		}, { alone: true, set: { user: "anna" }, permissions: isSecure ? ["clipboard-read", "clipboard-write"] : [],
			prepare: async page =>
				isSecure
				|| page.addInitScript(() =>
					Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined })
				) });
	}
	test("page-is-usable-within-1-s-at-1-mbit", async page => {
		const usable = () =>
			page.evaluate(async () => {
				const { promise, resolve } = Promise.withResolvers();
				const look = () => {
					const control = document.querySelector("#c-quality");
					if (control && !control.disabled && document.getElementById("state").dataset.state === "live")
						resolve(performance.now());
					else
						requestAnimationFrame(look);
				};
				look();
				return promise;
			});
		const picture = await page.evaluate(async () => {
			while (!document.getElementById("picture").naturalWidth)
				await new Promise(requestAnimationFrame);
			return performance.now();
		});
		const visits = [await usable()];
		while (Math.min(...visits) >= USABLE && visits.length < VISITS) {
			await page.reload({ waitUntil: "load" });
			visits.push(await usable());
		}
		const shown = visits.map(ready => ready.toFixed(0)).join(", ");
		check(Math.min(...visits) < USABLE, `${shown} ms`);
		return `${shown} ms; picture ${picture.toFixed(0)} ms`;
	}, { alone: true, prepare: async (page, context) => {
		const session = await context.newCDPSession(page);
		await session.send("Network.enable");
		await session.send("Network.setCacheDisabled", { cacheDisabled: true });
		await session.send("Network.emulateNetworkConditions", { offline: false, latency: 20,
			downloadThroughput: 1_000_000 / 8, uploadThroughput: 1_000_000 / 8 });
	} });
	const worker = async queue => {
		for (let next; (next = queue.shift()) !== undefined;)
			await next();
	};
	return {
		sideBySide: async () => {
			await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => worker(waiting)));
		},
		alone: () => worker(later),
	};
}

/** Runs in the page.
 *  @returns {string[]} elements that reach beyond the window, or into the padding of their panel */
function tooWide() {
	const named = ({ localName, id, className }) => [localName, id || className].filter(Boolean).join(" ");
	const found = [...document.querySelectorAll("body *")].filter(element =>
		element.checkVisibility() && element.getBoundingClientRect().right > innerWidth
	);
	for (const panel of document.querySelectorAll(".card:not(.live)")) {
		const edge = panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight);
		found.push(
			...[...panel.querySelectorAll("*")].filter(element =>
				element.checkVisibility() && element.getBoundingClientRect().right > edge + 0.5
			),
		);
	}
	return found.map(named);
}

async function hasPicture(page) {
	await page.waitForFunction(() => document.getElementById("picture").naturalWidth > 1);
}

/** Opens everything that folds. */
async function openAll(page) {
	await page.locator("#lines details").first().waitFor();
	await page.locator("#controls .row").first().waitFor();
	await page.evaluate(() =>
		document.querySelectorAll("details:not([hidden] *)").forEach(details => details.open = true)
	);
	if (await page.locator("#setup").isVisible())
		await page.locator("#setup .row").first().waitFor();
}

/** Changes a control as its user does. */
async function change(input) {
	if (await input.evaluate(({ localName }) => localName === "select")) {
		const other = await input.evaluate(({ options, selectedIndex }) => options[selectedIndex ? 0 : 1].value);
		await input.selectOption(other);
	}
	else if (await input.getAttribute("type") === "range")
		await input.press("ArrowRight");
	else
		await input.click();
}
