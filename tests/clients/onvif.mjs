// SPDX-License-Identifier: MIT
/** onvif.mjs USER PASSWORD [http]: finds a camera with npm's onvif, reads it, sets its brightness, quality and frame
 *  rate, and prints what it read as JSON. `http`: the password by HTTP's Digest instead of WS-Security. Without
 *  arguments, succeeds if the library is installed. */
import { createRequire } from "node:module";

const { Discovery } = createRequire(import.meta.url)("onvif");
const [username, password, http] = process.argv.slice(2);
if (!username)
	process.exit(0);

/** Calls a method of the library. */
const call = (object, name, ...args) =>
	new Promise((resolve, reject) => object[name](...args, (error, data) => (error ? reject(error) : resolve(data))));

const [cam] = await call(Discovery, "probe", { timeout: 1200 });
Object.assign(cam, { username, password, useWSSecurity: http !== "http", timeout: 5000 });
const { hostname, port, path } = cam;
await call(cam, "connect");
const [configuration] = await call(cam, "getVideoEncoderConfigurations");
const before = await call(cam, "getImagingSettings");
await call(cam, "setImagingSettings", { brightness: 75 });
await call(cam, "setVideoEncoderConfiguration", { ...configuration, quality: 20,
	rateControl: { ...configuration.rateControl, frameRateLimit: 10 } });
const result = { hostname, port, path, source: cam.activeSource, configuration,
	information: await call(cam, "getDeviceInformation"), scopes: await call(cam, "getScopes"),
	stream: await call(cam, "getStreamUri", { protocol: "RTSP" }), snapshot: await call(cam, "getSnapshotUri"),
	interfaces: await call(cam, "getNetworkInterfaces"), imaging: [before, await call(cam, "getImagingSettings")],
	options: await call(cam, "getVideoEncoderConfigurationOptions") };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
