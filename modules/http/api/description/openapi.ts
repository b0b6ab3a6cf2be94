// SPDX-License-Identifier: MIT
/** Description of the API (OpenAPI 3.1.0). The tests check the server's answers against it. */

import { VERSION } from "http/api/version";

type Schema = Readonly<Record<string, unknown>>;

const number: Schema = { type: "number" };
const text: Schema = { type: "string" };
const yes: Schema = { type: "boolean" };

/** A number that is not negative. */
function amount(description: string): Schema {
	return { type: "number", minimum: 0, description };
}

/** An integer that is not negative. */
function count(description: string): Schema {
	return { type: "integer", minimum: 0, description };
}

function orNull(type: string, description: string): Schema {
	return { type: [type, "null"], description };
}

/** An object with these properties and no others. @param optional names of those that may be absent */
function record(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
	return { type: "object", properties, additionalProperties: false,
		required: Object.keys(properties).filter(name => !optional.includes(name)) };
}

/** An object with any names. */
function map(values: Schema, description: string): Schema {
	return { type: "object", additionalProperties: values, description };
}

function ref(name: string): Schema {
	return { $ref: `#/components/schemas/${name}` };
}

function response(description: string, schema: Schema, type = "application/json"): Schema {
	return { description, content: { [type]: { schema } } };
}

const refused = response("Not done; nothing has changed", ref("Error"));

/** A GET that answers with a document. */
function read(summary: string, schema: Schema, type?: string): Schema {
	return { summary, responses: { 200: response("The present state", schema, type) } };
}

/** What changes something. @param errors further status codes */
function change(summary: string, schema: Schema, errors: readonly number[] = [], body?: Schema): Schema {
	const responses: Record<number, Schema> = { 200: response("Done", schema), 403: refused };
	for (const status of errors)
		responses[status] = refused;
	return body
		? { summary, responses, requestBody: { required: true, content: { "application/json": { schema: body } } } }
		: { summary, responses };
}

const settingValue: Schema = { type: ["number", "string"] };

const streams = record({
	rtsp: { type: "string", description: "for RTSP players" },
	mjpeg: { type: "string", description: "path of the MJPEG stream" },
	snapshot: { type: "string", description: "path of the snapshot" },
});

/** Free memory. */
const memory: Readonly<Record<string, Schema>> = { free: count("bytes"),
	largest: count("bytes, of the largest block") };

const statusProperties: Readonly<Record<string, Schema>> = {
	stream: streams,
	name: text,
	user: { type: "string", description: "name of the user that players need; absent: none" },
	version: text,
	uptime: amount("seconds since the start of the program"),
	camera: record({
		sensor: orNull("string", "null: no sensor"),
		size: orNull("string", "null: files are replayed"),
		width: count("pixels"),
		height: count("pixels"),
		quality: orNull("integer", "0 (best) to 63; null: files are replayed"),
		frameRate: amount("requested frames a second; 0: as many as possible"),
		measuredFrameRate: amount("frames a second"),
		reopened: count("times that the camera was reopened"),
	}),
	connections: count("open connections, of RTSP and HTTP"),
	captured: count("frames read from the camera"),
	sent: count("frames sent completely, per client"),
	dropped: count("frames not sent completely, per client"),
	octets: count("octets of payload sent"),
	bitrate: amount("kbit/s of payload in the last second"),
	bottleneck: record({
		where: { type: "string", enum: ["none", "sensor", "processor", "network", "client"] },
		text: { type: "string", description: "one sentence for people" },
		client: count("number of the client"),
	}, ["client"]),
	heap: record({ ...memory, psram: record(memory) }, ["psram"]),
	setup: { const: true, description: "present on a board that has /api/setup" },
	push: {
		...record({
			url: { type: "string", description: "without credentials" },
			state: { type: "string", enum: ["connecting", "sending", "waiting"] },
			since: amount("seconds since the state began"),
			retries: count("attempts that followed a failure"),
			error: orNull("string", "why the last attempt or stream ended; null: none has"),
		}),
		description: "the receiver that the camera sends the stream to; absent: none",
	},
};

