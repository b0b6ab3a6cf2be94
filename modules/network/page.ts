// SPDX-License-Identifier: MIT
/** The set-up page: one HTML document without scripts. The output is always ASCII. */

export interface PageValues {
	/** Current values, or those of a rejected form. Passwords are never included. */
	readonly ssid: string;
	readonly name: string;
	readonly user: string;
	/** Names of nearby networks. */
	readonly networks: readonly string[];
	/** Token that proves that a form comes from this page. */
	readonly token: string;
	/** Error message about a rejected form; empty: none. */
	readonly complaint: string;
}

const STYLE =
	"body{font:16px sans-serif;max-width:26em;margin:1em auto;padding:0 1em}label{display:block;margin:.8em 0}"
	+ "input:not([type=checkbox]){display:block;width:100%;font:inherit;box-sizing:border-box;padding:.3em}"
	+ "button{font:inherit;padding:.4em 1em}.no{color:#b00;font-weight:bold}small{color:#555}";

export function renderPage({ ssid, name, user, networks, token, complaint }: PageValues): string {
	const hidden = `<input type="hidden" name="token" value="${escapeText(token)}">`;
	let list = "";
	for (const network of networks)
		list += `<option value="${escapeText(network)}">`;
	return frame("Camera set-up", `${complaint === "" ? "" : `<p class="no">${escapeText(complaint)}</p>`}
<form method="post" action="/" accept-charset="utf-8" autocomplete="off">${hidden}
<label>Wi-Fi network<input name="ssid" list="networks" maxlength="32" required value="${escapeText(ssid)}"></label>
<datalist id="networks">${list}</datalist>
<label>Wi-Fi password<input name="password" type="password" maxlength="64">
<small>Leave empty to keep the password of the same network.</small></label>
<label><input name="open" type="checkbox" value="yes"> The network has no password</label>
<label>Name of the camera<input name="name" maxlength="24" value="${escapeText(name)}"></label>
<label>User name for the stream<input name="user" maxlength="64" value="${escapeText(user)}">
<small>Leave empty to let everybody in the network watch.</small></label>
<label>Password for the stream<input name="rtspPassword" type="password" maxlength="64">
<small>Leave empty to keep the password of the same user.</small></label>
<button>Save and restart</button></form>
<p>${networks.length} network${networks.length === 1 ? "" : "s"} found. <a href="/">Search again</a></p>
<form method="post" action="/forget">${hidden}<button>Forget what was saved here</button></form>`);
}

/** Renders the page that follows an accepted form. */
export function renderDone(text: string): string {
	return frame("Camera set-up", `<p>${escapeText(text)}</p>`);
}

/** Escapes text for an element or a quoted attribute. Non-ASCII characters become numeric references, so the text has
 *  as many bytes as characters. */
export function escapeText(text: string): string {
	let result = "";
	for (const character of text) {
		const code = character.codePointAt(0)!;
		if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff))
			result += "?";
		else if (code > 0x7f || "&<>\"'`".includes(character))
			result += `&#${code};`;
		else
			result += character;
	}
	return result;
}

function frame(title: string, body: string): string {
	return `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title><style>${STYLE}</style>
<h1>${escapeText(title)}</h1>
${body}
</html>
`;
}
