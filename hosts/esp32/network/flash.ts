/** What the set-up page stores, in the SDK's preferences: names of 15 characters at most, in a domain of their own. */

import type { Store } from "network/stored";
import Preference from "preference";

const DOMAIN = "camera";

export const flash: Store = Object.freeze({
	get: (name: string) => Preference.get(DOMAIN, name),
	set: (name: string, value: string) => Preference.set(DOMAIN, name, value),
	delete: (name: string) => Preference.delete(DOMAIN, name),
});
