// SPDX-License-Identifier: MIT
/** The services with the password shown in each way, and with none. */
import { check, equal } from "../interop/harness.mjs";
import { outcome, textIn, token, withCamera, LOGIN, WITH_LOGIN } from "./soap.mjs";
import { manifestWithout } from "../leftout.mjs";
import { STRANGER } from "./network.mjs";

const BRIGHTNESS =
	"<timg:SetImagingSettings><timg:VideoSourceToken>camera</timg:VideoSourceToken><timg:ImagingSettings>"
	+ "<tt:Brightness>100</tt:Brightness></timg:ImagingSettings></timg:SetImagingSettings>";

export async function services(tests, namespace) {
	await tests.test("password-is-shown-by-token-or-by-http", [],
		() =>
			withCamera(namespace, WITH_LOGIN, async camera => {
				equal(outcome(await camera.ask("tds:GetSystemDateAndTime")), "200", "the time without a password");
				const none = await camera.ask("trt:GetProfiles");
				equal(outcome(none), "401 NotAuthorized", "nothing");
				check(none.headers["www-authenticate"]?.startsWith("Digest "), "there is no challenge");
				const target = "/onvif/media_service";
				for (const [name, options] of [["digest", { header: token() }], ["text", {
					header: token(LOGIN, { isText: true }),
				}], [
					"HTTP",
					{ headers: await camera.digest("POST", target) },
				]])
					equal(outcome(await camera.ask("trt:GetProfiles", options)), "200", name);
				const wrong = { user: LOGIN.user, password: "wrong" };
				for (const [name, options, expected] of [["digest", { header: token(wrong) }, "400 NotAuthorized"], [
					"text",
					{
						header: token(wrong, { isText: true }),
					},
					"400 NotAuthorized",
				], ["HTTP", {
					headers: await camera.digest("POST", target, wrong),
				}, "401 NotAuthorized"]])
					equal(outcome(await camera.ask("trt:GetProfiles", options)), expected, `a wrong ${name}`);
				const old = await camera.ask("trt:GetProfiles", {
					header: token(LOGIN, { created: new Date(Date.now() - 400_000) }),
				});
				equal(outcome(old), "400 NotAuthorized", "an old token");
				check(textIn(old.text, "Text").includes("clock"), old.text);
				// a token that somebody else has seen
				const header = token();
				equal(outcome(await camera.ask("trt:GetProfiles", { header })), "200", "the first");
				equal(outcome(await camera.ask("trt:GetProfiles", { header })), "200",
					"the same from the same address");
				equal(outcome(await camera.ask("trt:GetProfiles", { header, localAddress: STRANGER })),
					"400 NotAuthorized", "the same from another address");
			}));

	await tests.test("wrong-passwords-by-onvif-lock-out-of-everything", [],
		() =>
			withCamera(namespace, [...WITH_LOGIN, "--failure-limit", "3"], async camera => {
				for (let i = 0; i < 3; i++)
					equal(
						outcome(
							await camera.ask("trt:GetProfiles", { header: token({ user: "me", password: `${i}` }) }),
						),
						"400 NotAuthorized",
						`guess ${i}`,
					);
				for (const [name, answer] of [["token", await camera.ask("trt:GetProfiles", { header: token() })], [
					"HTTP",
					await camera.post("/api/status", "", { method: "GET" }),
				]])
					check(answer.status === 503, `${name}: ${answer.status} ${answer.text}`);
				equal(outcome(await camera.ask("tds:GetCapabilities")), "200", "what is open");
				equal(outcome(await camera.ask("trt:GetProfiles", { header: token(), localAddress: STRANGER })), "200",
					"another address");
				check(camera.camera.output.includes("10.77.0.2 is locked out"), camera.camera.output);
			}));

	await tests.test("settings-by-onvif-are-those-of-the-api", [],
		() =>
			withCamera(namespace, ["--control", "anybody", "--fps", "25", "--max-size", "VGA"], async camera => {
				await camera.must(BRIGHTNESS);
				await camera.must(
					"<trt:SetVideoEncoderConfiguration><trt:Configuration token='jpeg'><tt:Encoding>JPEG</tt:Encoding>"
						+ "<tt:Resolution><tt:Width>640</tt:Width><tt:Height>480</tt:Height></tt:Resolution>"
						+ "<tt:Quality>8</tt:Quality>"
						+ "<tt:RateControl><tt:FrameRateLimit>12</tt:FrameRateLimit></tt:RateControl>"
						+ "</trt:Configuration>"
						+ "<trt:ForcePersistence>true</trt:ForcePersistence></trt:SetVideoEncoderConfiguration>",
				);
				const { values } = await camera.get("/api/settings");
				equal(JSON.stringify([values.brightness, values.size, values.quality, values.framerate]),
					"[2,\"VGA\",32,12]", "the settings");
				const picture = await camera.post("/snapshot.jpg", "", { method: "GET" });
				equal(picture.data.readUInt16BE(0), 0xffd8, "the start of a snapshot");
				const profile = await camera.must("trt:GetProfiles");
				equal([textIn(profile, "Width"), textIn(profile, "FrameRateLimit"), textIn(profile, "Quality")].join(),
					"640,12,8", "the profile");
			}));

	await tests.test("changes-by-onvif-need-permission", [], () =>
		withCamera(namespace, [], async camera => {
			equal(outcome(await camera.ask(BRIGHTNESS)), "400 OperationProhibited", "without a user");
			equal(outcome(await camera.ask("tds:SystemReboot")), "500 ActionNotSupported", "a restart of the desktop");
			equal((await camera.get("/api/settings")).values.brightness, 0, "the brightness");
			equal((await camera.ask(BRIGHTNESS, { headers: { origin: "http://evil.example.com" } })).status, 403,
				"a page");
			equal((await camera.ask("trt:GetProfiles", { headers: { host: "evil.example.com" } })).status, 421,
				"a foreign name");
			for (const method of ["GET", "PUT"])
				equal((await camera.post("/onvif/device_service", "", { method })).status, 405, method);
		}));

	await tests.test("onvif-0-leaves-the-rest-of-http", [],
		() =>
			withCamera(namespace, ["--onvif", "0"], async camera => {
				equal((await camera.ask("tds:GetCapabilities")).status, 404, "the device service");
				equal(typeof (await camera.get("/api/status")).uptime, "number", "the status");
			}));

	await tests.test("onvif-left-out-of-a-build-leaves-the-rest", [],
		() =>
			withCamera(namespace, ["--discovery", "1"], async camera => {
				equal((await camera.ask("tds:GetCapabilities")).status, 404, "the device service");
				const picture = await camera.post("/snapshot.jpg", "", { method: "GET" });
				equal(picture.data.readUInt16BE(0), 0xffd8, "the start of a snapshot");
			}, { manifest: manifestWithout("onvif"), name: "without-onvif" }));
}
