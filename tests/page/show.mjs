// SPDX-License-Identifier: MIT
/**
 * Takes pictures of the page, to be looked at: light, dark and at a phone's width, into build/page/.
 *
 *   node tests/page/show.mjs [URL]        of a running camera. Default: of a camera of few lines (mock.mjs)
 */
import path from "node:path";
import { mkdirSync } from "node:fs";
import { makeDocument } from "../../hosts/desktop/build/page.mjs";
import { BUILD } from "../../hosts/desktop/build/tools.mjs";
import { Browser, LOOKS, withoutBrowser } from "./browser.mjs";
import { MockCamera, SETUP } from "./mock.mjs";

/** Milliseconds for some figures in the charts. */
const WAIT = 8000;

const missing = await withoutBrowser();
if (missing) {
	console.error(missing);
	process.exit(1);
}
const [url] = process.argv.slice(2);
const mock = url ? undefined : await new MockCamera(await makeDocument()).listen();
if (mock)
	mock.setup = SETUP;
const browser = await new Browser().open();
const folder = path.join(BUILD, "page");
mkdirSync(folder, { recursive: true });
for (const [name, look] of Object.entries(LOOKS)) {
	const { page, complaints, close } = await browser.visit(url ?? mock.url, { look });
	if (mock)
		await page.locator("#setup summary").click();
	await page.waitForTimeout(WAIT);
	const file = path.join(folder, `${name}.png`);
	await page.screenshot({ path: file, fullPage: true });
	console.log([file, ...complaints].join("\n  "));
	await close();
}
await browser.close();
mock?.close();
