// SPDX-License-Identifier: MIT
/* The camera's page: live picture, settings, health, viewers, lines to paste, log. Talks to the camera's API only
 * (/api/…). The build removes comments and indentation, so no text may contain a line end. */

/** Milliseconds. */
const POLL = 2000, SILENCE = 5000, RETRY = 15000, SAY = 4000, WATCH = 1000, ANSWER = 8000;
/** Milliseconds between looks at the log: where nothing happens, and where something does. */
const LOG = 20_000, LOG_SOON = 2000;
/** Seconds in the charts: at the beginning, and at most. */
const SHORT = 60, HISTORY = 300;

const $ = id => document.getElementById(id);

/** Makes an element. */
function make(tag, properties, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties ?? {})) {
		if (name in element)
			element[name] = value;
		else
			element.setAttribute(name, value);
	}
	element.append(...children);
	return element;
}

/** Changes text only if it differs: a screen reader and a selection are left alone. */
function write(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

function complain(element, text) {
	write(element, text ?? "");
	element.hidden = !text;
}

let sayTimer;
/** Shows the outcome of an action, which screen readers speak. */
function say(text) {
	clearTimeout(sayTimer);
	$("say").textContent = text;
	sayTimer = setTimeout(() => $("say").textContent = "", SAY);
}

/* ---- the API ---- */

/** @returns {Promise<{ value: object } | { error: string, name?: string }>} what the camera answered, or in words why
 *  it did not, and the name of the value that is wrong */
async function call(method, path, body) {
	let answer, value;
	try {
		answer = await fetch(path, { method, cache: "no-store", signal: AbortSignal.timeout(ANSWER),
			...body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } });
		value = await answer.json().catch(() => undefined);
	}
	catch {
		return { error: "The camera does not answer. Check its power and its network." };
	}
	return answer.ok
		? { value: value ?? {} }
		: { error: reason(answer.status, value?.error), name: value?.error?.name };
}

/** The camera's own words, otherwise the page's. */
function reason(status, error) {
	if (error?.message) {
		const { message, allowed } = error;
		return allowed === undefined ? message : `${message} Allowed: ${allowedText(allowed)}.`;
	}
	if (status === 401)
		return "The camera asks for a user and a password. Reload the page to log in.";
	if (status === 403)
		return "The camera does not allow this from here.";
	if (status === 503)
		return "The camera serves as many viewers as it can. Close another one.";
	return `The camera refused with status ${status}.`;
}

function allowedText(allowed) {
	if (Array.isArray(allowed))
		return allowed.join(", ");
	if (typeof allowed === "object")
		return `${allowed.minimum} to ${allowed.maximum}`;
	return String(allowed).replace(/\.$/, "");
}

/* ---- numbers in words ---- */

const number = (value, digits = 0) =>
	value === null || value === undefined
		? "–"
		: value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const bits = kilobits => kilobits >= 1000 ? `${number(kilobits / 1000, 1)} Mbit/s` : `${number(kilobits)} kbit/s`;
const percent = part => part === null || part === undefined ? "–" : `${number(part * 100, part > 0 ? 1 : 0)} %`;

function duration(seconds) {
	const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
	const first = Math.max(0, units.findIndex(([, length]) => seconds >= length));
	const parts = units.slice(first < 0 ? 3 : first).slice(0, 2);
	let rest = Math.floor(seconds);
	return parts.map(([unit, length]) => {
		const count = Math.floor(rest / length);
		rest %= length;
		return `${count} ${unit}`;
	}).filter((text, index) => index === 0 || !text.startsWith("0 ")).join(" ");
}

/* ---- live figures: server-sent events, otherwise polling ---- */

let events, silenceTimer, pollTimer, status;

function listen() {
	events?.close();
	clearTimeout(pollTimer);
	events = new EventSource("/api/events");
	events.addEventListener("status", event => show(JSON.parse(event.data)));
	events.onerror = () => {
		// refused: the browser does not try again
		if (events.readyState === EventSource.CLOSED)
			void poll();
	};
	expect();
}

/** Without events for a while, the page asks by itself. */
function expect() {
	clearTimeout(silenceTimer);
	silenceTimer = setTimeout(poll, SILENCE);
}

let polls = 0;
async function poll() {
	clearTimeout(silenceTimer);
	clearTimeout(pollTimer);
	const { value, error } = await call("GET", "/api/status");
	if (document.hidden)
		return;
	if (error)
		lose(error);
	else {
		const answer = await call("GET", "/api/clients");
		show({ ...value, clients: answer.value?.clients ?? value.clients }, false);
	}
	if (++polls % Math.ceil(RETRY / POLL) === 0)
		listen();
	else
		pollTimer = setTimeout(poll, POLL);
}

