// SPDX-License-Identifier: MIT
/** Made by `npm run build:page` from page.html, page.css and page.js. Do not edit. */

/** Value of `Content-Security-Policy`: it allows this style and this script, by their hashes. */
export const PAGE_POLICY = "default-src 'none'"
	+ "; img-src 'self' blob: data:"
	+ "; connect-src 'self'"
	+ "; style-src 'sha256-lwhUeiruMl4Cf2VakEpmDpmmwuf1J0+7Je3H4WgmGG4='"
	+ "; script-src 'sha256-dKGVqSDzz7gI3UkNbgQdmO073MY2TnxUVjpBpj85vFY='"
	+ "; base-uri 'none'"
	+ "; form-action 'none'"
	+ "; frame-ancestors 'none'";

/** Value of `ETag`. */
export const PAGE_TAG = "\"242550549fd6bd1d\"";
