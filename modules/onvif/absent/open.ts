// SPDX-License-Identifier: MIT
/** A build without ONVIF. */

import type { ONVIF, ONVIFOptions } from "../types";

export const openONVIF: ((options: ONVIFOptions) => ONVIF) | undefined = undefined;