let isLost = false;
function lose(error) {
	isLost = true;
	setState("lost", "No connection");
	const verdict = $("bottleneck");
	verdict.dataset.where = "lost";
	write(verdict, error);
}

function setState(state, text) {
	$("state").dataset.state = state;
	write($("state"), text);
}

/** Shows one status document.
 *  @param live it came as an event; the next is expected */
function show(document_, live = true) {
	if (live)
		expect();
	const before = status;
	status = document_;
	setState("live", "Live");
	showNames();
	showHealth();
	showClients();
	showFacts();
	const isNews = before?.bottleneck.text !== status.bottleneck.text || before?.connections !== status.connections;
	if (Date.now() - logTime > (isNews ? LOG_SOON : LOG))
		void showLog();
	if (isLost || before?.uptime > status.uptime) {
		// the camera was away
		isLost = isSetupShown = false;
		void loadSettings();
		startPicture();
	}
	else if (before && ["size", "quality", "frameRate"].some(name => before.camera[name] !== status.camera[name]))
		refreshSettings();
}

function showNames() {
	const name = status.name || "Camera";
	write($("name"), name);
	if (document.title !== name)
		document.title = name;
	showLines();
}

/* ---- health ---- */

const history = [];

function showHealth() {
	const { camera, bottleneck } = status, verdict = $("bottleneck"), clients = viewers();
	verdict.dataset.where = bottleneck.where;
	write(verdict, bottleneck.text || "Everything keeps up.");
	const losses = clients.map(({ lost }) => lost).filter(lost => typeof lost === "number");
	setList($("tiles"), [
		["Captured", `${number(camera.measuredFrameRate, 1)} /s`],
		["Sent", bits(status.bitrate)],
		["Viewers", number(clients.length)],
		["Worst loss", losses.length ? percent(Math.max(...losses)) : "–"],
		["Skipped", number(status.dropped)],
		...status.heap ? [["Free memory", `${number(status.heap.free / 1024)} KB`]] : [],
	]);
	write($("caption"),
		`${camera.width} × ${camera.height} · ${number(camera.measuredFrameRate, 1)} frames/s · ${
			bits(status.bitrate)
		}`);
	const picture = $("picture");
	if (camera.width && (picture.width !== camera.width || picture.height !== camera.height)) {
		picture.width = camera.width;
		picture.height = camera.height;
	}
	history.push([camera.measuredFrameRate ?? 0, status.bitrate ?? 0]);
	if (history.length > HISTORY)
		history.shift();
	draw("rate", history.map(([rate]) => rate), value => `${number(value, 1)} frames/s`);
	draw("bits", history.map(([, sent]) => sent), bits);
}

/** Draws a line and the area below it; says the same in words. */
function draw(name, values, words) {
	const top = Math.max(...values) * 1.15 || 1, width = 300, height = 58;
	const step = width / (Math.max(values.length, SHORT) - 1);
	const x = index => tenth(width - (values.length - 1 - index) * step);
	const line = values.map((value, index) => `${x(index)} ${tenth(height + 1 - value / top * height)}`).join("L");
	const [area, stroke] = $(`${name}-chart`).children;
	stroke.setAttribute("d", `M${line}`);
	area.setAttribute("d", `M${x(0)} 60L${line}L${width} 60Z`);
	write($(`${name}-now`), words(values.at(-1)));
	write($(`${name}-text`),
		`Last ${duration(values.length)}: ${words(Math.min(...values))} to ${words(Math.max(...values))}`);
}

const tenth = value => Math.round(value * 10) / 10;

/** Fills a definition list. Elements stay while their number does. */
function setList(list, rows) {
	while (list.children.length > rows.length)
		list.lastChild.remove();
	while (list.children.length < rows.length)
		list.append(make("div", {}, make("dt"), make("dd")));
	rows.forEach(([term, text], index) => {
		const [dt, dd] = list.children[index].children;
		write(dt, term);
		write(dd, text);
	});
}

function showFacts() {
	const { camera, heap, push } = status;
	setList($("facts"), [
		...camera.sensor ? [["Sensor", camera.sensor]] : [],
		["Program", status.version],
		["Running for", duration(status.uptime)],
		["Connections", number(status.connections)],
		...push
			? [["Pushes to",
				`${push.url}: ${push.state}${push.state !== "sending" && push.error ? ` (${push.error})` : ""}`]]
			: [],
		...camera.reopened ? [["Restarted by itself", `${camera.reopened} times`]] : [],
		...heap ? [["Largest free block", `${number(heap.largest / 1024)} KB`]] : [],
		...heap?.psram ? [["Free PSRAM", `${number(heap.psram.free / 1024)} KB`]] : [],
	]);
	$("setup").hidden = $("to-setup").hidden = !status.setup;
}