const schemas: Readonly<Record<string, Schema>> = {
	Error: record({
		error: record({
			name: { type: "string", description: "the setting, or what is wrong, for programs" },
			message: { type: "string", description: "for people" },
			allowed: { description: "what would be right: a range, or a list" },
		}, ["allowed"]),
	}),
	Status: record({ ...statusProperties, clients: count("clients that receive frames") }, ["heap", "push", "setup",
		"user"]),
	Event: record({ ...statusProperties, count: count("clients that receive frames"),
		clients: { type: "array", items: ref("Client") } }, ["heap", "push", "setup", "user"]),
	Range: record({ minimum: number, maximum: number,
		unlimited: { type: "boolean", description: "0 is allowed as well, for as many as possible" },
		default: { type: "number", description: "the value at the start" } }, ["unlimited", "default"]),
	Settings: record({
		values: map(settingValue, "by name: framerate, quality, size, and the sensor's controls, as far as the camera "
			+ "has them"),
		limits: map({ oneOf: [ref("Range"), { type: "array", items: text }] }, "by name: a range, or the sizes"),
		saved: { type: ["object", "null"], additionalProperties: settingValue,
			description: "what the camera starts with next time; null: nothing is saved" },
		writable: { ...yes, description: "whether --control allows changes" },
		storable: { ...yes, description: "whether there is a place to save settings" },
	}),
	Client: record({
		id: count("its number; not reused"),
		address: text,
		kind: { type: "string", enum: ["rtsp-tcp", "rtsp-udp", "multicast", "mjpeg", "snapshot", "events", "push"] },
		since: amount("seconds since it came"),
		packets: count("RTP packets, parts or events sent"),
		octets: count("octets of payload sent"),
		frameRate: amount("frames sent in the last second"),
		sent: count("frames sent completely"),
		skipped: count("frames that it was too slow for"),
		waits: count("times that a frame waited for room in its send buffer"),
		lost: { type: ["number", "null"], minimum: 0, maximum: 1, description: "fraction of packets lost" },
		jitter: orNull("number", "milliseconds"),
		roundTrip: orNull("number", "milliseconds"),
	}),
	Clients: record({ clients: { type: "array", items: ref("Client") } }),
	Log: record({
		notices: { type: "array", description: "newest first", items: record({ time: amount("seconds since the start, "
			+ "when it came last"), text, count: { type: "integer", minimum: 1 } }) },
	}),
	Setup: record({
		ssid: { type: "string", description: "name of the Wi-Fi network" },
		name: { type: "string", description: "of the camera in its network; empty: made of its MAC address" },
		user: { type: "string", description: "of the stream; empty: anybody may watch" },
		networks: { type: "array", description: "names of nearby networks, strongest first", items: text },
		searching: { ...yes, description: "whether a search for networks is under way" },
	}),
	SetupValues: record({
		ssid: text,
		password: { type: "string", description: "of the network; empty: as before, if the network stays" },
		open: { ...yes, description: "the network has no password" },
		name: text,
		user: text,
		rtspPassword: { type: "string", description: "of the stream; empty: as before, if the user stays" },
	}, ["ssid", "password", "open", "name", "user", "rtspPassword"]),
	Restart: record({ restarting: { type: "string", enum: ["camera", "board"] } }),
	LegacyStatus: map(number, "as CameraWebServer's"),
};

function parameter(name: string): Schema {
	return { name, in: "query", required: true, schema: text };
}

const paths: Readonly<Record<string, Schema>> = {
	"/api/status": { get: read("Camera, stream, and where the bottleneck is", ref("Status")) },
	"/api/settings": {
		get: read("Settings that can change while the camera runs", ref("Settings")),
		patch: change("Set some settings, all or none", ref("Settings"), [400, 415, 503],
			map(settingValue, "new values by name")),
	},
	"/api/settings/save": {
		post: change("Save the present values for the next start", ref("Settings"), [500, 501, 503]),
	},
	"/api/settings/forget": { post: change("Forget what was saved", ref("Settings"), [500, 501]) },
	"/api/settings/reset": { post: change("Set the values of this start", ref("Settings"), [400, 503]) },
	"/api/clients": { get: read("Who receives frames or events", ref("Clients")) },
	"/api/log": { get: read("The last notices", ref("Log")) },
	"/api/events": {
		get: { summary: "Server-sent events: `status` each second", responses: {
			200: response("The data of each event is an object of the schema Event", text, "text/event-stream"),
			503: refused,
		} },
	},
	"/api/restart": { post: change("Restart the board, or reopen the camera", ref("Restart")) },
	"/api/setup": {
		get: read("Wi-Fi, name and user of a board. Only boards on Wi-Fi have it", ref("Setup")),
		post: change("Store the given values, and restart", ref("Restart"), [400, 415, 500], ref("SetupValues")),
	},
	"/api/setup/search": { post: change("Look for networks, which takes some seconds", ref("Setup")) },
	"/api/setup/forget": { post: change("Delete what set-up has stored, and restart", ref("Restart"), [500]) },
	"/api/openapi.json": { get: read("This description", { type: "object" }) },
	"/metrics": { get: read("Metrics for Prometheus, text format 0.0.4", text, "text/plain") },
	"/status": { get: read("Settings with CameraWebServer's names", ref("LegacyStatus")) },
	"/control": {
		get: { summary: "Set one setting by CameraWebServer's name", parameters: [parameter("var"), parameter("val")],
			responses: { 200: { description: "Done" }, 400: refused, 403: refused, 503: refused } },
	},
};

export const openapi: string = JSON.stringify({
	openapi: "3.1.0",
	info: { title: "RTSP camera", version: VERSION, license: { name: "MIT", identifier: "MIT" },
		description: "Status, settings and clients of the camera. Where a user is set, every request needs Digest or "
			+ "Basic authentication." },
	servers: [{ url: "/" }],
	security: [{ digest: [] }, {}],
	paths,
	components: { schemas, securitySchemes: { digest: { type: "http", scheme: "digest" } } },
});
