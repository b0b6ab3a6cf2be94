// SPDX-License-Identifier: MIT
/** The way into ONVIF. A build without it has absent/open.ts in its place. */

import { Device } from "./device";
import { ONVIFRoute } from "./route";
import type { ONVIF, ONVIFOptions } from "./types";

export const openONVIF: ((options: ONVIFOptions) => ONVIF) | undefined = options => {
	const device = new Device(options);
	return { routes: [new ONVIFRoute(options, device)], endpoint: device.endpoint };
};