/* ---- viewers ---- */

const KINDS = { "rtsp-tcp": "RTSP over TCP", "rtsp-udp": "RTSP over UDP", "multicast": "multicast", "mjpeg": "MJPEG",
	"push": "pushed to it", "snapshot": "snapshot", "events": "this page’s figures" };
/** Octets and time by viewer, for the rate. */
const seen = new Map();

/** Viewers of the picture. Pages that listen to events watch by another connection. */
function viewers() {
	return Array.isArray(status.clients) ? status.clients.filter(({ kind }) => kind !== "events") : [];
}

function showClients() {
	const clients = viewers(), body = $("clients"), now = performance.now();
	$("nobody").hidden = clients.length > 0;
	body.parentElement.hidden = clients.length === 0;
	while (body.rows.length > 2 * clients.length)
		body.lastChild.remove();
	while (body.rows.length < 2 * clients.length) {
		body.append(make("tr", {}, make("th", { scope: "row" }), make("td"), make("td"), make("td")),
			make("tr", {}, make("td", { colSpan: 4, className: "hint" })));
	}
	clients.forEach((client, index) => {
		const row = body.rows[2 * index], details = body.rows[2 * index + 1].cells[0];
		const last = seen.get(client.id);
		const rate = last && now > last.time ? (client.octets - last.octets) * 8 / (now - last.time) : undefined;
		seen.set(client.id, { octets: client.octets, time: now });
		const [head, frames, skipped, lost] = row.children;
		row.toggleAttribute("data-slow", status.bottleneck.client === client.id);
		write(head, client.address);
		write(details, [
			KINDS[client.kind] ?? client.kind,
			duration(client.since),
			rate !== undefined && bits(rate),
			typeof client.roundTrip === "number" && `${number(client.roundTrip)} ms`,
		].filter(Boolean).join(" · "));
		write(frames, number(client.frameRate, 1));
		write(skipped, number(client.skipped));
		write(lost, percent(client.lost));
	});
	for (const id of seen.keys()) {
		if (!clients.some(client => client.id === id))
			seen.delete(id);
	}
}

/* ---- settings ---- */

const SIZES = { QQVGA: "160 × 120", QCIF: "176 × 144", HQVGA: "240 × 176", QVGA: "320 × 240", CIF: "400 × 296",
	HVGA: "480 × 320", VGA: "640 × 480", SVGA: "800 × 600", XGA: "1024 × 768", HD: "1280 × 720", SXGA: "1280 × 1024",
	UXGA: "1600 × 1200" };
/** Group, name, label, and a hint or the words of the numbers from 0. */
const CONTROLS = [
	["", "size", "Frame size"],
	["", "quality", "JPEG quality number", "Lower is better, and takes more of the network."],
	["", "framerate", "Frame rate"],
	["Picture", "brightness", "Brightness"],
	["Picture", "contrast", "Contrast"],
	["Picture", "saturation", "Saturation"],
	["Picture", "sharpness", "Sharpness"],
	["Picture", "denoise", "Noise reduction"],
	["Picture", "special_effect", "Effect", ["None", "Negative", "Grey", "Red", "Green", "Blue", "Sepia"]],
	["Picture", "mirror", "Mirror"],
	["Picture", "flip", "Upside down"],
	["Exposure and gain", "aec", "Automatic exposure"],
	["Exposure and gain", "ae_level", "Exposure level", "For automatic exposure."],
	["Exposure and gain", "aec_value", "Exposure", "Without automatic exposure."],
	["Exposure and gain", "aec2", "Exposure for the night"],
	["Exposure and gain", "agc", "Automatic gain"],
	["Exposure and gain", "gain_ceiling", "Highest gain", "For automatic gain."],
	["Exposure and gain", "agc_gain", "Gain", "Without automatic gain."],
	["White balance", "awb", "Automatic white balance"],
	["White balance", "awb_gain", "White balance gain"],
	["White balance", "wb_mode", "Light", ["Automatic", "Sun", "Clouds", "Office", "Home"]],
	["Sensor", "lenc", "Lens correction"],
	["Sensor", "bpc", "Black pixel correction"],
	["Sensor", "wpc", "White pixel correction"],
	["Sensor", "raw_gma", "Gamma correction"],
	["Sensor", "dcw", "Smooth downsizing"],
	["Sensor", "colorbar", "Test bars"],
	["Sensor", "xclk", "Sensor clock (MHz)"],
];

