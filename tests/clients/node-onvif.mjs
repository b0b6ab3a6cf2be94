// SPDX-License-Identifier: MIT
/** node-onvif.mjs USER PASSWORD: finds a camera with npm's node-onvif, reads it, sets its quality, and prints what it
 *  read as JSON. Without arguments, succeeds if the library is installed. */
import { createRequire } from "node:module";

const onvif = createRequire(import.meta.url)("node-onvif");
const [user, pass] = process.argv.slice(2);
if (!user)
	process.exit(0);

const [found] = await onvif.startProbe();
const device = new onvif.OnvifDevice({ xaddr: found.xaddrs[0], user, pass });
const information = await device.init();
const profile = device.getCurrentProfile();
const { data } = await device.services.device.getScopes();
const snapshot = await device.fetchSnapshot();
const result = { found, information, profile, scopes: data.GetScopesResponse.Scopes.length,
	services: Object.keys(device.services),
	snapshot: { type: snapshot.headers["content-type"], byteLength: snapshot.body.length } };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
