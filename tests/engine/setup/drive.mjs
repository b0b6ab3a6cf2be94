// SPDX-License-Identifier: MIT
/** Tests the set-up page of the running application with curl,
 *  and with plain sockets for requests that curl does not send. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { freePort } from "../../camera.mjs";

const TOKEN = "0123456789abcdef";
/** Number of mutated requests over sockets, and of those in parallel. */
const MUTATIONS = 300, SIDE_BY_SIDE = 3;
/** Time limit for one visit, milliseconds. */
const DEADLINE = 30_000;
/** The variant that runs in the device's fixed heap. */
const IN_DEVICE_HEAP = "m32";
/** Characters in a form that is too large: more than that heap's chunks. */
const LARGE = 100_000;

/** @param built as `buildApplication` returns it
 *  @returns {Promise<string[]>} a line for each test */
export async function drive({ program, folder }, variant, title) {
	const port = await freePort();
	const options = variant === IN_DEVICE_HEAP ? ["--heap"] : [];
	const child = spawn(program, [folder, ...options, String(port), TOKEN, variant === "sanitize" ? "900" : "0"], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	const page = new Page(port, child);
	const lines = [];
	try {
		await page.until("listening\n");
		for (const [name, body] of Object.entries(tests)) {
			try {
				await body(page);
				lines.push(`ok ${title}/${name}`);
			}
			catch (error) {
				lines.push(`not ok ${title}/${name}: ${error.message}\n${page.errors}`);
			}
		}
	}
	catch (error) {
		lines.push(`not ok ${title}: ${error.message}\n${page.errors}`);
	}
	const ended = child.exitCode === null ? once(child, "close") : Promise.resolve([child.exitCode]);
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
	const [status] = await ended;
	clearTimeout(timer);
	lines.push(
		status === 0 && page.errors === ""
			? `ok ${title}/page-ends-without-a-complaint`
			: `not ok ${title}/page-ends-without-a-complaint: ${status}\n${page.errors}`,
	);
	return lines;
}

const tests = {
	async "page-is-read-by-curl"(page) {
		const { status, text } = await page.curl("/");
		equal(status, "200");
		check(
			text.includes(`value="${TOKEN}"`) && text.includes("value=\"home\"")
				&& text.includes("Caf&#233; &#60;b&#62;") && text.endsWith("</html>\n"),
			text,
		);
		check(!text.includes("old wifi"), "a password is shown");
		equal((await page.curl("/", "--http1.0")).status, "200");
		equal((await page.curl("/", "--head")).status, "200");
	},

	async "form-is-stored"(page) {
		const { status, text } = await page.form({ ssid: "caf\u00e9", password: "a+b &=% c", name: "porch", user: "me",
			rtspPassword: "x y" });
		equal(status, "200");
		check(text.includes("caf&#233;"), text);
		await page.until(
			"stored "
				+ JSON.stringify({ password: "a+b &=% c", ssid: "caf\u00e9", name: "porch", rtspPassword: "x y",
					user: "me" })
				+ `\n`,
		);
		equal((await page.form({}, "/forget")).status, "200");
		await page.until("stored {}\n");
	},

	async "wrong-form-comes-back"(page) {
		const { status, text } = await page.form({ ssid: "new", password: "short" });
		equal(status, "422");
		check(text.includes("the Wi-Fi password is not valid: use 8 to 63") && !text.includes("short"), text);
	},

	async "form-of-another-site-is-refused"(page) {
		for (const options of [["--header", "Origin: http://evil.example"], ["--header", "Sec-Fetch-Site: cross-site"]])
			equal((await page.form({ ssid: "evil" }, "/", ...options)).status, "403");
		equal((await page.form({ ssid: "evil", token: "guess" })).status, "403");
		equal((await page.form({ ssid: "evil" }, "/", "--header", "Host: evil.example")).status, "421");
		equal((await page.curl("/", "--header", "Host: evil.example")).status, "302");
		equal(
			(await page.form({ ssid: "new", password: "long enough" }, "/", "--header",
				`Origin: http://127.0.0.1:${page.port}`)).status,
			"200",
		);
	},

	async "errors-are-http's"(page) {
		equal((await page.curl("/nothing")).status, "404");
		equal((await page.curl("/", "--request", "DELETE")).status, "405");
		equal((await page.curl("/", "--header", "Content-Type: text/plain", "--data", "ssid=evil")).status, "415");
		equal((await page.curl("/", "--header", "Transfer-Encoding: chunked", "--data", "ssid=evil")).status, "501");
		equal((await page.curl(`/${"x".repeat(3000)}`)).status, "414");
		equal(
			(await page.raw(
				"POST / HTTP/1.1\r\nHost: 127.0.0.1:" + page.port
					+ "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n",
			)).slice(0, 12),
			"HTTP/1.1 411",
		);
	},

	async "form-that-is-too-large-gets-its-answer-all-the-same"(page) {
		for (let i = 0; i < 10; i++)
			equal((await page.form({ ssid: "x".repeat(LARGE) })).status, "413");
	},

	async "visitor-who-says-nothing-is-sent-away-and-holds-up-nobody"(page) {
		const began = Date.now();
		const silent = [0, 1, 2].map(() => page.raw("GET / HT"));
		equal((await page.curl("/")).status, "200");
		for (const text of await Promise.all(silent))
			equal(text.slice(0, 12), "HTTP/1.1 408");
		check(Date.now() - began >= 8000, "too soon");
	},

	async "visitors-beyond-the-limit-are-sent-away"(page) {
		const silent = [0, 1, 2, 3].map(() => page.raw(""));
		await new Promise(resolve => setTimeout(resolve, 200));
		equal(await page.raw("GET / HTTP/1.0\r\n\r\n"), "");
		await Promise.all(silent);
		equal((await page.curl("/")).status, "200");
	},

	async "mutated-requests-store-nothing"(page) {
		const stored = page.output.split("stored").length;
		const random = generator(5);
		const host = `Host: 127.0.0.1:${page.port}\r\n`;
		const seeds = [`GET / HTTP/1.1\r\n${host}\r\n`,
			`POST / HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: `
			+ `21\r\n\r\ntoken=guess&ssid=evil`];
		const inserts = ["\r\n", "\0", "%", "&", "\xff", "Content-Length: 9\r\n", "$", " ", ":", "x".repeat(3000)];
		let left = MUTATIONS, answered = 0;
		const worker = async () => {
			while (left-- > 0) {
				let text = seeds[random(seeds.length)];
				for (let changes = random(5); changes >= 0; changes--) {
					const at = random(text.length);
					text = text.slice(0, at) + inserts[random(inserts.length)] + text.slice(at + random(20));
				}
				if ((await page.raw(text, true)).startsWith("HTTP/1.1 "))
					answered += 1;
			}
		};
		await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
		check(answered > MUTATIONS / 3, `${answered} answers`);
		equal(page.output.split("stored").length, stored);
		equal((await page.curl("/")).status, "200");
		check(!page.output.includes("notice internal"), page.output);
	},
};

class Page {
	port;
	output = "";
	errors = "";
	#child;

	constructor(port, child) {
		this.port = port;
		this.#child = child;
		child.stdout.on("data", data => this.output += data);
		child.stderr.on("data", data => this.errors += data);
	}

	/** Waits until the application has printed the text. */
	async until(text) {
		for (const deadline = Date.now() + DEADLINE; !this.output.includes(text);) {
			if (Date.now() > deadline || this.#child.exitCode !== null)
				throw new Error(`did not print ${text}but ${this.output}`);
			await new Promise(resolve => setTimeout(resolve, 10));
		}
	}

	/** @returns {Promise<{status: string, text: string}>} */
	curl(path, ...options) {
		return new Promise((resolve, reject) => {
			execFile("curl", ["--silent", "--show-error", "--max-time", String(DEADLINE / 1000), "--noproxy", "*",
				"--write-out", "\n%{http_code}", ...options, `http://127.0.0.1:${this.port}${path}`],
				(error, stdout, stderr) => {
					if (error)
						return reject(new Error(`curl ${path}: ${stderr.trim()}`));
					const end = stdout.lastIndexOf("\n");
					resolve({ status: stdout.slice(end + 1), text: stdout.slice(0, end) });
				});
		});
	}

	form(fields, path = "/", ...options) {
		const data = Object.entries({ token: TOKEN, ...fields }).flatMap((
			[name, value],
		) => ["--data-urlencode", `${name}=${value}`]);
		return this.curl(path, ...data, ...options);
	}

	/** Sends the text as bytes. @returns {Promise<string>} everything received until the connection ended
	 *  @param end whether to end our half after the text */
	raw(text, end = false) {
		return new Promise(resolve => {
			const socket = net.connect(this.port, "127.0.0.1");
			let answer = "";
			socket.setTimeout(DEADLINE, () => socket.destroy(new Error("nothing came")));
			socket.on("connect", () => end ? socket.end(text, "latin1") : socket.write(text, "latin1"));
			socket.on("data", data => answer += data.toString("latin1"));
			// the promise is awaited later and must not reject before that
			socket.on("error",
				error => answer ||= error.code === "ECONNRESET" || error.code === "EPIPE" ? "" : error.message);
			socket.on("close", () => resolve(answer));
		});
	}
}

function generator(seed) {
	return below => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return (seed >>> 8) % below;
	};
}

function equal(actual, expected) {
	check(actual === expected, `got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

function check(condition, message) {
	if (!condition)
		throw new Error(message);
}