let settings;
/** By name: input, output, error. */
const rows = new Map();

let isUnread = false;
const NOBODY = "Nobody may change anything here. Give the camera a user and a password, or allow everybody (--control "
	+ "anybody).";

async function loadSettings() {
	const { value, error } = await call("GET", "/api/settings");
	// the error of an action stays
	if (error || isUnread)
		complain($("settings-error"), error);
	isUnread = Boolean(error);
	if (value)
		showSettings(value);
}

let refreshTimer;
/** Somebody else changed something. */
function refreshSettings() {
	clearTimeout(refreshTimer);
	refreshTimer = setTimeout(() => {
		if (!isSending)
			void loadSettings();
	}, 300);
}

function showSettings(document_) {
	settings = document_;
	const names = Object.keys(settings.limits);
	if (names.join() !== [...rows.keys()].join())
		buildControls(names);
	for (const name of names) {
		showValue(name, wanted[name] ?? settings.values[name]);
		rows.get(name).input.disabled = !settings.writable;
	}
	const { saved, writable, storable } = settings;
	$("reset").disabled = $("restart").disabled = !writable;
	$("save").disabled = !writable || storable === false;
	$("forget").disabled = $("save").disabled || !saved;
	$("setup-all").disabled = !writable;
	write($("settings-text"), writable ? "Changes act at once." : NOBODY);
	complain($("setup-error"), writable ? undefined : NOBODY);
	const differs = saved
		&& Object.keys({ ...saved, ...settings.values }).some(name =>
			name in settings.values && saved[name] !== settings.values[name]
		);
	write($("saved"), savedText(saved, differs));
}

function savedText(saved, differs) {
	if (settings.storable === false)
		return "Nothing can be saved: the camera has no settings file (--settings-file).";
	if (!saved)
		return "Nothing is saved: a restart brings back the old values.";
	return differs ? "Differs from what is saved." : "These values are saved.";
}

function buildControls(names) {
	const groups = new Map(), box = $("controls");
	const isNew = rows.size === 0, isWide = matchMedia("(min-width: 62rem)").matches;
	const open = new Set([...box.querySelectorAll("details[open]")].map(({ id }) => id));
	rows.clear();
	box.replaceChildren();
	const known = CONTROLS.filter(([, name]) => names.includes(name));
	const others = names.filter(name => !CONTROLS.some(([, each]) => each === name))
		.map(name => ["Sensor", name, name.replaceAll("_", " ")]);
	for (const [title, ...control] of [...known, ...others]) {
		let group = title ? groups.get(title) : box;
		if (!group) {
			const id = `group-${groups.size}`;
			group = make("details", { id, open: isNew ? isWide && groups.size === 0 : open.has(id) },
				make("summary", {}, title));
			groups.set(title, group);
			box.append(group);
		}
		group.append(buildRow(...control));
	}
	// in the camera's order, to see a difference at once
	const inOrder = names.map(name => [name, rows.get(name)]);
	rows.clear();
	for (const [name, row] of inOrder)
		rows.set(name, row);
}

function buildRow(name, label, extra) {
	const id = `c-${name}`, limits = settings.limits[name];
	// hidden from screen readers, which speak the slider's own value
	const output = make("span", { className: "value", "aria-hidden": "true" });
	const error = make("p", { id: `${id}-error`, className: "error", hidden: true });
	const hint = typeof extra === "string" && make("p", { id: `${id}-hint`, className: "hint" }, extra);
	let input, read, children;
	if (Array.isArray(limits) || Array.isArray(extra)) {
		const options = Array.isArray(limits)
			? limits.map(value => [value, SIZES[value] ? `${value} ${SIZES[value]}` : value])
			: Array.from({ length: limits.maximum - limits.minimum + 1 }, (_, index) => index + limits.minimum)
				.map(value => [value, extra[value] ?? String(value)]);
		input = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
		read = () => Array.isArray(limits) ? input.value : Number(input.value);
		children = [make("label", { htmlFor: id }, label), input];
	}
	else if (limits.minimum === 0 && limits.maximum === 1) {
		input = make("input", { type: "checkbox", role: "switch" });
		read = () => Number(input.checked);
		children = [make("label", { htmlFor: id }, label), input];
	}
	else {
		input = make("input", { type: "range", min: limits.minimum, max: limits.maximum,
			step: name === "framerate" ? 0.5 : 1 });
		read = () => Number(input.value);
		children = [make("label", { htmlFor: id }, label), output, input];
	}
	input.id = id;
	const described = [hint && hint.id, error.id].filter(Boolean).join(" ");
	input.setAttribute("aria-describedby", described);
	input.addEventListener("input", () => {
		showValue(name, read());
		void change(name, read());
	});
	rows.set(name, { input, output, error, label });
	return make("div", { className: "row" }, ...children, ...hint ? [hint] : [], error);
}

