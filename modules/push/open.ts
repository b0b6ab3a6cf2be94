// SPDX-License-Identifier: MIT
/** The entry of push/. A build without push has absent/open.ts in its place. */

import { CameraPush } from "./push";
import type { PushOpener } from "./types";

export const openPush: PushOpener | undefined = options => new CameraPush(options);
