// SPDX-License-Identifier: MIT
/** Tests the set-up page of the running application with curl,
 *  and with plain sockets for requests that curl does not send. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import net from "node:net";
import { freePort } from "../../camera.mjs";
import { Description } from "../../http/describe.mjs";
import { Skip } from "../../interop/harness.mjs";

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
	const port = await freePort(), apiPort = await freePort();
	const options = variant === IN_DEVICE_HEAP ? ["--heap"] : [];
	const child = spawn(program, [folder, ...options, String(port), String(apiPort), TOKEN,
		variant === "sanitize" ? "900" : "0"], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	const page = new Page(port, apiPort, child);
	const lines = [];
	try {
		await page.until("listening\n");
		page.sockets = page.socketCount;
		for (const [name, body] of Object.entries(tests)) {
			try {
				await body(page);
				lines.push(`ok ${title}/${name}`);
			}
			catch (error) {
				lines.push(error instanceof Skip
					? `skip ${title}/${name}: ${error.message}`
					: `not ok ${title}/${name}: ${error.message}\n${page.errors}`);
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
	async "port-that-is-in-use-is-an-error"(page) {
		check(page.output.includes("port taken\n") && !page.output.includes("notice"), page.output);
	},

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
		await page.idle();
		const began = Date.now();
		const silent = [0, 1, 2].map(() => page.raw("GET / HT"));
		equal((await page.curl("/")).status, "200");
		for (const text of await Promise.all(silent))
			equal(text.slice(0, 12), "HTTP/1.1 408");
		check(Date.now() - began >= 8000, "too soon");
	},

	async "visitors-beyond-the-limit-are-sent-away-until-the-silent-ones-had-their-time"(page) {
		await page.idle();
		const silent = [0, 1, 2, 3].map(() => page.raw(""));
		await new Promise(resolve => setTimeout(resolve, 200));
		equal((await page.raw("GET / HTTP/1.0\r\n\r\n")).slice(0, 12), "HTTP/1.1 503");
		await new Promise(resolve => setTimeout(resolve, 600));
		equal((await page.curl("/")).status, "200");
		for (const text of await Promise.all(silent))
			equal(text.slice(0, 12), "HTTP/1.1 408");
	},

	async "api-shows-no-password-and-stores-what-is-given"(page) {
		const description = await Description.of(JSON.parse((await page.api("/api/openapi.json")).text));
		const ask = async (method, path, status, ...options) => {
			const answer = await page.api(path, "--request", method, ...options);
			equal(answer.status, String(status));
			const json = JSON.parse(answer.text);
			description.check(path, method.toLowerCase(), { status, type: "application/json", json });
			return json;
		};
		const send = (status, values) =>
			ask("POST", "/api/setup", status, "--header", "Content-Type: application/json", "--data",
				typeof values === "string" ? values : JSON.stringify(values));
		const state = await ask("GET", "/api/setup", 200);
		check(state.ssid !== "" && !JSON.stringify(state).includes("pass"), JSON.stringify(state));
		equal(state.searching, false);
		equal((await ask("POST", "/api/setup/search", 200)).searching, true);
		for (const [values, name] of [[{ ssid: "" }, "ssid"], [{ ssid: "x".repeat(33) }, "ssid"], [{ ssid: "new",
			password: "short" }, "password"], [{ name: "a b" }, "name"], [{ user: "a:b", rtspPassword: "c" }, "user"], [
			{
				user: "you",
			},
			"rtspPassword",
		], [{ user: "", rtspPassword: "c" }, "user"], [{ ssid: "a\nb" }, "ssid"], [{ port: "80" }, "port"], [{
			ssid: 5,
		}, "ssid"], [{ open: "yes" }, "open"]]) {
			const { error } = await send(400, values);
			equal(error.name, name);
			check(error.message.length > 10 && !error.message.includes("--"), error.message);
		}
		equal((await send(400, "ssid=evil")).error.name, "body");
		const stored = page.output.split("stored {").length;
		equal((await send(200, { ssid: "caf\u00e9", password: "a\"b\\c d\\", user: "me", rtspPassword: "\u00e4" }))
			.restarting, "board");
		await page.until(
			`stored ${
				JSON.stringify({ password: "a\"b\\c d\\", ssid: "caf\u00e9", rtspPassword: "\u00e4", user: "me" })
			}\n`,
		);
		equal(page.output.split("stored {").length, stored + 1);
		equal((await ask("POST", "/api/setup/forget", 200)).restarting, "board");
	},

	async "api-accepts-no-change-from-elsewhere"(page) {
		const stored = page.output.split("stored {").length;
		for (const path of ["/api/setup", "/api/setup/search", "/api/setup/forget"]) {
			const json = ["--header", "Content-Type: application/json", "--data", "{\"name\": \"evil\"}"];
			for (const [status, ...options] of [
				[403, ...json, "--header", "Origin: http://evil.example"],
				[403, ...json, "--header", "Sec-Fetch-Site: cross-site"],
				[421, ...json, "--header", "Host: evil.example"],
				[415, "--data", "name=evil"],
				[413, "--header", "Content-Type: application/json", "--data", "x".repeat(3000)],
			])
				equal((await page.api(path, "--request", "POST", ...options)).status, String(status));
			equal((await page.api(path, "--request", "PUT")).status, "405");
		}
		equal((await page.api("/", "--head")).status, "404");
		equal(page.output.split("stored {").length, stored);
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
	apiPort;
	output = "";
	errors = "";
	/** Those that listen. */
	sockets = 0;
	#child;

	constructor(port, apiPort, child) {
		this.port = port;
		this.apiPort = apiPort;
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

	/** Number of its sockets. Other descriptors, as epoll's, may be opened later than they are counted. */
	get socketCount() {
		const folder = `/proc/${this.#child.pid}/fd`;
		return readdirSync(folder).filter(name => {
			try {
				return readlinkSync(`${folder}/${name}`).startsWith("socket:");
			}
			catch {
				// closed meanwhile
				return false;
			}
		}).length;
	}

	/** Waits until it has no connection: those of earlier tests keep their places until both ends are closed. */
	async idle() {
		for (const deadline = Date.now() + DEADLINE; this.socketCount > this.sockets;) {
			check(Date.now() < deadline, "connections stay");
			await new Promise(resolve => setTimeout(resolve, 10));
		}
	}

	/** @returns {Promise<{status: string, text: string}>} */
	curl(path, ...options) {
		return this.#curl(this.port, path, ...options);
	}

	/** Asks the server in the board's network. */
	api(path, ...options) {
		return this.#curl(this.apiPort, path, ...options);
	}

	#curl(port, path, ...options) {
		return new Promise((resolve, reject) => {
			execFile("curl", ["--silent", "--show-error", "--max-time", String(DEADLINE / 1000), "--noproxy", "*",
				"--write-out", "\n%{http_code}", ...options, `http://127.0.0.1:${port}${path}`],
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
