// SPDX-License-Identifier: MIT
import { settingOptions } from "settings/settings";

/** A complete and valid configuration: the defaults of the table. */
export const DEFAULTS: Record<string, unknown> = Object.fromEntries(
	settingOptions().map(({ name, default: value }) => [name, value]),
);
