// SPDX-License-Identifier: MIT
/** Client libraries and programs that find the camera, log in, read and set it, and play its stream. */
import path from "node:path";
import { available } from "../system.mjs";
import { CLIENTS, Skip, check, equal, execute } from "../interop/harness.mjs";
import { withCamera, LOGIN, WITH_LOGIN } from "./soap.mjs";
import { CAMERA } from "./network.mjs";

const WITH_DISCOVERY = [...WITH_LOGIN, "--discovery", "1", "--name", "front-door"];

/** Runs a program of tests/clients. @returns {Promise<object>} the JSON that it prints */
async function client(name, args) {
	const file = path.join(CLIENTS, `${name}.mjs`);
	if (!available([process.execPath, file]))
		throw new Skip(`npm's ${name}`);
	const { status, stdout, stderr } = await execute(process.execPath, [file, ...args], { timeout: 20_000 });
	equal(status, 0, `the status of ${name}: ${stderr}`);
	return JSON.parse(stdout);
}

/** ffprobe plays the stream with the password. */
async function play(uri) {
	if (!available(["ffprobe", "-version"]))
		return;
	const { status, stdout, stderr } = await execute("ffprobe", ["-v", "error", "-rtsp_transport", "tcp",
		"-read_intervals", "%+#3", "-show_entries", "stream=codec_name,width,height:frame=pict_type", "-of", "json",
		uri.replace("rtsp://", `rtsp://${LOGIN.user}:${LOGIN.password}@`)], { timeout: 20_000 });
	equal(status, 0, `the status of ffprobe: ${stderr}`);
	const { streams: [stream], frames } = JSON.parse(stdout);
	equal([stream.codec_name, stream.width, stream.height].join(), "mjpeg,320,240", "the stream");
	check(frames.length > 0, "no frames");
}

export async function clients(tests, namespace) {
	for (const way of ["token", "http"]) {
		await tests.test(`npm-onvif-finds-reads-sets-and-plays-by-${way}`, [], () =>
			withCamera(namespace, WITH_DISCOVERY, async camera => {
				const { hostname, port, source, configuration, information, scopes, stream, snapshot, interfaces,
					imaging, options } = await client("onvif", [LOGIN.user, LOGIN.password, way]);
				equal(`${hostname}:${port}`, camera.authority, "the address");
				equal([source.encoding, source.width, source.height, source.fps, source.profileToken].join(),
					"JPEG,320,240,25,main", "the source");
				equal(configuration.encoding, "JPEG", "the encoding");
				equal([information.manufacturer, information.model, information.hardwareId].join(),
					"rtsp-camera,front-door,simulated", "the information");
				check(scopes.some(({ scopeItem }) =>
					scopeItem.endsWith("/name/front-door")
				), "the name is no scope");
				check(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(interfaces[0].info.hwAddress), JSON.stringify(interfaces));
				equal(imaging.map(({ brightness }) =>
					brightness
				).join(), "50,75", "the brightness");
				equal(options.JPEG.resolutionsAvailable.at(-1).width, 320, "the largest size");
				const { values } = await camera.get("/api/settings", true);
				equal([values.brightness, values.quality, values.framerate].join(), "1,20,10", "the settings");
				equal(stream.uri, camera.rtsp, "the stream");
				const { data } = await camera.post(new URL(snapshot.uri).pathname, "", { method: "GET",
					headers: await camera.digest("GET", new URL(snapshot.uri).pathname) });
				equal(data.readUInt16BE(0), 0xffd8, "the start of the snapshot");
				await play(stream.uri);
			}));
	}

	await tests.test("npm-onvif-with-the-wrong-password-is-told", [],
		() =>
			withCamera(namespace, WITH_DISCOVERY, async () => {
				for (const way of ["token", "http"]) {
					const file = path.join(CLIENTS, "onvif.mjs");
					if (!available([process.execPath, file]))
						throw new Skip("npm's onvif");
					const { status, stdout, stderr } = await execute(process.execPath, [file, LOGIN.user, "wrong", way],
						{ timeout: 20_000 });
					check(
						status !== 0 && String(stdout) === ""
							&& /not authorized|Digest authentication failed|401/i.test(stderr),
						stderr,
					);
				}
			}));

	await tests.test("npm-node-onvif-finds-reads-and-plays", [],
		() =>
			withCamera(namespace, WITH_DISCOVERY, async camera => {
				const { found, information, profile, scopes, services, snapshot } = await client("node-onvif", [
					LOGIN.user,
					LOGIN.password,
				]);
				equal(found.xaddrs[0], `http://${camera.authority}/onvif/device_service`, "the address");
				equal([found.name, found.hardware].join(), "front-door,simulated", "the scopes");
				equal(information.Model, "front-door", "the model");
				equal(profile.video.encoder.encoding, "JPEG", "the encoding");
				check(scopes >= 4 && services.includes("media"), services.join());
				equal(profile.stream.rtsp, camera.rtsp, "the stream");
				equal(snapshot.type, "image/jpeg", "the type of the snapshot");
				await play(profile.stream.rtsp);
			}));

	// libonvif of Debian, in C
	await tests.test("debian-onvif-util-finds-reads-sets-and-plays", [],
		() =>
			withCamera(namespace, WITH_DISCOVERY, async camera => {
				if (!available(["sh", "-c", "command -v onvif-util"]))
					throw new Skip("onvif-util");
				const all = await execute("onvif-util", ["-a"], { timeout: 20_000 });
				check(String(all.stdout).includes(CAMERA), `${all.stdout}${all.stderr}`);
				const { stdout, stderr } = await execute("onvif-util", ["-u", LOGIN.user, "-p", LOGIN.password, CAMERA],
					{ timeout: 20_000,
						input: "get rtsp\nget profiles\nget video\nget imaging\nset brightness 75\nquit\n" });
				const text = `${stdout}${stderr}`;
				check(text.includes(camera.rtsp) && text.includes("320 x 240"), text);
				equal((await camera.get("/api/settings", true)).values.brightness, 1, `the brightness: ${text}`);
			}));
}