function showValue(name, value) {
	const { input, output } = rows.get(name);
	if (input.type === "checkbox")
		input.checked = value === 1 || value === true;
	else if (input.value !== String(value ?? ""))
		input.value = value ?? "";
	const rate = value ? `${number(value, value % 1 ? 1 : 0)} frames/s` : "unlimited";
	const text = name === "framerate" ? rate : number(value);
	write(output, text);
	if (input.type === "range")
		input.setAttribute("aria-valuetext", text);
}

/** Values that are still to be sent, by name: the last one counts. */
const wanted = {};
let isSending = false;

async function change(name, value) {
	wanted[name] = value;
	if (isSending)
		return;
	isSending = true;
	try {
		for (let [next] = Object.keys(wanted); next; [next] = Object.keys(wanted)) {
			const sent = wanted[next];
			const { value: answer, error } = await call("PATCH", "/api/settings", { [next]: sent });
			if (wanted[next] === sent) {
				delete wanted[next];
				showOutcome(next, error);
			}
			if (answer)
				showSettings(answer);
		}
	}
	finally {
		isSending = false;
	}
}

/** What became of a change. @param error absent: it is made */
function showOutcome(name, error) {
	const row = rows.get(name);
	// the camera has lost the setting meanwhile, as one that is being reopened
	if (!row)
		return;
	complain(row.error, error);
	row.input.setAttribute("aria-invalid", String(Boolean(error)));
	if (error) {
		showValue(name, settings.values[name]);
		say(`${row.label}: ${error}`);
	}
}

function action(id, path, done) {
	const act = async () => {
		const { value, error } = await call("POST", path);
		complain($("settings-error"), error);
		if (error) {
			say(error);
			return;
		}
		for (const row of rows.values()) {
			complain(row.error);
			row.input.removeAttribute("aria-invalid");
		}
		if (value.limits)
			showSettings(value);
		else
			await loadSettings();
		say(done);
	};
	$(id).addEventListener("click", () => void act());
}

action("save", "/api/settings/save", "Saved.");
action("reset", "/api/settings/reset", "The settings are as they were.");
action("forget", "/api/settings/forget", "The saved settings are forgotten.");

/* ---- set-up of a board ---- */

/** Name, label, hint. */
const SETUP = [
	["ssid", "Wi-Fi network"],
	["password", "Wi-Fi password", "Empty: as before, if the network stays."],
	["open", "The network has no password"],
	["name", "Name of the camera", "Empty: a name from its hardware address."],
	["user", "User name for the stream", "Empty: everybody in the network may watch."],
	["rtspPassword", "Password for the stream", "Empty: as before, if the user stays."],
];
/** Milliseconds between looks at a search for networks, and looks at most. */
const LOOK = 1000, LOOKS = 12;
/** By name: input, error, label. */
const fields = new Map();
let isSetupShown = false, isSearching = false;

function buildSetup() {
	$("setup-rows").append(...SETUP.map(([name, label, text]) => {
		const id = `s-${name}`, isSecret = /password/i.test(name), isSwitch = name === "open";
		const error = make("p", { id: `${id}-error`, className: "error", hidden: true });
		const hint = text && make("p", { id: `${id}-hint`, className: "hint" }, text);
		const input = make("input", { id, type: isSwitch ? "checkbox" : isSecret ? "password" : "text",
			...isSwitch ? { role: "switch" } : { maxLength: 64, autocomplete: isSecret ? "new-password" : "off" } });
		input.setAttribute("aria-describedby", [hint && hint.id, error.id].filter(Boolean).join(" "));
		if (name === "ssid")
			input.setAttribute("list", "networks");
		fields.set(name, { input, error, label });
		return make("div", { className: "row" }, make("label", { htmlFor: id }, label), input, ...hint ? [hint] : [],
			error);
	}));
}

$("setup-fold").addEventListener("toggle", () => {
	if ($("setup-fold").open && !isSetupShown)
		void loadSetup();
});

