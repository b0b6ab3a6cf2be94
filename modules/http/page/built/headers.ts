// SPDX-License-Identifier: MIT
/** Made by `npm run build:page` from page.html, page.css and page.js. Do not edit. */

/** Value of `Content-Security-Policy`: it allows this style and this script, by their hashes. */
export const PAGE_POLICY = "default-src 'none'"
	+ "; img-src 'self' blob: data:"
	+ "; connect-src 'self'"
	+ "; style-src 'sha256-DX/gL3CSysc/AQ3w8ptntK7Ef4J9SgQR8zP2uhS2cWo='"
	+ "; script-src 'sha256-vc+YeiYvVSc0F6caWq4OjCAe74hlO8X58J72rAF53Js='"
	+ "; base-uri 'none'"
	+ "; form-action 'none'"
	+ "; frame-ancestors 'none'";

/** Value of `ETag`. */
export const PAGE_TAG = "\"a70f1fe5da9fbf51\"";
