// SPDX-License-Identifier: MIT
/** Version of the program, that of package.json. */
export const VERSION = "0.1.0";