async function loadSetup() {
	isSetupShown = true;
	const { value, error } = await call("GET", "/api/setup");
	if (error) {
		isSetupShown = false;
		complain($("setup-error"), error);
		return;
	}
	if (fields.size === 0)
		buildSetup();
	for (const [name, { input }] of fields) {
		if (input.type === "checkbox")
			input.checked = false;
		else
			input.value = value[name] ?? "";
	}
	showNetworks(value);
}

function showNetworks({ networks, searching }) {
	$("networks").replaceChildren(...networks.map(value => make("option", { value })));
	const text = searching ? "Searching for networks" : `${networks.length} networks found.`;
	write($("found"), networks.length === 1 ? text.replace("networks ", "network ") : text);
	return text;
}

$("search").addEventListener("click", () => void searchNetworks());

async function searchNetworks() {
	if (isSearching)
		return;
	isSearching = true;
	let { value, error } = await call("POST", "/api/setup/search");
	for (let i = 0; value?.searching && i < LOOKS; i++) {
		showNetworks(value);
		await new Promise(resolve => setTimeout(resolve, LOOK));
		({ value, error } = await call("GET", "/api/setup"));
	}
	isSearching = false;
	complain($("setup-error"), error);
	say(error ?? showNetworks({ ...value, searching: false }));
}

$("setup-form").addEventListener("submit", event => {
	event.preventDefault();
	void saveSetup();
});

async function saveSetup() {
	const values = Object.fromEntries(
		[...fields].map(([name, { input }]) => [name, input.type === "checkbox" ? input.checked : input.value]),
	);
	const { error, name } = await call("POST", "/api/setup", values), wrong = fields.get(name);
	for (const [each, field] of fields) {
		complain(field.error, each === name ? error : undefined);
		field.input.setAttribute("aria-invalid", String(each === name));
	}
	complain($("setup-error"), wrong ? undefined : error);
	wrong?.input.focus();
	if (error)
		say(wrong ? `${wrong.label}: ${error}` : error);
	else
		leave(`Saved. The camera restarts and joins ${values.ssid}. If that fails, its set-up network opens after a `
			+ "while.");
}

$("setup-forget").addEventListener("click",
	() =>
		ask("Forget set-up?",
			"The camera restarts with the Wi-Fi network, the name and the user that it was programmed with.", "Keep it",
			"Forget and restart", forgetSetup));

async function forgetSetup() {
	const { error } = await call("POST", "/api/setup/forget");
	complain($("setup-error"), error);
	if (error)
		say(error);
	else
		leave("Forgotten. The camera restarts with the settings it was programmed with.");
}

/** The camera restarts, perhaps in another network. */
function leave(text) {
	write($("found"), text);
	say(text);
	setState("wait", "Restarting");
}

/* ---- the picture ---- */

const picture = $("picture");
let mode = "off", pictureTimer, watchTimer;
/** When the pixels last changed, and for how long they may not: milliseconds. Longer after each vain attempt, because a
 *  camera may look at nothing that moves. */
const PATIENCE = 5000, LONG_PATIENCE = 60_000;
let changed = 0, patience = PATIENCE, lastPixels;
/** When the stream was asked for, and whether it has played since. */
let asked = 0, hasPlayed = false;

/** Shows the stream. A tab that is hidden holds no connection. */
function startPicture() {
	if (mode === "paused" || document.hidden)
		return;
	stopPicture();
	mode = "stream";
	changed = asked = Date.now();
	hasPlayed = false;
	write($("screen-text"), picture.naturalWidth ? "" : "Waiting for the picture");
	picture.src = `/stream?t=${Date.now()}`;
	watchTimer = setInterval(watch, WATCH);
}

function stopPicture() {
	clearTimeout(pictureTimer);
	clearInterval(watchTimer);
	mode = "off";
}

picture.addEventListener("load", () => {
	if (mode !== "stream")
		return;
	hasPlayed = true;
	write($("screen-text"), "");
	complain($("picture-error"));
});
picture.addEventListener("error", () => {
	if (mode !== "stream")
		return;
	// one that has played for a while deserves another attempt
	if (hasPlayed && Date.now() - asked > WATCH)
		startPicture();
	else
		fallBack();
});

