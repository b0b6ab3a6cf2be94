// SPDX-License-Identifier: MIT
/** In place of discovery/open in a build without discovery. */

import type { OpenDiscovery } from "../types";

export const openDiscovery: OpenDiscovery | undefined = undefined;
