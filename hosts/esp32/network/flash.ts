// SPDX-License-Identifier: MIT
/** Storage for the set-up page's settings in the SDK's preferences, in a domain of its own.
 *  Names have at most 15 characters. */

import type { Store } from "network/stored";
import Preference from "preference";

const DOMAIN = "camera";

export const flash: Store = Object.freeze({
	get: (name: string) => Preference.get(DOMAIN, name),
	set: (name: string, value: string) => Preference.set(DOMAIN, name, value),
	delete: (name: string) => Preference.delete(DOMAIN, name),
});