/** Chromium tells nobody that a stream has ended: the image is broken, or stands still. It is then asked for again. */
function watch() {
	if (picture.complete && picture.naturalWidth === 0) {
		startPicture();
		return;
	}
	if (picture.naturalWidth === 0)
		return;
	write($("screen-text"), "");
	const canvas = make("canvas", { width: 32, height: 24 }), context = canvas.getContext("2d");
	context.drawImage(picture, 0, 0, 32, 24);
	const pixels = context.getImageData(0, 0, 32, 24).data.join(), rate = status?.camera.frameRate || 1;
	if (pixels !== lastPixels) {
		lastPixels = pixels;
		changed = Date.now();
		patience = PATIENCE;
	}
	else if (Date.now() - changed > Math.max(patience, 3000 / rate) && !isLost) {
		patience = Math.min(2 * patience, LONG_PATIENCE);
		startPicture();
	}
}

/** The stream fails: single pictures, and after a while the stream again. */
function fallBack() {
	stopPicture();
	mode = "poll";
	void pollPicture();
	pictureTimer = setTimeout(startPicture, RETRY);
}

async function pollPicture() {
	let wait = 1000, text;
	try {
		const answer = await fetch("/snapshot.jpg", { cache: "no-store", signal: AbortSignal.timeout(ANSWER) });
		if (mode !== "poll")
			return;
		if (answer.ok) {
			const url = URL.createObjectURL(await answer.blob());
			if (mode === "poll") {
				picture.src = url;
				await picture.decode();
				wait = 100;
				write($("screen-text"), "");
				text = "The stream does not play. These are single pictures, at a lower rate.";
			}
			URL.revokeObjectURL(url);
		}
		else
			text = reason(answer.status, (await answer.json().catch(() => undefined))?.error);
	}
	catch {
		text = "The camera sends no picture.";
	}
	if (mode !== "poll")
		return;
	complain($("picture-error"), text);
	setTimeout(() => mode === "poll" && pollPicture(), wait);
}

$("pause").addEventListener("click", () => {
	const still = $("still"), isPaused = mode === "paused";
	if (isPaused)
		mode = "off";
	else {
		still.width = picture.naturalWidth || 1;
		still.height = picture.naturalHeight || 1;
		still.getContext("2d").drawImage(picture, 0, 0);
		stopPicture();
		hang();
		mode = "paused";
	}
	still.hidden = isPaused;
	write($("pause"), isPaused ? "Pause" : "Resume");
	startPicture();
});

/** Ends the stream's connection. */
function hang() {
	picture.removeAttribute("src");
}

$("full").addEventListener("click", () => {
	const screen = $("screen");
	if (document.fullscreenElement)
		void document.exitFullscreen();
	else if (screen.requestFullscreen)
		screen.requestFullscreen().catch(() => say("This browser does not allow full screen."));
	// telephones without full screen for pictures: fill the window until the next touch
	else
		screen.classList.toggle("filling");
});
$("screen").addEventListener("click", () => $("screen").classList.remove("filling"));
$("screen").addEventListener("dblclick", () => $("full").click());
document.addEventListener("keydown", event => {
	if (event.key === "Escape")
		$("screen").classList.remove("filling");
});
$("snapshot").addEventListener("click", () => {
	const time = new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-");
	$("snapshot").download = `${nameForFiles()}-${time}.jpg`;
});

/* ---- lines to paste ---- */

let shownLines;

/** The camera's name as it may stand in YAML and in file names. */
function nameForFiles() {
	return (status?.name ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "") || "camera";
}

function showLines() {
	const name = nameForFiles(), { user } = status, { mjpeg, snapshot } = status.stream;
	const login = user ? `://${encodeURIComponent(user)}:PASSWORD@` : "://";
	const rtsp = status.stream.rtsp.replace("://", login);
	if (shownLines === name + rtsp)
		return;
	shownLines = name + rtsp;
	$("login").hidden = !user;
	const web = path => new URL(path, location.href).href;
	const yaml = (...lines) => lines.join("\n");
	$("lines").replaceChildren(
		paste("RTSP address", rtsp),
		fold("ffplay", "", ["ffplay command", `ffplay -fflags nobuffer -rtsp_transport tcp ${rtsp}`]),
		fold("VLC", "Or Media, Open Network Stream, with the RTSP address.", [
			"VLC command",
			`vlc --network-caching=300 ${rtsp}`,
		]),
		fold("Frigate", "go2rtc inside Frigate makes H.264 of it, which recordings need.", [
			"Frigate configuration",
			yaml("go2rtc:", "  streams:", `    ${name}:`, `      - "ffmpeg:${rtsp}#video=h264#raw=-fps_mode vfr"`,
				"cameras:", `  ${name}:`, "    ffmpeg:", "      inputs:",
				`        - path: rtsp://127.0.0.1:8554/${name}`, "          input_args: preset-rtsp-restream",
				"          roles: [detect, record]", "    detect:", "      enabled: true", "    record:",
				"      enabled: true"),
		]),
		fold("go2rtc", "The second stream is H.264, for WebRTC and HomeKit.", [
			"go2rtc configuration",
			yaml("streams:", `  ${name}: ${rtsp}`, `  ${name}_h264: "ffmpeg:${name}#video=h264#raw=-fps_mode vfr"`),
		]),
		fold("Home Assistant", "Settings, Devices & services, Add integration, MJPEG IP Camera.", [
			"MJPEG URL",
			web(mjpeg),
		], ["Still image URL", web(snapshot)]),
	);
}

