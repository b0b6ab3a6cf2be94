// SPDX-License-Identifier: MIT
/**
 * Builds the camera's page: puts page.css and page.js into page.html, removes comments and indentation, compresses the
 * document, and writes it as C and its headers as TypeScript to modules/http/page/built/. `npm run build:page`; the
 * build of the desktop host does it as well.
 *
 * The two files are committed: mcconfig lists its files before anything runs, and runs no command of ours. So a board
 * is built from a fresh clone without Node. Compressors differ in their output, so a file is written only if what it
 * contains differs. A test holds that it contains what the sources give (tests/page/document.mjs).
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { BUILD, ROOT, once, stateOf } from "./tools.mjs";

const FOLDER = path.join(ROOT, "modules/http/page");
const SOURCES = ["page.html", "page.css", "page.js"].map(name => path.join(FOLDER, name));
export const BYTES = path.join(FOLDER, "built/pagebytes.h");
export const HEADERS = path.join(FOLDER, "built/headers.ts");

/** Largest compressed document, octets: what a board keeps in its flash, and sends at each visit. */
export const LIMIT = 20 * 1024;

/** Builds the page if a source has changed.
 *  @returns {Promise<void>}
 *  @throws Error if the document is too large, or a source cannot be shortened */
export async function buildPage(log = () => {}) {
	const files = [...SOURCES, BYTES, HEADERS, fileURLToPath(import.meta.url)];
	const stamp = path.join(BUILD, "page.stamp");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === stateOf(files))
		return;
	const { document, policy } = await makeDocument();
	const compressed = compress(document);
	if (compressed.length > LIMIT)
		throw new Error(`the page has ${compressed.length} bytes compressed; the limit is ${LIMIT}`);
	if (readDocument() !== document) {
		log(`building the page (${compressed.length} bytes)`);
		replace(BYTES, bytesHeader(compressed));
	}
	const headers = headersModule(document, policy);
	if (!existsSync(HEADERS) || readFileSync(HEADERS, "utf8") !== headers)
		replace(HEADERS, headers);
	await once(stamp, stateOf(files), () => {});
}

/** @returns {Promise<{ document: string, policy: string }>} the document, and its Content-Security-Policy */
export async function makeDocument() {
	const [html, css, js] = SOURCES.map(file => readFileSync(file, "utf8"));
	const style = shortenStyle(css), script = await shortenScript(js);
	const document = shortenMarkup(html)
		.replace("<style></style>", () => `<style>${style}</style>`)
		.replace("<script></script>", () => `<script type="module">${script}</script>`);
	for (const [what, text] of [["style", style], ["script", script]]) {
		if (!document.includes(`>${text}</${what}>`) || text.includes(`</${what}`))
			throw new Error(`page.html needs one empty <${what}></${what}>, and no source may contain its end`);
	}
	const hash = text => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
	const policy = ["default-src 'none'", "img-src 'self' blob: data:", "connect-src 'self'",
		`style-src ${hash(style)}`, `script-src ${hash(script)}`, "base-uri 'none'", "form-action 'none'",
		"frame-ancestors 'none'"].join("; ");
	return { document, policy };
}

export function compress(document) {
	return gzipSync(document, { level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });
}

/** @returns {string | undefined} the document in the built file */
export function readDocument() {
	if (!existsSync(BYTES))
		return undefined;
	const [, numbers] = readFileSync(BYTES, "utf8").split(/[{}]/);
	try {
		return gunzipSync(Buffer.from(numbers.split(",").map(Number))).toString();
	}
	catch {
		return undefined;
	}
}

/* ---- shorter text ---- */

function shortenMarkup(html) {
	return html.replace(/<!--[^]*?-->\n?/g, "").split("\n").map(line => line.trim()).filter(Boolean).join("\n");
}

function shortenStyle(css) {
	return css.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(/ ?([{};,]) ?/g, "$1")
		.replace(/: /g, ":").replaceAll(";}", "}").trim();
}

/** Removes comments and indentation. Names stay: whoever looks at the page can read it, and they compress well. */
async function shortenScript(js) {
	const { default: typescript } = await import("typescript");
	const { outputText, diagnostics } = typescript.transpileModule(js, {
		reportDiagnostics: true,
		fileName: "page.js",
		compilerOptions: { target: typescript.ScriptTarget.ESNext, module: typescript.ModuleKind.ESNext,
			removeComments: true, allowJs: true },
	});
	if (diagnostics.length)
		throw new Error(`page.js: ${typescript.flattenDiagnosticMessageText(diagnostics[0].messageText, "\n")}`);
	const check = node => {
		if (typescript.isTemplateLiteralToken(node) && node.rawText?.includes("\n"))
			throw new Error("page.js: a template contains a line end, which would lose its indentation");
		typescript.forEachChild(node, check);
	};
	check(typescript.createSourceFile("page.js", js, typescript.ScriptTarget.ESNext));
	return outputText.split("\n").map(line => line.trim()).filter(Boolean).join("\n");
}

/* ---- files ---- */

const NOTICE = "Made by `npm run build:page` from page.html, page.css and page.js. Do not edit.";

function bytesHeader(bytes) {
	const lines = [];
	for (let line = "", i = 0; i < bytes.length; i++) {
		line += `${bytes[i]},`;
		if (line.length > 110 || i === bytes.length - 1) {
			lines.push(line);
			line = "";
		}
	}
	return `/* SPDX-License-Identifier: MIT */\n/* ${NOTICE} */\n/* clang-format off */\n`
		+ `static const unsigned char page_bytes[${bytes.length}] = {\n${lines.join("\n")}\n};\n`;
}

function headersModule(document, policy) {
	const parts = policy.split("; ").map((part, index) => JSON.stringify(index ? `; ${part}` : part));
	const tag = createHash("sha256").update(document).digest("hex").slice(0, 16);
	return `// SPDX-License-Identifier: MIT
/** ${NOTICE} */

/** Value of \`Content-Security-Policy\`: it allows this style and this script, by their hashes. */
export const PAGE_POLICY = ${parts.join("\n\t+ ")};

/** Value of \`ETag\`. */
export const PAGE_TAG = ${JSON.stringify(`"${tag}"`).replaceAll("'", "\\'")};
`;
}

function replace(file, text) {
	mkdirSync(path.dirname(file), { recursive: true });
	const temporary = `${file}.${process.pid}`;
	writeFileSync(temporary, text);
	renameSync(temporary, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await buildPage(line => console.log(line));
	const { document } = await makeDocument();
	console.log(`${document.length} characters, ${compress(document).length} bytes compressed, limit ${LIMIT}`);
}
