// SPDX-License-Identifier: MIT
/** The set-up page: one HTML document without scripts, ASCII as sent, whatever it shows. */

export interface PageValues {
	/** Present values, or those that were sent and refused. Passwords are never among them. */
	readonly ssid: string;
	readonly name: string;
	readonly user: string;
	/** Names of networks around. */
	readonly networks: readonly string[];
	/** Proof that a form is this page's. */
	readonly token: string;
	/** What was wrong; empty: nothing. */
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
<small>Empty: as it is, if the network is the same.</small></label>
<label><input name="open" type="checkbox" value="yes"> The network has no password</label>
<label>Name of the camera<input name="name" maxlength="24" value="${escapeText(name)}"></label>
<label>User who may watch<input name="user" maxlength="64" value="${escapeText(user)}">
<small>Empty: everybody in the network.</small></label>
<label>That user's password<input name="rtspPassword" type="password" maxlength="64">
<small>Empty: as it is, if the user is the same.</small></label>
<button>Save and restart</button></form>
<p>${networks.length} network${networks.length === 1 ? "" : "s"} found. <a href="/">Look again</a></p>
<form method="post" action="/forget">${hidden}<button>Forget what was saved here</button></form>`);
}

/** What follows a form that was taken. */
export function renderDone(text: string): string {
	return frame("Camera set-up", `<p>${escapeText(text)}</p>`);
}

/** A refusal. */
export function renderError(status: number, reason: string): string {
	return frame(`${status} ${reason}`, "<p><a href=\"/\">Camera set-up</a></p>");
}

/** Text for an element or a quoted attribute. What is not ASCII becomes a number, so that characters and bytes are as
 *  many. */
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