function paste(what, text) {
	const button = make("button", { type: "button", "aria-label": `Copy: ${what}` }, "Copy");
	const act = async () => {
		const isCopied = await copy(text, button);
		say(isCopied ? `Copied: ${what}.` : "This browser does not copy. Select the text, and copy it.");
		if (!isCopied)
			return;
		button.textContent = "Copied";
		setTimeout(() => button.textContent = "Copy", 2000);
	};
	button.addEventListener("click", () => void act());
	return make("div", { className: "paste" }, make("pre", {}, make("code", {}, text)), button);
}

function fold(title, hint, ...lines) {
	return make("details", {}, make("summary", {}, title), ...hint ? [make("p", { className: "hint" }, hint)] : [],
		...lines.map(([what, text]) =>
			lines.length > 1
				? make("div", {}, make("p", { className: "hint" }, what), paste(what, text))
				: paste(what, text)
		));
}

/** Without https, browsers have no clipboard interface, only the old command. */
async function copy(text, button) {
	try {
		if (navigator.clipboard) {
			await navigator.clipboard.writeText(text);
			return true;
		}
	}
	catch {
		// not allowed: the old way
	}
	const area = make("textarea", { value: text, readOnly: true, className: "unseen" });
	button.after(area);
	area.select();
	const isCopied = document.execCommand("copy");
	area.remove();
	button.focus();
	return isCopied;
}

/* ---- log and restart ---- */

let shownLog = "", logTime = 0;

async function showLog() {
	logTime = Date.now();
	const { value } = await call("GET", "/api/log");
	const text = JSON.stringify(value?.notices ?? []);
	if (!value || !status || text === shownLog)
		return;
	shownLog = text;
	$("quiet").hidden = value.notices.length > 0;
	const start = Date.now() - status.uptime * 1000;
	$("notices").replaceChildren(...value.notices.map(({ time, text: notice, count }) => {
		const date = new Date(start + time * 1000);
		return make("li", {}, make("time", { dateTime: date.toISOString() }, date.toLocaleTimeString("en-GB")),
			make("span", {}, count > 1 ? `${notice} (${count} times)` : notice));
	}));
	// with more than fits, the list scrolls: by keyboard as well
	const list = $("notices");
	if (list.scrollHeight > list.clientHeight) {
		list.tabIndex = 0;
		list.setAttribute("aria-label", "Notices, newest first");
	}
	else
		list.removeAttribute("tabindex");
}

/** What follows if the question is answered with yes. */
let agreed;

function ask(title, text, no, yes, action) {
	const texts = { "sure-title": title, "sure-text": text, "sure-no": no, "sure-yes": yes };
	for (const [id, words] of Object.entries(texts))
		write($(id), words);
	agreed = action;
	$("sure").returnValue = "no";
	$("sure").showModal();
}

$("sure").addEventListener("close", () => {
	if ($("sure").returnValue === "yes")
		void agreed();
});
$("restart").addEventListener("click",
	() =>
		ask("Restart the camera?",
			"All viewers lose the picture for some seconds. Changes that are not saved are lost.", "Keep it running",
			"Restart", restart));

async function restart() {
	const { error } = await call("POST", "/api/restart");
	complain($("restart-error"), error);
	say(error ?? "The camera restarts.");
	if (!error)
		setState("wait", "Restarting");
}

/* ---- start ---- */

function end() {
	events?.close();
	for (const timer of [silenceTimer, pollTimer])
		clearTimeout(timer);
	if (mode !== "paused") {
		stopPicture();
		hang();
	}
}

document.addEventListener("visibilitychange", () => {
	if (document.hidden)
		end();
	else {
		listen();
		startPicture();
	}
});
addEventListener("pagehide", end);

// first what the page needs to be used, then the picture, which may fill the link. One after the other: a board has few
// connections, and a browser would open one for each
await loadSettings();
const first = await call("GET", "/api/status");
if (first.value)
	show(first.value, false);
else
	lose(first.error);
if (!document.hidden) {
	listen();
	startPicture();
}
