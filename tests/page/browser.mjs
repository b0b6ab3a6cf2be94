// SPDX-License-Identifier: MIT
/** Chromium, driven by playwright-core: both are optional. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { available } from "../system.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PROGRAM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(program =>
	available([program, "--version"])
);

/** The looks that are tested: each is a browser's window. */
export const LOOKS = {
	light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
	dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
	phone: { colorScheme: "light", viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true,
		deviceScaleFactor: 2 },
};

/** @returns {Promise<string | undefined>} what is missing */
export async function withoutBrowser() {
	if (!PROGRAM)
		return "Chromium is not installed";
	try {
		await import("playwright-core");
		await import("axe-core");
	}
	catch {
		return `the packages of ${path.relative(process.cwd(), HERE)} are not installed`;
	}
	return undefined;
}

export class Browser {
	#browser;

	async open() {
		const { chromium } = await import("playwright-core");
		// Chromium does not run as root inside its sandbox
		const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
		this.#browser = await chromium.launch({ executablePath: PROGRAM, args });
		return this;
	}

	close() {
		return this.#browser?.close();
	}

	/** Opens a page in a fresh window.
	 *  @param {object} [options]
	 *  @param {object} [options.look] of LOOKS
	 *  @param {RegExp} [options.expected] lines of the console that belong to the test
	 *  @param {(page: object) => Promise<void>} [options.prepare] before the page loads
	 *  @returns {Promise<{ page: object, complaints: string[], close: () => Promise<void> }>} `complaints`: errors and
	 *  warnings of the console, and what the page threw */
	async visit(url, { look = LOOKS.light, expected, prepare, ...options } = {}) {
		const context = await this.#browser.newContext({ ...look, ...options });
		context.setDefaultTimeout(10_000);
		const page = await context.newPage(), complaints = [];
		const note = text => {
			if (!expected?.test(text))
				complaints.push(text);
		};
		page.on("console", message => {
			if (["error", "warning"].includes(message.type()))
				note(`${message.type()}: ${message.text()}`);
		});
		page.on("pageerror", error => note(`thrown: ${error.message}`));
		await prepare?.(page, context);
		await page.goto(url, { waitUntil: "load" });
		return { page, complaints, close: () => context.close() };
	}
}

/** @returns {Promise<number>} how much the picture changes within `time` milliseconds: the mean difference of its
 *  pixels' values, 0 to 255 */
export function movement(page, time = 500) {
	return page.evaluate(async milliseconds => {
		const sample = () => {
			const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
			canvas.width = 64;
			canvas.height = 48;
			context.drawImage(document.getElementById("picture"), 0, 0, 64, 48);
			return context.getImageData(0, 0, 64, 48).data;
		};
		let largest = 0;
		const first = sample(), end = performance.now() + milliseconds;
		while (performance.now() < end) {
			await new Promise(resolve => setTimeout(resolve, 40));
			const next = sample();
			let sum = 0;
			for (let i = 0; i < next.length; i++)
				sum += Math.abs(next[i] - first[i]);
			largest = Math.max(largest, sum / (next.length * 0.75));
		}
		return largest;
	}, time);
}

/** @returns {Promise<{light: number, colour: number, left: number}>} the picture's mean luma, 0 to 255, the mean
 *  difference of a pixel's red, green and blue, and the mean luma of its left half */
export function appearance(page) {
	return page.evaluate(() => {
		const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
		canvas.width = 64;
		canvas.height = 48;
		context.drawImage(document.getElementById("picture"), 0, 0, 64, 48);
		const { data } = context.getImageData(0, 0, 64, 48), count = data.length / 4;
		let light = 0, colour = 0, left = 0;
		for (let i = 0; i < data.length; i += 4) {
			const parts = [data[i], data[i + 1], data[i + 2]], luma = (parts[0] + 2 * parts[1] + parts[2]) / 4;
			light += luma;
			left += i / 4 % 64 < 32 ? 2 * luma : 0;
			colour += Math.max(...parts) - Math.min(...parts);
		}
		return { light: light / count, colour: colour / count, left: left / count };
	});
}

/** @returns {Promise<string[]>} what axe-core finds against the rules for accessible pages, one line a rule */
export async function accessibilityFaults(page) {
	const { default: axe } = await import("axe-core");
	// the page's policy forbids scripts that are added to it, but not those that the driver evaluates
	await page.evaluate(axe.source);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
	return violations.map(({ id, help, nodes }) =>
		`${id}: ${help}: ${nodes.slice(0, 3).map(({ target }) => target.join(" ")).join("; ")}`
	);
}
